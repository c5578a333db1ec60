//! Certificates (RFC 8705), with real handshakes at the provider's port for them: tokens count over connections with the
//! certificate that they were issued over.

use serde_json::{Value, json};
use symbolon_client::{Authentication, Client, ClientBuilder, ClientCredentialsRequest, Error, TokenSet};
use symbolon_test_provider::TestClient;

use super::authority::Identity;
use super::{ORDERS, Setting};

fn bound(members: &Value) -> Value {
    let mut all = json!({ "tls_client_certificate_bound_access_tokens": true });
    all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    all
}

fn by_authority() -> Value {
    bound(&json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "app.example" }))
}

fn with(builder: ClientBuilder, identity: &Identity) -> Client {
    builder.authentication(Authentication::Certificate).client_certificate(identity.pem()).build().unwrap()
}

/// Userinfo is for the holder of `own` alone.
async fn check_userinfo(setting: &Setting, app: &TestClient, tokens: &TokenSet, own: &Identity) {
    let builder = || setting.builder(&app.id);
    assert_eq!(setting.told(tokens).await["cnf"]["x5t#S256"], own.thumbprint());
    let holder = builder().client_certificate(own.pem()).build().unwrap();
    assert_eq!(holder.user_info(tokens).await.unwrap().subject, "alice");
    // At the port for certificates, without one.
    let without = builder().mutual_tls_endpoints().build().unwrap();
    let other = builder().client_certificate(setting.authority.client("app.example").pem()).build().unwrap();
    // And at the usual one.
    let plain = builder().build().unwrap();
    for (case, client) in [("no certificate", without), ("another certificate", other), ("the usual port", plain)] {
        let error = client.user_info(tokens).await.err().unwrap_or_else(|| panic!("{case}"));
        assert_eq!((error.status(), error.code()), (Some(401), Some("invalid_token")), "{case}: {error}");
    }
}

#[tokio::test]
async fn a_certificate_of_an_authority_authenticates_and_binds() {
    let setting = Setting::start().await;
    let app = setting.register(&by_authority()).await;
    let own = setting.authority.client("app.example");
    let client = with(setting.builder(&app.id).push_authorization_requests(), &own);
    let tokens = setting.log_in(&client, "openid offline_access").await.unwrap();
    check_userinfo(&setting, &app, &tokens, &own).await;
    let tokens = client.refresh(&tokens).await.unwrap();
    check_userinfo(&setting, &app, &tokens, &own).await;

    // The next certificate of the same name: the refresh token belongs to the client, not to the certificate (§7.1).
    let next = setting.authority.client("app.example");
    let renewed = with(setting.builder(&app.id), &next);
    let tokens = renewed.refresh(&tokens).await.unwrap();
    check_userinfo(&setting, &app, &tokens, &next).await;
    client.revoke(tokens.refresh_token.as_ref().unwrap().as_str()).await.unwrap();
    assert_eq!(renewed.refresh(&tokens).await.unwrap_err().code(), Some("invalid_grant"));
}

#[tokio::test]
async fn a_certificate_of_the_clients_own_authenticates_and_binds() {
    let setting = Setting::start().await;
    let own = Identity::self_signed();
    let members = bound(&json!({
        "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": { "keys": [own.jwk()] },
    }));
    let app = setting.register(&members).await;
    let client = with(setting.builder(&app.id), &own);
    let tokens = setting.log_in(&client, "openid offline_access").await.unwrap();
    check_userinfo(&setting, &app, &tokens, &own).await;
    let tokens = client.refresh(&tokens).await.unwrap();
    check_userinfo(&setting, &app, &tokens, &own).await;
}

#[tokio::test]
async fn whoever_has_no_certificate_or_another_one_is_not_the_client() {
    let setting = Setting::start().await;
    let own = Identity::self_signed();
    let self_signed = bound(&json!({
        "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": { "keys": [own.jwk()] },
    }));
    for members in [by_authority(), self_signed] {
        let app = setting.register(&members).await;
        let request = ClientCredentialsRequest::new();
        for wrong in [setting.authority.client("other.example"), Identity::self_signed()] {
            let error = with(setting.builder(&app.id), &wrong).client_credentials(&request).await.unwrap_err();
            assert_eq!(error.code(), Some("invalid_client"), "{members}: {error}");
        }
        let without = setting.builder(&app.id).mutual_tls_endpoints().build().unwrap();
        let error = without.client_credentials(&request).await.unwrap_err();
        assert_eq!(error.code(), Some("invalid_client"), "{members}: {error}");
    }
}

/// With another way of proving itself, the certificate binds and nothing more.
#[tokio::test]
async fn a_client_with_a_secret_or_none_binds_its_tokens_too() {
    let setting = Setting::start().await;
    let own = setting.authority.client("whatever.example");
    for method in ["client_secret_basic", "none"] {
        let app = setting
            .register(&bound(&json!({ "token_endpoint_auth_method": method, "grant_types": [
            "authorization_code", "refresh_token",
        ] })))
            .await;
        let builder = || match method {
            "none" => setting.builder(&app.id),
            _ => setting.builder(&app.id).client_secret(app.secret.clone()),
        };
        let client = builder().client_certificate(own.pem()).build().unwrap();
        let tokens = setting.log_in(&client, "openid offline_access").await.unwrap();
        check_userinfo(&setting, &app, &tokens, &own).await;
        let tokens = client.refresh(&tokens).await.unwrap();
        check_userinfo(&setting, &app, &tokens, &own).await;
        let error = builder().build().unwrap().refresh(&tokens).await.unwrap_err();
        assert!(matches!(error.code(), Some("invalid_request" | "invalid_grant")), "{method}: {error}");
        if method == "none" {
            // Such a refresh token is bound to the certificate of the first request.
            let thief = builder().client_certificate(setting.authority.client("whatever.example").pem());
            assert!(thief.build().unwrap().refresh(&tokens).await.is_err());
        }
    }
}

#[tokio::test]
async fn an_api_sees_the_certificate_that_a_token_is_bound_to() {
    let setting = Setting::start().await;
    let app = setting.register(&by_authority()).await;
    let own = setting.authority.client("app.example");
    let client = with(setting.builder(&app.id), &own);
    let request = ClientCredentialsRequest::new().scope("orders.read").resource(ORDERS);
    let tokens = client.client_credentials(&request).await.unwrap();
    // Without seeing a connection nobody can say whether the token counts on it.
    assert!(matches!(client.verify_access_token(&tokens.access_token, ORDERS).await, Err(Error::AccessToken(_))));
    let api = setting.client(&json!({ "resource_server": true, "audience": [ORDERS] })).await;
    let told = api.introspect(tokens.access_token.as_str(), None).await.unwrap();
    assert_eq!(told.confirmation.unwrap()["x5t#S256"], own.thumbprint());
}
