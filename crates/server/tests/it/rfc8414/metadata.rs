//! RFC 8414 §3: the document is the same under both well-known names, and can be kept by its tag.

use http::header::IF_NONE_MATCH;

use crate::support::{Call, TestServer};

const OPENID: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";
const KEYS: &str = "/.well-known/jwks.json";

#[tokio::test]
async fn both_names_have_the_same_document() {
    let server = TestServer::new().await;
    let (openid, oauth) =
        (server.public(Call::get(OPENID)).await.expect(200), server.public(Call::get(OAUTH)).await.expect(200));
    assert_eq!(openid.body, oauth.body);
    for answer in [&openid, &oauth] {
        assert_eq!(answer.content_type(), Some("application/json; charset=utf-8"));
    }
    assert_eq!(openid.json()["issuer"], "http://127.0.0.1:4444");
}

#[tokio::test]
async fn a_known_tag_spares_the_body() {
    let server = TestServer::new().await;
    for target in [OPENID, OAUTH, KEYS] {
        let whole = server.public(Call::get(target)).await.expect(200);
        let tag = whole.header("etag").unwrap().to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
            let answer = server.public(Call::get(target).header(IF_NONE_MATCH, &known)).await.expect(304);
            assert!(answer.body.is_empty());
        }
        server.public(Call::get(target).header(IF_NONE_MATCH, "\"other\"")).await.expect(200);
    }
}

#[tokio::test]
async fn the_issuer_is_the_configured_one_to_the_letter() {
    for issuer in ["http://127.0.0.1:4444", "http://127.0.0.1:4444/", "https://op.example/tenant/a"] {
        let server = TestServer::with(|config| issuer.clone_into(&mut config.urls.issuer)).await;
        let document = server.public(Call::get(OPENID)).await.expect(200).json();
        assert_eq!(document["issuer"], issuer);
        assert!(!document["jwks_uri"].as_str().unwrap().contains("//.well-known"), "{document}");
    }
}

#[tokio::test]
async fn other_methods_and_neighbours_do_not_exist() {
    let server = TestServer::new().await;
    for target in [OPENID, OAUTH, KEYS] {
        for method in ["POST", "PUT", "DELETE"] {
            server.public(Call::new(method.parse().unwrap(), target)).await.expect(405);
        }
        server.public(Call::new("HEAD".parse().unwrap(), target)).await.expect(200);
        server.public(Call::get(format!("{target}/"))).await.expect(200);
        server.public(Call::get(format!("{target}x"))).await.expect(404);
        server.admin(Call::get(target)).await.expect(404);
    }
}
