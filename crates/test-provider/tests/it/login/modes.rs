//! The response modes: `form_post`, and signed and encrypted answers (JARM).

use serde_json::json;
use symbolon_client::{
    AuthorizationRequest, DecryptionKey, EncryptedContent, KeyManagement, LoginLayerBuilder, ResponseMode,
    VerificationRules,
};

use super::visitor::{OTHER_SITE, target};
use super::{App, Visitor};

fn in_mode(mode: ResponseMode) -> impl FnOnce(LoginLayerBuilder) -> LoginLayerBuilder {
    move |login| login.request(AuthorizationRequest::new("openid email").response_mode(mode))
}

async fn signed(mode: ResponseMode) -> App {
    App::setup().members(json!({ "authorization_signed_response_alg": "ES256" })).start(in_mode(mode)).await
}

#[tokio::test]
async fn signed_answers_end_a_login_in_every_mode() {
    for mode in [ResponseMode::Jwt, ResponseMode::QueryJwt, ResponseMode::FormPostJwt] {
        let app = signed(mode).await;
        let mut visitor = app.visitor();
        let url = visitor.begin("/account").await;
        let landing = visitor.provider.log_in(&url, "alice").await;
        assert!(landing.parameter("response").is_some() && landing.parameter("code").is_none(), "{mode:?}");
        assert_eq!(landing.form().is_some(), mode == ResponseMode::FormPostJwt);
        assert_eq!(visitor.come_back(&landing).await.location, "/account", "{mode:?}");
        assert_eq!(visitor.get("/account").await.text, "alice - ", "{mode:?}");
        assert_eq!(visitor.names(), ["session"], "{mode:?}");
    }
}

#[tokio::test]
async fn encrypted_answers_tell_their_login_when_they_are_opened() {
    for mode in [ResponseMode::Jwt, ResponseMode::FormPostJwt] {
        let key = DecryptionKey::generate(KeyManagement::EcdhEsA256Kw, "of-the-app".into()).unwrap();
        let members = json!({
            "authorization_signed_response_alg": "ES256", "jwks": { "keys": [key.public_jwk()] },
            "authorization_encrypted_response_alg": "ECDH-ES+A256KW", "authorization_encrypted_response_enc": "A256GCM",
        });
        let setup = App::setup().members(members).client(move |client| {
            let rules = VerificationRules::default().require_encryption([EncryptedContent::AuthorizationResponses]);
            client.decryption_key(key.clone()).verification(rules)
        });
        let app = setup.start(in_mode(mode)).await;
        let mut visitor = app.visitor();
        let url = visitor.begin("/account").await;
        let landing = visitor.provider.log_in(&url, "alice").await;
        assert_eq!(landing.parameter("response").unwrap().split('.').count(), 5);
        // What does not open belongs to no login.
        let odd = format!("/auth/callback?response={}", "a.".repeat(4) + "a");
        assert_eq!(visitor.get(&odd).await.status, 502, "{mode:?}");
        assert_eq!(visitor.come_back(&landing).await.location, "/account", "{mode:?}");
        assert_eq!(visitor.get("/account").await.text, "alice - ", "{mode:?}");
    }
}

#[tokio::test]
async fn a_plain_answer_does_not_count_where_a_signed_one_was_asked_for() {
    let app = signed(ResponseMode::Jwt).await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let plain = visitor.provider.log_in(url.replace("response_mode=jwt", "response_mode=query"), "alice").await;
    plain.code();
    assert_eq!((visitor.come_back(&plain).await.status, app.token_requests()), (502, 0));
    assert!(visitor.names().is_empty());
}

#[tokio::test]
async fn a_signed_answer_counts_if_the_provider_signed_it_for_this_client() {
    let app = signed(ResponseMode::Jwt).await;
    let mut visitor = app.visitor();
    for case in 0..5 {
        let url = visitor.begin("/account").await;
        let state = url.split("&state=").nth(1).unwrap().split('&').next().unwrap();
        let claims = json!({ "aud": app.client.id, "state": state, "code": "c" });
        let token = app.provider.id_token(claims);
        let forged = match case {
            0 => token.signed_by_a_stranger().await,
            1 => token.unsigned().await,
            2 => token.audience("another-app").await,
            3 => token.issuer("https://evil.example").await,
            _ => token.expired().await,
        };
        let reply = visitor.get(&format!("/auth/callback?response={forged}")).await;
        assert_eq!((reply.status, app.token_requests(), visitor.names().len()), (502, 0, 0), "{case}");
    }
}

#[tokio::test]
async fn a_signed_refusal_is_told() {
    let app = signed(ResponseMode::FormPostJwt).await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let landing = visitor.provider.refuse_consent(&url, "alice").await;
    let reply = visitor.come_back(&landing).await;
    assert_eq!(reply.status, 403);
    assert!(reply.text.contains("access_denied"), "{}", reply.text);
}

async fn form_post(silent: bool) -> App {
    let request = AuthorizationRequest::new("openid email").response_mode(ResponseMode::FormPost);
    App::with(|login| login.request(if silent { request.prompt("none") } else { request })).await
}

#[tokio::test]
async fn what_another_site_posts_counts_in_the_browser_that_began() {
    let app = form_post(false).await;
    let mut attacker = app.visitor();
    let url = attacker.begin("/account").await;
    let landing = attacker.provider.log_in(&url, "mallory").await;
    let mut victim = app.visitor();
    let reply = victim.post(&target(&landing), OTHER_SITE, &landing.form().unwrap()).await;
    assert_eq!((reply.status, victim.names().len()), (400, 0));
    assert_eq!(attacker.come_back(&landing).await.location, "/account");
}

#[tokio::test]
async fn a_posted_answer_does_not_go_round_in_circles_either() {
    // Its request comes without the cookie that counts: that is not for forms of other sites.
    let app = form_post(false).await;
    let mut visitor = app.visitor();
    assert_eq!(circles(&mut visitor).await, [303, 303, 303, 303, 303, 303, 303, 303, 400, 400]);
}

async fn circles(visitor: &mut Visitor<'_>) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..10 {
        let url = visitor.begin("/account").await;
        let landing = visitor.provider.log_in(&url, "alice").await;
        statuses.push(visitor.come_back(&landing).await.status);
        visitor.jar.remove("session");
    }
    statuses
}

#[tokio::test]
async fn a_silent_attempt_that_was_posted_is_followed_by_one_with_the_user() {
    let app = form_post(true).await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/deep/page?x").await;
    let landing = visitor.provider.open(&url).await;
    assert_eq!(landing.error().unwrap(), "login_required");
    let reply = visitor.come_back(&landing).await;
    assert!(reply.location.contains("response_mode=form_post") && !reply.location.contains("prompt"));
    let landing = visitor.provider.log_in(&reply.location, "alice").await;
    assert_eq!(visitor.come_back(&landing).await.location, "/deep/page?x");
    assert!(visitor.get("/account").await.text.starts_with("alice"));
}

#[tokio::test]
async fn the_cookie_of_a_posted_login_is_taken_away_as_it_was_set() {
    let app = form_post(false).await;
    let mut visitor = app.visitor();
    let url = visitor.begin("/account").await;
    let landing = visitor.provider.log_in(&url, "alice").await;
    let reply = visitor.come_back(&landing).await;
    let end = reply.set_cookies().into_iter().find(|cookie| cookie.contains("Max-Age=0")).unwrap();
    assert!(end.contains("; Secure") && end.contains("; SameSite=None"), "{end}");
    let session = reply.set_cookies().into_iter().find(|cookie| cookie.starts_with("session=")).unwrap();
    assert!(session.contains("; SameSite=Lax"), "{session}");
}
