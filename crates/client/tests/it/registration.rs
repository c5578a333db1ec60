//! Registration at servers that answer wrongly.

use serde_json::{Value, json};
use symbolon_client::{Client, ClientMetadata, Error};

use crate::server::{Received, Server, json};

fn metadata() -> ClientMetadata {
    ClientMetadata {
        client_name: "Self-made".into(),
        redirect_uris: vec!["https://app.example/callback".into()],
        default_max_age: Some(600),
        ..ClientMetadata::default()
    }
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
async fn incomplete_answers_are_not_taken() {
    for change in [
        json!({ "registration_access_token": null }),
        json!({ "registration_client_uri": null }),
        json!({ "client_id": null }),
        json!({ "redirect_uris": 7 }),
    ] {
        let server = answering(change.clone());
        let client = Client::unregistered(&server.url).without_proxy().build().unwrap();
        let error = client.register(&metadata()).await.unwrap_err();
        assert!(matches!(error, Error::UnexpectedAnswer(_)), "{change}: {error}");
        assert!(!error.to_string().contains("hush"), "{error}");
    }
    let server = answering(json!({ "registration_client_uri": "file:///etc/passwd" }));
    let client = Client::unregistered(&server.url).without_proxy().build().unwrap();
    assert!(client.register(&metadata()).await.is_err());
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
