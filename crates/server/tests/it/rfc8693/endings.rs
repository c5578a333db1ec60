//! What ends an exchanged token: whatever ends something that it was made of, at once, everywhere where tokens are shown.

use serde_json::{Value, json};
use symbolon_server::config::Config;

use super::{ACCESS_TOKEN, World, delegation, exchange, gateway, is_refused, own_token, policies};
use crate::fixtures::{Registered, text, with};
use crate::support::{Call, TestServer};

/// The gateway exchanges tokens of the shop, and `next` those of the gateway.
fn rows() -> Value {
    json!([
        with(delegation(), &json!({ "scopes": ["openid", "orders.read"] })),
        with(
            delegation(),
            &json!({ "client": "next", "subject_clients": ["gateway"], "depth": 2, "scopes": ["openid", "orders.read"] })
        ),
    ])
}

/// Everything of one line of exchanges.
struct Line {
    world: World,
    next: Registered,
    tokens: Value,
    first: String,
    second: String,
    refresh: Call,
}

impl Line {
    async fn new(server: &TestServer, subject: &str) -> Self {
        let world = World::on(server).await;
        let next = gateway(server, "next", &json!({})).await;
        let flow = &mut world.login(subject);
        let tokens = flow.tokens().await;
        let first = world.delegated(text(&tokens, "access_token"), &[]).await.expect(200).member("access_token");
        let own = own_token(server, &next).await;
        let actor = [("actor_token", own.as_str()), ("actor_token_type", ACCESS_TOKEN)];
        let second = server.public(exchange(&next, &first, &actor)).await.expect(200).member("access_token");
        let refresh = flow.refresh(text(&tokens, "refresh_token"));
        Self { world, next, tokens, first, second, refresh }
    }

    /// Whether both exchanged tokens count at a node; introspection, userinfo and another exchange say the same.
    async fn count(&self, node: &TestServer) -> [bool; 2] {
        let mut counts = [false; 2];
        for (count, token) in counts.iter_mut().zip([&self.first, &self.second]) {
            *count = node.introspect(token).await["active"] == true;
            let userinfo = node.public(Call::get("/userinfo").bearer(token)).await.status;
            assert_eq!(userinfo, if *count { 200 } else { 401 });
        }
        let own = own_token(node, &self.next).await;
        let actor = [("actor_token", own.as_str()), ("actor_token_type", ACCESS_TOKEN)];
        let again = node.public(exchange(&self.next, &self.first, &actor)).await;
        assert_eq!(again.status == 200, counts[0], "{}", again.text());
        counts
    }

    async fn revoke(&self, client: &Registered, token: &str) {
        self.world.server.public(client.form("/oauth2/revoke", &[("token", token)])).await.expect(200);
    }
}

/// A way to end something.
#[derive(Clone, Copy, Debug)]
enum End {
    RefreshTokenRevoked,
    AccessTokenRevoked,
    ConsentRevoked,
    SubjectSignedOut,
    AccountDisabled,
    ShopRevoked,
    ShopDeleted,
    ShopDeletedAndMadeAgain,
    GatewayRevoked,
    GatewayDeleted,
    FirstRevokedByGateway,
    SecondRevokedByNext,
    SecondRevokedByGateway,
    NextRevoked,
    Refreshed,
    LoggedOut,
}

const ENDS: [(End, [bool; 2]); 16] = [
    (End::RefreshTokenRevoked, [false, false]),
    (End::AccessTokenRevoked, [false, false]),
    (End::ConsentRevoked, [false, false]),
    (End::SubjectSignedOut, [false, false]),
    (End::AccountDisabled, [false, false]),
    (End::ShopRevoked, [false, false]),
    (End::ShopDeleted, [false, false]),
    (End::ShopDeletedAndMadeAgain, [false, false]),
    (End::GatewayRevoked, [false, false]),
    (End::GatewayDeleted, [false, false]),
    (End::FirstRevokedByGateway, [false, false]),
    (End::SecondRevokedByNext, [true, false]),
    (End::SecondRevokedByGateway, [true, true]),
    (End::NextRevoked, [true, false]),
    (End::Refreshed, [true, true]),
    (End::LoggedOut, [true, true]),
];

impl End {
    async fn happen(self, line: &Line, subject: &str) {
        let World { server, shop, gateway } = &line.world;
        let (call, status) = match self {
            Self::RefreshTokenRevoked => return line.revoke(shop, text(&line.tokens, "refresh_token")).await,
            Self::AccessTokenRevoked => return line.revoke(shop, text(&line.tokens, "access_token")).await,
            Self::FirstRevokedByGateway => return line.revoke(gateway, &line.first).await,
            Self::SecondRevokedByNext => return line.revoke(&line.next, &line.second).await,
            Self::SecondRevokedByGateway => return line.revoke(gateway, &line.second).await,
            Self::Refreshed => {
                server.public(line.refresh.clone()).await.expect(200);
                return;
            }
            Self::ConsentRevoked => {
                let query = [("subject", subject), ("all", "true")];
                (Call::delete("/admin/oauth2/auth/sessions/consent").query(&query), 204)
            }
            Self::SubjectSignedOut => (Call::post(format!("/admin/subjects/{subject}/sign-out")), 204),
            Self::AccountDisabled => {
                (Call::patch(format!("/admin/accounts/{subject}")).json(&json!({ "disabled": true })), 200)
            }
            Self::ShopRevoked => (Call::delete("/admin/oauth2/tokens").query(&[("client_id", "shop")]), 204),
            Self::GatewayRevoked => (Call::delete("/admin/oauth2/tokens").query(&[("client_id", "gateway")]), 204),
            Self::NextRevoked => (Call::delete("/admin/oauth2/tokens").query(&[("client_id", "next")]), 204),
            Self::ShopDeleted => (Call::delete("/admin/clients/shop"), 204),
            Self::GatewayDeleted => (Call::delete("/admin/clients/gateway"), 204),
            Self::ShopDeletedAndMadeAgain => {
                server.admin(Call::delete("/admin/clients/shop")).await.expect(204);
                (Call::post("/admin/clients").json(&crate::fixtures::metadata("shop")), 201)
            }
            Self::LoggedOut => (Call::delete("/admin/oauth2/auth/sessions/login").query(&[("subject", subject)]), 204),
        };
        server.admin(call).await.expect(status);
    }
}

async fn account(server: &TestServer) -> String {
    let account = json!({ "username": "alice", "password": "correct horse battery" });
    server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).member("id")
}

async fn ends(server: &TestServer, other: &TestServer, end: End, left: [bool; 2]) {
    let subject = account(server).await;
    let line = Line::new(server, &subject).await;
    for node in [server, other] {
        assert_eq!(line.count(node).await, [true, true], "{end:?}");
    }
    end.happen(&line, &subject).await;
    for node in [other, server] {
        assert_eq!(line.count(node).await, left, "{end:?}");
    }
}

#[tokio::test]
async fn an_exchanged_token_ends_with_everything_that_it_was_made_of() {
    for (end, left) in ENDS {
        TestServer::each_database_with(policies(&rows()), async |server| ends(server, server, end, left).await).await;
    }
}

#[tokio::test]
async fn what_one_node_ends_is_over_on_the_other() {
    for (end, left) in ENDS {
        TestServer::two_nodes_with(policies(&rows()), async |one, other| ends(one, other, end, left).await).await;
    }
}

/// In the mode of Hydra access tokens alone are ended, and what was exchanged for them is one.
#[tokio::test]
async fn access_tokens_that_are_ended_alone_take_exchanged_ones_along() {
    let hydras = |config: &mut Config| {
        policies(&rows())(config);
        config.symbolon.compatibility.only_access_tokens_deleted = true;
    };
    for (id, left) in [("shop", [false, false]), ("gateway", [false, false]), ("next", [true, false])] {
        let line = Line::new(&TestServer::with(hydras).await, "alice").await;
        let server = &line.world.server;
        server.admin(Call::delete("/admin/oauth2/tokens").query(&[("client_id", id)])).await.expect(204);
        assert_eq!(line.count(server).await, left, "{id}");
        server.public(line.refresh.clone()).await.expect(200);
    }
}

#[tokio::test]
async fn what_has_ended_is_exchanged_no_more() {
    let world = World::new(&rows()).await;
    let tokens = world.login("alice").tokens().await;
    let token = text(&tokens, "access_token");
    world.delegated(token, &[]).await.expect(200);
    world.server.public(world.shop.form("/oauth2/revoke", &[("token", token)])).await.expect(200);
    is_refused(&world.delegated(token, &[]).await, "invalid_request");
}

#[tokio::test]
async fn a_row_that_is_taken_away_ends_exchanges_and_not_tokens() {
    let world = World::new(&rows()).await;
    let alice = world.alice().await;
    let token = world.delegated(&alice, &[]).await.expect(200).member("access_token");
    let without = world.server.beside(7, |_| {}).await;
    let answer = without.public(world.call(&alice, &[])).await;
    assert_eq!(answer.error().as_deref(), Some("unsupported_grant_type"));
    assert_eq!(without.introspect(&token).await["active"], true);
}
