#![allow(warnings, clippy::all, clippy::pedantic)]
#[path = "it/support/mod.rs"]
mod support;
use serde_json::{Value, json};
use support::*;
use std::time::Instant;

async fn client(server: &TestServer, extra: Value) -> Value {
    let mut body = json!({"client_id":"c1","client_secret":"secret-secret","redirect_uris":[REDIRECT_URI],
        "grant_types":["authorization_code","refresh_token","client_credentials"],"response_types":["code"],
        "scope":"openid offline profile","token_endpoint_auth_method":"client_secret_basic"});
    body.as_object_mut().unwrap().extend(extra.as_object().cloned().unwrap());
    server.create_client(&body).await
}



#[tokio::test]
async fn z_flow_row_plain() {
    let server = TestServer::new().await;
    client(&server, json!({})).await;
    let mut flow = CodeFlow::new(&server, "c1").secret("secret-secret").consent("session", json!({"id_token":{"ssn":"078-05-1120"}}));
    let page = flow.log_in().await.expect(302).location().to_owned();
    flow.application.accept_consent(&page).await;
    let rows = server.server.store().read("SELECT 1 FROM flows WHERE instr(CAST(body AS TEXT), '078-05-1120') > 0", vec![]).await.unwrap();
    eprintln!("Z flows with the claim in clear: {}", rows.len());
}
#[tokio::test]
async fn a2_params() {
    let server = TestServer::new().await;
    // self-registered client, huge scopes
    let scope: String = (0..60_000).map(|n| format!("s{n}.* ")).collect();
    let created = server.public(Call::post("/oauth2/register").json(&json!({"redirect_uris":[REDIRECT_URI],"scope":scope.trim()}))).await;
    eprintln!("A2 register {}", created.status);
    let created = created.json();
    let id = created["client_id"].as_str().unwrap();
    let asked: String = (0..3000).map(|n| format!("s{}.x ", 59_999 - n)).collect();
    let at = Instant::now();
    let a = server.public(Call::post("/oauth2/auth").form(&[("client_id", id),("response_type","code"),("redirect_uri",REDIRECT_URI),("scope",asked.trim()),("state","12345678")])).await;
    eprintln!("A2 3000 of 60000 scopes: {:?} {}", at.elapsed(), a.status);
}
#[tokio::test]
async fn a3_post_nonutf8() {
    let server = TestServer::new().await;
    client(&server, json!({})).await;
    let q = "client_id=c1&response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%3A5555%2Fcallback&state=12345678";
    let a = server.public(Call::post(format!("/oauth2/auth?{q}")).raw(b"prompt=none&x=\xff".to_vec())).await;
    eprintln!("A3 body with one bad byte: {} {}", a.status, &a.location()[..60]);
}
#[tokio::test]
async fn a4_basic_empty_secret_other_client() {
    let server = TestServer::new().await;
    client(&server, json!({"client_id":"pub","token_endpoint_auth_method":"none"})).await;
    let a = server.public(Call::post("/oauth2/revoke").basic("pub","").form(&[("client_id","somebody-else"),("token","x")])).await;
    eprintln!("A4 {}", a.status);
}
