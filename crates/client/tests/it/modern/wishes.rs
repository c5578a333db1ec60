//! What a request may ask for beyond scopes: details (RFC 9396), resources (RFC 8707), claims and contexts (OpenID Connect
//! Core §5.5), and what becomes of it when the answer has less.

use std::sync::Mutex;

use serde_json::{Value, json};
use symbolon_client::{
    AuthorizationDetail, AuthorizationRequest, ClaimsRequest, Client, Error, IdTokenFault, RefreshRequest,
    RequestedClaim, TokenSet,
};

use super::{NOW, builder, provider, provider_key, query, redeem, sent, tokens};
use crate::server::{Server, json};

fn answering(members: Value) -> Server {
    provider(json!({}), move |_, _| {
        let mut answer = json!({ "access_token": "at-1", "token_type": "Bearer", "refresh_token": "rt-1" });
        for (name, value) in members.as_object().unwrap() {
            answer[name] = value.clone();
        }
        json(200, &answer)
    })
}

#[tokio::test]
async fn granted_details_can_be_read_and_missing_ones_are_an_error() {
    let detail = AuthorizationDetail::new("payment").action("pay").member("amount", json!({ "EUR": 5 }));
    let request = AuthorizationRequest::new("").authorization_detail(detail.clone());
    let server = answering(json!({ "authorization_details": [
        { "type": "payment", "actions": ["pay"], "amount": { "EUR": 5 }, "account": "DE1" },
    ] }));
    let client = builder(&server).build().unwrap();
    let (url, _) = client.authorization_url(&request).await.unwrap();
    let expected = json!([{ "type": "payment", "actions": ["pay"], "amount": { "EUR": 5 } }]);
    assert_eq!(serde_json::from_str::<Value>(&query(&url, "authorization_details").unwrap()).unwrap(), expected);
    let granted = redeem(&client, &request).await.unwrap().authorization_details().unwrap();
    assert_eq!(granted, [detail.member("account", "DE1")]);

    let by_hand = AuthorizationRequest::new("").parameter("authorization_details", expected.to_string());
    for absent in [json!({}), json!({ "authorization_details": null })] {
        let server = answering(absent);
        for request in [&request, &by_hand] {
            let error = redeem(&builder(&server).build().unwrap(), request).await.unwrap_err();
            assert!(error.to_string().contains("authorization_details"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_resource_is_named_in_both_requests_and_of_several_one_at_a_time() {
    let server = answering(json!({}));
    let client = builder(&server).build().unwrap();
    let (a, b) = ("https://a.example/", "https://b.example/");
    redeem(&client, &AuthorizationRequest::new("x").resource(a)).await.unwrap();
    let both = AuthorizationRequest::new("x").resource(a).resource(b);
    let set = redeem(&client, &both).await.unwrap();
    let (url, pending) = client.authorization_url(&both).await.unwrap();
    let named: Vec<_> =
        url.query_pairs().filter(|(name, _)| name == "resource").map(|(_, value)| value.into_owned()).collect();
    assert_eq!(named, [a, b]);
    let callback = super::plain_callback(&pending);
    client.redeem(&pending.only_for_resource(b), &callback).await.unwrap();
    client.refresh_as(&set, &RefreshRequest::new().resource(a)).await.unwrap();
    let resources: Vec<_> = sent(&server, "POST /token").iter().map(|request| request.parameter("resource")).collect();
    assert_eq!(resources, [Some(a.to_owned()), None, Some(b.to_owned()), Some(a.to_owned())]);
}

#[tokio::test]
async fn a_resource_that_is_none_is_not_asked_for() {
    let server = answering(json!({}));
    let client = builder(&server).build().unwrap();
    for wrong in ["api", "https://a.example/#x", ""] {
        let error = redeem(&client, &AuthorizationRequest::new("x").resource(wrong)).await.unwrap_err();
        assert!(matches!(error, Error::Argument(_)), "{wrong}");
    }
}

/// The nonce of the last request, as the provider has it, and the `acr` that it writes.
static LOGIN: Mutex<(String, Value)> = Mutex::new((String::new(), Value::Null));
static ONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

async fn log_in(client: &Client, request: &AuthorizationRequest, acr: Value) -> Result<TokenSet, Error> {
    let (url, pending) = client.authorization_url(request).await.unwrap();
    *LOGIN.lock().unwrap() = (query(&url, "nonce").unwrap(), acr);
    client.redeem(&pending, &super::plain_callback(&pending)).await
}

fn identifying() -> Server {
    provider(json!({}), |_, url| {
        let (nonce, acr) = LOGIN.lock().unwrap().clone();
        let claims = json!({
            "iss": url, "sub": "alice", "aud": "app", "iat": NOW, "exp": NOW + 60, "nonce": nonce, "acr": acr,
            "amr": ["pwd", "otp"],
        });
        let id_token = provider_key().sign(None, &claims).unwrap();
        json(200, &json!({ "access_token": "at-1", "token_type": "Bearer", "id_token": id_token }))
    })
}

#[tokio::test]
async fn a_context_that_was_demanded_is_checked() {
    let _one = ONE.lock().await;
    let server = identifying();
    let client = builder(&server).build().unwrap();
    let by_claims = ClaimsRequest::new().id_token("acr", RequestedClaim::essential().one_of(["gold", "silver"]));
    for request in [
        AuthorizationRequest::default().require_acr(["gold", "silver"]),
        AuthorizationRequest::default().claims(by_claims),
    ] {
        let tokens = log_in(&client, &request, json!("silver")).await.unwrap();
        let claims = tokens.id_token.unwrap().claims;
        assert_eq!(claims.authentication_context(), Some("silver"));
        assert_eq!(claims.authentication_methods(), ["pwd", "otp"]);
        for weak in [json!("bronze"), json!(""), json!(null), json!(["gold"]), json!("gold silver"), json!(1)] {
            let error = log_in(&client, &request, weak.clone()).await.unwrap_err();
            assert_eq!(error, Error::IdToken(IdTokenFault::AuthenticationContext), "{weak}");
        }
    }
    let wish = AuthorizationRequest::default().acr_values("gold");
    log_in(&client, &wish, json!("bronze")).await.unwrap();
}

#[tokio::test]
async fn a_demand_is_written_for_the_provider_in_both_ways() {
    let server = provider(json!({}), |_, _| tokens("Bearer"));
    let client = builder(&server).build().unwrap();
    let request = AuthorizationRequest::default().require_acr(["gold", "silver"]);
    let (url, _) = client.authorization_url(&request).await.unwrap();
    assert_eq!(query(&url, "acr_values").unwrap(), "gold silver");
    let claims: Value = serde_json::from_str(&query(&url, "claims").unwrap()).unwrap();
    assert_eq!(claims, json!({ "id_token": { "acr": { "essential": true, "values": ["gold", "silver"] } } }));
    let nothing = AuthorizationRequest::default().require_acr(Vec::<String>::new());
    assert!(matches!(client.authorization_url(&nothing).await, Err(Error::Argument(_))), "demanded and none named");
}
