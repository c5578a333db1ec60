//! The client as it registers itself, authenticates and takes its leave.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{CLIENT, Method, Person, Run, provider};
use crate::credentials::Holder;
use crate::fixtures::{text, with};
use crate::rfc7523::JWT_BEARER;
use crate::support::{Call, Pairs, TestServer};

/// The client's key, of RSA as the suite's. Making one takes long, so that all clients have the same.
pub(crate) fn client_key() -> &'static Holder {
    static KEY: LazyLock<Holder> = LazyLock::new(|| Holder::new(Algorithm::RS256));
    &KEY
}

/// A client that registered itself, and somebody who logs in there.
pub(crate) struct RelyingParty {
    pub(crate) server: TestServer,
    pub(crate) run: Run,
    /// What the registration answered.
    pub(crate) shown: Value,
    pub(crate) person: Person,
    /// Where the answer is expected.
    pub(crate) redirect_uri: String,
    /// The audience of assertions, where it is not the token endpoint.
    pub(crate) audience: Option<String>,
    count: AtomicU64,
}

impl RelyingParty {
    /// Registers at a provider of its own; `changes` are changed members of the metadata, `null` removes one.
    pub(crate) async fn register(run: Run, changes: Value) -> Self {
        Self::at(&provider().await, run, changes).await
    }

    /// Registers at a provider.
    pub(crate) async fn at(server: &TestServer, run: Run, changes: Value) -> Self {
        let metadata = with(Self::metadata(run), &changes);
        let answer = server.public(Call::post("/oauth2/register").json(&metadata)).await.expect(201);
        let shown = answer.json();
        assert_eq!((answer.content_type(), shown.get("error")), (Some("application/json; charset=utf-8"), None));
        assert!(!text(&shown, "client_id").is_empty());
        let secret = run.method != Method::PrivateKeyJwt;
        assert_eq!(shown.get("client_secret").is_some(), secret);
        assert_eq!(shown.get("client_secret_expires_at"), secret.then_some(&json!(0)));
        assert!(text(&shown, "registration_client_uri").starts_with("https://"));
        assert!(!text(&shown, "registration_access_token").is_empty());
        let advertised = discovery(server).await;
        assert!(contains(&advertised["token_endpoint_auth_methods_supported"], run.method.name()));
        Self {
            server: server.clone(),
            run,
            person: Person::new(server),
            redirect_uri: metadata["redirect_uris"][0].as_str().unwrap().to_owned(),
            audience: None,
            shown,
            count: AtomicU64::new(0),
        }
    }

    /// What a client of this run says about itself: no scope, and a key without an id.
    pub(crate) fn metadata(run: Run) -> Value {
        let mut grant_types = Vec::new();
        if run.has("code") {
            grant_types.push("authorization_code");
        }
        if run.has("token") || run.has("id_token") {
            grant_types.push("implicit");
        }
        let jwk = with(client_key().jwk.clone(), &json!({ "use": "sig", "alg": "RS256" }));
        json!({
            "client_name": "conformance one", "grant_types": grant_types, "jwks": { "keys": [jwk] },
            "token_endpoint_auth_method": run.method.name(), "response_types": [run.response_type],
            "redirect_uris": [format!("{CLIENT}/callback")], "contacts": ["certification@client.example"],
        })
    }

    pub(crate) fn id(&self) -> &str {
        text(&self.shown, "client_id")
    }

    fn next(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// An ordinary authorization request, with a state and a nonce of its own.
    pub(crate) fn request(&self) -> Pairs {
        let number = self.next();
        let mut pairs = vec![
            ("client_id".to_owned(), self.id().to_owned()),
            ("redirect_uri".to_owned(), self.redirect_uri.clone()),
            ("scope".to_owned(), "openid".to_owned()),
            ("state".to_owned(), format!("state-{number}-0123456789")),
            ("nonce".to_owned(), format!("nonce-{number}-0123456789")),
            ("response_type".to_owned(), self.run.response_type.to_owned()),
        ];
        if self.run.form_post {
            pairs.push(("response_mode".to_owned(), "form_post".to_owned()));
        }
        pairs
    }

    /// A request to the token endpoint, authenticated as registered.
    pub(crate) fn token_request(&self, form: &[(&str, &str)]) -> Call {
        let secret = self.shown["client_secret"].as_str().unwrap_or_default();
        match self.run.method {
            Method::Basic => Call::post("/oauth2/token").form(form).basic(self.id(), secret),
            Method::Post => {
                let own = [("client_id", self.id()), ("client_secret", secret)];
                Call::post("/oauth2/token").form(&[form, &own].concat())
            }
            Method::PrivateKeyJwt => {
                let endpoint = format!("{}/oauth2/token", self.server.public_url());
                let claims = self.assertion(self.audience.as_deref().unwrap_or(&endpoint));
                self.asserted(form, &client_key().sign_parts(&json!({ "alg": "RS256" }), &claims))
            }
        }
    }

    /// A request to the token endpoint with an assertion.
    pub(crate) fn asserted(&self, form: &[(&str, &str)], assertion: &str) -> Call {
        let own = [("client_id", self.id()), ("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)];
        Call::post("/oauth2/token").form(&[form, &own].concat())
    }

    /// The claims of an assertion for an audience, as the suite makes them.
    pub(crate) fn assertion(&self, audience: &str) -> Value {
        let now = self.server.clock.now();
        json!({
            "iss": self.id(), "sub": self.id(), "aud": audience, "jti": format!("jti-{}", self.next()),
            "iat": now, "nbf": now, "exp": now + 60,
        })
    }

    /// The form that redeems a code.
    pub(crate) fn redemption<'c>(&'c self, code: &'c str) -> Vec<(&'c str, &'c str)> {
        vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &self.redirect_uri)]
    }

    /// Takes its leave: every module ends so, and anything but 204 would be a warning.
    pub(crate) async fn unregister(&self) {
        let token = text(&self.shown, "registration_access_token");
        let call = Call::delete(format!("/oauth2/register/{}", self.id())).bearer(token);
        self.server.public(call).await.expect(204);
    }
}

/// The discovery document.
pub(crate) async fn discovery(server: &TestServer) -> Value {
    server.public(Call::get("/.well-known/openid-configuration")).await.expect(200).json()
}

/// Whether a list has this text.
pub(crate) fn contains(list: &Value, text: &str) -> bool {
    list.as_array().is_some_and(|all| all.iter().any(|one| one == text))
}
