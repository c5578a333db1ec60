//! Codes that are used again, refresh tokens, and PKCE.

use serde_json::{Value, json};

use crate::conformance::relying_party::{RelyingParty, Run, contains, discovery};
use crate::fixtures::{set, text};
use crate::support::{Answer, CODE_CHALLENGE, CODE_VERIFIER, Call};

/// Fails unless it is the token endpoint's `invalid_grant`.
#[track_caller]
fn assert_invalid_grant(answer: &Answer) {
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some("invalid_grant")), "{}", answer.text());
    assert_eq!(answer.content_type(), Some("application/json;charset=UTF-8"));
}

async fn reused(run: Run, after_seconds: i64) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let login = party.log_in_with(&[]).await;
    party.server.clock.advance(after_seconds);
    let again = party.token_request(&party.redemption(&login.shown["code"]));
    assert_invalid_grant(&party.server.public(again).await);
    let bearer = Call::get("/userinfo").bearer(text(&login.tokens, "access_token"));
    party.server.public(bearer).await.expect(401);
    party.unregister().await;
}

pub(crate) async fn codereuse(run: Run) {
    reused(run, 0).await;
}

pub(crate) async fn codereuse_30seconds(run: Run) {
    reused(run, 30).await;
}

/// What a client with refresh tokens registers.
pub(crate) fn with_refresh(run: Run) -> Value {
    let implicit = (run.response_type != "code").then_some("implicit");
    let mut grant_types = vec!["authorization_code", "refresh_token"];
    grant_types.extend(implicit);
    json!({ "grant_types": grant_types })
}

/// A login with a refresh token.
pub(crate) async fn offline(party: &mut RelyingParty) -> crate::conformance::relying_party::Login {
    let login = party.log_in_with(&[("scope", "openid offline_access"), ("prompt", "consent")]).await;
    assert!(text(&login.tokens, "refresh_token").len() >= 43, "{}", login.tokens);
    login
}

pub(crate) async fn refresh_token(run: Run) {
    let mut one = RelyingParty::register(run, with_refresh(run)).await;
    let mut two = RelyingParty::at(&one.server.clone(), run, with_refresh(run)).await;
    assert!(contains(&discovery(&one.server).await["grant_types_supported"], "refresh_token"));
    for (party, scope) in [(&mut one, Some("openid offline_access")), (&mut two, None)] {
        let login = offline(party).await;
        party.server.clock.advance(1);
        let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", text(&login.tokens, "refresh_token"))];
        form.extend(scope.map(|scope| ("scope", scope)));
        let answer = party.server.public(party.token_request(&form)).await.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let tokens = answer.json();
        assert_eq!((&tokens["token_type"], tokens["expires_in"].is_u64()), (&json!("bearer"), true));
        assert!(text(&tokens, "access_token").len() >= 43 && text(&tokens, "refresh_token").len() >= 43);
        let again = crate::fixtures::verified_claims(&party.server, text(&tokens, "id_token")).await;
        for name in ["iss", "sub", "aud", "auth_time"] {
            assert_eq!(again[name], login.id_token[name], "{name}");
        }
        assert_eq!((again["iat"] == login.id_token["iat"], again.get("azp")), (false, None));
    }
    let login = offline(&mut two).await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&login.tokens, "refresh_token"))];
    assert_invalid_grant(&one.server.public(one.token_request(&form)).await);
    one.unregister().await;
    two.unregister().await;
}

pub(crate) async fn ensure_request_with_valid_pkce_succeeds(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let request = set(&party.request(), "code_challenge", CODE_CHALLENGE);
    let request = set(&request, "code_challenge_method", "S256");
    let visit = party.visit(&request).await;
    let shown = crate::conformance::relying_party::shown(&party, &request, &visit.answer);
    let mut form = party.redemption(&shown["code"]);
    form.push(("code_verifier", CODE_VERIFIER));
    party.server.public(party.token_request(&form)).await.expect(200);
    party.unregister().await;
}
