//! What a hook is told, how a call proves that it is ours, and who can cause one.

use serde_json::{Value, json};
use symbolon_jose::Secret;
use symbolon_server::config::{Hook, HookKey, HookKeyPlace};

use super::{at, both_hooks, client_credentials, hooked};
use crate::client_side::{ClientServer, Reply};
use crate::every_grant::{Asked, Way, access_token};
use crate::fixtures::{confidential, public, register, text};
use crate::rfc8628::DeviceFlow;
use crate::support::{CODE_VERIFIER, Call, TestServer};

#[tokio::test]
async fn a_call_carries_the_configured_key() {
    for (place, name, expected) in [
        (Some(HookKeyPlace::Header), "X-Hook-Key", [("x-hook-key", Some("hook key")), ("cookie", None)]),
        (Some(HookKeyPlace::Cookie), "hook", [("x-hook-key", None), ("cookie", Some("hook=key"))]),
        (None, "", [("x-hook-key", None), ("cookie", None)]),
    ] {
        let hook = ClientServer::listen(Reply::Status(204)).await;
        let server = TestServer::with(|config| {
            let value = Secret::new(if name == "hook" { "key" } else { "hook key" }.to_owned());
            let key = place.map(|place| HookKey { place, name: name.to_owned(), value });
            config.oauth2.token_hook = Some(Hook { url: format!("{}/token?a=b", hook.url), key });
        })
        .await;
        let client = confidential(&server).await;
        server.public(client_credentials(&client)).await.expect(200);
        let call = hook.take_one().unwrap();
        assert_eq!((call.method.as_str(), call.target.as_str()), ("POST", "/token?a=b"));
        assert_eq!(call.header("content-type"), Some("application/json; charset=UTF-8"));
        assert_eq!(call.header("authorization"), None);
        for (header, value) in expected {
            assert_eq!(call.header(header), value, "{header}");
        }
    }
}

#[tokio::test]
async fn scope_and_audience_are_those_of_the_token() {
    for way in [Way::Code, Way::Refresh, Way::Device, Way::JwtBearer, Way::ClientCredentials] {
        let hook = ClientServer::listen(Reply::Status(204)).await;
        let server = TestServer::with(both_hooks(&hook)).await;
        let (client, _) = access_token(&server, way, &Asked::default()).await;
        let call = hook.take().pop().unwrap();
        assert_eq!(call.target, "/token");
        let told: Value = serde_json::from_str(&call.body).unwrap();
        let request = &told["request"];
        assert_eq!(request["client_id"], client.id, "{way:?}");
        assert_eq!(request["requested_scopes"], json!(["openid", "offline", "photos.read"]), "{way:?}");
        assert_eq!(request["granted_scopes"], json!(["openid", "offline", "photos.read"]), "{way:?}");
        assert_eq!(request["granted_audience"], json!(["https://api.example"]), "{way:?}");
        let subject = if way == Way::ClientCredentials { client.id.as_str() } else { "alice" };
        assert_eq!(told["session"]["id_token"]["subject"], subject, "{way:?}");
    }
}

#[tokio::test]
async fn a_narrower_refresh_is_told_as_such() {
    let hook = ClientServer::listen(Reply::Status(204)).await;
    let server = TestServer::with(both_hooks(&hook)).await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).scope("openid offline photos.read");
    let tokens = flow.tokens().await;
    hook.take();
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token")), ("scope", "openid")];
    server.public(flow.token_request(&form)).await.expect(200);
    let told: Vec<Value> = hook.take().iter().map(|call| serde_json::from_str(&call.body).unwrap()).collect();
    assert_eq!(told[0]["granted_scopes"], json!(["openid"]));
    assert_eq!(told[0]["requester"]["granted_scopes"], json!(["openid"]));
    assert_eq!(told[1]["request"]["granted_scopes"], json!(["openid"]));
    assert_eq!(told[1]["request"]["requested_scopes"], json!(["openid", "offline", "photos.read"]));
    assert_eq!(told[1]["request"]["payload"]["scope"], json!(["openid"]));
}

/// A hook may be anybody's code: what could be used again, or as the client, is not for it.
#[tokio::test]
async fn no_secret_of_the_request_is_told() {
    let hook = ClientServer::listen(Reply::Status(204)).await;
    let server = TestServer::with(both_hooks(&hook)).await;
    let changes = json!({ "token_endpoint_auth_method": "client_secret_post" });
    let client = register(&server, "posting", &changes).await;
    let mut flow = client.flow(&server).posted_secret(&client.secret);
    let code = flow.code().await;
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    let refreshed = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
    let calls = hook.take();
    assert_eq!(calls.len(), 3);
    let secrets = [
        code.as_str(),
        CODE_VERIFIER,
        &client.secret,
        text(&tokens, "access_token"),
        text(&tokens, "refresh_token"),
        text(&refreshed, "access_token"),
        text(&refreshed, "refresh_token"),
    ];
    for call in calls {
        for secret in secrets {
            assert!(!call.body.contains(secret), "{}", call.body);
        }
    }
}

/// A hook costs time, so it is asked last: about a request that would be granted without it.
#[tokio::test]
async fn nobody_who_would_get_no_token_causes_a_call() {
    let hook = ClientServer::listen(Reply::Status(204)).await;
    let server = TestServer::with(both_hooks(&hook)).await;
    let client = confidential(&server).await;
    let open = public(&server).await;
    let device = register(&server, "tv", &json!({ "grant_types": [crate::rfc8628::GRANT_TYPE] })).await;
    let mut flow = client.flow(&server);
    let tokens = flow.tokens().await;
    let used = text(&tokens, "refresh_token").to_owned();
    server.public(flow.refresh(&used)).await.expect(200);
    server.clock.advance(60);
    let code = flow.code().await;
    let foreign = open.flow(&server).code().await;
    let codes = DeviceFlow::new(&server, &device).ask().await;
    hook.take();
    let wrong_verifier = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "http://127.0.0.1:5555/callback"),
        ("code_verifier", "wrong-verifier-0123456789-0123456789-0123456789"),
    ];
    let poll = [("grant_type", crate::rfc8628::GRANT_TYPE), ("device_code", text(&codes, "device_code"))];
    let by_client = [("grant_type", "client_credentials")];
    let jwt_bearer = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", "a.b.c")];
    for (name, call, status) in [
        ("no client", Call::post("/oauth2/token").form(&by_client), 400),
        ("wrong secret", Call::post("/oauth2/token").form(&by_client).basic(&client.id, "wrong"), 401),
        ("unknown client", Call::post("/oauth2/token").form(&by_client).basic("nobody", "wrong"), 401),
        ("public client", open.token_request(&by_client), 400),
        ("unregistered scope", client.token_request(&[by_client[0], ("scope", "admin")]), 400),
        ("unregistered audience", client.token_request(&[by_client[0], ("audience", "https://x.example")]), 400),
        ("grant type of another client", client.token_request(&poll), 400),
        ("unknown grant type", client.token_request(&[("grant_type", "password")]), 400),
        ("no assertion of anybody", client.token_request(&jwt_bearer), 400),
        ("foreign code", flow.redemption(&foreign), 400),
        ("wrong verifier", client.token_request(&wrong_verifier), 400),
        ("the code after that", flow.redemption(&code), 400),
        ("used refresh token", flow.refresh(&used), 400),
        ("no refresh token", flow.refresh("ory_rt_x"), 400),
        ("pending device", device.token_request(&poll), 400),
    ] {
        let answer = server.public(call).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
        assert_eq!(hook.count(), 0, "{name}");
    }
}

#[tokio::test]
async fn without_hooks_nothing_is_called() {
    let hook = ClientServer::listen(Reply::Status(403)).await;
    let server = TestServer::with(|config| config.oauth2.refresh_token_hook = Some(at(&hook, "/refresh"))).await;
    let (_, token) = access_token(&server, Way::Code, &Asked::default()).await;
    assert_eq!(server.introspect(&token).await["active"], true);
    assert_eq!(hook.count(), 0, "the refresh token hook is for refreshes");
}

/// The operator's own word: private addresses are where such a hook is, whatever clients may name.
#[tokio::test]
async fn an_address_inside_is_the_operators_business() {
    let (hook, _, _) = hooked().await;
    let server = TestServer::with(|config| {
        config.oauth2.token_hook = Some(at(&hook, "/token"));
        config.clients.http.disallow_private_ip_ranges = true;
    })
    .await;
    let client = confidential(&server).await;
    server.public(client_credentials(&client)).await.expect(200);
    assert_eq!(hook.count(), 1);
}

/// A token for one of the granted resources (RFC 8707 §2.2) is told as such.
#[tokio::test]
async fn a_token_for_one_resource_is_told_as_such() {
    use symbolon_server::config::Resources;
    let (one, other) = ("https://one.example", "https://other.example");
    let hook = ClientServer::listen(Reply::Status(204)).await;
    let server = TestServer::with(|config| {
        both_hooks(&hook)(config);
        let records =
            json!([{ "identifier": one, "self_service": true }, { "identifier": other, "self_service": true }]);
        config.symbolon.resources = Resources::read(&records).unwrap();
    })
    .await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).another("resource", one).another("resource", other);
    let code = flow.code().await;
    let tokens = server.public(flow.redemption_with(&code, &[("resource", one)])).await.expect(200).json();
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token")), ("resource", other)];
    server.public(flow.token_request(&form)).await.expect(200);
    let told: Vec<Value> = hook.take().iter().map(|call| serde_json::from_str(&call.body).unwrap()).collect();
    assert_eq!(told[0]["request"]["granted_audience"], json!([one]), "of the code");
    assert_eq!(told[1]["granted_audience"], json!([other]), "of the refresh");
    assert_eq!(told[2]["request"]["granted_audience"], json!([other]));
}
