//! Lists in pages: every row once, in order; page tokens are sealed, of one list, and end after an hour.

use serde_json::json;

use crate::fixtures::altered;
use crate::support::{Answer, Call, TestServer, pair, pairs_of};

/// The address of that relation in the `Link` header.
fn link(answer: &Answer, relation: &str) -> Option<String> {
    let line = answer.header("link").unwrap();
    line.split(',')
        .find(|part| part.ends_with(&format!("rel=\"{relation}\"")))
        .map(|part| part.trim_start_matches('<').split('>').next().unwrap().to_owned())
}

fn ids(answer: &Answer, name: &str) -> Vec<String> {
    answer.json().as_array().unwrap().iter().map(|row| row[name].as_str().unwrap().to_owned()).collect()
}

async fn with_clients(server: &TestServer, count: usize) -> Vec<String> {
    let mut all = Vec::new();
    for number in 0..count {
        let id = format!("client-{number:03}");
        let body = json!({ "client_id": id, "client_name": format!("name-{}", number % 2), "owner": format!("owner-{}", number % 3) });
        server.create_client(&body).await;
        all.push(id);
    }
    all
}

async fn all_pages(server: &TestServer, first: &str, name: &str) -> (Vec<String>, Vec<usize>) {
    let (mut rows, mut sizes, mut target) = (Vec::new(), Vec::new(), Some(first.to_owned()));
    while let Some(current) = target {
        let answer = server.admin(Call::get(&current)).await.expect(200);
        let page = ids(&answer, name);
        sizes.push(page.len());
        rows.extend(page);
        assert!(link(&answer, "first").is_some());
        target = link(&answer, "next");
        assert!(sizes.len() < 100, "pages without end");
    }
    (rows, sizes)
}

#[tokio::test]
async fn a_hundred_and_one_clients_are_two_pages() {
    TestServer::each_database(async |server| {
        let all = with_clients(server, 101).await;
        assert_eq!(all_pages(server, "/admin/clients", "client_id").await, (all.clone(), vec![100, 1]));
        assert_eq!(all_pages(server, "/clients?page_size=50", "client_id").await, (all.clone(), vec![50, 50, 1]));
        assert_eq!(all_pages(server, "/admin/clients?page_size=101", "client_id").await, (all, vec![101]));
    })
    .await;
}

#[tokio::test]
async fn the_size_of_a_page_has_limits() {
    let server = TestServer::new().await;
    with_clients(&server, 3).await;
    for (size, expected) in
        [("1", "1"), ("500", "500"), ("501", "500"), ("99999999999", "500"), ("0", "100"), ("-7", "100"), ("", "100")]
    {
        let answer = server.admin(Call::get("/admin/clients").query(&[("page_size", size)])).await.expect(200);
        let first = link(&answer, "first").unwrap();
        assert_eq!(pair(&pairs_of(first.split_once('?').unwrap().1), "page_size"), Some(expected), "{size}");
    }
    for size in ["ten", "1.5", "1e2", " 5", "0x10", "99999999999999999999999"] {
        let answer = server.admin(Call::get("/admin/clients").query(&[("page_size", size)])).await.expect(400);
        assert_eq!(answer.member("error"), "The request was malformed or contained invalid parameters", "{size}");
        assert!(answer.member("error_description").starts_with("Unable to parse pagination parameters:"));
    }
}

#[tokio::test]
async fn filters_are_exact_and_kept_from_page_to_page() {
    TestServer::each_database(async |server| {
        let all = with_clients(server, 12).await;
        let expected: Vec<String> = all.iter().step_by(6).cloned().collect();
        let target = "/admin/clients?client_name=name-0&owner=owner-0&page_size=1";
        assert_eq!(all_pages(server, target, "client_id").await.0, expected);
        for (filter, count) in [
            ("client_name=name-1", 6),
            ("owner=owner-2", 4),
            ("client_name=name", 0),
            ("owner=OWNER-2", 0),
            ("owner=%25", 0),
            ("owner=", 12),
        ] {
            let answer = server.admin(Call::get(format!("/admin/clients?{filter}"))).await.expect(200);
            assert_eq!(ids(&answer, "client_id").len(), count, "{filter}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_without_rows_is_an_empty_array() {
    let server = TestServer::new().await;
    for list in ["/admin/clients", "/admin/accounts"] {
        let answer = server.admin(Call::get(list)).await.expect(200);
        assert_eq!(answer.json(), json!([]));
        assert_eq!(link(&answer, "next"), None);
    }
}

#[tokio::test]
async fn a_page_token_cannot_be_forged_kept_or_used_elsewhere() {
    let server = TestServer::new().await;
    with_clients(&server, 3).await;
    for number in 0..3 {
        let account = json!({ "username": format!("user-{number}"), "password": "correct horse battery" });
        server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201);
    }
    let token = async |list: &str| {
        let answer = server.admin(Call::get(list).query(&[("page_size", "1")])).await.expect(200);
        pair(&pairs_of(link(&answer, "next").unwrap().split_once('?').unwrap().1), "page_token").unwrap().to_owned()
    };
    let (clients, accounts) = (token("/admin/clients").await, token("/admin/accounts").await);
    let status =
        async |list: &str, token: &str| server.admin(Call::get(list).query(&[("page_token", token)])).await.status;
    assert_eq!(status("/admin/clients", &clients).await, 200);
    assert_eq!(status("/admin/accounts", &accounts).await, 200);
    assert_eq!(status("/admin/clients", &accounts).await, 400);
    assert_eq!(status("/admin/accounts", &clients).await, 400);
    for (how, changed) in altered(&clients) {
        assert_eq!(status("/admin/clients", &changed).await, 400, "{how}");
    }
    for forged in ["x", "client-000", "eyJwYWdlIjoxfQ", "' OR 1=1 --", &"A".repeat(10_000)] {
        assert_eq!(status("/admin/clients", forged).await, 400, "{forged}");
    }
    server.clock.advance(3600);
    assert_eq!(status("/admin/clients", &clients).await, 200);
    server.clock.advance(1);
    assert_eq!(status("/admin/clients", &clients).await, 400);
}

#[tokio::test]
async fn a_row_that_goes_or_comes_between_two_pages_disturbs_nothing() {
    let server = TestServer::new().await;
    with_clients(&server, 5).await;
    let first = server.admin(Call::get("/admin/clients").query(&[("page_size", "2")])).await.expect(200);
    server.admin(Call::delete("/admin/clients/client-001")).await.expect(204);
    server.create_client(&json!({ "client_id": "client-000a" })).await;
    let next = server.admin(Call::get(link(&first, "next").unwrap())).await.expect(200);
    assert_eq!(ids(&next, "client_id"), ["client-002", "client-003"]);
}

#[tokio::test]
async fn accounts_are_listed_in_pages_too_and_without_passwords() {
    TestServer::each_database(async |server| {
        let mut all = Vec::new();
        for name in ["alice", "Bob", "carol"] {
            let account = json!({ "username": name, "password": "correct horse battery", "email": format!("{name}@example.org") });
            server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201);
            all.push(name.to_owned());
        }
        assert_eq!(all_pages(server, "/admin/accounts?page_size=2", "username").await, (all, vec![2, 1]));
        let answer = server.admin(Call::get("/admin/accounts")).await.expect(200);
        assert!(!answer.text().contains("argon2") && !answer.text().contains("password"));
    })
    .await;
}
