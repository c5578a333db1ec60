//! Key sets, and the keys of issuers whose assertions are trusted.

use ory_client::apis::Error;
use ory_client::apis::jwk_api::{
    create_json_web_key_set, delete_json_web_key, delete_json_web_key_set, get_json_web_key, get_json_web_key_set,
    set_json_web_key, set_json_web_key_set,
};
use ory_client::apis::o_auth2_api::{
    delete_trusted_o_auth2_jwt_grant_issuer, get_trusted_o_auth2_jwt_grant_issuer,
    list_trusted_o_auth2_jwt_grant_issuers, trust_o_auth2_jwt_grant_issuer,
};
use ory_client::models::{CreateJsonWebKeySet, JsonWebKey, TrustOAuth2JwtGrantIssuer};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::Sdk;
use crate::holder::Holder;

/// The status of a refusal, whatever its body is decoded to.
#[track_caller]
fn status<T, E: std::fmt::Debug>(result: Result<T, Error<E>>) -> StatusCode {
    match result.err().expect("a refusal") {
        Error::ResponseError(answer) => answer.status,
        other => panic!("not a refusal: {other:?}"),
    }
}

pub async fn live(sdk: &Sdk) {
    let (admin, set, kid) = (sdk.admin(), "rust-every-operation", "first");
    let wanted = || CreateJsonWebKeySet::new("ES256".to_owned(), kid.to_owned(), "sig".to_owned());
    let created = create_json_web_key_set(&admin, set, wanted()).await.unwrap();
    let key = created.keys.as_ref().unwrap()[0].clone();
    assert_eq!((key.kid.as_str(), key.kty.as_str(), key.alg.as_str()), (kid, "EC", "ES256"));
    assert!(key.d.is_some());
    assert_eq!(get_json_web_key_set(&admin, set).await.unwrap(), created);
    assert_eq!(get_json_web_key(&admin, set, kid).await.unwrap(), created);
    assert_eq!(set_json_web_key(&admin, set, kid, Some(key.clone())).await.unwrap().x, key.x);
    assert_eq!(set_json_web_key_set(&admin, set, Some(created)).await.unwrap().keys.unwrap().len(), 1);
    delete_json_web_key(&admin, set, kid).await.unwrap();
    assert_eq!(status(get_json_web_key(&admin, set, kid).await), StatusCode::NOT_FOUND);
    create_json_web_key_set(&admin, set, wanted()).await.unwrap();
    delete_json_web_key_set(&admin, set).await.unwrap();
    assert_eq!(status(get_json_web_key_set(&admin, set).await), StatusCode::NOT_FOUND);
}

pub async fn of_issuers_are_trusted(sdk: &Sdk) {
    let (admin, issuer) = (sdk.admin(), "https://rust-every-operation.example");
    let mut jwk: Value = Holder::new().jwk();
    jwk.as_object_mut()
        .unwrap()
        .extend(json!({"kid": "first", "alg": "ES256", "use": "sig"}).as_object().unwrap().clone());
    let jwk: JsonWebKey = serde_json::from_value(jwk).unwrap();
    let trust = TrustOAuth2JwtGrantIssuer {
        subject: Some("robot".to_owned()),
        ..TrustOAuth2JwtGrantIssuer::new(
            "2099-01-01T00:00:00Z".to_owned(),
            issuer.to_owned(),
            jwk,
            vec!["read".to_owned()],
        )
    };
    let trusted = trust_o_auth2_jwt_grant_issuer(&admin, Some(trust)).await.unwrap();
    assert_eq!((trusted.issuer.as_deref(), trusted.subject.as_deref()), (Some(issuer), Some("robot")));
    assert_eq!(trusted.public_key.as_ref().unwrap().kid.as_deref(), Some("first"));
    let id = trusted.id.clone().unwrap();
    assert_eq!(get_trusted_o_auth2_jwt_grant_issuer(&admin, &id).await.unwrap(), trusted);
    let listed = list_trusted_o_auth2_jwt_grant_issuers(&admin, None, None, Some(issuer)).await.unwrap();
    assert_eq!(listed, [trusted]);
    delete_trusted_o_auth2_jwt_grant_issuer(&admin, &id).await.unwrap();
    assert_eq!(status(get_trusted_o_auth2_jwt_grant_issuer(&admin, &id).await), StatusCode::NOT_FOUND);
}
