//! As much of a browser as the flows need: cookies and redirects; and the pages, which decide through the admin port.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use symbolon_client::{AdminClient, AuthorizationRequest, Callback, Client, TokenSet, Url, reqwest};
use symbolon_types::{AcceptConsent, AcceptLogin, RejectRequest};

use crate::symbolon::CALLBACK;

#[derive(Default)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
    /// Claims that the consent page adds to ID token and userinfo.
    pub(crate) claims: Option<Value>,
    /// The login page refuses.
    pub(crate) refuses: bool,
}

impl Browser {
    /// Goes to `url` and on, until it leaves the server for a place where nobody decides.
    pub(crate) async fn follow(&mut self, admin: &AdminClient, url: Url) -> Url {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let mut url = url;
        for _ in 0..20 {
            let parameter = |name: &str| url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value);
            let decision = if let (Some(challenge), true) = (parameter("login_challenge"), self.refuses) {
                let refusal = RejectRequest { error: "access_denied".into(), ..RejectRequest::default() };
                admin.reject_login(&challenge, &refusal).await
            } else if let Some(challenge) = parameter("login_challenge") {
                let decision = AcceptLogin { subject: "alice".into(), remember: true, ..AcceptLogin::default() };
                admin.accept_login(&challenge, &decision).await
            } else if let Some(challenge) = parameter("consent_challenge") {
                let asked = admin.consent_request(&challenge).await.unwrap();
                let mut decision = AcceptConsent { grant_scope: asked.requested_scope, ..AcceptConsent::default() };
                let claims = self.claims.clone().unwrap_or_else(|| json!({ "email": "alice@example.com" }));
                decision.session.id_token = claims.as_object().unwrap().clone();
                admin.accept_consent(&challenge, &decision).await
            } else if let Some(challenge) = parameter("logout_challenge") {
                admin.accept_logout(&challenge).await
            } else if url.host_str() != Some("127.0.0.1") {
                return url;
            } else {
                let answer = http.get(url.clone()).header("cookie", self.cookie_header()).send().await.unwrap();
                self.keep(&answer);
                let Some(location) = answer.headers().get("location") else { return url };
                url = url.join(location.to_str().unwrap()).unwrap();
                continue;
            };
            url = Url::parse(&decision.unwrap().redirect_to).unwrap();
        }
        panic!("no end at {url}")
    }

    pub(crate) fn cookie_header(&self) -> String {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    pub(crate) async fn log_in(&mut self, admin: &AdminClient, client: &Client, scope: &str) -> TokenSet {
        let (url, pending) = client.authorization_url(&AuthorizationRequest::new(scope)).await.unwrap();
        let back = self.follow(admin, url).await;
        assert!(back.as_str().starts_with(CALLBACK), "{back}");
        client.redeem(&pending, &Callback::parse(back.query().unwrap())).await.unwrap()
    }

    fn keep(&mut self, answer: &reqwest::Response) {
        for header in answer.headers().get_all("set-cookie") {
            let (name, rest) = header.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() || rest.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}
