//! Names and passwords in every way to type them (RFC 8265 §3.3, §4.2): one text in two encodings, another width or case
//! of a name, another blank.

use serde_json::json;

use super::{PASSWORD, create};
use crate::fixtures::{confidential, outcome};
use crate::support::{Call, CodeFlow, TestServer};

async fn server() -> TestServer {
    TestServer::with(|config| {
        config.urls.login = None;
        config.symbolon.ui.enabled = true;
    })
    .await
}

/// What the login page answers: `in` or `refused`.
async fn log_in(mut flow: CodeFlow, username: &str, password: &str) -> &'static str {
    let page = flow.authorize().await.expect(302).location().to_owned();
    let challenge = crate::fixtures::parameter(&page, "login_challenge");
    let form = [("login_challenge", challenge.as_str()), ("username", username), ("password", password)];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let answer = flow.browser.post("/oauth2/fallbacks/login", &form).await;
    match answer.status {
        303 => {
            assert_eq!(outcome(&flow.browser.get(answer.location()).await), "consent");
            "in"
        }
        400 => "refused",
        status => panic!("{status}: {}", answer.text()),
    }
}

#[tokio::test]
async fn one_name_is_one_account_in_every_way_to_type_it() {
    TestServer::each_database(async |server| {
        create(server, "\u{c5}sa", &json!({})).await;
        for same in ["A\u{30a}sa", "\u{212b}sa", "\u{e5}SA", "a\u{30a}SA", "\u{ff21}\u{30a}\u{ff33}a", " \u{c5}sa "] {
            let body = json!({ "username": same, "password": PASSWORD });
            let answer = server.admin(Call::post("/admin/accounts").json(&body)).await;
            assert_eq!(answer.status, 409, "{same:?}: {}", answer.text());
        }
        for other in ["Asa", "\u{c5}s\u{e5}", "\u{c5}sa2"] {
            create(server, other, &json!({})).await;
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_types_the_other_form_gets_in() {
    let server = server().await;
    let client = confidential(&server).await;
    let password = "\u{c5}ngstr\u{f6}m \u{d55c}\u{ae00}";
    let body = json!({ "username": "\u{c5}sa \u{d55c}", "password": password });
    server.admin(Call::post("/admin/accounts").json(&body)).await.expect(201);
    let decomposed = "A\u{30a}ngstro\u{308}m \u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}";
    let mixed = "\u{c5}ngstro\u{308}m\u{a0}\u{d55c}\u{ae00}";
    for username in ["\u{c5}sa \u{d55c}", "a\u{30a}SA \u{1112}\u{1161}\u{11ab}", "\u{212b}sa\u{3000}\u{d55c}"] {
        for typed in [password, decomposed, mixed] {
            assert_eq!(log_in(client.flow(&server), username, typed).await, "in", "{username:?} {typed:?}");
        }
    }
    for (username, typed) in [
        ("\u{c5}sa \u{d55c}", "angstrom \u{d55c}\u{ae00}"),
        ("\u{c5}sa \u{d55c}", "\u{e5}ngstr\u{f6}m \u{d55c}\u{ae00}"),
        ("Asa \u{d55c}", password),
        ("\u{c5}sa\u{200b} \u{d55c}", password),
    ] {
        assert_eq!(log_in(client.flow(&server), username, typed).await, "refused", "{username:?} {typed:?}");
    }
}

#[tokio::test]
async fn a_password_that_was_set_decomposed_is_typed_composed() {
    let server = server().await;
    let client = confidential(&server).await;
    let created = create(&server, "alice", &json!({})).await;
    let set = Call::put(super::path(&created) + "/password").json(&json!({ "password": "u\u{308}ber u\u{308}ber" }));
    server.admin(set).await.expect(204);
    assert_eq!(log_in(client.flow(&server), "alice", "\u{fc}ber \u{fc}ber").await, "in");
    assert_eq!(log_in(client.flow(&server), "alice", PASSWORD).await, "refused");
}

#[tokio::test]
async fn what_can_be_no_name_is_throttled_like_an_unknown_one() {
    let server = server().await;
    let client = confidential(&server).await;
    for _ in 0..5 {
        assert_eq!(log_in(client.flow(&server), "a\u{200b}b", PASSWORD).await, "refused");
    }
    let mut flow = client.flow(&server);
    let page = flow.authorize().await.expect(302).location().to_owned();
    let challenge = crate::fixtures::parameter(&page, "login_challenge");
    let form = [("login_challenge", challenge.as_str()), ("username", "a\u{200b}b"), ("password", PASSWORD)];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    flow.browser.post("/oauth2/fallbacks/login", &form).await.expect(429);
}
