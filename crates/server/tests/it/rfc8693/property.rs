//! Whatever the rows and the requests are: what is issued is within the subject token, a row and the request, and what all
//! three allow is issued.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::{ACCESS_TOKEN, World, exchange, policies};
use crate::fixtures::{Registered, text};
use crate::support::TestServer;

const SCOPES: [&str; 4] = ["orders.read", "orders.write", "openid", "profile"];
const TARGETS: [&str; 3] = ["https://a.example", "https://b.example", "c"];

/// A row of the client `gateway`.
#[derive(Clone, Debug)]
struct Row {
    of_shop: bool,
    audience: Vec<&'static str>,
    scopes: Vec<&'static str>,
    impersonation: bool,
    delegation: bool,
}

/// A request of the client `gateway`.
#[derive(Clone, Debug)]
struct Asked {
    audience: Vec<&'static str>,
    scope: Option<Vec<&'static str>>,
    acting: bool,
    seconds_later: i64,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (any::<bool>(), subsequence(TARGETS.to_vec(), 1..=3), subsequence(SCOPES.to_vec(), 0..=4), 0..3_u8);
    vec(
        row.prop_map(|(of_shop, audience, scopes, modes)| Row {
            of_shop,
            audience,
            scopes,
            impersonation: modes != 0,
            delegation: modes != 1,
        }),
        1..4,
    )
}

fn asked() -> impl Strategy<Value = Vec<Asked>> {
    let scope = proptest::option::of(subsequence(SCOPES.to_vec(), 1..=3));
    let asked = (subsequence(TARGETS.to_vec(), 0..=2), scope, any::<bool>(), 0..200_i64);
    vec(
        asked.prop_map(|(audience, scope, acting, seconds_later)| Asked { audience, scope, acting, seconds_later }),
        1..12,
    )
}

impl Row {
    fn to_json(&self) -> Value {
        json!({
            "client": "gateway", "subject_token_types": ["access_token"],
            "subject_clients": [if self.of_shop { "shop" } else { "kiosk" }],
            "audience": self.audience, "scopes": self.scopes,
            "impersonation": self.impersonation, "delegation": self.delegation,
        })
    }

    /// Whether this row allows all of a request about a token with this scope.
    fn allows(&self, asked: &Asked, subject: &BTreeSet<String>) -> bool {
        let mode = if asked.acting { self.delegation } else { self.impersonation };
        let target = match asked.audience.as_slice() {
            [] => self.audience.len() == 1,
            named => named.iter().all(|name| self.audience.contains(name)),
        };
        let scope = asked.scope.iter().flatten().all(|token| self.scopes.contains(token) && subject.contains(*token));
        self.of_shop && mode && target && scope
    }
}

fn set(value: &Value) -> BTreeSet<String> {
    let words = match value {
        Value::Array(values) => values.iter().map(|value| value.as_str().unwrap().to_owned()).collect(),
        Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    words.into_iter().collect()
}

/// A token of alice with some scope, and everybody who is needed.
struct Scene {
    server: TestServer,
    gateway: Registered,
    own: String,
    alice: String,
}

impl Scene {
    async fn new(granted: &[&str]) -> Self {
        let world = World::on(&TestServer::with(policies(&json!([super::delegation()]))).await).await;
        let scope = [&["offline"], granted].concat().join(" ");
        let tokens = world.login("alice").parameter("scope", &scope).tokens().await;
        let own = world.own().await;
        let alice = text(&tokens, "access_token").to_owned();
        Self { server: world.server, gateway: world.gateway, own, alice }
    }

    async fn check(&self, node: &TestServer, rows: &[Row], asked: &Asked) {
        let subject = self.server.introspect(&self.alice).await;
        let has = set(&subject["scope"]);
        let scope = asked.scope.as_ref().map(|scope| scope.join(" "));
        let mut form: Vec<(&str, &str)> = asked.audience.iter().map(|name| ("audience", *name)).collect();
        form.extend(scope.as_deref().map(|scope| ("scope", scope)));
        if asked.acting {
            form.extend([("actor_token", self.own.as_str()), ("actor_token_type", ACCESS_TOKEN)]);
        }
        let answer = node.public(exchange(&self.gateway, &self.alice, &form)).await;
        let allowed = rows.iter().any(|row| row.allows(asked, &has));
        assert_eq!(answer.status, if allowed { 200 } else { 400 }, "{rows:?} {asked:?}: {}", answer.text());
        if !allowed {
            return;
        }
        let answer = answer.json();
        let issued = node.introspect(text(&answer, "access_token")).await;
        let (scope, audience) = (set(&issued["scope"]), set(&issued["aud"]));
        assert_eq!(scope, set(&answer["scope"]));
        assert!(scope.is_subset(&has), "{scope:?} of {has:?}");
        let within = |row: &Row| {
            row.allows(asked, &has)
                && scope.iter().all(|token| row.scopes.contains(&token.as_str()))
                && audience.iter().all(|name| row.audience.contains(&name.as_str()))
        };
        assert!(rows.iter().any(within), "{rows:?} {asked:?}: {issued}");
        if let Some(wanted) = &asked.scope {
            assert_eq!(scope, wanted.iter().map(|token| (*token).to_owned()).collect());
        }
        if !asked.audience.is_empty() {
            assert_eq!(audience, asked.audience.iter().map(|name| (*name).to_owned()).collect());
        }
        assert!(issued["exp"].as_i64() <= subject["exp"].as_i64());
        assert_eq!((&issued["sub"], &issued["client_id"]), (&json!("alice"), &json!("gateway")));
        assert_eq!(issued.get("act").is_some(), asked.acting);
        assert_eq!(answer.get("refresh_token"), None);
    }
}

#[test]
fn what_is_issued_is_within_all_three_and_what_they_allow_is_issued() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config { cases: 40, ..Config::default() });
    let cases = (subsequence(SCOPES.to_vec(), 1..=4), rows(), asked());
    let outcome = runner.run(&cases, |(granted, rows, asked)| {
        runtime.block_on(async {
            let scene = Scene::new(&granted).await;
            let all: Vec<Value> = rows.iter().map(Row::to_json).collect();
            let node = scene.server.beside(3, policies(&json!(all))).await;
            for asked in &asked {
                node.clock.advance(asked.seconds_later);
                scene.check(&node, &rows, asked).await;
            }
        });
        Ok(())
    });
    outcome.unwrap();
}
