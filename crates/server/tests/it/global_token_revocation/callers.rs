//! Who may call, and who is told no.

use serde_json::json;
use symbolon_server::config::RevocationDraft;

use super::{Idp, OPERATORS_TOKEN, PATH, assert_refused, call, email, for_operator, for_people, opaque};
use crate::fixtures::{confidential, text};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn the_operators_token_ends_everything_of_anybody() {
    TestServer::each_database_with(for_operator, async |server| {
        let operator = |call: Call| call.bearer(OPERATORS_TOKEN);
        let client = json!({ "client_id": "app", "redirect_uris": [crate::support::REDIRECT_URI] });
        server.admin(operator(Call::post("/admin/clients").json(&client))).await.expect(201);
        let asked = call(OPERATORS_TOKEN, &opaque("alice"));
        assert_refused(&server.public(asked.clone()).await, 404, "not_found");
        let account = json!({ "id": "alice", "username": "alice", "password": "correct horse battery" });
        server.admin(operator(Call::post("/admin/accounts").json(&account))).await.expect(201);
        server.public(asked.clone()).await.expect(204);
        server.public(asked).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn strangers_are_refused_before_anything_is_read() {
    let idp = Idp::new();
    let server = idp.server().await;
    let body = json!({ "sub_id": opaque("alice") });
    let tokens = confidential(&server).await.flow(&server).scope("openid").tokens().await;
    let anonymous = [Call::post(PATH).json(&body), Call::post(PATH).raw("{"), Call::post(PATH)];
    for call in anonymous {
        assert_refused(&server.public(call).await, 401, "request_unauthorized");
    }
    let basic = Call::post(PATH).json(&body).basic("confidential", "secret");
    assert_refused(&server.public(basic).await, 401, "request_unauthorized");
    for bearer in ["x", "ey.ey.ey", OPERATORS_TOKEN, text(&tokens, "access_token"), text(&tokens, "id_token")] {
        let answer = server.public(call(bearer, &opaque("alice"))).await;
        assert_refused(&answer, 401, "invalid_token");
        assert_eq!(answer.headers.get_all("www-authenticate").iter().count(), 1, "proofs are for nobody here");
    }
    let by_dpop = Call::post(PATH).json(&body).header(http::header::AUTHORIZATION, "DPoP x");
    assert_refused(&server.public(by_dpop).await, 401, "request_unauthorized");
    assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], true);
}

#[tokio::test]
async fn without_a_token_of_the_operator_there_is_no_such_caller() {
    let server = TestServer::with(for_people).await;
    for bearer in [OPERATORS_TOKEN, "undefined", "null", "None"] {
        assert_refused(&server.public(call(bearer, &opaque("alice"))).await, 401, "request_unauthorized");
    }
}

#[tokio::test]
async fn an_issuer_with_domains_names_people_by_addresses_of_these_alone() {
    let idp = Idp::new();
    let row = json!({ "email_domains": ["Corp.Example"] });
    let server = TestServer::with(|config| idp.on_with(config, &row)).await;
    for (name, address) in [("ada", "ada@corp.example"), ("bob", "bob@other.example")] {
        let account = json!({ "id": name, "username": name, "password": "correct horse battery",
            "email": address, "email_verified": true });
        server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201);
    }
    idp.revoke(&server, &email("Ada@corp.EXAMPLE")).await.expect(204);
    assert_refused(&idp.revoke(&server, &email("nobody@corp.example")).await, 404, "not_found");
    let foreign = ["bob@other.example", "ada@sub.corp.example", "ada@corp.example.evil", "corp.example", "ada"];
    for address in foreign {
        assert_refused(&idp.revoke(&server, &email(address)).await, 403, "request_forbidden");
    }
    let ada = json!({ "format": "iss_sub", "iss": server.public_url(), "sub": "ada" });
    for identifier in [opaque("ada"), ada] {
        assert_refused(&idp.revoke(&server, &identifier).await, 403, "request_forbidden");
    }
}

#[tokio::test]
async fn networks_that_fail_too_often_have_to_wait_and_good_callers_do_not() {
    let idp = Idp::new();
    let server = idp.server().await;
    confidential(&server).await.flow(&server).tokens().await;
    for _ in 0..60 {
        server.public(call("guess", &opaque("alice"))).await.expect(401);
    }
    let answer = server.public(call("guess", &opaque("alice"))).await.expect(429);
    assert_eq!(answer.error().as_deref(), Some("temporarily_unavailable"));
    assert_eq!((answer.header("retry-after"), answer.header("cache-control")), (Some("1"), Some("no-store")));
    idp.revoke(&server, &opaque("alice")).await.expect(204);
    server.clock.advance(1);
    server.public(call("guess", &opaque("alice"))).await.expect(401);
}

#[tokio::test]
async fn switched_off_there_is_nothing() {
    let idp = Idp::new();
    let server = TestServer::with(|config| {
        idp.on(config);
        config.symbolon.global_token_revocation.revision = RevocationDraft::Off;
    })
    .await;
    confidential(&server).await.flow(&server).tokens().await;
    let answer = idp.revoke(&server, &opaque("alice")).await.expect(404);
    let unknown = server.public(Call::post("/global-token-revocations").json(&json!({}))).await.expect(404);
    assert_eq!(answer.text(), unknown.text());
}
