//! Registration and its management against Symbolon.

use symbolon_client::{Authentication, Client, ClientMetadata, Error, Registered, RegistrationCredentials, Secret};
use symbolon_server::config::Network;

use crate::symbolon::Symbolon;

fn metadata() -> ClientMetadata {
    ClientMetadata {
        client_name: "Self-made".into(),
        redirect_uris: vec!["https://app.example/callback".into()],
        default_max_age: Some(600),
        ..ClientMetadata::default()
    }
}

async fn registered(server: &Symbolon) -> Registered {
    server.unregistered().register(&metadata()).await.unwrap()
}

fn token(credentials: &RegistrationCredentials) -> Secret<String> {
    let RegistrationCredentials::Token(token) = credentials else { panic!() };
    token.clone()
}

#[tokio::test]
async fn handle_follows_the_rotation_of_its_token() {
    let server = Symbolon::start().await;
    let mut registered = registered(&server).await;
    let id = registered.metadata.client_id.clone();
    assert!(matches!(registered.authentication(), Authentication::SecretBasic(_)));
    assert!(registered.metadata.client_secret.is_none() && registered.secret.is_some(), "out of the metadata");
    let read = registered.registration.read().await.unwrap();
    assert_eq!((read.client_name.as_str(), read.default_max_age), ("Self-made", Some(600)));

    let first = token(registered.registration.credentials());
    for name in ["One", "Two"] {
        let changed = ClientMetadata { client_name: name.into(), ..read.clone() };
        let replaced = registered.registration.replace(&changed).await.unwrap();
        assert_eq!(replaced.client_name, name);
        assert!(replaced.registration_access_token.is_none(), "it is in the handle");
        assert_eq!(registered.registration.read().await.unwrap().client_name, name);
    }
    let void = server.unregistered().registration(id.as_str(), registered.registration.uri().as_str(), first).unwrap();
    assert_eq!(void.read().await.unwrap_err().status(), Some(401));

    // A handle that was kept goes on from where it was.
    let handle = &registered.registration;
    let kept =
        server.unregistered().registration(handle.client_id(), handle.uri().as_str(), token(handle.credentials()));
    assert_eq!(kept.unwrap().read().await.unwrap().client_name, "Two");
    registered.registration.delete().await.unwrap();
    assert_eq!(server.admin.get_client(id.as_str()).await.unwrap_err().status(), Some(404));
}

#[tokio::test]
async fn create_answer_is_a_good_replacement() {
    let server = Symbolon::start().await;
    let mut registered = registered(&server).await;
    let mut sent_back = registered.metadata.clone();
    sent_back.client_secret = registered.secret.as_ref().map(|secret| secret.expose().clone());
    registered.registration.replace(&sent_back).await.unwrap();
    sent_back.client_secret = Some("another-secret-of-good-length".into());
    let refused = registered.registration.replace(&sent_back).await.unwrap_err();
    assert_eq!(refused.status(), Some(403), "{refused}");
    registered.registration.read().await.unwrap();
}

#[tokio::test]
async fn own_credentials_manage_too_and_may_change_the_secret() {
    let server = Symbolon::start().await;
    for method in ["client_secret_basic", "client_secret_post"] {
        let wanted = ClientMetadata { token_endpoint_auth_method: method.into(), ..metadata() };
        let registered = server.unregistered().register(&wanted).await.unwrap();
        let secret = registered.secret.clone().unwrap();
        let credentials = match registered.authentication() {
            Authentication::SecretPost(secret) => RegistrationCredentials::SecretQuery(secret),
            Authentication::SecretBasic(secret) => RegistrationCredentials::SecretBasic(secret),
            Authentication::None => panic!("there is a secret"),
        };
        let id = registered.metadata.client_id.as_str();
        let mut handle = server.unregistered().registration_of(id, credentials).await.unwrap();
        let mut read = handle.read().await.unwrap();
        read.client_secret = Some("a new secret: with % and + in it".into());
        let replaced = handle.replace(&read).await.unwrap();
        assert_eq!(replaced.client_secret, read.client_secret);
        assert_eq!(handle.read().await.unwrap().client_name, "Self-made", "the handle has the new secret");
        let (RegistrationCredentials::SecretBasic(now) | RegistrationCredentials::SecretQuery(now)) =
            handle.credentials()
        else {
            panic!()
        };
        assert!(!now.matches(secret.expose().as_bytes()));
        handle.delete().await.unwrap();
    }
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let server = Symbolon::start().await;
    let client = server.unregistered();
    let bad = ClientMetadata { redirect_uris: vec!["javascript:alert(1)".into()], ..metadata() };
    let refused = client.register(&bad).await.unwrap_err();
    assert_eq!((refused.status(), refused.code()), (Some(400), Some("invalid_redirect_uri")), "{refused}");
    let bad = ClientMetadata { client_secret: Some("chosen".into()), ..metadata() };
    assert_eq!(client.register(&bad).await.unwrap_err().status(), Some(400));
    let nobody = RegistrationCredentials::Token(Secret::new("x".into()));
    let handle = client.registration_of("nobody", nobody.clone()).await.unwrap();
    assert_eq!(handle.read().await.unwrap_err().status(), Some(401));
    assert_eq!(handle.delete().await.unwrap_err().status(), Some(401));
    for id in ["", ".", ".."] {
        let refused = client.registration_of(id, nobody.clone()).await.unwrap_err();
        assert!(matches!(refused, Error::Argument(_)), "{refused}");
    }
}

#[tokio::test]
async fn switched_off_registration_has_no_endpoint() {
    let server = Symbolon::with(|config| config.oidc.dynamic_client_registration.enabled = false).await;
    let refused = server.unregistered().register(&metadata()).await.unwrap_err();
    assert_eq!(refused, Error::MissingEndpoint("registration_endpoint"));
}

#[tokio::test]
async fn initial_access_token_opens_the_door() {
    let server = Symbolon::with(|config| {
        config.symbolon.registration.initial_access_tokens = vec![Secret::new("open-sesame-open-sesame".into())];
    })
    .await;
    let client = server.unregistered();
    assert_eq!(client.register(&metadata()).await.unwrap_err().status(), Some(401));
    let wrong = Secret::new("wrong".to_owned());
    assert_eq!(client.register_with_token(&metadata(), &wrong).await.unwrap_err().status(), Some(401));
    client.register_with_token(&metadata(), &Secret::new("open-sesame-open-sesame".into())).await.unwrap();
}

#[tokio::test]
async fn too_many_registrations_tell_when_to_come_back() {
    let server = Symbolon::with(|config| {
        config.symbolon.registration.limit_per_minute = 1;
        config.symbolon.trusted_proxies = vec![Network::parse("127.0.0.1/32").unwrap()];
    })
    .await;
    let elsewhere = Client::unregistered(&server.issuer).without_proxy().header("x-forwarded-for", "203.0.113.7");
    let client = elsewhere.build().unwrap();
    client.register(&metadata()).await.unwrap();
    let refused = client.register(&metadata()).await.unwrap_err();
    assert_eq!(refused.status(), Some(429));
    assert!(refused.retry_after_seconds().is_some_and(|seconds| (1..=60).contains(&seconds)), "{refused:?}");
}
