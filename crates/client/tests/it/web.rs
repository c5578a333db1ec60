//! The web as far as a test needs it: hosts with their true names that answer with documents, through the crate's own
//! [`HttpClient`] instead of sockets, and a provider in it whose every word the test decides.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use bytes::Bytes;
use serde_json::{Value, json};
use symbolon_client::{
    Algorithm, AuthorizationRequest, Callback, Client, ClientBuilder, Clock, Error, HttpClient, HttpFuture, Limits,
    PendingAuthorization, SigningKey, TokenSet, TransportError, TransportErrorKind,
};
use symbolon_jose::digest::{base64url, hmac_sha256};

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const CALLBACK: &str = "https://app.example/callback";
/// The client's secret, long enough for HMAC with SHA-256 (RFC 7518 §3.2).
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";

#[derive(Clone)]
struct Page {
    status: u16,
    media_type: String,
    body: String,
}

/// Pages by their address without a query. Whatever is not there cannot be reached.
#[derive(Clone, Default)]
pub(crate) struct Web {
    pages: Arc<Mutex<BTreeMap<String, Page>>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Web {
    pub(crate) fn put(&self, address: &str, media_type: &str, body: &(impl ToString + ?Sized)) {
        self.put_with(address, 200, media_type, body);
    }

    pub(crate) fn put_with(&self, address: &str, status: u16, media_type: &str, body: &(impl ToString + ?Sized)) {
        let page = Page { status, media_type: media_type.to_owned(), body: body.to_string() };
        self.pages.lock().unwrap().insert(address.to_owned(), page);
    }

    /// How often an address was asked.
    pub(crate) fn count(&self, address: &str) -> usize {
        self.requests.lock().unwrap().iter().filter(|found| *found == address).count()
    }
}

impl HttpClient for Web {
    fn send(&self, request: http::Request<Bytes>, _: Limits) -> HttpFuture<'_> {
        let address = request.uri().to_string();
        let address = address.split('?').next().unwrap_or_default().to_owned();
        self.requests.lock().unwrap().push(address.clone());
        let page = self.pages.lock().unwrap().get(&address).cloned();
        Box::pin(async move {
            let Some(page) = page else {
                return Err(TransportError::new(TransportErrorKind::Connect, format!("{address}: nobody is there")));
            };
            let answer = http::Response::builder().status(page.status).header("content-type", page.media_type);
            Ok(answer.body(Bytes::from(page.body)).unwrap())
        })
    }
}

/// A key of that kind; `other RS256` is another one.
pub(crate) fn key(kind: &str) -> &'static SigningKey {
    static KEYS: OnceLock<BTreeMap<&'static str, SigningKey>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        let made = [
            ("RS256", Algorithm::RS256),
            ("other RS256", Algorithm::RS256),
            ("ES256", Algorithm::ES256),
            ("EdDSA", Algorithm::EdDSA),
        ];
        made.map(|(kind, algorithm)| (kind, SigningKey::generate(algorithm, kind.to_owned()).unwrap())).into()
    });
    &keys[kind]
}

/// A provider, and what its client knows of it.
#[derive(Clone)]
pub(crate) struct OpenIdProvider {
    pub(crate) web: Web,
    pub(crate) issuer: String,
    /// The address of the discovery document; `None` when the client is given the metadata.
    pub(crate) discovery_url: Option<String>,
    pub(crate) metadata: Value,
    pub(crate) keys: Value,
    pub(crate) keys_type: String,
    /// Which key signs: a name of [`key`], or `HS256` for the client's secret.
    pub(crate) signs: String,
    /// The `kid` of the header; `null` for none.
    pub(crate) kid: Value,
    /// Members of the header, over the usual ones.
    pub(crate) header: Value,
    /// Claims of the ID token, over the usual ones; `null` stays, `"(none)"` removes.
    pub(crate) claims: Value,
    /// Members of the token answer, over the usual ones; likewise.
    pub(crate) token: Value,
    pub(crate) userinfo: Option<Value>,
    pub(crate) userinfo_type: String,
    /// What the client asks for.
    pub(crate) scope: String,
    /// Whether the callback names the issuer.
    pub(crate) callback_issuer: bool,
}

impl OpenIdProvider {
    /// One without any oddity.
    pub(crate) fn plain() -> Self {
        let issuer = "https://as.example";
        let mut jwk = serde_json::to_value(key("RS256").public_jwk()).unwrap();
        jwk["kid"] = json!("k");
        Self {
            web: Web::default(),
            issuer: issuer.to_owned(),
            discovery_url: Some(format!("{issuer}/.well-known/openid-configuration")),
            metadata: json!({
                "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"),
                "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
                "userinfo_endpoint": format!("{issuer}/userinfo"),
            }),
            keys: json!({ "keys": [jwk] }),
            keys_type: "application/json".to_owned(),
            signs: "RS256".to_owned(),
            kid: json!("k"),
            header: json!({}),
            claims: json!({ "sub": "ada" }),
            token: json!({ "token_type": "Bearer", "expires_in": 3600 }),
            userinfo: Some(json!({ "sub": "ada", "email": "ada@example.com" })),
            userinfo_type: "application/json".to_owned(),
            scope: "openid email".to_owned(),
            callback_issuer: false,
        }
    }

    /// The client of this provider; what is special about it can still be set.
    pub(crate) fn builder(&self) -> ClientBuilder {
        self.put_documents();
        let builder = Client::builder(&self.issuer, "app")
            .client_secret(SECRET)
            .redirect_uri(CALLBACK)
            .http_client(self.web.clone())
            .clock(Clock::custom(|| NOW));
        match self.discovery_url {
            Some(_) => builder,
            None => builder.metadata(serde_json::from_value(self.metadata.clone()).unwrap()),
        }
    }

    fn put_documents(&self) {
        if let Some(url) = &self.discovery_url {
            self.web.put(url, "application/json", &self.metadata);
        }
        if let Some(url) = self.metadata["jwks_uri"].as_str() {
            self.web.put(url, &self.keys_type, &self.keys);
        }
        if let (Some(url), Some(userinfo)) = (self.metadata["userinfo_endpoint"].as_str(), &self.userinfo) {
            self.web.put(url, &self.userinfo_type, userinfo);
        }
    }

    pub(crate) async fn log_in(&self, client: &Client) -> Result<TokenSet, Error> {
        let (pending, callback) = self.authorize(client).await?;
        client.redeem(&pending, &callback).await
    }

    /// The first half of a log-in; the token endpoint is ready for the second.
    pub(crate) async fn authorize(&self, client: &Client) -> Result<(PendingAuthorization, Callback), Error> {
        let (url, pending) = client.authorization_url(&AuthorizationRequest::new(self.scope.as_str())).await?;
        let nonce = url.query_pairs().find(|(name, _)| name == "nonce").map(|(_, value)| value.into_owned());
        let mut answer = json!({ "access_token": "at" });
        if nonce.is_some() {
            answer["id_token"] = json!(self.id_token(nonce));
        }
        self.web.put(
            self.metadata["token_endpoint"].as_str().unwrap(),
            "application/json",
            &merged(answer, &self.token),
        );
        let mut callback = format!("code=c&state={}", pending.state());
        if self.callback_issuer {
            callback = format!("{callback}&iss={}", self.issuer);
        }
        Ok((pending, Callback::parse(&callback)))
    }

    pub(crate) fn id_token(&self, nonce: Option<String>) -> String {
        let mut claims = json!({ "iss": self.issuer, "aud": "app", "iat": NOW, "exp": NOW + 900 });
        if let Some(nonce) = nonce {
            claims["nonce"] = json!(nonce);
        }
        let header = merged(json!({ "kid": self.kid, "typ": "JWT" }), &self.header);
        signed(&self.signs, &header, &merged(claims, &self.claims))
    }
}

/// A compact JWS under a key of [`key`], or under the secret. Members of the header that are `null` are left out.
pub(crate) fn signed(kind: &str, header: &Value, claims: &Value) -> String {
    let algorithm = if kind == "HS256" { "HS256".to_owned() } else { key(kind).algorithm().to_string() };
    let mut header = merged(json!({ "alg": algorithm }), header);
    header.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    let input = format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(claims.to_string().as_bytes()));
    let signature = match kind {
        "HS256" => hmac_sha256(SECRET.as_bytes(), input.as_bytes()).to_vec(),
        _ => key(kind).sign_bytes(input.as_bytes()).unwrap(),
    };
    format!("{input}.{}", base64url(&signature))
}

/// `base` with the members of `over`; `"(none)"` removes one.
pub(crate) fn merged(mut base: Value, over: &Value) -> Value {
    for (name, value) in over.as_object().into_iter().flatten() {
        if value == "(none)" {
            base.as_object_mut().unwrap().remove(name);
        } else {
            base[name] = value.clone();
        }
    }
    base
}
