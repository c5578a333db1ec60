//! Settings that cannot work are refused when the resource server is built.

use serde_json::json;
use std::time::Duration;
use symbolon_client::{AccessToken, AccessTokenFault, Algorithm, Client, Error, ResourceServer, VerificationRules};

use super::stub::{Issuer, RESOURCE, key};

#[test]
fn impossible_settings_are_refused_at_once() {
    let client = || Client::unregistered("https://as.example").build().unwrap();
    let refused = [
        ResourceServer::builder(client(), ""),
        ResourceServer::builder(client(), "https://api.example/#a"),
        ResourceServer::builder(client(), RESOURCE).audience(""),
        ResourceServer::builder(client(), RESOURCE).base_url("api.example"),
        ResourceServer::builder(client(), RESOURCE).base_url("ftp://api.example"),
        ResourceServer::builder(client(), RESOURCE).introspect_always(),
        ResourceServer::builder(client(), "urn:example:notes").require_dpop(),
    ];
    for builder in refused {
        assert!(matches!(builder.build(), Err(Error::Configuration(_))));
    }
    let works = ResourceServer::builder(client(), "urn:example:notes").base_url("https://api.example").require_dpop();
    assert!(format!("{:?}", works.build().unwrap()).contains("urn:example:notes"));
}

#[tokio::test]
async fn the_rules_of_the_client_hold_for_access_tokens() {
    let issuer = Issuer::start();
    let server = |rules: VerificationRules| {
        let client = Client::unregistered(&issuer.server.url)
            .without_proxy()
            .verification(rules)
            .clock(symbolon_client::Clock::custom(|| super::stub::START))
            .build()
            .unwrap();
        ResourceServer::builder(client, RESOURCE).build().unwrap()
    };
    let token = |changes: &serde_json::Value| AccessToken::from(issuer.token(changes));
    let fault = |verdict: Result<_, Error>| match verdict {
        Err(Error::AccessToken(fault)) => Some(fault),
        other => other.map(|_: symbolon_client::AccessTokenClaims| None).unwrap(),
    };
    let expired = token(&json!({ "exp": super::stub::START - 5 }));
    let strict = server(VerificationRules::default().leeway(Duration::from_secs(5)));
    assert_eq!(fault(strict.verify(&expired).await), Some(AccessTokenFault::Expired));
    assert_eq!(fault(server(VerificationRules::default()).verify(&expired).await), None);
    let other_algorithm = server(VerificationRules::default().algorithms([Algorithm::RS256]));
    let found = fault(other_algorithm.verify(&token(&json!({}))).await);
    assert!(matches!(found, Some(AccessTokenFault::Signature(_))), "{found:?}");
    // An audience of ID tokens is none of the API's.
    let rules = VerificationRules::default().audience("app");
    assert_eq!(fault(server(rules).verify(&token(&json!({ "aud": "app" }))).await), Some(AccessTokenFault::Audience));
    assert_eq!(key(0).algorithm(), Algorithm::ES256);
}
