//! Applications at work: each logs users in, refreshes, revokes and registers clients, and writes down what it was told
//! has happened. When the server goes away in the middle of a request, nobody knows whether it happened, so that
//! request's tokens are not held against the server.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::login_application::server::{Settings, register};
use crate::login_application::{LoginApplication, http};

const REDIRECT_URI: &str = "http://127.0.0.1:2/callback";
/// The example of RFC 7636, appendix B.
const CODE_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CODE_CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What the server has answered, and so must know ever after.
#[derive(Default)]
pub(crate) struct Answered {
    /// Token responses that nothing was done with since.
    pub(crate) current: Vec<Value>,
    /// Refresh tokens that were traded for others.
    pub(crate) used_refresh_tokens: Vec<String>,
    /// Codes that were redeemed.
    pub(crate) used_codes: Vec<String>,
    /// Token responses whose refresh token was revoked.
    pub(crate) revoked: Vec<Value>,
    /// Ids of clients.
    pub(crate) clients: Vec<String>,
    pub(crate) deleted_clients: Vec<String>,
}

/// The applications and their book.
pub(crate) struct Load {
    pub(crate) issuer: String,
    pub(crate) admin: String,
    pub(crate) answered: Mutex<Answered>,
    is_over: AtomicBool,
    http: reqwest::Client,
}

impl Load {
    /// Registers the client that all applications share.
    pub(crate) async fn begin(settings: &Settings) -> Self {
        let client = json!({
            "client_id": "app",
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": "openid offline_access",
            "token_endpoint_auth_method": "none",
        });
        register(&settings.admin, client).await;
        Self {
            issuer: settings.issuer.clone(),
            admin: settings.admin.clone(),
            answered: Mutex::default(),
            is_over: AtomicBool::new(false),
            http: http(),
        }
    }

    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    /// Works until the end, or until the server is gone.
    pub(crate) async fn work(&self, worker: usize) {
        for round in 0.. {
            if self.is_over.load(Ordering::SeqCst) || self.round(&format!("{worker}-{round}")).await.is_err() {
                return;
            }
        }
    }

    async fn round(&self, name: &str) -> reqwest::Result<()> {
        let tokens = self.log_in(name).await?;
        let tokens = self.refresh(tokens).await?;
        let tokens = self.refresh(tokens).await?;
        let other = self.log_in(name).await?;
        self.revoke(other).await?;
        self.answered.lock().unwrap().current.push(tokens);
        self.create_client(&format!("kept-{name}")).await?;
        let gone = format!("gone-{name}");
        self.create_client(&gone).await?;
        self.answered.lock().unwrap().clients.retain(|id| *id != gone);
        let answer = self.http.delete(format!("{}/admin/clients/{gone}", self.admin)).send().await?;
        assert_eq!(answer.status(), 204);
        self.answered.lock().unwrap().deleted_clients.push(gone);
        Ok(())
    }

    async fn log_in(&self, name: &str) -> reqwest::Result<Value> {
        let application = LoginApplication::new(&self.admin, name, json!({ "id_token": { "name": name } }));
        let url = format!(
            "{}/oauth2/auth?client_id=app&response_type=code&scope=openid+offline_access&state=0123456789\
             &redirect_uri={REDIRECT_URI}&code_challenge={CODE_CHALLENGE}&code_challenge_method=S256",
            self.issuer
        );
        let callback = application.visit(&url).await?;
        let code = callback.query_pairs().find(|(name, _)| name == "code");
        let code = code.unwrap_or_else(|| panic!("{callback}")).1.into_owned();
        let tokens = self.expect(200, self.redeem(&code).await?);
        self.answered.lock().unwrap().used_codes.push(code);
        Ok(tokens)
    }

    async fn refresh(&self, tokens: Value) -> reqwest::Result<Value> {
        let refresh_token = tokens["refresh_token"].as_str().unwrap();
        let next = self.expect(200, self.present(refresh_token).await?);
        self.answered.lock().unwrap().used_refresh_tokens.push(refresh_token.to_owned());
        Ok(next)
    }

    async fn revoke(&self, tokens: Value) -> reqwest::Result<()> {
        let form = [("token", tokens["refresh_token"].as_str().unwrap()), ("client_id", "app")];
        let answer = self.http.post(format!("{}/oauth2/revoke", self.issuer)).form(&form).send().await?;
        assert_eq!(answer.status(), 200);
        self.answered.lock().unwrap().revoked.push(tokens);
        Ok(())
    }

    async fn create_client(&self, id: &str) -> reqwest::Result<()> {
        let client = json!({ "client_id": id, "grant_types": ["client_credentials"] });
        let answer = self.http.post(format!("{}/admin/clients", self.admin)).json(&client).send().await?;
        assert_eq!(answer.status(), 201);
        // The answer counts when it is there as a whole.
        answer.bytes().await?;
        self.answered.lock().unwrap().clients.push(id.to_owned());
        Ok(())
    }

    #[track_caller]
    fn expect(&self, status: u16, answer: (u16, Value)) -> Value {
        assert_eq!(answer.0, status, "{} at {}", answer.1, self.issuer);
        answer.1
    }

    /// Presents a code at the token endpoint.
    pub(crate) async fn redeem(&self, code: &str) -> reqwest::Result<(u16, Value)> {
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT_URI)];
        self.token(&[&form[..], &[("code_verifier", CODE_VERIFIER)]].concat()).await
    }

    /// Presents a refresh token at the token endpoint.
    pub(crate) async fn present(&self, refresh_token: &str) -> reqwest::Result<(u16, Value)> {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    async fn token(&self, form: &[(&str, &str)]) -> reqwest::Result<(u16, Value)> {
        let form = [form, &[("client_id", "app")]].concat();
        let answer = self.http.post(format!("{}/oauth2/token", self.issuer)).form(&form).send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    /// Whether the server calls a token active.
    pub(crate) async fn is_active(&self, tokens: &Value, member: &str) -> bool {
        let form = [("token", tokens[member].as_str().unwrap())];
        let answer = self.http.post(format!("{}/admin/oauth2/introspect", self.admin)).form(&form).send();
        let body: Value = answer.await.unwrap().json().await.unwrap();
        body["active"].as_bool().unwrap()
    }

    /// Whether the server knows a client.
    pub(crate) async fn knows_client(&self, id: &str) -> bool {
        let answer = self.http.get(format!("{}/admin/clients/{id}", self.admin)).send().await.unwrap();
        assert!(matches!(answer.status().as_u16(), 200 | 404), "{}", answer.status());
        answer.status() == 200
    }
}
