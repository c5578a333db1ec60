//! Keys, trusted issuers and assertions: what was signed stays valid, and what was used stays used.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::fixture::{Fixture, text};
use crate::rfc7523::JWT_BEARER;
use crate::support::{Call, TestServer};

/// The keys of a set by `kid`.
fn kids(set: &Value) -> BTreeSet<String> {
    set["keys"].as_array().unwrap().iter().map(|key| text(key, "kid").to_owned()).collect()
}

pub(super) async fn published_keys_are_those_of_hydra(fixture: &Fixture, server: &TestServer) {
    let observed = &fixture.expectations["observed"]["public_jwks"];
    let shown = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    assert!(kids(observed).is_subset(&kids(&shown)), "{} {shown}", fixture.name);
    for key in observed["keys"].as_array().unwrap() {
        let own = shown["keys"].as_array().unwrap().iter().find(|own| own["kid"] == key["kid"]).unwrap();
        for (member, value) in key.as_object().unwrap() {
            assert_eq!(&own[member], value, "{} {} {member}", fixture.name, key["kid"]);
        }
    }
}

pub(super) async fn key_sets_come_with_their_private_parts(fixture: &Fixture, server: &TestServer) {
    for (set, observed) in fixture.expectations["observed"]["jwk_sets"].as_object().unwrap() {
        // The sets of issuers are kept with the issuers.
        let own = !set.starts_with("hydra.") && !set.contains("issuer");
        if !own || observed["keys"].is_null() {
            continue;
        }
        let segment: String = form_urlencoded::byte_serialize(set.as_bytes()).collect::<String>().replace('+', "%20");
        let shown = server.admin(Call::get(format!("/admin/keys/{segment}"))).await.expect(200).json();
        assert_eq!(kids(&shown), kids(observed), "{} {set}", fixture.name);
        for key in observed["keys"].as_array().unwrap() {
            let found = shown["keys"].as_array().unwrap().iter().find(|found| found["kid"] == key["kid"]).unwrap();
            for (member, value) in key.as_object().unwrap() {
                assert_eq!(&found[member], value, "{} {set} {} {member}", fixture.name, key["kid"]);
            }
        }
    }
}

pub(super) async fn tokens_from_before_are_verified_by_published_keys(fixture: &Fixture, server: &TestServer) {
    let shown = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    for token in fixture.items("id_tokens") {
        let kid = text(&token["header"], "kid").to_owned();
        assert!(kids(&shown).contains(&kid), "{} {}", fixture.name, token["name"]);
    }
}

pub(super) async fn trusted_issuers_are_those_of_hydra(fixture: &Fixture, server: &TestServer) {
    let shown =
        server.admin(Call::get("/admin/trust/grants/jwt-bearer/issuers?page_size=500")).await.expect(200).json();
    let shown = shown.as_array().unwrap();
    let observed = fixture.expectations["observed"]["trusted_issuers"].as_array().unwrap();
    assert_eq!(shown.len(), observed.len(), "{}", fixture.name);
    for issuer in observed {
        let found = shown.iter().find(|found| found["id"] == issuer["id"]).unwrap();
        for member in ["issuer", "subject", "allow_any_subject", "scope", "public_key", "expires_at"] {
            let nothing = issuer[member] == "" || issuer[member].is_null();
            assert!(
                found[member] == issuer[member] || nothing && (found[member].is_null() || found[member] == ""),
                "{} {member}: {found} {issuer}",
                fixture.name
            );
        }
    }
}

async fn present(server: &TestServer, fixture: &Fixture, assertion: &Value) -> Value {
    let (value, client) = (text(assertion, "value"), fixture.client(text(assertion, "client_id")));
    let form = if assertion["kind"] == "client assertion" {
        vec![("grant_type", "client_credentials"), ("client_assertion_type", JWT_BEARER), ("client_assertion", value)]
    } else {
        vec![("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", value), ("scope", "read")]
    };
    let call = Call::post("/oauth2/token").form(&form);
    let call = if assertion["kind"] == "client assertion" {
        call
    } else {
        call.basic(text(client, "client_id"), text(client, "secret"))
    };
    let answer = server.public(call).await;
    json!({ "status": answer.status, "error": answer.error(), "body": answer.text() })
}

pub(super) async fn assertions_that_were_used_stay_used(fixture: &Fixture, server: &TestServer) {
    for assertion in fixture.items("assertions") {
        let (what, observed) = (format!("{} {}", fixture.name, assertion["name"]), &assertion["observed"]);
        let answer = present(server, fixture, assertion).await;
        if text(assertion, "name").contains("expired") {
            // Hydra takes the assertion of an issuer whose trust has ended.
            assert_eq!(answer["status"], 400, "{what} {answer}");
            continue;
        }
        assert_eq!(answer["status"], observed["status"], "{what} {answer}");
        assert_eq!(answer["error"], observed["error"], "{what} {answer}");
    }
}
