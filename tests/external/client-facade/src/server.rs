//! The server that both crates are run against, and a user's access token from it.

use std::collections::BTreeMap;

use symbolon_client::reqwest;
use symbolon_client::{
    AcceptConsent, AcceptLogin, AdminClient, AuthorizationRequest, Callback, Client, RegisteredClient, Url,
};
use symbolon_types::Scope;

const CALLBACK: &str = "https://app.example/callback";

pub struct Server {
    url: String,
    admin_url: String,
    admin: AdminClient,
}

impl Server {
    /// The one that `serve` has started.
    pub fn from_environment() -> Self {
        let variable = |name| std::env::var(name).expect("PUBLIC and ADMIN name a server: start with `run`");
        let (url, admin_url) = (variable("PUBLIC"), variable("ADMIN"));
        Self { url, admin: AdminClient::new(&admin_url).expect("a client"), admin_url }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn admin_url(&self) -> &str {
        &self.admin_url
    }

    /// A token of alice, with the scopes for userinfo and credentials.
    pub async fn access_token(&self) -> String {
        let scope = "openid email userinfo_credential_draft_00";
        let metadata = RegisteredClient {
            redirect_uris: vec![CALLBACK.to_owned()],
            scope: Scope::parse(scope).expect("a scope"),
            token_endpoint_auth_method: "none".to_owned(),
            ..RegisteredClient::default()
        };
        let created = self.admin.create_client(&metadata).await.expect("a client is created");
        let client = Client::builder(&self.url, created.client_id.as_str()).redirect_uri(CALLBACK).build();
        let client = client.expect("a client");
        let (url, pending) =
            client.authorization_url(&AuthorizationRequest::new(scope)).await.expect("an authorization URL");
        let back = self.follow(url).await;
        let callback = Callback::parse(back.query().unwrap_or_default());
        let tokens = client.redeem(&pending, &callback).await.expect("tokens");
        tokens.access_token.as_str().to_owned()
    }

    /// What a browser and the pages do, until the browser is back at the application.
    async fn follow(&self, mut url: Url) -> Url {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let mut cookies = BTreeMap::new();
        while url.as_str().starts_with(&self.url) {
            let header: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let answer = http.get(url.clone()).header("cookie", header.join("; ")).send().await.expect("an answer");
            for cookie in answer.headers().get_all("set-cookie") {
                let pair = cookie.to_str().expect("text").split(';').next().unwrap_or_default();
                let (name, value) = pair.split_once('=').expect("a pair");
                cookies.insert(name.to_owned(), value.to_owned());
            }
            let location = answer.headers().get("location").expect("a redirect").to_str().expect("text");
            url = url.join(location).expect("a URL");
            url = self.decide(url).await;
        }
        url
    }

    async fn decide(&self, url: Url) -> Url {
        let parameters: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        let decision = if let Some(challenge) = parameters.get("login_challenge") {
            let decision = AcceptLogin { subject: "alice".into(), ..AcceptLogin::default() };
            self.admin.accept_login(challenge, &decision).await
        } else if let Some(challenge) = parameters.get("consent_challenge") {
            let asked = self.admin.consent_request(challenge).await.expect("a consent request");
            let mut decision = AcceptConsent { grant_scope: asked.requested_scope, ..AcceptConsent::default() };
            decision.session.id_token.insert("email".to_owned(), "alice@example.com".into());
            self.admin.accept_consent(challenge, &decision).await
        } else {
            return url;
        };
        Url::parse(&decision.expect("a decision").redirect_to).expect("a URL")
    }
}
