//! RFC 8693 §3: a token is of the kind that is named, and what is no token of an exchange is none under any name.

use serde_json::{Value, json};
use symbolon_server::config::Config;

use super::{
    ACCESS_TOKEN, GRANT_TYPE, ID_JAG, ID_TOKEN, JWT, ORDERS, REFRESH_TOKEN, World, assertions, delegation, exchange,
    is_refused, policies,
};
use crate::endings::{ENDINGS, Ending, Person};
use crate::fixtures::{CONFIDENTIAL, Registered, register, text, with};
use crate::rfc9700::artefacts::one_of_each;
use crate::support::{Call, TestServer};

/// A shop that exchanges its own tokens.
fn row(client: &str) -> Value {
    json!({
        "client": client, "subject_token_types": ["access_token", "id_token"],
        "subject_clients": [client, "jwt"], "audience": [ORDERS], "scopes": ["openid", "orders.read"], "impersonation": true,
    })
}

async fn self_exchanging(server: &TestServer, id: &str) -> Registered {
    let grant_types = json!(["authorization_code", "refresh_token", "client_credentials", GRANT_TYPE]);
    register(server, id, &json!({ "grant_types": grant_types, "scope": super::SCOPE })).await
}

#[tokio::test]
async fn every_artefact_is_taken_as_what_it_is_and_as_nothing_else() {
    let server = TestServer::with(policies(&json!([row(CONFIDENTIAL)]))).await;
    let all = one_of_each(&server).await;
    let target = format!("/admin/clients/{CONFIDENTIAL}");
    let mut current = server.admin(Call::get(&target)).await.expect(200).json();
    current["grant_types"] = json!(["authorization_code", "refresh_token", "client_credentials", GRANT_TYPE]);
    server.admin(Call::put(&target).json(&current)).await.expect(200);
    let secret = all.iter().find(|(kind, _)| *kind == "client secret").unwrap().1.clone();
    let client = Registered { id: CONFIDENTIAL.to_owned(), secret };
    for (kind, value) in &all {
        for claimed in [ACCESS_TOKEN, ID_TOKEN, JWT, REFRESH_TOKEN] {
            let fits = matches!(
                (*kind, claimed),
                (
                    "access token" | "JWT access token" | "access token of a client" | "JWT access token of a client",
                    ACCESS_TOKEN
                ) | ("ID token", ID_TOKEN)
            );
            let answer = server.public(exchange(&client, value, &[("subject_token_type", claimed)])).await;
            assert_eq!(answer.status, if fits { 200 } else { 400 }, "{kind} as {claimed}: {}", answer.text());
            assert_eq!(answer.error().as_deref(), (!fits).then_some("invalid_request"), "{kind} as {claimed}");
        }
    }
}

#[tokio::test]
async fn an_id_token_is_exchanged_by_the_client_that_it_was_issued_to() {
    let rows = json!([row("mine"), with(row("mine"), &json!({ "client": "other" }))]);
    TestServer::each_database_with(policies(&rows), async |server| {
        let (mine, other) = (self_exchanging(server, "mine").await, self_exchanging(server, "other").await);
        let tokens = mine.flow(server).scope(super::SCOPE).tokens().await;
        let id_token = [("subject_token_type", ID_TOKEN)];
        let answer = server.public(exchange(&mine, text(&tokens, "id_token"), &id_token)).await.expect(200).json();
        let described = server.introspect(text(&answer, "access_token")).await;
        assert_eq!((&described["sub"], &described["aud"]), (&json!("alice"), &json!([ORDERS])));
        assert_eq!(super::scope_of(&described), ["openid", "orders.read"], "within the grant that it came with");
        assert_eq!(described["exp"], crate::fixtures::claims(text(&tokens, "id_token"))["exp"]);
        is_refused(&server.public(exchange(&other, text(&tokens, "id_token"), &id_token)).await, "invalid_request");
        // It ends with the grant.
        server.public(mine.form("/oauth2/revoke", &[("token", text(&tokens, "refresh_token"))])).await.expect(200);
        assert_eq!(server.introspect(text(&answer, "access_token")).await, json!({ "active": false }));
        is_refused(&server.public(exchange(&mine, text(&tokens, "id_token"), &id_token)).await, "invalid_request");
    })
    .await;
}

/// Where ID tokens last longer than access tokens, what is made of one lasts no longer than the grant.
#[tokio::test]
async fn an_id_token_is_good_for_no_longer_than_its_grant() {
    let server = TestServer::with(|config| {
        policies(&json!([row("mine")]))(config);
        config.ttl.id_token = 4 * 3600;
    })
    .await;
    let mine = self_exchanging(&server, "mine").await;
    let tokens = mine.flow(&server).scope("openid orders.read").tokens().await;
    let call = || exchange(&mine, text(&tokens, "id_token"), &[("subject_token_type", ID_TOKEN)]);
    server.clock.advance(3000);
    let answer = server.public(call()).await.expect(200).json();
    assert_eq!(answer["expires_in"], 600);
    server.clock.advance(600);
    is_refused(&server.public(call()).await, "invalid_request");
    assert_eq!(server.introspect(text(&answer, "access_token")).await, json!({ "active": false }));
}

/// What was granted in another flow of the same session does not widen what an ID token is good for.
#[tokio::test]
async fn an_id_token_stands_for_the_flow_that_it_came_from() {
    let server = TestServer::with(policies(&json!([row("mine")]))).await;
    let mine = self_exchanging(&server, "mine").await;
    let person = Person::new(&server).signs_in(&server, &mine).await;
    let narrow = person.flow(&server, &mine).scope("openid").parameter("nonce", "nonce-of-the-first").tokens().await;
    let wide =
        person.flow(&server, &mine).scope("openid orders.read").parameter("nonce", "nonce-of-the-other").tokens().await;
    let sid = |tokens: &Value| crate::fixtures::claims(text(tokens, "id_token"))["sid"].clone();
    assert_eq!(sid(&narrow), sid(&wide), "one session");
    for (tokens, scope) in [(&narrow, "openid"), (&wide, "openid orders.read")] {
        let call = exchange(&mine, text(tokens, "id_token"), &[("subject_token_type", ID_TOKEN)]);
        assert_eq!(server.public(call).await.expect(200).json()["scope"], scope);
    }
    // Each goes with its own grant.
    server.public(mine.form("/oauth2/revoke", &[("token", text(&wide, "access_token"))])).await.expect(200);
    for (tokens, status) in [(&narrow, 200), (&wide, 400)] {
        let call = exchange(&mine, text(tokens, "id_token"), &[("subject_token_type", ID_TOKEN)]);
        assert_eq!(server.public(call).await.status, status);
    }
}

#[tokio::test]
async fn an_id_token_counts_while_its_login_goes_on() {
    let change = |config: &mut Config| {
        policies(&json!([row("mine")]))(config);
        assertions(&json!([{ "client": "mine", "audience": "https://as.example", "client_id": "x" }]))(config);
    };
    for ending in ENDINGS {
        TestServer::each_database_with(change, async |server| {
            let mine = self_exchanging(server, "mine").await;
            let person = Person::for_ending(server, ending).await;
            let mut flow = person.flow(server, &mine).scope(super::SCOPE);
            let tokens = flow.tokens().await;
            let mut browser = flow.browser.clone();
            let token = text(&tokens, "id_token");
            let jag = [("requested_token_type", ID_JAG), ("audience", "https://as.example")];
            let forms = [vec![], jag.to_vec()];
            for more in &forms {
                let call = exchange(&mine, token, &[&[("subject_token_type", ID_TOKEN)], more.as_slice()].concat());
                server.public(call).await.expect(200);
            }
            ending.happen(server, &person.subject, &mut browser).await;
            for more in &forms {
                let call = exchange(&mine, token, &[&[("subject_token_type", ID_TOKEN)], more.as_slice()].concat());
                let answer = server.public(call).await;
                assert_eq!(answer.error().as_deref(), Some("invalid_request"), "{ending:?}");
            }
            // The refresh token outlives the login.
            let refresh = [("subject_token_type", REFRESH_TOKEN)];
            let call = exchange(&mine, text(&tokens, "refresh_token"), &[&refresh[..], &jag[..]].concat());
            let lives = !matches!(ending, Ending::SignedOutEverywhere | Ending::AccountDisabled);
            assert_eq!(server.public(call).await.status, if lives { 200 } else { 400 }, "{ending:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn an_assertion_of_this_server_is_no_token_here() {
    let jag = json!([{ "client": "mine", "audience": "https://as.example", "client_id": "mine" }]);
    let server = TestServer::with(|config| {
        policies(&json!([row("mine")]))(config);
        assertions(&jag)(config);
    })
    .await;
    let mine = self_exchanging(&server, "mine").await;
    let tokens = mine.flow(&server).scope(super::SCOPE).tokens().await;
    let ask = [("subject_token_type", ID_TOKEN), ("requested_token_type", ID_JAG), ("audience", "https://as.example")];
    let assertion =
        server.public(exchange(&mine, text(&tokens, "id_token"), &ask)).await.expect(200).member("access_token");
    for kind in [ACCESS_TOKEN, ID_TOKEN, JWT, REFRESH_TOKEN] {
        for requested in [ACCESS_TOKEN, ID_JAG] {
            let form =
                [("subject_token_type", kind), ("requested_token_type", requested), ("audience", "https://as.example")];
            is_refused(&server.public(exchange(&mine, &assertion, &form)).await, "invalid_request");
        }
    }
    assert_eq!(server.introspect(&assertion).await, json!({ "active": false }));
    server.public(Call::get("/userinfo").bearer(&assertion)).await.expect(401);
    // Nor a hint of who is meant, although the same keys sign ID tokens.
    let request = crate::fixtures::set(&crate::fixtures::request("mine"), "id_token_hint", &assertion);
    let answer = crate::fixtures::authorize(&server, &request).await;
    assert_eq!(crate::fixtures::outcome(&answer), "client invalid_request");
}

#[tokio::test]
async fn a_row_takes_the_kinds_that_it_names() {
    for (types, of_access, of_id) in [
        (json!(["access_token"]), 200, 400),
        (json!(["id_token"]), 400, 200),
        (json!(["access_token", "id_token"]), 200, 200),
    ] {
        let clients = if types == json!(["id_token"]) { json!([]) } else { json!(["mine"]) };
        let row = with(row("mine"), &json!({ "subject_token_types": types, "subject_clients": clients }));
        let server = TestServer::with(policies(&json!([row]))).await;
        let mine = self_exchanging(&server, "mine").await;
        let tokens = mine.flow(&server).scope(super::SCOPE).tokens().await;
        for (name, kind, status) in [("access_token", ACCESS_TOKEN, of_access), ("id_token", ID_TOKEN, of_id)] {
            let answer = server.public(exchange(&mine, text(&tokens, name), &[("subject_token_type", kind)])).await;
            assert_eq!(answer.status, status, "{types} {name}");
        }
    }
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_no_access_token() {
    let world = World::new(&json!([with(delegation(), &json!({ "impersonation": true }))])).await;
    let tokens = world.login("alice").tokens().await;
    for kind in [ACCESS_TOKEN, REFRESH_TOKEN] {
        let answer = world.exchange(text(&tokens, "refresh_token"), &[("subject_token_type", kind)]).await;
        is_refused(&answer, "invalid_request");
    }
}
