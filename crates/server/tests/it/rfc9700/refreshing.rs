//! What the tests of refresh tokens share: the modes of rotation, and a user whose client refreshes.

use serde_json::{Value, json};
use symbolon_server::config::{Config, RotationMode};

use crate::fixtures::{Registered, confidential, text};
use crate::support::{Answer, Call, CodeFlow, TestServer};

/// A period of grace in seconds, and how many repetitions it allows (0: any number).
pub(super) fn grace(seconds: i64, count: u32) -> impl Fn(&mut Config) {
    move |config| {
        config.oauth2.refresh.mode = RotationMode::Grace;
        config.oauth2.refresh.rotation_grace_period_seconds = seconds;
        config.oauth2.refresh.rotation_grace_reuse_count = count;
    }
}

/// The mode that forgives lost answers, for so many seconds.
pub(super) fn until_successor_used(seconds: i64) -> impl Fn(&mut Config) {
    move |config| {
        config.oauth2.refresh.mode = RotationMode::UntilSuccessorUsed;
        config.oauth2.refresh.successor_window_seconds = seconds;
    }
}

/// The default: a token works once.
pub(super) fn strict(config: &mut Config) {
    config.oauth2.refresh.mode = RotationMode::Strict;
}

/// A client with the tokens of a user.
pub(super) struct User {
    pub(super) server: TestServer,
    pub(super) client: Registered,
    pub(super) flow: CodeFlow,
}

impl User {
    /// A user of the confidential client, and the first tokens.
    pub(super) async fn begin(server: &TestServer) -> (Self, Value) {
        Self::of(server, confidential(server).await).await
    }

    /// A user of this client, and the first tokens.
    pub(super) async fn of(server: &TestServer, client: Registered) -> (Self, Value) {
        let mut flow = client.flow(server);
        let tokens = flow.tokens().await;
        (Self { server: server.clone(), client, flow }, tokens)
    }

    /// The answer to a refresh with these tokens.
    pub(super) async fn answer(&self, tokens: &Value) -> Answer {
        self.server.public(self.flow.refresh(text(tokens, "refresh_token"))).await
    }

    /// The tokens of a refresh that has to succeed.
    #[track_caller]
    pub(super) fn refresh(&self, tokens: &Value) -> impl Future<Output = Value> {
        let call = self.flow.refresh(text(tokens, "refresh_token"));
        async move { self.server.public(call).await.expect(200).json() }
    }

    /// Refreshes several times, one after the other, and gives the last tokens.
    pub(super) async fn refresh_times(&self, tokens: &Value, times: usize) -> Value {
        let mut newest = tokens.clone();
        for _ in 0..times {
            newest = self.refresh(&newest).await;
        }
        newest
    }

    /// A refresh is refused with `invalid_grant`.
    pub(super) async fn refused(&self, tokens: &Value) {
        let answer = self.answer(tokens).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("invalid_grant"), "{}", answer.text());
    }

    /// Whether these tokens count: introspection says the same of both, and userinfo too.
    pub(super) async fn live(&self, tokens: &Value) -> bool {
        let mut active = Vec::new();
        for name in ["access_token", "refresh_token"] {
            active.push(self.server.introspect(text(tokens, name)).await["active"] == json!(true));
        }
        let bearer = Call::get("/userinfo").bearer(text(tokens, "access_token"));
        active.push(self.server.public(bearer).await.status == 200);
        assert!(active.iter().all(|one| *one == active[0]), "{active:?}");
        active[0]
    }

    /// Which of several tokens count.
    pub(super) async fn lives(&self, all: &[&Value]) -> Vec<bool> {
        let mut lives = Vec::new();
        for tokens in all {
            lives.push(self.live(tokens).await);
        }
        lives
    }

    pub(super) fn advance(&self, seconds: i64) {
        self.server.clock.advance(seconds);
    }
}
