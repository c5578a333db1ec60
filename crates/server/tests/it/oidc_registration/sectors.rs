//! Whose sector a pairwise client shares (OpenID Connect Core §8.1): one that registered itself proves it, or has one of its
//! own; and nobody changes afterwards how subjects look to it.

use serde_json::{Value, json};
use symbolon_server::config::Config;
use symbolon_types::SubjectType;

use super::{Managed, assert_error, minimal, register};
use crate::client_side::{Authority, ClientServer, Reply};
use crate::fixtures::{Registered, claims, text, with};
use crate::rfc8628::flow::{DeviceFlow, GRANT_TYPE};
use crate::support::{Call, CodeFlow, TestServer};

const APP: &str = "https://app.example/cb";

fn with_pairwise(config: &mut Config) {
    config.oidc.subject_types = vec![SubjectType::Public, SubjectType::Pairwise];
    config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new("a-salt-of-the-test".to_owned()));
}

fn pairwise(redirect_uris: &[&str], grant_types: &[&str]) -> Value {
    json!({ "redirect_uris": redirect_uris, "grant_types": grant_types, "subject_type": "pairwise" })
}

async fn by_code(server: &TestServer, (id, secret): (&str, &str), redirect_uri: &str) -> String {
    let flow = CodeFlow::new(server, id).secret(secret).scope("openid");
    let tokens = flow.parameter("redirect_uri", redirect_uri).tokens().await;
    claims(text(&tokens, "id_token"))["sub"].as_str().unwrap().to_owned()
}

async fn by_device(server: &TestServer, client: &Managed) -> String {
    let client = Registered { id: client.id.clone(), secret: client.secret.clone() };
    let mut flow = DeviceFlow::new(server, &client);
    let codes = flow.ask_with(&[("scope", "openid")]).await.expect(200).json();
    flow.connect(&codes).await;
    let tokens = flow.poll(&codes).await.expect(200).json();
    claims(text(&tokens, "id_token"))["sub"].as_str().unwrap().to_owned()
}

/// What `app.example` knows "alice" by: an administrator registered it.
async fn known_to_the_application(server: &TestServer) -> String {
    let app = server.create_client(&pairwise(&[APP], &["authorization_code"])).await;
    by_code(server, (text(&app, "client_id"), text(&app, "client_secret")), APP).await
}

#[tokio::test]
async fn who_answers_at_the_host_shares_its_sector_and_who_gets_tokens_elsewhere_does_not() {
    let server = TestServer::with(with_pairwise).await;
    let known = known_to_the_application(&server).await;
    for uris in [&[APP][..], &["https://app.example/other", APP]] {
        let same = register(&server, &pairwise(uris, &["authorization_code"])).await;
        assert_eq!(by_code(&server, (&same.id, &same.secret), uris[0]).await, known, "{uris:?}");
    }
    for (uris, grants) in [
        (&[APP][..], &[GRANT_TYPE][..]),
        (&[APP], &["authorization_code", GRANT_TYPE]),
        (&["https://app.example/nobody-is-here"], &["refresh_token", GRANT_TYPE]),
    ] {
        let device = register(&server, &pairwise(uris, grants)).await;
        assert_ne!(by_device(&server, &device).await, known, "{uris:?} {grants:?}");
    }
}

#[tokio::test]
async fn addresses_that_belong_to_whoever_takes_them_prove_no_sector() {
    let server = TestServer::with(with_pairwise).await;
    for uri in
        ["http://127.0.0.1:5555/callback", "http://localhost/cb", "https://[::1]/cb", "com.example.app://callback/x"]
    {
        let admin = server.create_client(&pairwise(&[uri], &["authorization_code"])).await;
        let admin = by_code(&server, (text(&admin, "client_id"), text(&admin, "client_secret")), uri).await;
        let mut subjects = vec![admin];
        for _ in 0..2 {
            let client = register(&server, &pairwise(&[uri], &["authorization_code"])).await;
            subjects.push(by_code(&server, (&client.id, &client.secret), uri).await);
        }
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), 3, "{uri}");
    }
}

#[tokio::test]
async fn a_sector_document_proves_nothing_to_a_client_of_devices() {
    let authority = Authority::new();
    let sector = ClientServer::listen_tls(Reply::Json(json!([APP])), &authority).await;
    let server = TestServer::with(|config| {
        with_pairwise(config);
        config.symbolon.outbound.ca_file = Some(authority.file());
    })
    .await;
    let with_sector = |uris: &[&str], grants: &[&str]| {
        with(pairwise(uris, grants), &json!({ "sector_identifier_uri": format!("{}/sector.json", sector.url) }))
    };
    let app = register(&server, &with_sector(&[APP], &["authorization_code"])).await;
    let known = by_code(&server, (&app.id, &app.secret), APP).await;
    for uris in [&[APP][..], &[]] {
        let device = register(&server, &with_sector(uris, &[GRANT_TYPE])).await;
        assert_ne!(by_device(&server, &device).await, known, "{uris:?}");
    }
}

#[tokio::test]
async fn a_client_does_not_change_how_subjects_look_to_it() {
    let server = TestServer::with(with_pairwise).await;
    let code = &["authorization_code"][..];
    let own = "https://own.example/cb";
    for (registered, changes) in [
        (pairwise(&[own], code), json!({ "subject_type": "public" })),
        (pairwise(&[own], code), json!({ "redirect_uris": [APP] })),
        (pairwise(&[own], &[GRANT_TYPE]), pairwise(&[APP], code)),
        (with(pairwise(&[own], code), &json!({ "subject_type": "public" })), pairwise(&[APP], code)),
    ] {
        let client = register(&server, &registered).await;
        let refused = server.public(client.replace(&with(registered.clone(), &changes))).await;
        assert_error(&refused, 400, "invalid_client_metadata");
        // The same once more, and what has nothing to do with it, may be said.
        super::replace(&server, &client, &with(registered, &json!({ "client_name": "Other" }))).await;
    }
    // Neither does a client that an administrator made; the administrator may.
    let body = with(pairwise(&[APP], code), &json!({ "client_id": "app" }));
    let made = server.create_client(&body).await;
    let public = with(body, &json!({ "subject_type": "public" }));
    let token = text(&made, "registration_access_token");
    let refused = server
        .public(
            Call::put("/oauth2/register/app").json(&with(public.clone(), &json!({ "client_id": null }))).bearer(token),
        )
        .await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    server.admin(Call::put("/admin/clients/app").json(&public)).await.expect(200);
    register(&server, &minimal()).await;
}
