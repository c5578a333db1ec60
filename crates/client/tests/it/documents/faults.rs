//! What of these providers is refused, and what is said about it.

use serde_json::json;
use symbolon_client::{Error, IdTokenFault, IssuerRule, VerificationRules};

use super::{builder, client, provider, row, rows};

#[tokio::test]
async fn a_refusal_with_status_200_is_a_refusal() {
    for (name, code) in [("github-oauth", "bad_verification_code"), ("slack", "invalid_code")] {
        let row = row(name);
        let mut provider = provider(&row);
        provider.token = row["refusal"]["body"].clone();
        provider.token["access_token"] = json!("(none)");
        provider.token["id_token"] = json!("(none)");
        let refused = provider.log_in(&client(&row, &provider)).await.unwrap_err();
        assert_eq!((refused.code(), refused.status()), (Some(code), Some(200)), "{name}");
    }
}

#[tokio::test]
async fn hmac_counts_only_where_it_is_allowed_and_under_the_secret() {
    for (name, row) in rows().filter(|(_, row)| row["signs"] == "HS256") {
        let provider = provider(&row);
        let plain = provider.builder().build().unwrap();
        let refused = provider.log_in(&plain).await.unwrap_err();
        assert!(matches!(refused, Error::IdToken(IdTokenFault::Signature(_))), "{name}: {refused}");
        let other = builder(&row, &provider).client_secret("another secret of more than 32 bytes").build().unwrap();
        let refused = provider.log_in(&other).await.unwrap_err();
        assert!(matches!(refused, Error::IdToken(IdTokenFault::Signature(_))), "{name}: {refused}");
    }
}

/// Without a certificate authentik has no keys, and nothing asks for them.
#[tokio::test]
async fn under_the_secret_no_key_set_is_needed() {
    let row = row("authentik");
    let provider = provider(&row);
    let client = client(&row, &provider);
    provider.log_in(&client).await.unwrap();
    assert_eq!(provider.web.count(provider.metadata["jwks_uri"].as_str().unwrap()), 0);
}

#[tokio::test]
async fn the_issuer_of_every_tenant_needs_a_rule() {
    let row = row("entra-common");
    let entra = provider(&row);
    let refused = entra.builder().build().unwrap().metadata().await.unwrap_err();
    let (expected, found) = (entra.issuer.clone(), row["issuer_template"].as_str().unwrap().to_owned());
    assert_eq!(refused, Error::IssuerMismatch { expected, found: found.clone() });

    let only = |tenant: &str| VerificationRules::default().issuer(IssuerRule::template(&found, "tid").only([tenant]));
    let tenant = row["claims"]["tid"].as_str().unwrap();
    entra.log_in(&entra.builder().verification(only(tenant)).build().unwrap()).await.unwrap();
    let strangers = entra.builder().verification(only("99999999-0000-0000-0000-000000000000")).build().unwrap();
    let refused = entra.log_in(&strangers).await.unwrap_err();
    assert!(matches!(refused, Error::IdToken(IdTokenFault::Issuer(_))), "{refused}");

    // A tenant that names another in `tid` is not believed.
    let mut liar = provider(&row);
    liar.claims["tid"] = json!("99999999-0000-0000-0000-000000000000");
    let refused = liar.log_in(&client(&row, &liar)).await.unwrap_err();
    assert!(matches!(refused, Error::IdToken(IdTokenFault::Issuer(_))), "{refused}");
}

#[tokio::test]
async fn a_slash_too_many_is_told() {
    for name in ["auth0", "authentik"] {
        let row = row(name);
        let mut provider = provider(&row);
        provider.issuer = provider.issuer.trim_end_matches('/').to_owned();
        let refused = provider.builder().build().unwrap().metadata().await.unwrap_err();
        assert!(matches!(refused, Error::IssuerMismatch { .. }), "{name}: {refused}");
        assert!(refused.to_string().contains("differ only by a slash"), "{name}: {refused}");
    }
}

#[tokio::test]
async fn an_id_token_without_the_nonce_that_was_sent_is_refused() {
    let row = row("linkedin");
    let provider = provider(&row);
    let refused = provider.log_in(&client(&row, &provider)).await.unwrap_err();
    assert_eq!(refused, Error::IdToken(IdTokenFault::Nonce));
}

/// Google's tokens for the server of an application on a telephone.
#[tokio::test]
async fn another_authorized_party_is_accepted_unless_it_must_be_this_client() {
    let row = row("google");
    let mut provider = provider(&row);
    provider.claims["azp"] = json!("android");
    provider.log_in(&client(&row, &provider)).await.unwrap();
    let strict = VerificationRules::default().require_authorized_party();
    let refused = provider.log_in(&provider.builder().verification(strict).build().unwrap()).await.unwrap_err();
    assert_eq!(refused, Error::IdToken(IdTokenFault::Audience));
}

/// Zitadel names the project beside the client.
#[tokio::test]
async fn an_audience_beside_the_client_needs_its_authorized_party() {
    let row = row("zitadel");
    let mut provider = provider(&row);
    provider.claims["azp"] = json!("(none)");
    let refused = provider.log_in(&client(&row, &provider)).await.unwrap_err();
    assert_eq!(refused, Error::IdToken(IdTokenFault::Audience));
    let trusting = VerificationRules::default().audience("258469905112");
    provider.log_in(&provider.builder().verification(trusting).build().unwrap()).await.unwrap();
}

#[tokio::test]
async fn an_issuer_that_is_promised_in_the_callback_must_be_there() {
    let row = row("keycloak");
    let mut provider = provider(&row);
    provider.callback_issuer = false;
    let refused = provider.log_in(&client(&row, &provider)).await.unwrap_err();
    assert_eq!(refused, Error::IssuerMismatch { expected: provider.issuer.clone(), found: String::new() });
}
