//! Answers that other clients read: one oddity at a time, around a provider that has no other. What is only information may
//! be odd; what is believed may not.

use serde_json::{Value, json};
use symbolon_client::{Error, IdTokenFault, IssuerRule, Scope, TokenSet, VerificationRules};

use crate::web::{NOW, OpenIdProvider, key};

/// A log-in with a provider that was changed as told, then userinfo.
async fn log_in(change: impl FnOnce(&mut OpenIdProvider)) -> Result<TokenSet, Error> {
    log_in_by(VerificationRules::default(), change).await
}

async fn log_in_by(rules: VerificationRules, change: impl FnOnce(&mut OpenIdProvider)) -> Result<TokenSet, Error> {
    let mut provider = OpenIdProvider::plain();
    change(&mut provider);
    let client = provider.builder().verification(rules).build().unwrap();
    let tokens = provider.log_in(&client).await?;
    client.user_info(&tokens).await?;
    Ok(tokens)
}

#[tokio::test]
async fn scopes_are_read_as_they_are_written() {
    for (written, read) in [
        (json!("openid email"), "openid email"),
        (json!(["openid", "user:read:email"]), "openid user:read:email"),
        (json!("openid \"quoted\" back\\slash"), "openid \"quoted\" back\\slash"),
        (json!("openid ünïcode"), "openid ünïcode"),
        (json!("openid,email"), "openid,email"),
        (json!(""), ""),
    ] {
        let tokens = log_in(|provider| provider.token["scope"] = written.clone()).await.unwrap();
        assert_eq!(tokens.scope.to_string(), read, "{written}");
    }
    for written in [json!(null), json!(7), json!({}), json!("(none)")] {
        let tokens = log_in(|provider| provider.token["scope"] = written.clone()).await.unwrap();
        assert_eq!(tokens.scope, Scope::parse("openid email").unwrap(), "{written}");
    }
}

#[tokio::test]
async fn lifetimes_are_read_as_they_are_written() {
    for (written, seconds) in [
        (json!(3600), Some(3600)),
        (json!("3600"), Some(3600)),
        (json!(3600.0), Some(3600)),
        (json!("3600.0"), Some(3600)),
        (json!(0), Some(0)),
        (json!(null), None),
        (json!("soon"), None),
        (json!(1e300), None),
        (json!([3600]), None),
        (json!("(none)"), None),
    ] {
        let tokens = log_in(|provider| provider.token["expires_in"] = written.clone()).await.unwrap();
        assert_eq!(tokens.expires_at, seconds.map(|seconds| NOW + seconds), "{written}");
    }
    let tokens = log_in(|provider| provider.token["expires_in"] = json!(i64::MAX)).await.unwrap();
    assert_eq!(tokens.expires_at, Some(i64::MAX));
}

#[tokio::test]
async fn tokens_of_another_type_are_not_used_as_bearer_tokens() {
    for written in ["Bearer", "bearer", "BEARER"] {
        log_in(|provider| provider.token["token_type"] = json!(written)).await.unwrap();
    }
    for written in [json!("DPoP"), json!("mac"), json!("N_A"), json!(""), json!(7), json!(null), json!("(none)")] {
        let refused = log_in(|provider| provider.token["token_type"] = written.clone()).await.unwrap_err();
        assert!(matches!(refused, Error::TokenType(_)), "{written}: {refused}");
    }
}

#[tokio::test]
async fn algorithms_are_known_by_all_their_names() {
    let published = |kind: &str, alg: Value| {
        let mut jwk = serde_json::to_value(key(kind).public_jwk()).unwrap();
        jwk["alg"] = alg;
        json!({ "keys": [jwk] })
    };
    // RFC 9864 calls it by its full name.
    for (header, alg) in [("EdDSA", json!("EdDSA")), ("Ed25519", json!("Ed25519")), ("Ed25519", json!("EdDSA"))] {
        let change = |provider: &mut OpenIdProvider| {
            provider.signs = "EdDSA".to_owned();
            provider.kid = json!(null);
            provider.header = json!({ "alg": header });
            provider.keys = published("EdDSA", alg.clone());
        };
        log_in(change).await.unwrap_or_else(|error| panic!("{header} by {alg}: {error}"));
    }
    let refused = log_in(|provider| provider.header = json!({ "alg": "none" })).await.unwrap_err();
    assert!(matches!(refused, Error::IdToken(IdTokenFault::Signature(_))), "{refused}");
    let only = VerificationRules::default().algorithms([symbolon_client::Algorithm::ES256]);
    let refused = log_in_by(only, |_| {}).await.unwrap_err();
    assert!(matches!(refused, Error::IdToken(IdTokenFault::Signature(_))), "{refused}");
}

#[tokio::test]
async fn null_is_no_claim() {
    for name in ["nbf", "azp", "auth_time", "at_hash", "acr", "sid", "email"] {
        let outcome = log_in(|provider| provider.claims[name] = json!(null)).await;
        assert!(outcome.is_ok(), "{name}: {}", outcome.unwrap_err());
    }
    for name in ["iss", "sub", "aud", "exp", "iat", "nonce"] {
        let refused = log_in(|provider| provider.claims[name] = json!(null)).await.unwrap_err();
        assert!(matches!(refused, Error::IdToken(_)), "{name}: {refused}");
    }
}

#[tokio::test]
async fn audiences_and_authorized_parties_fit_or_do_not() {
    let strict = || VerificationRules::default().require_authorized_party();
    for (aud, azp, fits, fits_strictly) in [
        (json!("app"), json!("(none)"), true, true),
        (json!("app"), json!("app"), true, true),
        (json!(["app"]), json!("(none)"), true, true),
        (json!(["app", "app"]), json!("(none)"), true, true),
        (json!("app"), json!("android"), true, false),
        (json!(["app", "other"]), json!("app"), true, true),
        (json!(["app", "other"]), json!("(none)"), false, false),
        (json!(["app", "other"]), json!("other"), false, false),
        (json!("other"), json!("app"), false, false),
        (json!([]), json!("app"), false, false),
        (json!(["other"]), json!("app"), false, false),
        (json!("(none)"), json!("app"), false, false),
    ] {
        let change = |provider: &mut OpenIdProvider| {
            (provider.claims["aud"], provider.claims["azp"]) = (aud.clone(), azp.clone());
        };
        assert_eq!(log_in(change).await.is_ok(), fits, "{aud}, {azp}");
        assert_eq!(log_in_by(strict(), change).await.is_ok(), fits_strictly, "{aud}, {azp}, strictly");
    }
}

#[tokio::test]
async fn types_of_tokens_are_media_types() {
    for typ in [json!("JWT"), json!("jwt"), json!("application/jwt"), json!("application/JWT"), json!(null)] {
        log_in(|provider| provider.header = json!({ "typ": typ })).await.unwrap();
    }
    for typ in ["at+jwt", "logout+jwt", "application/at+jwt", "secevent+jwt", "own"] {
        let change = |provider: &mut OpenIdProvider| provider.header = json!({ "typ": typ });
        let refused = log_in(change).await.unwrap_err();
        assert_eq!(refused, Error::IdToken(IdTokenFault::Type(typ.to_owned())), "{typ}");
        log_in_by(VerificationRules::default().allow_any_type(), change).await.unwrap();
    }
}

#[tokio::test]
async fn keys_that_sign_nothing_are_no_fault_of_the_others() {
    let strange = [
        json!({}),
        json!(null),
        json!("key"),
        json!({ "kty": "RSA" }),
        json!({ "kty": "oct", "k": "AAAA" }),
        json!({ "kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA" }),
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AA" }),
        json!({ "kty": "RSA", "n": 7, "e": "AQAB" }),
        json!({ "kty": "OKP", "crv": "X25519", "x": "AA", "use": "enc" }),
    ];
    log_in(|provider| {
        let list = provider.keys["keys"].as_array_mut().unwrap();
        list.splice(0..0, strange);
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_key_set_without_names_is_tried_through() {
    let unnamed = |kind: &str| {
        let mut jwk = serde_json::to_value(key(kind).public_jwk()).unwrap();
        jwk.as_object_mut().unwrap().retain(|name, _| !matches!(name.as_str(), "kid" | "alg" | "use"));
        jwk
    };
    log_in(|provider| {
        provider.keys = json!({ "keys": [unnamed("other RS256"), unnamed("ES256"), unnamed("RS256")] });
        provider.kid = json!(null);
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn userinfo_is_json_by_many_names() {
    for media_type in [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "text/javascript; charset=UTF-8",
        "application/hal+json",
        "application/vnd.company.v1+json;charset=utf-8",
    ] {
        log_in(|provider| provider.userinfo_type = media_type.to_owned())
            .await
            .unwrap_or_else(|error| panic!("{media_type}: {error}"));
    }
    for userinfo in
        [json!({ "sub": "" }), json!({}), json!({ "sub": null }), json!({ "sub": 7 }), json!([]), json!("ada")]
    {
        let refused = log_in(|provider| provider.userinfo = Some(userinfo.clone())).await.unwrap_err();
        assert!(matches!(refused, Error::UnexpectedAnswer(_)), "{userinfo}: {refused}");
    }
    let refused = log_in(|provider| provider.userinfo = Some(json!({ "sub": "bob" }))).await.unwrap_err();
    assert_eq!(refused, Error::SubjectMismatch);
}

#[tokio::test]
async fn an_id_token_is_no_signed_userinfo() {
    let mut provider = OpenIdProvider::plain();
    provider.userinfo = None;
    let client = provider.builder().build().unwrap();
    let tokens = provider.log_in(&client).await.unwrap();
    let raw = tokens.id_token.as_ref().unwrap().raw.expose().clone();
    provider.web.put("https://as.example/userinfo", "application/jwt", &raw);
    let refused = client.user_info(&tokens).await.unwrap_err();
    assert!(matches!(refused, Error::UserInfo(_)), "{refused}");
}

#[tokio::test]
async fn one_odd_member_does_not_spoil_the_metadata() {
    for (name, value) in [
        ("claims_parameter_supported", json!("true")),
        ("subject_types_supported", json!("pairwise")),
        ("acr_values_supported", json!([0, 1])),
        ("scopes_supported", json!({})),
        ("mtls_endpoint_aliases", json!([])),
        ("registration_endpoint", json!(7)),
        ("authorization_response_iss_parameter_supported", json!(1)),
        ("request_parameter_supported", json!(null)),
        ("token_endpoint_auth_methods_supported", json!([null, "client_secret_basic"])),
    ] {
        let outcome = log_in(|provider| provider.metadata[name] = value.clone()).await;
        assert!(outcome.is_ok(), "{name} = {value}: {}", outcome.unwrap_err());
    }
}

#[tokio::test]
async fn an_endpoint_is_missed_by_name_when_it_is_needed() {
    for member in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
        for odd in [json!(null), json!(""), json!(7), json!("(none)")] {
            let mut provider = OpenIdProvider::plain();
            let token_endpoint = provider.metadata["token_endpoint"].clone();
            provider.metadata = crate::web::merged(provider.metadata, &json!({ member: odd }));
            let client = provider.builder().build().unwrap();
            client.metadata().await.unwrap();
            // The stub has to answer there all the same.
            provider.metadata["token_endpoint"] = token_endpoint;
            let outcome = match provider.log_in(&client).await {
                Ok(tokens) => client.user_info(&tokens).await.map(|_| ()),
                Err(error) => Err(error),
            };
            assert_eq!(outcome, Err(Error::MissingEndpoint(member)), "{odd}");
        }
    }
}

/// RFC 8414 §3.1 puts the path of the issuer behind the well-known part.
#[tokio::test]
async fn a_server_with_the_document_of_oauth_alone_is_found() {
    let mut provider = OpenIdProvider::plain();
    provider.issuer = "https://as.example/tenant".to_owned();
    provider.metadata["issuer"] = json!(provider.issuer);
    provider.discovery_url = Some("https://as.example/.well-known/oauth-authorization-server/tenant".to_owned());
    provider.web.put_with("https://as.example/tenant/.well-known/openid-configuration", 404, "text/html", "<p>no</p>");
    let client = provider.builder().build().unwrap();
    provider.log_in(&client).await.unwrap();
    assert_eq!(provider.web.count("https://as.example/.well-known/oauth-authorization-server/tenant"), 1);
}

#[tokio::test]
async fn templates_of_issuers_are_for_who_asks_for_them() {
    let template = "https://as.example/{tenantid}/v2.0";
    let change = |provider: &mut OpenIdProvider| {
        provider.metadata["issuer"] = json!(template);
        provider.claims = json!({ "sub": "ada", "iss": "https://as.example/t-1/v2.0", "tid": "t-1" });
    };
    let refused = log_in(change).await.unwrap_err();
    assert!(matches!(refused, Error::IssuerMismatch { .. }), "{refused}");
    log_in_by(VerificationRules::default().issuer(IssuerRule::template(template, "tid")), change).await.unwrap();
}
