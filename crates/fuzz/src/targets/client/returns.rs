//! What comes back: through the browser, as a refusal, and out of a store.

use symbolon_client::{AuthorizationRequest, Callback, PendingAuthorization, TokenSet, Url};

use super::{Answering, check_error, client, run, whole_answer};
use crate::Target;
use crate::targets::text;

/// What the browser brings to the redirect URI (RFC 6749 §4.1.2), as query, form or whole URL.
pub const CALLBACK: Target = Target {
    name: "callback",
    run: check_callback,
    seeds: &[
        "code=abc&state=def&iss=https%3A%2F%2Fas.example",
        "?error=access_denied&error_description=no+thanks&state=def",
        "https://app.example/cb?code=a&state=b#_=_",
        "code=a&code=b&state=c&state=d",
    ],
};
/// A refusal of any endpoint, with its headers (RFC 6749 §5.2, RFC 6750 §3).
pub const REFUSAL: Target = Target {
    name: "refusal",
    run: check_refusal,
    seeds: &[
        "401\nwww-authenticate: Bearer realm=\"a\", error=\"invalid_token\", error_description=\"expired\"\n\n",
        "400\ncontent-type: application/json\nretry-after: 7\nx-request-id: a\n\n{\"error\":\"invalid_grant\",\"error_description\":\"x\"}",
        "401\nwww-authenticate: DPoP error=\"use_dpop_nonce\", algs=\"ES256\"\ndpop-nonce: abc\nretry-after: 99999999999999999999\n\n<html>",
        "410\n\n{\"redirect_to\":\"https://as.example/x\",\"error\":7}",
    ],
};
/// What was kept with a browser's session.
pub const PENDING_AUTHORIZATION: Target = Target {
    name: "pending_authorization",
    run: |bytes| match PendingAuthorization::from_text(&text(bytes)) {
        Ok(pending) => {
            let kept = pending.to_text().expect("it can be kept");
            let again = PendingAuthorization::from_text(kept.expose()).expect("and taken up");
            assert_eq!(again.state(), pending.state());
        }
        Err(error) => check_error(&error),
    },
    seeds: &[
        r#"{"state":"a","nonce":"b","verifier":"c","redirect_uri":"https://app.example/cb","max_age_seconds":null,"scope":"openid","issuer":"https://as.example","client_id":"app"}"#,
        r#"{"state":"a","nonce":"b","verifier":"c","redirect_uri":"","max_age_seconds":-9223372036854775808,"scope":[]}"#,
    ],
};
/// Tokens that were kept.
pub const TOKEN_SET: Target = Target {
    name: "token_set",
    run: |bytes| {
        let Ok(tokens) = serde_json::from_slice::<TokenSet>(bytes) else { return };
        let kept = serde_json::to_string(&tokens).expect("it can be kept");
        let again: TokenSet = serde_json::from_str(&kept).expect("and taken up");
        assert_eq!(again.access_token.as_str(), tokens.access_token.as_str());
        let _ = tokens.expires_within(std::time::Duration::MAX);
    },
    seeds: &[
        r#"{"access_token":"a","token_type":"Bearer","expires_at":1800000000,"scope":"openid","refresh_token":"r","extra":{"a":1}}"#,
        r#"{"access_token":"","token_type":"","expires_at":9223372036854775807,"id_token":{"raw":"a","claims":{"issuer":"","subject":"","expires_at":0,"issued_at":0,"authenticated_at":null,"all":{}}}}"#,
    ],
};

fn check_callback(bytes: &[u8]) {
    // The token endpoint gives an answer that would be believed, if the callback were.
    let tokens = br#"{"access_token":"at","token_type":"Bearer"}"#;
    let answering = Answering::hostile_at("/token", super::ok(tokens));
    let Some(client) = client(&answering) else { return };
    let request = AuthorizationRequest::new("email");
    let Some(Ok((_, pending))) = run(client.authorization_url(&request)) else { return };
    let written = text(bytes);
    let mut callbacks =
        vec![Callback::parse(&written), Callback::parse(&format!("{written}&state={}", pending.state()))];
    callbacks.extend(Url::parse(&written).ok().map(|url| Callback::from_url(&url)));
    for callback in callbacks {
        let same_state = callback.state() == Some(pending.state());
        match run(client.redeem(&pending, &callback)) {
            Some(Ok(_)) => assert!(same_state, "another's callback was believed"),
            Some(Err(error)) => check_error(&error),
            None => {}
        }
    }
}

fn check_refusal(bytes: &[u8]) {
    let mut answer = whole_answer(bytes);
    if answer.status().is_success() {
        *answer.status_mut() = http::StatusCode::BAD_REQUEST;
    }
    let status = answer.status().as_u16();
    let answering = Answering::hostile_at("/revoke", answer.clone());
    answering.put("/userinfo", answer.clone());
    answering.put("/token", answer);
    let Some(client) = client(&answering) else { return };
    let outcomes = [
        run(client.revoke("t")),
        run(client.user_info(&TokenSet::new("t"))).map(|outcome| outcome.map(|_| ())),
        run(client.refresh_with(&"t".into())).map(|outcome| outcome.map(|_| ())),
    ];
    for outcome in outcomes.into_iter().flatten() {
        let error = outcome.expect_err("a refusal is no success");
        check_error(&error);
        assert_eq!(error.status(), Some(status), "{error}");
        let _ = (error.code(), error.description(), error.retry_after_seconds(), error.request_id());
    }
}
