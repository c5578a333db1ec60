//! The client of the FAPI 2.0 plans: it authenticates with a key or with a certificate, its tokens are bound to a DPoP key
//! or to the certificate, and its requests are pushed, which message signing wants signed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use http::header::{AUTHORIZATION, HeaderName};
use serde_json::{Map, Value, json};
use symbolon_jose::digest::{base64url, sha256};
use symbolon_jose::{Algorithm, SigningKey};
use symbolon_server::config::Config;
use symbolon_server::security_profile::SecurityProfile;

use super::relying_party::{CLIENT, Person, Visit, provider_with};
use crate::credentials::Holder;
use crate::fixtures::{borrowed, signing_key, text, verified_claims, with};
use crate::rfc7523::JWT_BEARER;
use crate::rfc8705::{Certificate, behind_proxy, params};
use crate::support::{Answer, CODE_CHALLENGE, CODE_VERIFIER, Call, Pairs, TestServer};

/// Where a proof stands.
pub(super) const DPOP: HeaderName = HeaderName::from_static("dpop");

/// What proves a thing: who the client is, or that it holds its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// `private_key_jwt`, or DPoP.
    Key,
    /// The certificate of the connection.
    Certificate,
}

/// Which of the plans runs, and in which variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    profile: SecurityProfile,
    /// The suite's `client_auth_type`.
    pub(super) client: Proof,
    /// The suite's `sender_constrain`.
    pub(super) sender: Proof,
}

impl Plan {
    /// `fapi2-security-profile-final-test-plan` with `private_key_jwt` and DPoP.
    pub(super) const SECURITY_PROFILE: Self =
        Self { profile: SecurityProfile::Fapi2, client: Proof::Key, sender: Proof::Key };
    /// `fapi2-message-signing-final-test-plan` likewise: with signed requests and signed answers.
    pub(super) const MESSAGE_SIGNING: Self =
        Self { profile: SecurityProfile::Fapi2MessageSigning, ..Self::SECURITY_PROFILE };

    /// The same with a client that authenticates with a certificate.
    pub(super) const fn by_certificate(self) -> Self {
        Self { client: Proof::Certificate, ..self }
    }

    /// The same with tokens that are bound to a certificate.
    pub(super) const fn for_certificate(self) -> Self {
        Self { sender: Proof::Certificate, ..self }
    }

    /// In every variant.
    pub(super) const fn all(self) -> [Self; 4] {
        let [own, bound] = self.with_assertions();
        [own, bound, own.by_certificate(), bound.by_certificate()]
    }

    /// In those in which the client signs assertions.
    pub(super) const fn with_assertions(self) -> [Self; 2] {
        [self, self.for_certificate()]
    }

    /// In those in which the client proves the possession of a key.
    pub(super) const fn with_proofs(self) -> [Self; 2] {
        [self, self.by_certificate()]
    }

    fn signs(self) -> bool {
        self.profile == SecurityProfile::Fapi2MessageSigning
    }

    /// The provider, which holds all clients to the profile of the plan, behind a proxy that forwards certificates.
    pub(super) async fn provider(self) -> TestServer {
        self.provider_with(|_| {}).await
    }

    /// See [`Plan::provider`]; with a change.
    pub(super) async fn provider_with(self, change: impl FnOnce(&mut Config)) -> TestServer {
        provider_with(|config| {
            behind_proxy(config);
            config.symbolon.compatibility.unsigned_request_objects = false;
            config.symbolon.par.required = true;
            config.symbolon.security_profile = self.profile;
            change(config);
        })
        .await
    }
}

/// A client, its keys, and somebody who logs in there.
pub(super) struct FapiClient {
    pub(super) server: TestServer,
    pub(super) plan: Plan,
    pub(super) id: &'static str,
    /// Signs assertions and request objects.
    pub(super) key: SigningKey,
    /// Holds the tokens.
    pub(super) holder: Holder,
    certificate: Certificate,
    pub(super) redirect_uri: String,
    pub(super) person: Person,
    count: AtomicU64,
}

impl FapiClient {
    /// The first client of a plan, at a provider of its own.
    pub(super) async fn new(plan: Plan) -> Self {
        Self::at(&plan.provider().await, plan, "one").await
    }

    /// The second client beside another one; its redirect URI has a query.
    pub(super) async fn beside(other: &Self) -> Self {
        let mut second = Self::at(&other.server, other.plan, "two").await;
        second.redirect_uri.push_str("?dummy1=lorem&dummy2=ipsum");
        second
    }

    async fn at(server: &TestServer, plan: Plan, id: &'static str) -> Self {
        let (key, jwk) = signing_key(Algorithm::ES256, id);
        let certificate = Certificate::self_signed(&params());
        let redirect_uri = format!("{CLIENT}/callback");
        let method = match plan.client {
            Proof::Key => json!({
                "jwks": { "keys": [jwk] }, "token_endpoint_auth_method": "private_key_jwt",
                "token_endpoint_auth_signing_alg": "ES256",
            }),
            Proof::Certificate => json!({
                "jwks": { "keys": [jwk, certificate.jwk()] },
                "token_endpoint_auth_method": "self_signed_tls_client_auth",
            }),
        };
        let metadata = json!({
            "client_id": id, "request_object_signing_alg": "ES256",
            "id_token_signed_response_alg": "PS256", "authorization_signed_response_alg": "PS256",
            "dpop_bound_access_tokens": plan.sender == Proof::Key,
            "tls_client_certificate_bound_access_tokens": plan.sender == Proof::Certificate,
            "require_pushed_authorization_requests": true,
            "redirect_uris": [redirect_uri, format!("{redirect_uri}?dummy1=lorem&dummy2=ipsum")],
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
            "scope": "openid email offline_access",
        });
        server.create_client(&with(metadata, &method)).await;
        let (holder, person, count) = (Holder::new(Algorithm::ES256), Person::new(server), AtomicU64::new(0));
        Self { server: server.clone(), plan, id, key, holder, certificate, redirect_uri, person, count }
    }

    fn next(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn now(&self) -> i64 {
        self.server.clock.now()
    }

    /// The claims of a good assertion, with changed ones.
    pub(super) fn assertion_claims(&self, changes: &Value) -> Value {
        let claims = json!({
            "iss": self.id, "sub": self.id, "aud": self.server.public_url(), "jti": format!("jti-{}", self.next()),
            "iat": self.now(), "nbf": self.now(), "exp": self.now() + 60,
        });
        with(claims, changes)
    }

    /// An assertion with changed claims.
    pub(super) fn assertion(&self, changes: &Value) -> String {
        self.key.sign(None, &self.assertion_claims(changes)).unwrap()
    }

    /// A proof for a call to an endpoint, with changed claims.
    pub(super) fn proof(&self, endpoint: &str, changes: &Value) -> String {
        let header = json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": self.holder.jwk });
        self.holder.sign_parts(&header, &self.proof_claims(endpoint, changes))
    }

    /// The claims of a good proof.
    pub(super) fn proof_claims(&self, endpoint: &str, changes: &Value) -> Value {
        let url = format!("{}{endpoint}", self.server.public_url());
        let good = json!({ "jti": format!("jti-{}", self.next()), "htm": "POST", "htu": url, "iat": self.now() });
        with(good, changes)
    }

    /// An ordinary request.
    pub(super) fn request(&self) -> Pairs {
        let number = self.next();
        let mut pairs = vec![
            ("client_id", self.id.to_owned()),
            ("response_type", "code".to_owned()),
            ("redirect_uri", self.redirect_uri.clone()),
            ("scope", "openid email offline_access".to_owned()),
            ("state", format!("state-{number}-0123456789")),
            ("nonce", format!("nonce-{number}-0123456789")),
            ("code_challenge", CODE_CHALLENGE.to_owned()),
            ("code_challenge_method", "S256".to_owned()),
        ];
        if self.plan.signs() {
            pairs.push(("response_mode", "jwt".to_owned()));
        }
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The claims of the request object of a request.
    pub(super) fn object_claims(&self, request: &Pairs) -> Value {
        let parameters = request.iter().map(|(name, value)| (name.clone(), json!(value)));
        let own = json!({
            "iss": self.id, "aud": self.server.public_url(), "nbf": self.now(), "exp": self.now() + 300,
        });
        with(Value::Object(parameters.collect()), &own)
    }

    /// A push of this form, with an assertion.
    pub(super) fn push_asserted(&self, form: &Pairs, assertion: &str) -> Call {
        let own = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion), ("client_id", self.id)];
        let form: Vec<_> = borrowed(form).into_iter().filter(|(name, _)| *name != "client_id").collect();
        Call::post("/oauth2/par").form(&[&form[..], &own].concat())
    }

    /// A push of this form, by the client as it authenticates.
    pub(super) fn push_form(&self, form: &Pairs) -> Call {
        match self.plan.client {
            Proof::Key => self.push_asserted(form, &self.assertion(&json!({}))),
            Proof::Certificate => {
                let form: Vec<_> = borrowed(form).into_iter().filter(|(name, _)| *name != "client_id").collect();
                let form = [&form[..], &[("client_id", self.id)]].concat();
                self.certificate.shown_with(Call::post("/oauth2/par").form(&form))
            }
        }
    }

    /// What is pushed for a request: its parameters, or an object with them.
    pub(super) fn pushed(&self, request: &Pairs) -> Pairs {
        if !self.plan.signs() {
            return request.clone();
        }
        let object = self.key.sign(Some("oauth-authz-req+jwt"), &self.object_claims(request)).unwrap();
        vec![("request".to_owned(), object)]
    }

    /// A push of a request.
    pub(super) fn push(&self, request: &Pairs) -> Call {
        self.push_form(&self.pushed(request))
    }

    /// The `request_uri` of a request.
    pub(super) async fn uri(&self, request: &Pairs) -> String {
        let answer = self.server.public(self.push(request)).await.expect(201).json();
        let uri = text(&answer, "request_uri");
        assert!(uri.len() >= 43 + "urn:ietf:params:oauth:request_uri:".len(), "{uri}");
        assert_eq!(answer["expires_in"], 60);
        uri.to_owned()
    }

    /// A visit with a `request_uri`, and further parameters.
    pub(super) async fn visit(&mut self, uri: &str, further: &[(&str, &str)]) -> Visit {
        let own = [("client_id", self.id), ("request_uri", uri)];
        let target = Call::get("/oauth2/auth").query(&[&own[..], further].concat()).target;
        self.person.open(&target).await
    }

    /// The parameters of the answer to a visit, which stand in the query; out of the signed answer where it is one.
    pub(super) async fn shown(&self, answer: &Answer) -> BTreeMap<String, String> {
        assert_eq!(answer.status, 303, "{}", answer.text());
        let separator = if self.redirect_uri.contains('?') { '&' } else { '?' };
        let start = format!("{}{separator}", self.redirect_uri);
        let query = answer.location().strip_prefix(&start).unwrap_or_else(|| panic!("{}", answer.location()));
        assert!(!query.contains('#'), "{query}");
        let mut shown: BTreeMap<_, _> = crate::support::pairs_of(query).into_iter().collect();
        if self.plan.signs() {
            assert_eq!(shown.keys().collect::<Vec<_>>(), ["response"]);
            let claims = verified_claims(&self.server, &shown["response"]).await;
            assert_eq!(crate::fixtures::part(&shown["response"], 0)["alg"], "PS256");
            assert_eq!((&claims["aud"], &claims["exp"]), (&json!(self.id), &json!(self.now() + 300)));
            let own = claims.iter().filter(|(name, _)| !["aud", "exp"].contains(&name.as_str()));
            shown = own.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
        }
        assert_eq!(shown["iss"], self.server.public_url());
        let known = ["code", "error", "error_description", "iss", "state"];
        assert!(shown.keys().all(|name| known.contains(&name.as_str())), "{shown:?}");
        shown
    }

    /// The code for a request.
    pub(super) async fn code(&mut self, request: &Pairs) -> String {
        let uri = self.uri(request).await;
        let visit = self.visit(&uri, &[]).await;
        let shown = self.shown(&visit.answer).await;
        assert_eq!(shown.get("state").map(String::as_str), crate::support::pair(request, "state"));
        assert!(shown["code"].len() >= 43);
        shown["code"].clone()
    }

    /// A token request with an assertion, without a proof.
    pub(super) fn token_request(form: &[(&str, &str)], assertion: &str) -> Call {
        let own = [("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)];
        Call::post("/oauth2/token").form(&[form, &own].concat())
    }

    /// The form that redeems a code.
    pub(super) fn redemption<'c>(&'c self, code: &'c str) -> Vec<(&'c str, &'c str)> {
        vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", CODE_VERIFIER),
        ]
    }

    /// A token request as it should be.
    pub(super) fn ask(&self, form: &[(&str, &str)]) -> Call {
        self.held(self.authenticated(form))
    }

    /// A token request of the client as it authenticates, without what its tokens are bound to.
    pub(super) fn authenticated(&self, form: &[(&str, &str)]) -> Call {
        match self.plan.client {
            Proof::Key => Self::token_request(form, &self.assertion(&json!({}))),
            Proof::Certificate => {
                let form = [form, &[("client_id", self.id)]].concat();
                self.certificate.shown_with(Call::post("/oauth2/token").form(&form))
            }
        }
    }

    /// A token request with what the tokens shall be bound to.
    pub(super) fn held(&self, call: Call) -> Call {
        match self.plan.sender {
            Proof::Key => call.header(DPOP, &self.proof("/oauth2/token", &json!({}))),
            Proof::Certificate => self.certificate.shown_with(call),
        }
    }

    /// Goes on with another key for its tokens. A certificate with which it authenticates stays.
    pub(super) fn change_holder(&mut self) {
        match (self.plan.sender, self.plan.client) {
            (Proof::Key, _) => self.holder = Holder::new(Algorithm::ES256),
            (Proof::Certificate, Proof::Key) => self.certificate = Certificate::self_signed(&params()),
            (Proof::Certificate, Proof::Certificate) => {}
        }
    }

    /// The tokens for a code.
    pub(super) async fn redeem(&self, code: &str, nonce: Option<&str>) -> Value {
        let tokens = self.server.public(self.ask(&self.redemption(code))).await.expect(200).json();
        let token_type = if self.plan.sender == Proof::Key { "DPoP" } else { "bearer" };
        assert_eq!((&tokens["token_type"], tokens["expires_in"].is_u64()), (&json!(token_type), true), "{tokens}");
        let claims = verified_claims(&self.server, text(&tokens, "id_token")).await;
        assert_eq!(crate::fixtures::part(text(&tokens, "id_token"), 0)["alg"], "PS256");
        assert_eq!((&claims["sub"], claims.get("nonce")), (&json!("alice"), nonce.map(|own| json!(own)).as_ref()));
        tokens
    }

    /// The whole way for a request.
    pub(super) async fn complete(&mut self, request: &Pairs) -> Value {
        let code = self.code(request).await;
        let tokens = self.redeem(&code, crate::support::pair(request, "nonce")).await;
        self.server.public(self.resource(text(&tokens, "access_token"))).await.expect(200);
        tokens
    }

    /// The whole way for an ordinary request.
    pub(super) async fn tokens(&mut self) -> Value {
        let request = self.request();
        self.complete(&request).await
    }

    /// What a proof says of a token at the resource, beside the rest.
    pub(super) fn at_resource(token: &str) -> Map<String, Value> {
        let claims = json!({ "htm": "GET", "ath": base64url(&sha256(token.as_bytes())) });
        serde_json::from_value(claims).unwrap()
    }

    /// A call to the resource by the holder of the token.
    pub(super) fn resource(&self, token: &str) -> Call {
        self.resource_as(token, if self.plan.sender == Proof::Key { "DPoP" } else { "Bearer" })
    }

    /// The same with a scheme of one's own spelling.
    pub(super) fn resource_as(&self, token: &str, scheme: &str) -> Call {
        let call = Self::resource_with(token, scheme);
        match self.plan.sender {
            Proof::Key => call.header(DPOP, &self.proof("/userinfo", &json!(Self::at_resource(token)))),
            Proof::Certificate => self.certificate.shown_with(call),
        }
    }

    /// A call to the resource with a scheme, and without a proof.
    pub(super) fn resource_with(token: &str, scheme: &str) -> Call {
        Call::get("/userinfo").header(AUTHORIZATION, &format!("{scheme} {token}"))
    }
}
