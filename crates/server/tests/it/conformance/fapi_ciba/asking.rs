//! The client of the FAPI-CIBA plan, as the suite registers it, and the person whom it asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, SigningKey};

use super::super::relying_party::provider_with;
use crate::ciba;
use crate::client_side::{Authority, ClientServer, Reply};
use crate::fixtures::{part, signing_key, text, verified_claims, with};
use crate::rfc7523::JWT_BEARER;
use crate::rfc8705::{Certificate, behind_proxy, params};
use crate::support::{Answer, Call, TestServer};

pub(super) use crate::ciba::GRANT_TYPE;

/// Where clients ask.
pub(super) const ENDPOINT: &str = "/oauth2/backchannel-authentication";
const ADMIN: &str = "/admin/oauth2/auth/requests/backchannel";
/// What the client of a ping is shown.
const TOKEN: &str = "a-token-for-the-ping-0123456789";

/// How the client learns that there is an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Poll,
    Ping,
}

/// A variant of the plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) mode: Mode,
    /// Whether the client authenticates with `private_key_jwt`; otherwise with its certificate.
    pub(super) by_key: bool,
}

impl Run {
    pub(super) const BY_KEY: [Self; 2] =
        [Self { mode: Mode::Poll, by_key: true }, Self { mode: Mode::Ping, by_key: true }];
    pub(super) const BY_CERTIFICATE: [Self; 2] =
        [Self { mode: Mode::Poll, by_key: false }, Self { mode: Mode::Ping, by_key: false }];
    pub(super) const ALL: [Self; 4] =
        [Self::BY_KEY[0], Self::BY_KEY[1], Self::BY_CERTIFICATE[0], Self::BY_CERTIFICATE[1]];
}

/// The provider, behind a proxy that forwards certificates, and who vouches for the client's server.
pub(super) async fn provider() -> (TestServer, Authority) {
    let authority = Authority::new();
    let server = provider_with(|config| {
        behind_proxy(config);
        ciba::on(config);
        config.symbolon.outbound.ca_file = Some(authority.file());
    })
    .await;
    (server, authority)
}

/// A client, its keys, and its server.
pub(super) struct AskingClient {
    pub(super) server: TestServer,
    pub(super) run: Run,
    pub(super) id: &'static str,
    pub(super) key: SigningKey,
    pub(super) receiver: ClientServer,
    /// Vouches for the servers of both clients.
    authority: Arc<Authority>,
    certificate: Certificate,
    count: AtomicU64,
}

impl AskingClient {
    /// The first client, at a provider of its own.
    pub(super) async fn new(run: Run) -> Self {
        let (server, authority) = provider().await;
        Self::at(&server, run, "one", Arc::new(authority)).await
    }

    /// The second client beside another one.
    pub(super) async fn beside(other: &Self) -> Self {
        Self::at(&other.server, other.run, "two", Arc::clone(&other.authority)).await
    }

    async fn at(server: &TestServer, run: Run, id: &'static str, authority: Arc<Authority>) -> Self {
        let receiver = ClientServer::listen_tls(Reply::Status(204), &authority).await;
        let (key, jwk) = signing_key(Algorithm::ES256, id);
        let certificate = Certificate::self_signed(&params());
        let method = if run.by_key {
            json!({ "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256" })
        } else {
            json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth" })
        };
        let mode = match run.mode {
            Mode::Poll => json!({ "backchannel_token_delivery_mode": "poll" }),
            Mode::Ping => json!({
                "backchannel_token_delivery_mode": "ping",
                "backchannel_client_notification_endpoint": format!("{}/ping", receiver.url),
            }),
        };
        let metadata = json!({
            "client_id": id, "jwks": { "keys": [jwk, certificate.jwk()] }, "scope": "openid email offline_access",
            "grant_types": [GRANT_TYPE, "refresh_token"], "response_types": [],
            "backchannel_authentication_request_signing_alg": "ES256", "id_token_signed_response_alg": "PS256",
            "tls_client_certificate_bound_access_tokens": true,
        });
        server.create_client(&with(with(metadata, &method), &mode)).await;
        let count = AtomicU64::new(0);
        Self { server: server.clone(), run, id, key, receiver, authority, certificate, count }
    }

    fn next(&self) -> String {
        format!("{}-jti-{}", self.id, self.count.fetch_add(1, Ordering::Relaxed))
    }

    /// The claims of a good request, with changed ones.
    pub(super) fn claims(&self, changes: &Value) -> Value {
        let now = self.server.clock.now();
        let mut claims = json!({
            "iss": self.id, "aud": self.server.public_url(), "iat": now, "nbf": now, "exp": now + 300,
            "jti": self.next(), "scope": "openid email offline_access", "login_hint": "alice", "binding_message": "1234",
        });
        if self.run.mode == Mode::Ping {
            claims["client_notification_token"] = TOKEN.into();
        }
        with(claims, changes)
    }

    /// The claims of a good assertion, for the token endpoint as the suite has it, with changed ones.
    pub(super) fn assertion_claims(&self, changes: &Value) -> Value {
        let now = self.server.clock.now();
        let audience = format!("{}/oauth2/token", self.server.public_url());
        let claims = json!({
            "iss": self.id, "sub": self.id, "aud": audience, "jti": self.next(), "iat": now, "nbf": now, "exp": now + 60,
        });
        with(claims, changes)
    }

    /// A form on a connection with the client's certificate, and nothing that authenticates otherwise.
    pub(super) fn shown(&self, endpoint: &str, form: &[(&str, &str)]) -> Call {
        self.certificate.shown_with(Call::post(endpoint).form(form))
    }

    /// A form with this assertion.
    pub(super) fn asserted(&self, endpoint: &str, form: &[(&str, &str)], assertion: &str) -> Call {
        let own = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)];
        self.shown(endpoint, &[form, &own].concat())
    }

    /// A form of the client as it authenticates.
    pub(super) fn authenticated(&self, endpoint: &str, form: &[(&str, &str)]) -> Call {
        if self.run.by_key {
            let assertion = self.key.sign(None, &self.assertion_claims(&json!({}))).unwrap();
            self.asserted(endpoint, form, &assertion)
        } else {
            self.shown(endpoint, &[form, &[("client_id", self.id)]].concat())
        }
    }

    /// Asks with this form.
    pub(super) async fn send(&self, form: &[(&str, &str)]) -> Answer {
        self.server.public(self.authenticated(ENDPOINT, form)).await
    }

    /// Asks with a signed request of changed claims.
    pub(super) async fn ask_with(&self, changes: &Value) -> Answer {
        let object = self.key.sign(None, &self.claims(changes)).unwrap();
        self.send(&[("request", &object)]).await
    }

    /// The same, in order.
    pub(super) async fn ask(&self, changes: &Value) -> Value {
        let answer = self.ask_with(changes).await.expect(200);
        assert!(answer.content_type().unwrap().starts_with("application/json"));
        let asked = answer.json();
        // 160 bits of randomness and more, in base64url.
        assert!(text(&asked, "auth_req_id").len() >= 27, "{asked}");
        assert!(asked["expires_in"].as_i64().unwrap() > 0 && asked["interval"].as_i64().unwrap() >= 0, "{asked}");
        asked
    }

    /// The person answers, at the operator's device.
    pub(super) async fn answer(&self, verb: &str, asked: &Value) {
        let query = [("auth_req_id", text(asked, "auth_req_id"))];
        let call = Call::put(format!("{ADMIN}/{verb}")).query(&query).json(&json!({ "subject": "alice" }));
        self.server.admin(call).await.expect(204);
    }

    /// Fails where a request waits for the person.
    pub(super) async fn expect_nobody_asked(&self) {
        let listed = self.server.admin(Call::get(ADMIN).query(&[("subject", "alice")])).await.expect(200).json();
        assert_eq!(listed, json!([]));
    }

    /// Fails unless the client is told of an answer once, if it is one of pings.
    pub(super) async fn expect_ping(&self, asked: &Value) {
        let told = self.server.server.send_pings().await;
        assert_eq!(told, usize::from(self.run.mode == Mode::Ping));
        let Some(call) = self.receiver.take_one() else { return assert_eq!(self.run.mode, Mode::Poll) };
        assert_eq!((call.method.as_str(), call.target.as_str()), ("POST", "/ping"));
        assert_eq!(call.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
        let body: Value = serde_json::from_str(&call.body).unwrap();
        assert_eq!(body, json!({ "auth_req_id": asked["auth_req_id"] }));
    }

    /// Asks for the tokens of a request.
    pub(super) async fn poll(&self, asked: &Value) -> Answer {
        let form = [("grant_type", GRANT_TYPE), ("auth_req_id", text(asked, "auth_req_id"))];
        self.server.public(self.authenticated("/oauth2/token", &form)).await
    }

    /// Fails unless an access token opens userinfo with the client's certificate and in no other way.
    pub(super) async fn expect_bound(&self, token: &str) {
        let call = || Call::get("/userinfo").bearer(token);
        let userinfo = self.server.public(self.certificate.shown_with(call())).await.expect(200).json();
        assert_eq!(userinfo["sub"], "alice");
        self.server.public(call()).await.expect(401);
        let told = self.server.introspect(token).await;
        assert_eq!(told["cnf"], json!({ "x5t#S256": self.certificate.thumbprint() }));
    }

    /// The person agrees, and the client has its tokens.
    pub(super) async fn finish(&self, asked: &Value) -> Value {
        self.answer("accept", asked).await;
        self.expect_ping(asked).await;
        // Between two polls lies what the client was told.
        self.server.clock.advance(asked["interval"].as_i64().unwrap() + 5);
        let answer = self.poll(asked).await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let tokens = answer.json();
        assert_eq!((&tokens["token_type"], tokens["expires_in"].is_u64()), (&json!("bearer"), true), "{tokens}");
        let id_token = text(&tokens, "id_token");
        assert_eq!(part(id_token, 0)["alg"], "PS256");
        let claims = verified_claims(&self.server, id_token).await;
        assert_eq!((&claims["sub"], &claims["aud"]), (&json!("alice"), &json!([self.id])));
        assert!(!claims.contains_key("c_hash") && !claims.contains_key("s_hash"), "{claims:?}");
        self.expect_bound(text(&tokens, "access_token")).await;
        tokens
    }

    /// The whole way of a request with changed claims.
    pub(super) async fn complete(&self, changes: &Value) -> Value {
        let asked = self.ask(changes).await;
        let waits = self.poll(&asked).await.expect(400);
        assert_eq!(waits.error().as_deref(), Some("authorization_pending"));
        self.finish(&asked).await
    }
}
