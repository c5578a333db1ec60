//! What goes beyond the plain code flow, against a provider that checks nothing and writes everything down: keys, proofs,
//! signed and pushed requests, signed and encrypted answers, and every attempt to have less than was asked for.

mod assertions;
mod dpop;
mod dpop_requests;
mod encryption;
mod mutual_tls;
mod requests;
mod responses;
mod wishes;

use std::sync::OnceLock;

use serde_json::{Map, Value, json};
use symbolon_client::{
    Algorithm, AuthorizationRequest, Callback, Client, ClientBuilder, Clock, Error, Jwk, PendingAuthorization,
    SigningKey, TokenSet, Url, VerifyingKey,
};
use symbolon_jose::Jws;

use crate::server::{Received, Server, json};

pub(super) const NOW: i64 = 1_800_000_000;

/// The provider's key.
pub(super) fn provider_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(Algorithm::ES256, "provider".into()).unwrap())
}

/// A provider with these members of its metadata over the usual ones; `answer` is asked for all but document and keys.
pub(super) fn provider(members: Value, answer: impl Fn(&Received, &str) -> Vec<u8> + Send + Sync + 'static) -> Server {
    provider_with_keys(members, vec![provider_key().public_jwk()], answer)
}

pub(super) fn provider_with_keys(
    members: Value,
    keys: Vec<Jwk>,
    answer: impl Fn(&Received, &str) -> Vec<u8> + Send + Sync + 'static,
) -> Server {
    Server::start(move |request, url| match request.line.as_str() {
        "GET /.well-known/openid-configuration" => {
            let mut metadata = json!({
                "issuer": url, "authorization_endpoint": format!("{url}/auth"), "token_endpoint": format!("{url}/token"),
                "jwks_uri": format!("{url}/keys"), "userinfo_endpoint": format!("{url}/userinfo"),
                "revocation_endpoint": format!("{url}/revoke"),
                "pushed_authorization_request_endpoint": format!("{url}/par"),
            });
            for (name, value) in members.as_object().unwrap() {
                let text = value.to_string().replace("{url}", url);
                metadata[name] = serde_json::from_str(&text).unwrap();
            }
            json(200, &metadata)
        }
        "GET /keys" => json(200, &json!({ "keys": keys })),
        _ => answer(request, url),
    })
}

pub(super) fn builder(server: &Server) -> ClientBuilder {
    Client::builder(&server.url, "app")
        .redirect_uri("https://app.example/cb")
        .without_proxy()
        .clock(Clock::custom(|| NOW))
}

/// Header and claims, after the signature was checked with `key`.
pub(super) fn verified(jwt: &str, key: &Jwk) -> (Map<String, Value>, Map<String, Value>) {
    let verified = Jws::parse(jwt).unwrap().verify(&VerifyingKey::from_jwk(key).unwrap()).unwrap();
    (verified.header.raw, verified.claims)
}

pub(super) fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// Starts an authorization and comes back from it with a code.
pub(super) async fn redeem(client: &Client, request: &AuthorizationRequest) -> Result<TokenSet, Error> {
    let (_, pending) = client.authorization_url(request).await?;
    client.redeem(&pending, &plain_callback(&pending)).await
}

pub(super) fn plain_callback(pending: &PendingAuthorization) -> Callback {
    Callback::parse(&format!("code=the-code&state={}", pending.state()))
}

/// A token answer without an ID token.
pub(super) fn tokens(token_type: &str) -> Vec<u8> {
    json(200, &json!({ "access_token": "at-1", "token_type": token_type, "expires_in": 60, "refresh_token": "rt-1" }))
}

/// What was received with this method and path.
pub(super) fn sent(server: &Server, line: &str) -> Vec<Received> {
    server.received().into_iter().filter(|request| request.line == line).collect()
}
