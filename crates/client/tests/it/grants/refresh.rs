//! RFC 6749 §6 with less than was granted, and RFC 8707 §2.2.

use serde_json::json;
use symbolon_client::{Error, RefreshRequest, TokenSet};

use super::{Issuer, code, tokens};

fn kept() -> TokenSet {
    let mut kept = TokenSet::new("at-0");
    kept.refresh_token = Some("rt-0".into());
    kept.scope = serde_json::from_value(json!("photos.read photos.write")).unwrap();
    kept
}

#[tokio::test]
async fn less_may_be_asked_for() {
    let provider = Issuer::always(200, tokens());
    let request = RefreshRequest::new().scope("photos.read").resource("https://photos.example");
    let narrower = provider.client().refresh_as(&kept(), &request).await.unwrap();
    assert_eq!(
        provider.only("/token").body,
        "grant_type=refresh_token&refresh_token=rt-0&scope=photos.read&resource=https%3A%2F%2Fphotos.example"
    );
    assert_eq!(narrower.scope.to_string(), "photos.read");
    assert_eq!(narrower.refresh_token.unwrap().as_str(), "rt-0", "it did not rotate");
    let same = provider.client().refresh_as(&kept(), &RefreshRequest::new()).await.unwrap();
    assert_eq!(same.scope.to_string(), "photos.read photos.write");
    assert_eq!(provider.bodies("/token")[1], "grant_type=refresh_token&refresh_token=rt-0");
}

#[tokio::test]
async fn other_requests_are_other_questions() {
    let provider = Issuer::start(|request, _, _| {
        let mut answer = tokens();
        answer["access_token"] = json!(if request.body.contains("photos") { "photos" } else { "mail" });
        crate::server::json(200, &answer)
    });
    let (client, kept) = (provider.client(), kept());
    let (photos, mail) =
        (RefreshRequest::new().resource("https://photos.example"), RefreshRequest::new().resource("urn:mail"));
    let (photos, mail) = tokio::join!(client.refresh_as(&kept, &photos), client.refresh_as(&kept, &mail));
    assert_eq!((photos.unwrap().access_token.as_str(), mail.unwrap().access_token.as_str()), ("photos", "mail"));
}

#[tokio::test]
async fn what_cannot_be_asked_is_not_sent() {
    let provider = Issuer::always(400, json!({ "error": "invalid_scope" }));
    let client = provider.client();
    let error = client.refresh_as(&kept(), &RefreshRequest::new().parameter("refresh_token", "x")).await.unwrap_err();
    assert!(matches!(error, Error::Argument(_)), "{error}");
    let error = client.refresh_as(&TokenSet::new("at"), &RefreshRequest::new()).await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error}");
    assert_eq!(provider.server.count("POST"), 0);
    let error = client.refresh_as(&kept(), &RefreshRequest::new().scope("mail")).await.unwrap_err();
    assert_eq!(code(&error), "invalid_scope");
}
