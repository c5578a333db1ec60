//! Registration at servers that answer wrongly.

use serde_json::{Value, json};
use symbolon_client::{Client, ClientMetadata, Error, RegistrationHandle, Secret};

use crate::server::{Received, Server, answer, json};

fn metadata() -> ClientMetadata {
    let mut metadata = ClientMetadata::new("Self-made").redirect_uri("https://app.example/callback");
    metadata.default_max_age = Some(600);
    metadata
}

/// A server whose registration endpoint answers with these members over good ones; `null` removes.
fn answering(change: Value) -> Server {
    Server::start(move |request: &Received, url: &str| {
        if request.line.ends_with("openid-configuration") {
            return json(
                200,
                &json!({
                    "issuer": url, "authorization_endpoint": url, "token_endpoint": url, "jwks_uri": url,
                    "registration_endpoint": format!("{url}/register"),
                }),
            );
        }
        let mut answer = json!({
            "client_id": "app", "client_secret": "hush", "registration_access_token": "hush-token",
            "registration_client_uri": format!("{url}/register/app"),
        });
        for (name, value) in change.as_object().unwrap() {
            answer[name] = value.clone();
        }
        answer.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        json(201, &answer)
    })
}

#[tokio::test]
async fn what_was_registered_is_not_lost_with_an_odd_answer() {
    for change in [
        json!({ "registration_access_token": null }),
        json!({ "registration_client_uri": null }),
        json!({ "registration_client_uri": "file:///etc/passwd" }),
        json!({ "registration_client_uri": "/register/app" }),
    ] {
        let server = answering(change.clone());
        let client = Client::unregistered(&server.url).without_proxy().build().unwrap();
        let registered = client.register(&metadata()).await.unwrap();
        assert!(registered.registration.is_none(), "{change}");
        assert_eq!(registered.client_id, "app");
        assert!(registered.secret.as_ref().unwrap().matches(b"hush"));
        assert!(!format!("{registered:?}").contains("hush"));
    }
    let server = answering(json!({ "redirect_uris": 7 }));
    let client = Client::unregistered(&server.url).without_proxy().build().unwrap();
    let registered = client.register(&metadata()).await.unwrap();
    assert_eq!(
        (registered.metadata.extra["redirect_uris"].clone(), registered.registration.is_some()),
        (json!(7), true)
    );
}

#[tokio::test]
async fn without_a_client_id_nothing_was_registered() {
    let server = answering(json!({ "client_id": null }));
    let client = Client::unregistered(&server.url).without_proxy().build().unwrap();
    let error = client.register(&metadata()).await.unwrap_err();
    assert!(matches!(error, Error::UnexpectedAnswer(_)), "{error}");
    assert!(!error.to_string().contains("hush"), "{error}");
}

#[tokio::test]
async fn only_what_is_set_is_sent() {
    let server = answering(json!({}));
    let client = Client::unregistered(&server.url).without_proxy().build().unwrap();
    client.register(&metadata()).await.unwrap();
    let body: Value = serde_json::from_str(&server.received().last().unwrap().body).unwrap();
    assert_eq!(
        body,
        json!({"client_name": "Self-made", "redirect_uris": ["https://app.example/callback"], "default_max_age": 600})
    );
}

/// A server whose every answer of the registration has another token, and says what it was asked with.
fn rotating(first_answers: Vec<Vec<u8>>) -> Server {
    let answers = std::sync::Mutex::new(first_answers.into_iter());
    let count = std::sync::atomic::AtomicUsize::new(0);
    Server::start(move |request: &Received, url: &str| {
        if !request.line.contains("/register/app") {
            return json(404, &json!({}));
        }
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 2;
        answers.lock().unwrap().next().unwrap_or_else(|| {
            let answer = json!({
                "client_id": "app", "client_secret": format!("secret-{number}"), "my_extension": [1],
                "registration_access_token": format!("rat-{number}"), "client_secret_expires_at": 0,
                "client_id_issued_at": 1, "registration_client_uri": format!("{url}/register/app"),
            });
            json(200, &answer)
        })
    })
}

fn handle(server: &Server) -> RegistrationHandle {
    let client = Client::unregistered(&server.url).without_proxy().build().unwrap();
    client.registration("app", &format!("{}/register/app", server.url), Secret::new("rat-1".to_owned())).unwrap()
}

fn tokens_used(server: &Server) -> Vec<String> {
    server.received().into_iter().map(|request| request.authorization).collect()
}

#[tokio::test]
async fn every_answer_may_bring_another_token_and_secret() {
    let server = rotating(Vec::new());
    let handle = handle(&server);
    let read = handle.read().await.unwrap();
    assert!(!read.extra.contains_key("client_secret") && !read.extra.contains_key("registration_access_token"));
    assert!(handle.secret().unwrap().matches(b"secret-2"));
    handle.replace(&read).await.unwrap();
    let body: Value = serde_json::from_str(&server.received()[1].body).unwrap();
    assert_eq!(body, json!({"client_id": "app", "my_extension": [1]}));
    handle.read().await.unwrap();
    assert_eq!(tokens_used(&server), ["Bearer rat-1", "Bearer rat-2", "Bearer rat-3"]);
}

#[tokio::test]
async fn a_deletion_that_failed_can_be_tried_again() {
    let server = rotating(vec![answer(500, "", ""), answer(204, "", "")]);
    let handle = handle(&server);
    assert_eq!(handle.delete().await.unwrap_err().status(), Some(500));
    handle.delete().await.unwrap();
    assert_eq!(tokens_used(&server), ["Bearer rat-1", "Bearer rat-1"]);
}

#[tokio::test]
async fn a_replacement_nobody_waited_for_loses_no_token() {
    let server = rotating(Vec::new());
    let handle = handle(&server);
    let metadata = metadata();
    {
        let mut replacing = std::pin::pin!(handle.replace(&metadata));
        // The first poll starts the call, and then the caller goes away.
        std::future::poll_fn(|context| std::task::Poll::Ready(replacing.as_mut().poll(context).is_pending())).await;
    }
    handle.read().await.unwrap();
    assert_eq!(tokens_used(&server), ["Bearer rat-1", "Bearer rat-2"]);
}

#[tokio::test]
async fn lost_registration_is_not_sent_twice() {
    let server = Server::start_raw(|request, url, stream| {
        if request.line.ends_with("openid-configuration") {
            let document = json!({
                "issuer": url, "authorization_endpoint": url, "token_endpoint": url, "jwks_uri": url,
                "registration_endpoint": format!("{url}/register"),
            });
            let _ = std::io::Write::write_all(stream, &json(200, &document));
        }
    });
    let client = Client::unregistered(&server.url).without_proxy().build().unwrap();
    let error = client.register(&metadata()).await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error}");
    assert_eq!(server.count("POST"), 1);
}
