//! Providers of the world: what each of them publishes and answers, in its shape, and what the client makes of it. A file
//! beside this one tells of one provider: `about` says what is odd, `discovery` is the document (`given` where there is none),
//! `keys` the members that go around keys made here, `claims` and `token` what differs from the usual, `expect` the values
//! that matter. The numbers and names in them are made up.

mod faults;

use serde_json::{Value, json};
use symbolon_client::{Client, ClientBuilder, Error, IssuerRule, ProviderMetadata, VerificationRules};

use crate::web::{NOW, OpenIdProvider, key};

macro_rules! documents {
    ($($name:literal)+) => {
        const DOCUMENTS: &[(&str, &str)] = &[$(($name, include_str!(concat!($name, ".json")))),+];
    };
}

documents! {
    "apple" "auth0" "auth0-hs256" "authentik" "cognito" "dex" "entra-common" "entra-tenant" "facebook" "github-actions"
    "github-oauth" "gitlab" "google" "hydra" "keycloak" "kubernetes" "line" "linkedin" "okta" "paypal" "salesforce" "slack"
    "twitch" "yahoo" "zitadel"
}

/// The rows, each with its name.
fn rows() -> impl Iterator<Item = (&'static str, Value)> {
    DOCUMENTS.iter().map(|(name, text)| (*name, serde_json::from_str(text).unwrap()))
}

fn row(name: &str) -> Value {
    rows().find(|(found, _)| *found == name).unwrap().1
}

/// The provider of a row.
fn provider(row: &Value) -> OpenIdProvider {
    let text = |name: &str| row[name].as_str().map(str::to_owned);
    let issuer = text("issuer").unwrap();
    let published = row["keys"].as_array().into_iter().flatten().map(published_key).collect::<Vec<_>>();
    let signing = row["keys"].as_array().into_iter().flatten().find(|key| key["kind"] == signs(row));
    let below = || format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    OpenIdProvider {
        discovery_url: row.get("discovery").map(|_| text("discovery_url").unwrap_or_else(below)),
        metadata: row.get("discovery").or(row.get("given")).unwrap().clone(),
        keys: row.get("keys_body").cloned().unwrap_or_else(|| json!({ "keys": published })),
        keys_type: text("keys_type").unwrap_or_else(|| "application/json".to_owned()),
        signs: signs(row).to_owned(),
        kid: signing.map(|key| key["kid"].clone()).unwrap_or_default(),
        claims: row["claims"].clone(),
        token: row["token"].clone(),
        userinfo: row.get("userinfo").cloned(),
        scope: text("ask").unwrap_or_else(|| "openid email".to_owned()),
        callback_issuer: row["callback_issuer"] == true,
        issuer,
        ..OpenIdProvider::plain()
    }
}

/// Which kind of key signs the ID tokens: what the row says, else that of the first key for signatures.
fn signs(row: &Value) -> &str {
    let mut keys = row["keys"].as_array().into_iter().flatten();
    let mut first = || keys.find(|key| !key["kind"].as_str().unwrap().starts_with("other")).map(|key| &key["kind"]);
    row["signs"].as_str().or_else(|| first().and_then(Value::as_str)).unwrap_or("RS256")
}

fn published_key(told: &Value) -> Value {
    let mut jwk = serde_json::to_value(key(told["kind"].as_str().unwrap()).public_jwk()).unwrap();
    jwk["kid"] = told["kid"].clone();
    for (name, value) in told["set"].as_object().into_iter().flatten() {
        jwk[name] = value.clone();
    }
    for name in told["unset"].as_array().into_iter().flatten() {
        jwk.as_object_mut().unwrap().remove(name.as_str().unwrap());
    }
    jwk
}

/// The client with what this provider needs: a template of issuers, HMAC.
fn builder(row: &Value, provider: &OpenIdProvider) -> ClientBuilder {
    let mut rules = VerificationRules::default();
    if let Some(template) = row["issuer_template"].as_str() {
        rules = rules.issuer(IssuerRule::template(template, "tid"));
    }
    if provider.signs == "HS256" {
        rules = rules.allow_hmac();
    }
    provider.builder().verification(rules)
}

fn client(row: &Value, provider: &OpenIdProvider) -> Client {
    builder(row, provider).build().unwrap()
}

const ENDPOINTS: [&str; 4] = ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"];

#[tokio::test]
async fn every_document_is_read_and_nothing_of_it_is_lost() {
    for (name, row) in rows() {
        let provider = provider(&row);
        let metadata = client(&row, &provider).metadata().await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let read = |member: &str| match member {
            "authorization_endpoint" => metadata.authorization_endpoint.clone(),
            "token_endpoint" => metadata.token_endpoint.clone(),
            "userinfo_endpoint" => metadata.userinfo_endpoint.clone(),
            _ => metadata.jwks_uri.clone(),
        };
        for member in ENDPOINTS {
            assert_eq!(read(member).as_deref(), provider.metadata[member].as_str(), "{name}: {member}");
        }
        let mut published = provider.metadata.clone();
        published.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let mut written = serde_json::to_value(&*metadata).unwrap();
        written.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        assert_eq!(written, published, "{name}");
        let again: ProviderMetadata = serde_json::from_value(written).unwrap();
        assert_eq!(again.issuer, metadata.issuer, "{name}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_missed_only_by_what_needs_it() {
    for (name, row) in rows() {
        let provider = provider(&row);
        let client = client(&row, &provider);
        let expect = &row["expect"];
        let missing = |operation: &str| expect[operation].as_str();
        if let Some(member) = missing("authorization") {
            let refused = provider.authorize(&client).await.err();
            assert_eq!(refused.map(|error| error.to_string()), Some(missed(member)), "{name}");
        }
        if let Some(member) = missing("token") {
            let refused = client.refresh_with(&"rt".into()).await.err();
            assert_eq!(refused.map(|error| error.to_string()), Some(missed(member)), "{name}");
        }
        if let Some(member) = missing("userinfo") {
            let refused = client.user_info_for(&"at".into(), None).await.err();
            assert_eq!(refused.map(|error| error.to_string()), Some(missed(member)), "{name}");
        }
    }
    let without = |operation: &str| rows().filter(|(_, row)| row["expect"][operation].is_string()).count();
    assert_eq!((without("authorization"), without("token"), without("userinfo")), (2, 3, 5));
}

fn missed(member: &str) -> String {
    format!("the provider's metadata has no '{member}'")
}

#[tokio::test]
async fn people_of_every_provider_log_in() {
    let mut count = 0;
    for (name, row) in rows().filter(|(_, row)| row.get("token").is_some() && row["expect"].get("fault").is_none()) {
        let provider = provider(&row);
        let client = client(&row, &provider);
        let tokens = provider.log_in(&client).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let expect = &row["expect"];
        assert_eq!(tokens.expires_at, expect["lifetime"].as_i64().map(|seconds| NOW + seconds), "{name}");
        match expect["scope_text"].as_str() {
            Some(text) => assert_eq!(tokens.scope.to_string(), text, "{name}"),
            None => assert_eq!(json!(tokens.scope.to_vec()), expect["scope"], "{name}"),
        }
        for (member, value) in expect["extra"].as_object().into_iter().flatten() {
            assert_eq!(tokens.extra.get(member), Some(value), "{name}: {member}");
        }
        let subject = tokens.id_token.as_ref().map(|id_token| id_token.claims.subject.as_str());
        assert_eq!(subject, row["claims"]["sub"].as_str(), "{name}");
        if let Some(told) = row.get("userinfo") {
            let user = client.user_info(&tokens).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(json!(user.subject), told["sub"], "{name}");
            assert_eq!(json!(user.all), *told, "{name}");
            if let Some(verified) = expect.get("email_verified") {
                assert_eq!(
                    user.standard.email_verified.as_ref().map(|verified| json!(verified)).as_ref(),
                    Some(verified),
                    "{name}"
                );
            }
        }
        count += 1;
    }
    assert_eq!(count, 21);
}

#[tokio::test]
async fn tokens_without_a_log_in_are_verified() {
    for name in ["facebook", "github-actions", "kubernetes"] {
        let row = row(name);
        let provider = provider(&row);
        let client = client(&row, &provider);
        let raw = provider.id_token(Some("n".to_owned()));
        let id_token = client.verify_id_token(&raw, Some("n")).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(json!(id_token.claims.subject), row["claims"]["sub"], "{name}");
        let other = client.verify_id_token(&raw, Some("m")).await.unwrap_err();
        assert!(matches!(other, Error::IdToken(_)), "{name}: {other}");
    }
}
