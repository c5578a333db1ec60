//! Each member of the metadata, as it stands in the table of `symbolon_types::client::rights`: what is not a client's to
//! choose is refused by name, or does not count. A member without a sample here fails the test.

use serde_json::{Value, json};
use symbolon_server::config::RegistrationRights;
use symbolon_types::client::rights::{MEMBERS, Right};

use super::{Managed, minimal, post, register};
use crate::fixtures::with;
use crate::support::{Answer, Call, TestServer};

/// A value that an administrator could register and that no client has here.
fn sample(member: &str) -> Value {
    if member.ends_with("_lifespan") {
        return json!("17m");
    }
    match member {
        "metadata" => json!({ "tier": "gold" }),
        "access_token_strategy" => json!("jwt"),
        "authorization_details_types" => json!(["payment"]),
        "default_resource" => json!("https://payments.internal"),
        "skip_consent"
        | "skip_logout_consent"
        | "require_auth_time"
        | "dpop_bound_access_tokens"
        | "require_pushed_authorization_requests"
        | "require_signed_request_object"
        | "resource_server"
        | "tls_client_certificate_bound_access_tokens" => json!(true),
        "security_profile" => json!("none"),
        "client_assertion_issuer" => json!("https://evil.example"),
        "client_assertion_subject" => json!("system:serviceaccount:evil:evil"),
        "tls_client_auth_subject_dn" => json!("CN=evil"),
        "tls_client_auth_san_dns" => json!("evil.example"),
        "tls_client_auth_san_uri" => json!("spiffe://evil.example/app"),
        "tls_client_auth_san_ip" => json!("192.0.2.1"),
        "tls_client_auth_san_email" => json!("evil@evil.example"),
        "client_id" => json!("another"),
        "client_secret_expires_at" => json!(4_000_000_000_u32),
        "created_at" | "updated_at" => json!("2020-01-01T00:00:00Z"),
        "registration_access_token" => json!("ory_at_x"),
        "registration_client_uri" => json!("https://evil.example/"),
        "redirect_uris" => json!(["https://evil.example/cb"]),
        "response_types" => json!(["code", "id_token"]),
        "grant_types" => json!(["authorization_code", "client_credentials"]),
        "scope" => json!("openid payments:refund"),
        "allowed_resources" | "audience" => json!(["https://payments.internal"]),
        "owner" => json!("platform-team"),
        "allowed_cors_origins" => json!(["https://evil.example"]),
        "subject_type" => json!("pairwise"),
        "sector_identifier_uri" => json!("https://evil.example/sector.json"),
        "token_endpoint_auth_method" => json!("client_secret_post"),
        "token_endpoint_auth_signing_alg" | "introspection_signed_response_alg" => json!("ES256"),
        "request_uris" => json!(["https://evil.example/r"]),
        "request_object_signing_alg"
        | "id_token_signed_response_alg"
        | "userinfo_signed_response_alg"
        | "authorization_signed_response_alg"
        | "backchannel_authentication_request_signing_alg" => {
            json!("ES256")
        }
        name if name.ends_with("_encrypted_response_alg") || name == "request_object_encryption_alg" => {
            json!("ECDH-ES")
        }
        name if name.ends_with("_encrypted_response_enc") || name == "request_object_encryption_enc" => {
            json!("A128GCM")
        }
        "backchannel_token_delivery_mode" => json!("poll"),
        "backchannel_client_notification_endpoint" => json!("https://evil.example/ping"),
        "application_type" => json!("web"),
        "default_max_age" => json!(17),
        "default_acr_values" => json!(["silver"]),
        "initiate_login_uri" | "post_logout_redirect_uris" | "frontchannel_logout_uri" | "backchannel_logout_uri" => {
            let uri = json!("https://evil.example/x");
            if member == "post_logout_redirect_uris" { json!([uri]) } else { uri }
        }
        other => panic!("no sample for {other}"),
    }
}

/// Refused by name, or registered without the value.
fn assert_not_chosen(answer: &Answer, member: &str, value: &Value) {
    if answer.status >= 400 {
        let told = answer.member("error_description");
        assert!(told.contains(member) || told.contains("grant_types"), "{member}: {}", answer.text());
    } else {
        assert_ne!(&answer.json()[member], value, "{member}: {}", answer.text());
    }
}

async fn restricted() -> TestServer {
    TestServer::with(|config| {
        config.symbolon.registration.policy = RegistrationRights::Restricted;
        config.oidc.subject_types = vec![symbolon_types::SubjectType::Public, symbolon_types::SubjectType::Pairwise];
        config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new("a-salt-for-tests".to_owned()));
        config.symbolon.registration.limit_per_minute = 0;
    })
    .await
}

#[tokio::test]
async fn what_is_not_a_strangers_to_choose_is_not_chosen() {
    let server = restricted().await;
    let mut client = register(&server, &minimal()).await;
    for (member, right, _) in MEMBERS.iter().filter(|(_, right, _)| *right != Right::Free) {
        if *member == "client_secret" {
            continue;
        }
        assert_ne!(*right, Right::OwnHosts, "{member}: a stranger has no hosts before");
        let value = sample(member);
        let body = with(minimal(), &json!({ *member: value }));
        assert_not_chosen(&post(&server, &body).await, member, &value);
        let changed = server.public(client.replace(&body)).await;
        assert_not_chosen(&changed, member, &value);
        if changed.status == 200 {
            client = Managed::new(changed.json());
        }
        let read = server.public(client.read()).await.expect(200).json();
        assert_ne!(read[*member], value, "{member}");
    }
}

#[tokio::test]
async fn what_is_the_administrators_stays_at_a_clients_own_change() {
    let server = restricted().await;
    let made = with(minimal(), &json!({ "client_id": "reporting", "scope": "openid", "subject_type": "public" }));
    let client = Managed::new(server.create_client(&made).await);
    let read = server.public(client.read()).await.expect(200).json();
    let own = |body: &Value| Call::put(client.path()).json(body).basic(&client.id, &client.secret);
    for (member, ..) in MEMBERS.iter().filter(|(_, _, right)| *right != Right::Free) {
        if *member == "client_secret" {
            continue;
        }
        let value = sample(member);
        assert_not_chosen(&server.public(own(&with(read.clone(), &json!({ *member: value })))).await, member, &value);
        let kept = server.admin(Call::get("/admin/clients/reporting")).await.expect(200).json();
        assert_ne!(kept[*member], value, "{member}");
    }
}
