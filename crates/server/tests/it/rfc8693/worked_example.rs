//! The example of the documentation, as it stands there.

use std::io::Write as _;
use std::path::Path;

use serde_json::json;
use symbolon_server::config::{self, Overrides};

use super::{ACCESS_TOKEN, GATEWAY, GRANT_TYPE, ORDERS, World};
use crate::fixtures::verified_claims;
use crate::support::TestServer;

/// The pieces of the page in this language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let begin = format!("```{language}\n");
    page.split(&begin).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/token-exchange.md");
    std::fs::read_to_string(path).unwrap()
}

/// A server with the configuration of the base profile and a piece of the page.
async fn configured(piece: &str) -> TestServer {
    let mut file = tempfile::Builder::new().suffix(".yml").tempfile().unwrap();
    file.write_all(piece.as_bytes()).unwrap();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config/tests/profiles/base.yml");
    let flags = Overrides::default().set("dev", "true").set("dsn", "memory");
    let config = config::load(&[base, file.path().to_owned()], std::iter::empty(), &flags);
    TestServer::start(config.unwrap_or_else(|fault| panic!("{fault}"))).await
}

#[tokio::test]
async fn the_example_of_the_page_works() {
    let server = configured(&blocks(&page(), "yaml")[0]).await;
    let world = World::on(&server).await;
    let alice = world.alice().await;
    let own = world.own().await;
    let request = blocks(&page(), "console").remove(0);
    let values = [("ALICE", alice.as_str()), ("ACTOR", own.as_str())];
    let form: Vec<(String, String)> = request
        .split_whitespace()
        .skip_while(|word| !word.ends_with(GRANT_TYPE))
        .take_while(|word| !word.starts_with('{'))
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| {
            let known = values.iter().find(|(placeholder, _)| *placeholder == value);
            (name.to_owned(), known.map_or(value, |(_, real)| real).to_owned())
        })
        .collect();
    assert_eq!(form.len(), 7, "{request}");
    let answer = server.public(world.gateway.token_request(&crate::fixtures::borrowed(&form))).await.expect(200).json();
    assert_eq!((&answer["scope"], &answer["issued_token_type"]), (&json!("orders.read"), &json!(ACCESS_TOKEN)));
    let said = verified_claims(&server, crate::fixtures::text(&answer, "access_token")).await;
    assert_eq!(
        (&said["sub"], &said["client_id"], &said["aud"]),
        (&json!("alice"), &json!("gateway"), &json!([ORDERS]))
    );
    assert_eq!(said["act"], json!({ "sub": "gateway", "client_id": "gateway" }));
    assert_eq!(server.introspect(&alice).await["aud"], json!([GATEWAY]));
}

#[tokio::test]
async fn the_rows_about_assertions_on_the_page_are_right() {
    let server = configured(&blocks(&page(), "yaml")[1]).await;
    let wiki = super::id_jag::Wiki::on(&server).await;
    // Alice has logged in in another way than the page asks for.
    let answer = wiki.ask("id_token", &[("audience", "https://login.chat.example")]).await.expect(400).json();
    let password = json!("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport");
    assert_eq!((&answer["max_age"], &answer["acr_values"]), (&json!(28_800), &password));
}
