//! The description as a page.

use crate::support::{Call, TestServer, described};

#[tokio::test]
async fn the_page_shows_every_operation_and_every_shape() {
    let server = TestServer::with(|_| {}).await;
    let page = server.admin(Call::get("/admin/openapi")).await.expect(200);
    assert_eq!(page.header("content-type").unwrap(), "text/html; charset=utf-8");
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none';"));
    let text = page.text();
    let document = &described(&server).await.document;
    for operations in document["paths"].as_object().unwrap().values() {
        for (_, operation) in operations.as_object().unwrap().iter().filter(|(name, _)| *name != "servers") {
            let id = operation["operationId"].as_str().unwrap();
            assert!(text.contains(&format!("<article id=\"{id}\">")), "{id}");
        }
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(text.contains(&format!("<article id=\"shape-{name}\">")), "{name}");
    }
}

#[tokio::test]
async fn every_link_of_the_page_leads_somewhere() {
    let server = TestServer::with(|_| {}).await;
    let text = server.admin(Call::get("/openapi")).await.expect(200).text();
    let mut links = 0;
    for link in text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        links += 1;
        match link.strip_prefix('#') {
            Some(id) => assert!(text.contains(&format!("id=\"{id}\"")), "{link}"),
            None => assert_eq!(server.admin(Call::get(format!("/admin/{link}"))).await.status, 200, "{link}"),
        }
    }
    assert!(links > 100, "{links}");
}

#[tokio::test]
async fn the_description_needs_no_token_as_it_is_no_secret() {
    let server = TestServer::with(|config| {
        config.symbolon.admin.token = Some(symbolon_jose::Secret::new("0123456789abcdef".to_owned()));
    })
    .await;
    for path in ["/admin/openapi.json", "/admin/openapi", "/admin/openapi.css"] {
        server.admin(Call::get(path)).await.expect(200);
    }
    server.admin(Call::get("/admin/clients")).await.expect(401);
}
