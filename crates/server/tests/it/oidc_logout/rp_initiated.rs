//! RP-Initiated Logout §2, §3: a client that shows an ID token asks for the end of its session.

use serde_json::json;

use super::{BYE, DONE, accept, ask, assert_error, challenge, client, log_out, request, sign_in};
use crate::fixtures::text;
use crate::support::{Browser, Call, TestServer};

#[tokio::test]
async fn the_session_ends_and_the_browser_goes_where_the_client_said() {
    TestServer::each_database(async |server| {
        let client = client(server, "rp", &json!({})).await;
        let mut person = sign_in(server, &client).await;
        let hint = person.id_token().to_owned();
        let parameters =
            [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "a b&c=\u{e9}")];
        let asked = ask(&mut person.browser, &parameters).await;
        assert!(asked.cookies().is_empty(), "nothing has ended yet");
        let challenge = challenge(&asked);
        assert!(person.stands(server, &client).await);
        let described = server.admin(request("", &challenge)).await.expect(200).json();
        assert_eq!((&described["subject"], &described["sid"]), (&json!("alice"), &json!(person.sid())));
        assert_eq!((&described["rp_initiated"], &described["client"]["client_id"]), (&json!(true), &json!("rp")));
        let next = accept(server, &challenge).await;
        assert!(
            next.starts_with(&format!("{}/oauth2/sessions/logout?logout_verifier=", server.public_url())),
            "{next}"
        );
        let ended = person.browser.get(&next).await.expect(302);
        assert_eq!(ended.location_parameter("state").as_deref(), Some("a b&c=\u{e9}"));
        assert!(ended.location().starts_with(&format!("{BYE}?state=")), "{}", ended.location());
        let cookie = &ended.cookies()[0];
        assert!(cookie.is_deletion() && cookie.name.starts_with("ory_hydra_session"), "{cookie:?}");
        assert!(!person.stands(server, &client).await);
        // Tokens live on, as in Hydra.
        assert_eq!(server.introspect(text(&person.tokens, "access_token")).await["active"], true);
    })
    .await;
}

#[tokio::test]
async fn parameters_may_come_by_form() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let form = [("id_token_hint", person.id_token()), ("post_logout_redirect_uri", BYE), ("state", "s")];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let asked = person.browser.post("/oauth2/sessions/logout", &form).await;
    let next = accept(&server, &challenge(&asked)).await;
    assert_eq!(person.browser.get(&next).await.expect(302).location(), format!("{BYE}?state=s"));
    let twice = Call::post("/oauth2/sessions/logout").query(&[("state", "a")]).form(&[("state", "b")]);
    assert_error(&server.public(twice.navigating()).await, "invalid_request");
    let no_text = Call::post("/oauth2/sessions/logout").raw([b's', b'=', 0xff]);
    let no_text = no_text.header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert_error(&server.public(no_text.navigating()).await, "invalid_request");
}

#[tokio::test]
async fn without_an_address_the_browser_goes_to_the_configured_page() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    let ended =
        log_out(&server, &mut person.browser, &[("id_token_hint", &hint), ("state", "kept-to-ourselves")]).await;
    assert_eq!(ended.expect(302).location(), DONE);
}

#[tokio::test]
async fn a_query_of_the_registered_address_is_kept() {
    let server = TestServer::new().await;
    let uri = "http://127.0.0.1:5555/bye?tenant=blue%2Fgreen&state=theirs";
    let client = client(&server, "rp", &json!({ "post_logout_redirect_uris": [uri] })).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", uri), ("state", "mine")];
    let ended = log_out(&server, &mut person.browser, &parameters).await.expect(302);
    assert!(ended.location().contains("tenant=blue%2Fgreen"), "{}", ended.location());
    let states: Vec<_> = ended.location_query().into_iter().filter(|(name, _)| name == "state").collect();
    assert_eq!(states, [("state".to_owned(), "mine".to_owned())]);
}

#[tokio::test]
async fn a_session_that_has_ended_needs_no_question() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    log_out(&server, &mut person.browser, &[("id_token_hint", &hint)]).await.expect(302);
    let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "s")];
    for browser in [&mut person.browser, &mut Browser::new(&server)] {
        let answer = ask(browser, &parameters).await.expect(302);
        assert_eq!(answer.location(), format!("{BYE}?state=s"));
    }
}

#[tokio::test]
async fn a_hint_ends_no_session_of_another_browser() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let mut other = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
    for elsewhere in [&mut Browser::new(&server), &mut other.browser] {
        let ended = log_out(&server, elsewhere, &parameters).await.expect(302);
        assert_eq!(ended.location(), BYE);
        assert!(ended.cookies().is_empty());
    }
    assert!(person.stands(&server, &client).await && other.stands(&server, &client).await);
    let own = log_out(&server, &mut person.browser, &parameters).await.expect(302);
    assert_eq!(own.location(), BYE);
    assert!(!person.stands(&server, &client).await && other.stands(&server, &client).await);
}

#[tokio::test]
async fn what_was_agreed_in_another_browser_is_asked_again() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    let parameters = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
    let asked = ask(&mut Browser::new(&server), &parameters).await;
    let planted = accept(&server, &challenge(&asked)).await;
    let page = person.browser.get(&planted).await;
    assert!(page.cookies().is_empty());
    let again = challenge(&page);
    assert!(person.stands(&server, &client).await, "its person has agreed to nothing");
    let next = accept(&server, &again).await;
    assert_eq!(person.browser.get(&next).await.expect(302).location(), BYE);
    assert!(!person.stands(&server, &client).await);
}

#[tokio::test]
async fn a_verifier_counts_once_and_as_in_hydra_in_any_browser() {
    let server = TestServer::with(|config| config.symbolon.compatibility.logout_in_any_browser = true).await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    let asked = ask(&mut person.browser, &[("id_token_hint", &hint), ("post_logout_redirect_uri", BYE)]).await;
    let next = accept(&server, &challenge(&asked)).await;
    // Another person's browser brings it: alice's session ends, the other person stays signed in.
    let mut other = sign_in(&server, &client).await;
    let answer = other.browser.get(&next).await.expect(302);
    assert_eq!(answer.location(), BYE);
    assert!(answer.cookies().is_empty(), "the cookie of another session is left alone");
    assert!(!person.stands(&server, &client).await);
    assert!(other.stands(&server, &client).await);
    // A replay changes nothing.
    for browser in [&mut person.browser, &mut other.browser] {
        assert_eq!(browser.get(&next).await.expect(302).location(), BYE);
    }
    assert!(other.stands(&server, &client).await);
    let again = accept(&server, &challenge(&asked)).await;
    assert_eq!(other.browser.get(&again).await.expect(302).location(), BYE);
    assert!(other.stands(&server, &client).await);
}

#[tokio::test]
async fn challenges_and_verifiers_end() {
    let server = TestServer::with(|config| config.ttl.login_consent_request = 60).await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    let asked = ask(&mut person.browser, &[("id_token_hint", &hint)]).await;
    let challenge = challenge(&asked);
    let next = accept(&server, &challenge).await;
    server.clock.advance(61);
    for action in ["", "/accept", "/reject"] {
        let answer = server.admin(request(action, &challenge)).await.expect(401);
        assert_eq!(answer.member("error"), "request_unauthorized");
    }
    assert_error(&person.browser.get(&next).await, "request_unauthorized");
    assert!(person.stands(&server, &client).await);
}

#[tokio::test]
async fn only_a_verifier_is_a_verifier() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut person = sign_in(&server, &client).await;
    let hint = person.id_token().to_owned();
    let asked = ask(&mut person.browser, &[("id_token_hint", &hint)]).await;
    let challenge = challenge(&asked);
    let next = accept(&server, &challenge).await;
    let verifier = next.split_once("logout_verifier=").unwrap().1.to_owned();
    let refresh = text(&person.tokens, "refresh_token").to_owned();
    for wrong in ["x", "00000000-0000-4000-8000-000000000000", challenge.as_str(), &refresh, &refresh[7..], &hint] {
        assert_error(&ask(&mut person.browser, &[("logout_verifier", wrong)]).await, "Not Found");
    }
    for (how, changed) in crate::fixtures::altered(&verifier) {
        let answer = ask(&mut person.browser, &[("logout_verifier", &changed)]).await;
        assert_eq!(answer.location_parameter("error").as_deref(), Some("Not Found"), "{how}");
    }
    for wrong in [&verifier, "x", ""] {
        server.admin(request("", wrong)).await.expect(404);
    }
    assert!(person.stands(&server, &client).await);
    person.browser.get(&next).await.expect(302);
    assert!(!person.stands(&server, &client).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn logout_during_a_refresh_breaks_neither() {
    TestServer::each_database(async |server| {
        let client = client(server, "rp", &json!({})).await;
        for _ in 0..5 {
            let mut person = sign_in(server, &client).await;
            let hint = person.id_token().to_owned();
            let asked = ask(&mut person.browser, &[("id_token_hint", &hint)]).await;
            let next = accept(server, &challenge(&asked)).await;
            let refresh = client.flow(server).refresh(text(&person.tokens, "refresh_token"));
            let (refreshed, ended) = tokio::join!(server.public(refresh), person.browser.get(&next));
            assert_eq!((refreshed.status, ended.status), (200, 302), "{}", refreshed.text());
            assert_eq!(server.introspect(&refreshed.member("access_token")).await["active"], true);
            assert!(!person.stands(server, &client).await);
        }
    })
    .await;
}
