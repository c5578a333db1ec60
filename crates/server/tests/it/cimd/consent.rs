//! A consent is for the client as its document described it (draft 02 §8.5): it is asked for at first in any case, and again
//! when what people know the client by has changed.

use serde_json::{Value, json};

use super::{Described, LOOPBACK};
use crate::client_side::ClientServer;
use crate::fixtures::signing_key;
use crate::support::{Browser, Call};

/// Logs in with a remembered session and answers whether the consent page has nothing to ask.
async fn skips(described: &Described, browser: &mut Browser) -> bool {
    let mut flow = described
        .flow()
        .login("remember", json!(true))
        .consent("remember", json!(true))
        .parameter("redirect_uri", "http://127.0.0.1/callback");
    std::mem::swap(&mut flow.browser, browser);
    let page = flow.log_in().await.expect(302).location().to_owned();
    let challenge = page.split_once("consent_challenge=").unwrap().1;
    let path = format!("/admin/oauth2/auth/requests/consent?consent_challenge={challenge}");
    let skip = described.server.admin(Call::get(&path)).await.expect(200).json()["skip"].clone();
    let next = flow.application.accept_consent(&page).await;
    flow.browser.get(&next).await.expect(303);
    std::mem::swap(&mut flow.browser, browser);
    skip.as_bool().unwrap_or_default()
}

#[tokio::test]
async fn a_consent_is_asked_again_when_the_client_is_another_to_people() {
    let (_, first) = signing_key(symbolon_jose::Algorithm::ES256, "a");
    let (_, second) = signing_key(symbolon_jose::Algorithm::ES256, "b");
    let uris = json!(["http://127.0.0.1/callback", "https://app.example/callback"]);
    let turned = json!(["https://app.example/callback", "http://127.0.0.1/callback"]);
    let steps: [(Value, bool); 9] = [
        (json!({ "redirect_uris": uris }), false),
        (json!({ "redirect_uris": turned }), true),
        (json!({ "redirect_uris": uris, "client_name": "Another Name" }), true),
        (json!({ "redirect_uris": ["http://127.0.0.1/callback"] }), false),
        (json!({ "redirect_uris": ["http://127.0.0.1/callback"], "jwks": { "keys": [first] } }), false),
        (
            json!({ "redirect_uris": ["http://127.0.0.1/callback"], "jwks": { "keys": [first] }, "tos_uri": LOOPBACK }),
            true,
        ),
        (json!({ "redirect_uris": ["http://127.0.0.1/callback"], "jwks": { "keys": [second] } }), false),
        (
            json!({ "redirect_uris": ["http://127.0.0.1/callback"], "jwks": { "keys": [second] },
                "token_endpoint_auth_methods_supported": ["private_key_jwt"] }),
            false,
        ),
        (
            json!({ "redirect_uris": ["http://127.0.0.1/callback"], "token_endpoint_auth_methods_supported": ["private_key_jwt", "none"],
            "jwks": { "keys": [second] }}),
            true,
        ),
    ];
    let described = Described::new(&steps[0].0).await;
    let mut browser = Browser::new(&described.server);
    for (changes, expected) in steps {
        described.publish(&changes);
        described.server.clock.advance(3600);
        assert_eq!(skips(&described, &mut browser).await, expected, "{changes}");
        assert!(skips(&described, &mut browser).await, "{changes}");
    }
    drop::<ClientServer>(described.host);
}
