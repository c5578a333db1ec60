//! Registration and its management against Symbolon.

use symbolon_client::{Authentication, Client, ClientMetadata, Error, Registered, RegistrationCredentials, Secret};

use crate::symbolon::Symbolon;

fn metadata() -> ClientMetadata {
    let mut metadata = ClientMetadata::new("Self-made").redirect_uri("https://app.example/callback");
    metadata.default_max_age = Some(600);
    metadata
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
    let registered = registered(&server).await;
    let id = registered.client_id.clone();
    assert!(matches!(registered.authentication(), Authentication::SecretBasic(_)));
    assert!(!registered.metadata.extra.contains_key("client_secret") && registered.secret.is_some());
    let handle = registered.registration.unwrap();
    let read = handle.read().await.unwrap();
    assert_eq!((read.client_name.as_deref(), read.default_max_age), (Some("Self-made"), Some(600)));

    let first = token(&handle.credentials());
    for name in ["One", "Two"] {
        let mut changed = read.clone();
        changed.client_name = Some(name.into());
        let replaced = handle.replace(&changed).await.unwrap();
        assert_eq!(replaced.client_name.as_deref(), Some(name));
        assert!(!replaced.extra.contains_key("registration_access_token"), "it is in the handle");
        assert_eq!(handle.read().await.unwrap().client_name.as_deref(), Some(name));
    }
    let void = server.unregistered().registration(&id, handle.uri().as_str(), first).unwrap();
    assert_eq!(void.read().await.unwrap_err().status(), Some(401));

    // A handle that was kept goes on from where it was.
    let kept =
        server.unregistered().registration(handle.client_id(), handle.uri().as_str(), token(&handle.credentials()));
    assert_eq!(kept.unwrap().read().await.unwrap().client_name.as_deref(), Some("Two"));
    handle.delete().await.unwrap();
    assert_eq!(server.admin.get_client(&id).await.unwrap_err().status(), Some(404));
}

#[tokio::test]
async fn create_answer_is_a_good_replacement() {
    let server = Symbolon::start().await;
    let registered = registered(&server).await;
    let handle = registered.registration.unwrap();
    let mut sent_back = registered.metadata.clone();
    let secret = registered.secret.as_ref().map(|secret| secret.expose().clone());
    sent_back.extra.insert("client_secret".into(), secret.into());
    handle.replace(&sent_back).await.unwrap();
    sent_back.extra.insert("client_secret".into(), "another-secret-of-good-length".into());
    let refused = handle.replace(&sent_back).await.unwrap_err();
    assert_eq!(refused.status(), Some(403), "{refused}");
    handle.read().await.unwrap();
}

#[tokio::test]
async fn own_credentials_manage_too_and_may_change_the_secret() {
    let server = Symbolon::start().await;
    for method in ["client_secret_basic", "client_secret_post"] {
        let mut wanted = metadata();
        wanted.token_endpoint_auth_method = Some(method.into());
        let registered = server.unregistered().register(&wanted).await.unwrap();
        let secret = registered.secret.clone().unwrap();
        let credentials = match registered.authentication() {
            Authentication::SecretPost(secret) => RegistrationCredentials::SecretQuery(secret),
            Authentication::SecretBasic(secret) => RegistrationCredentials::SecretBasic(secret),
            other => panic!("{other:?}"),
        };
        let handle = server.unregistered().registration_of(&registered.client_id, credentials).await.unwrap();
        let mut read = handle.read().await.unwrap();
        let chosen = "a new secret: with % and + in it";
        read.extra.insert("client_secret".into(), chosen.into());
        handle.replace(&read).await.unwrap();
        assert!(handle.secret().unwrap().matches(chosen.as_bytes()));
        let name = handle.read().await.unwrap().client_name;
        assert_eq!(name.as_deref(), Some("Self-made"), "the handle has the new secret");
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
    let bad = ClientMetadata::new("App").redirect_uri("javascript:alert(1)");
    let refused = client.register(&bad).await.unwrap_err();
    assert_eq!((refused.status(), refused.code()), (Some(400), Some("invalid_redirect_uri")), "{refused}");
    let mut bad = metadata();
    bad.extra.insert("client_secret".into(), "chosen".into());
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
    let server = Symbolon::with(|builder| builder.set("oidc.dynamic_client_registration.enabled", "false")).await;
    let refused = server.unregistered().register(&metadata()).await.unwrap_err();
    assert_eq!(refused, Error::MissingEndpoint("registration_endpoint"));
}

#[tokio::test]
async fn initial_access_token_opens_the_door() {
    let server =
        Symbolon::with(|builder| builder.set("symbolon.registration.initial_access_tokens", "open-sesame-open-sesame"))
            .await;
    let client = server.unregistered();
    assert_eq!(client.register(&metadata()).await.unwrap_err().status(), Some(401));
    let wrong = Secret::new("wrong".to_owned());
    assert_eq!(client.register_with_token(&metadata(), &wrong).await.unwrap_err().status(), Some(401));
    client.register_with_token(&metadata(), &Secret::new("open-sesame-open-sesame".into())).await.unwrap();
}

#[tokio::test]
async fn too_many_registrations_tell_when_to_come_back() {
    let server = Symbolon::with(|builder| {
        builder.set("symbolon.registration.limit_per_minute", "1").set("symbolon.trusted_proxies", "127.0.0.1/32")
    })
    .await;
    let elsewhere = Client::unregistered(&server.issuer).without_proxy().header("x-forwarded-for", "203.0.113.7");
    let client = elsewhere.build().unwrap();
    client.register(&metadata()).await.unwrap();
    let refused = client.register(&metadata()).await.unwrap_err();
    assert_eq!(refused.status(), Some(429));
    assert!(refused.retry_after_seconds().is_some_and(|seconds| (1..=60).contains(&seconds)), "{refused:?}");
}
