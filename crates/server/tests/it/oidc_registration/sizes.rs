//! How large the metadata of a client may be: those of one that registers itself, and those of an administrator's.

use serde_json::{Value, json};

use super::{assert_error, minimal, post, register};
use crate::fixtures::with;
use crate::support::{Call, TestServer};

fn uris(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("https://client.example/{number}")).collect()
}

/// Each list of metadata with so many entries, and the error when there are too many.
fn lists(count: usize) -> Vec<(Value, &'static str)> {
    const METADATA: &str = "invalid_client_metadata";
    let words = (0..count).map(|number| format!("w{number}")).collect::<Vec<_>>();
    let origins = (0..count).map(|number| format!("https://a{number}.example")).collect::<Vec<_>>();
    let keys = vec![json!({ "kty": "unknown" }); count];
    let names = (0..count).map(|number| (format!("client_name#x{number}"), json!("n"))).collect();
    vec![
        (json!({ "redirect_uris": uris(count) }), "invalid_redirect_uri"),
        (json!({ "post_logout_redirect_uris": uris(count), "redirect_uris": uris(1) }), METADATA),
        (json!({ "request_uris": uris(count) }), METADATA),
        (json!({ "allowed_cors_origins": origins }), METADATA),
        (json!({ "contacts": words }), METADATA),
        (json!({ "default_acr_values": words }), METADATA),
        (json!({ "jwks": { "keys": keys } }), METADATA),
        (Value::Object(names), METADATA),
    ]
}

#[tokio::test]
async fn lists_of_a_client_that_registers_itself_have_32_entries_at_most() {
    let server = TestServer::new().await;
    let client = register(&server, &minimal()).await;
    let at_most = lists(32);
    for ((large, error), (fits, _)) in lists(33).into_iter().zip(at_most) {
        register(&server, &with(minimal(), &fits)).await;
        let body = with(minimal(), &large);
        assert_error(&post(&server, &body).await, 400, error);
        assert_error(&server.public(client.replace(&body)).await, 400, error);
    }
    let scope = |count: usize| json!({ "scope": vec!["s"; count].iter().enumerate().map(|(n, s)| format!("{s}{n}")).collect::<Vec<_>>().join(" ") });
    let answer = post(&server, &with(minimal(), &scope(33))).await;
    assert_error(&answer, 400, "invalid_client_metadata");
    assert_eq!(answer.member("error_description"), "The 'scope' has more than 32 entries.");
}

#[tokio::test]
async fn texts_of_a_client_that_registers_itself_have_a_length_by_what_they_are() {
    let server = TestServer::new().await;
    let long = format!("https://client.example/{}", "x".repeat(2_048));
    for body in [
        json!({ "client_name": "n".repeat(513) }),
        json!({ "client_uri": long }),
        json!({ "logo_uri": long }),
        json!({ "jwks_uri": long }),
        json!({ "backchannel_logout_uri": long }),
        json!({ "software_id": "s".repeat(513) }),
        json!({ "contacts": ["c".repeat(513)] }),
        json!({ "client_name#de": "n".repeat(513) }),
    ] {
        let answer = post(&server, &with(minimal(), &body)).await;
        assert_error(&answer, 400, "invalid_client_metadata");
        assert!(answer.text().contains("more than"), "{}", answer.text());
    }
    assert_error(&post(&server, &json!({ "redirect_uris": [long] })).await, 400, "invalid_redirect_uri");
    let all: Vec<String> =
        (0..20).map(|number| format!("https://client.example/{number}/{}", "x".repeat(1_900))).collect();
    let answer = post(&server, &json!({ "redirect_uris": all })).await;
    assert_error(&answer, 400, "invalid_client_metadata");
    assert_eq!(answer.member("error_description"), "The 'client metadata' has more than 32768 bytes.");
}

#[tokio::test]
async fn an_administrator_may_register_much_and_not_everything() {
    let server = TestServer::new().await;
    let create = async |body: &Value| server.admin(Call::post("/admin/clients").json(body)).await;
    create(&json!({ "client_id": "large", "redirect_uris": uris(1_000) })).await.expect(201);
    assert_eq!(
        create(&json!({ "redirect_uris": uris(1_001) })).await.expect(400).member("error"),
        "invalid_redirect_uri"
    );
    create(&json!({ "metadata": { "note": "x".repeat(200_000) } })).await.expect(201);
    let too_large = json!({ "metadata": { "note": "x".repeat(256 * 1024) } });
    assert_eq!(create(&too_large).await.expect(400).member("error"), "invalid_client_metadata");
    let call = Call::put("/admin/clients/large").json(&too_large);
    assert_eq!(server.admin(call).await.expect(400).member("error"), "invalid_client_metadata");
}

#[tokio::test]
async fn the_sizes_are_the_operators_choice() {
    let server = TestServer::with(|config| {
        let limits = &mut config.symbolon.limits;
        (limits.self_registered_list_entries, limits.administrator_list_entries) = (2, 3);
        limits.administrator_metadata_bytes = 4_096;
    })
    .await;
    let body = |count: usize| json!({ "redirect_uris": uris(count) });
    register(&server, &body(2)).await;
    assert_error(&post(&server, &body(3)).await, 400, "invalid_redirect_uri");
    server.create_client(&body(3)).await;
    server.admin(Call::post("/admin/clients").json(&body(4))).await.expect(400);
    let noted = json!({ "metadata": { "note": "x".repeat(4_096) } });
    server.admin(Call::post("/admin/clients").json(&noted)).await.expect(400);
}

#[tokio::test]
async fn a_page_of_large_clients_is_shorter_than_asked_for_and_names_the_next() {
    let server = TestServer::new().await;
    for number in 0..30 {
        let id = format!("client-{number:02}");
        server.create_client(&json!({ "client_id": id, "metadata": { "note": "x".repeat(200_000) } })).await;
    }
    let (mut target, mut pages) = (Some("/admin/clients?page_size=500".to_owned()), Vec::new());
    while let Some(current) = target {
        let answer = server.admin(Call::get(&current)).await.expect(200);
        assert!(answer.text().len() < 5_000_000);
        pages.push(answer.json().as_array().unwrap().len());
        let line = answer.header("link").unwrap().to_owned();
        let next = line.split(',').find(|part| part.ends_with("rel=\"next\"")).map(str::to_owned);
        target = next.map(|part| part.trim_start_matches('<').split('>').next().unwrap().to_owned());
    }
    assert_eq!(pages, [20, 10], "twenty of them are four megabytes");
}

#[tokio::test]
async fn the_answer_to_the_largest_registration_can_be_sent_back() {
    let server = TestServer::new().await;
    let of_size = |bytes: usize| {
        let mut all: Vec<String> =
            (0..15).map(|number| format!("https://client.example/{number}/{}", "x".repeat(1_900))).collect();
        all.extend(["", "y"].map(|name| format!("https://client.example/{name}{}", "z".repeat(bytes))));
        json!({ "redirect_uris": all })
    };
    let (mut fits, mut too_large) = (0, 2_000);
    while too_large - fits > 1 {
        let middle = usize::midpoint(fits, too_large);
        if post(&server, &of_size(middle)).await.status == 201 { fits = middle } else { too_large = middle }
    }
    assert!(fits > 500 && post(&server, &of_size(too_large)).await.status == 400, "{fits}");
    let client = register(&server, &of_size(fits)).await;
    super::replace(&server, &client, &client.shown.clone()).await;
}
