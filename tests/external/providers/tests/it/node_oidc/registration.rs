//! Registration and its management (RFC 7591, RFC 7592) at a server that refuses empty members and rotates its tokens with every
//! answer.

use symbolon_client::{Client, ClientMetadata, Error, RegistrationCredentials, Secret};

use super::issuer;
use crate::setting::{CALLBACK, log_in, openid};

fn unregistered() -> Client {
    Client::unregistered(&issuer()).without_proxy().build().expect("a client")
}

/// As the documentation of the crate has it, letter by letter.
fn my_app() -> ClientMetadata {
    ClientMetadata::new("My app").redirect_uri(CALLBACK)
}

#[tokio::test]
async fn the_example_of_the_documentation_works() {
    let registered = unregistered().register(&my_app()).await.expect("registered");
    assert_eq!(registered.metadata.client_name.as_deref(), Some("My app"));
    assert!(registered.secret.is_some() && registered.registration.is_some(), "{registered:?}");
    let client = Client::builder(&issuer(), &registered.client_id)
        .authentication(registered.authentication())
        .redirect_uri(CALLBACK)
        .without_proxy()
        .build()
        .expect("a client");
    log_in(&client, &openid("openid")).await.expect("the new client logs somebody in");
}

#[tokio::test]
async fn what_was_read_is_changed_and_sent_back() {
    let registered = unregistered().register(&my_app()).await.expect("registered");
    let handle = registered.registration.expect("a handle");
    let secret = |handle: &symbolon_client::RegistrationHandle| handle.secret().map(|secret| secret.expose().clone());
    let (first, token) = (secret(&handle), token(&handle.credentials()));
    let mut metadata = handle.read().await.expect("read");
    assert_eq!(metadata.client_name.as_deref(), Some("My app"));
    assert!(!format!("{metadata:?}").contains(first.as_deref().expect("a secret")), "the secret is apart");
    for round in 1..=3 {
        metadata.client_name = Some(format!("My app {round}"));
        metadata = handle.replace(&metadata).await.expect("replaced");
        assert_eq!(metadata.client_name, Some(format!("My app {round}")));
        metadata = handle.read().await.expect("read again");
    }
    assert_ne!(self::token(&handle.credentials()), token, "the token rotates, and the handle follows");
    assert_eq!(secret(&handle), first);
    let refused = unregistered()
        .registration(handle.client_id(), handle.uri().as_str(), Secret::new(token))
        .expect("a handle")
        .read()
        .await
        .expect_err("the former token is void");
    assert_eq!(refused.status(), Some(401));
    handle.read().await.expect("and the present one is not");
}

/// Security settings among them: whoever loses one of these in a replacement has a weaker client than before.
#[tokio::test]
async fn what_was_set_survives_a_replacement() {
    for member in ["dpop_bound_access_tokens", "tls_client_certificate_bound_access_tokens"] {
        let mut wanted = my_app();
        wanted.require_pushed_authorization_requests = Some(true);
        wanted.extra.insert(member.to_owned(), true.into());
        let registered = unregistered().register(&wanted).await.expect("registered");
        let handle = registered.registration.expect("a handle");
        let mut metadata = handle.read().await.expect("read");
        metadata.client_name = Some("Renamed".to_owned());
        let replaced = handle.replace(&metadata).await.expect("replaced");
        assert_eq!(replaced.client_name.as_deref(), Some("Renamed"));
        assert_eq!(replaced.require_pushed_authorization_requests, Some(true));
        let written = serde_json::to_value(&replaced).expect("JSON");
        assert_eq!(written[member], true, "{written}");
    }
}

#[tokio::test]
async fn a_deleted_client_is_gone() {
    let registered = unregistered().register(&my_app()).await.expect("registered");
    let handle = registered.registration.expect("a handle");
    handle.delete().await.expect("deleted");
    assert_eq!(handle.read().await.expect_err("it is gone").status(), Some(401));
    assert_eq!(handle.delete().await.expect_err("it is gone").status(), Some(401));
}

#[tokio::test]
async fn a_bad_member_is_named() {
    for (wrong, code) in [
        (my_app().redirect_uri("not a URI"), "invalid_redirect_uri"),
        (with_method("by heart"), "invalid_client_metadata"),
    ] {
        let refused = unregistered().register(&wrong).await.expect_err("a bad member");
        assert_eq!((refused.status(), refused.code()), (Some(400), Some(code)), "{refused}");
    }
    // A refused replacement leaves the token as it is.
    let registered = unregistered().register(&my_app()).await.expect("registered");
    let handle = registered.registration.expect("a handle");
    let before = token(&handle.credentials());
    handle.replace(&my_app().redirect_uri("not a URI")).await.expect_err("a bad member");
    assert_eq!(token(&handle.credentials()), before);
    handle.replace(&my_app()).await.expect("a good one");
}

#[tokio::test]
async fn a_registration_that_is_kept_is_managed_in_another_process() {
    let registered = unregistered().register(&my_app()).await.expect("registered");
    let handle = registered.registration.expect("a handle");
    let kept = (handle.client_id().to_owned(), handle.uri().to_string(), token(&handle.credentials()));
    drop(handle);
    let handle = unregistered().registration(&kept.0, &kept.1, Secret::new(kept.2)).expect("a handle");
    handle.replace(&my_app()).await.expect("replaced");
    handle.delete().await.expect("deleted");
}

fn token(credentials: &RegistrationCredentials) -> String {
    match credentials {
        RegistrationCredentials::Token(token) => token.expose().clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_unregistered_client_does_not_pretend() {
    let refused = unregistered().revoke("x").await.expect_err("there is no client id");
    assert!(matches!(refused, Error::Configuration(_)), "{refused}");
}

fn with_method(name: &str) -> ClientMetadata {
    let mut metadata = my_app();
    metadata.token_endpoint_auth_method = Some(name.to_owned());
    metadata
}
