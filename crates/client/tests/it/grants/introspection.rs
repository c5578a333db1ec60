//! RFC 7662, RFC 9701.

use serde_json::{Value, json};
use symbolon_client::{Error, IdTokenFault, IntrospectionResponse, TokenTypeHint};

use super::{CREDENTIALS, Issuer, NOW, key, merge};
use crate::server::answer;

const SIGNED: &str = "application/token-introspection+jwt";

fn active() -> Value {
    json!({
        "active": true, "scope": "a b", "client_id": "app", "sub": "alice", "aud": "https://api.example",
        "exp": NOW + 60, "token_type": "Bearer", "cnf": { "jkt": "x" }, "ext": { "a": 1 },
    })
}

async fn told(changes: Value) -> Result<IntrospectionResponse, Error> {
    let mut body = active();
    merge(&mut body, &changes);
    Issuer::always(200, body).client().introspect("at-1", None).await
}

#[tokio::test]
async fn request_is_that_of_the_standard() {
    let provider = Issuer::always(200, active());
    let told = provider.client().introspect("at-1", Some(TokenTypeHint::AccessToken)).await.unwrap();
    assert!(told.active && told.scope.contains("b"));
    assert_eq!((told.subject.as_deref(), told.client_id.as_deref()), (Some("alice"), Some("app")));
    assert_eq!((told.audience.as_slice(), told.expires_at), (&["https://api.example".to_owned()][..], Some(NOW + 60)));
    assert_eq!((&told.confirmation.as_ref().unwrap()["jkt"], &told.extra["ext"]["a"]), (&json!("x"), &json!(1)));
    assert!(!format!("{told:?}").contains("alice"));
    let sent = provider.only("/introspect");
    assert_eq!(
        (sent.body.as_str(), sent.authorization.as_str(), sent.accept.as_str()),
        ("token=at-1&token_type_hint=access_token", CREDENTIALS, "application/json")
    );
}

#[tokio::test]
async fn of_a_dead_token_nothing_is_said() {
    let told = told(json!({ "active": false })).await.unwrap();
    assert_eq!(told, IntrospectionResponse::default());
}

#[tokio::test]
async fn answers_are_read_leniently_where_nothing_is_decided_by_it() {
    let read = told(json!({ "active": "true", "exp": "1800000060", "scope": ["a", "b"], "username": 7, "aud": null }));
    let read = read.await.unwrap();
    assert_eq!((read.expires_at, read.scope.len(), read.username), (Some(NOW + 60), 2, None));
    assert!(read.audience.is_empty());
    for odd in [
        json!({ "active": null }),
        json!({ "active": 1 }),
        json!({ "active": "yes" }),
        json!({ "exp": "soon" }),
        json!({ "nbf": true }),
        json!({ "aud": 7 }),
        json!({ "sub": ["alice"] }),
        json!({ "scope": 7 }),
        json!({ "cnf": "x" }),
        json!({ "client_id": {} }),
    ] {
        let error = told(odd.clone()).await.unwrap_err();
        assert!(matches!(error, Error::UnexpectedAnswer(_)), "{odd}: {error}");
    }
}

#[tokio::test]
async fn refused_client_learns_the_code() {
    let provider = Issuer::always(401, json!({ "error": "invalid_client" }));
    let error = provider.client().introspect("at-1", None).await.unwrap_err();
    assert_eq!((error.code(), error.status()), (Some("invalid_client"), Some(401)));
}

/// A provider that signs, with a header type and changed claims.
fn signing(typ: &'static str, changes: Value) -> Issuer {
    Issuer::start(move |_, _, url| {
        let mut claims = json!({ "iss": url, "aud": "app", "iat": NOW, "token_introspection": active() });
        merge(&mut claims, &changes);
        let jwt = key().sign(Some(typ), &claims).unwrap();
        answer(200, &format!("content-type: {SIGNED}\r\n"), &jwt)
    })
}

#[tokio::test]
async fn signed_answer_is_checked() {
    let own = "token-introspection+jwt";
    for (typ, changes, fault) in [
        (own, json!({}), None),
        (SIGNED, json!({ "aud": ["other", "app"] }), None),
        ("JWT", json!({}), Some(IdTokenFault::Type("JWT".to_owned()))),
        (own, json!({ "iss": "https://evil.example" }), Some(IdTokenFault::Issuer("https://evil.example".to_owned()))),
        (own, json!({ "aud": "other" }), Some(IdTokenFault::Audience)),
        (own, json!({ "aud": null }), Some(IdTokenFault::Claim("aud"))),
        (own, json!({ "iat": null }), Some(IdTokenFault::Claim("iat"))),
        (own, json!({ "iat": NOW + 61 }), Some(IdTokenFault::NotYetValid)),
        (own, json!({ "token_introspection": true }), Some(IdTokenFault::Claim("token_introspection"))),
    ] {
        let provider = signing(typ, changes.clone());
        let told = provider.client().introspect_signed("at-1", None).await;
        assert_eq!(told.as_ref().err(), fault.clone().map(Error::Introspection).as_ref(), "{typ} {changes}");
        assert_eq!(provider.only("/introspect").accept, SIGNED);
        // Whoever did not ask for it checks it all the same.
        let told = provider.client().introspect("at-1", None).await;
        assert_eq!(told.err(), fault.map(Error::Introspection));
    }
}

#[tokio::test]
async fn unsigned_answer_is_no_signed_one() {
    let error = Issuer::always(200, active()).client().introspect_signed("at-1", None).await.unwrap_err();
    assert!(matches!(error, Error::UnexpectedAnswer(_)), "{error}");
    let provider = Issuer::start(|_, _, _| answer(200, &format!("content-type: {SIGNED}\r\n"), &active().to_string()));
    let error = provider.client().introspect_signed("at-1", None).await.unwrap_err();
    assert!(matches!(error, Error::Introspection(IdTokenFault::Signature(_))), "{error}");
}
