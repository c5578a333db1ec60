//! Random sequences of everything that can happen to a user's grants, against an oracle that knows in three lines what must
//! count: a token counts if its grant was not ended, is of the current generation, and has not expired.

use serde_json::Value;
use symbolon_jose::Rng;

use crate::fixtures::{Registered, confidential, register, text};
use crate::support::{Call, CodeFlow, TestServer};

const USERS: [&str; 3] = ["alice", "bob", "carol"];
const ACCESS_SECONDS: i64 = 1000;
const REFRESH_SECONDS: i64 = 5000;

/// What the oracle knows of a grant.
struct Known {
    user: usize,
    client: usize,
    flow: CodeFlow,
    code: String,
    code_issued_at: i64,
    code_used: bool,
    ended: bool,
    /// Tokens of each generation, with the instant at which they were issued.
    generations: Vec<(Value, i64)>,
}

impl Known {
    fn counts(&self, generation: usize, name: &str, now: i64) -> bool {
        let lifetime = if name == "access_token" { ACCESS_SECONDS } else { REFRESH_SECONDS };
        !self.ended && generation + 1 == self.generations.len() && now < self.generations[generation].1 + lifetime
    }
}

struct World {
    server: TestServer,
    clients: Vec<Registered>,
    grants: Vec<Known>,
    rng: Rng,
    /// What happened so far, for the message of a failure.
    history: Vec<String>,
}

impl World {
    fn pick(&self, below: usize) -> usize {
        usize::from(u16::from_be_bytes(self.rng.bytes::<2>())) % below
    }

    fn now(&self) -> i64 {
        self.server.clock.now()
    }

    async fn step(&mut self) {
        let number = self.pick(self.grants.len().max(1));
        match self.pick(12) {
            0..=1 => self.begin().await,
            2..=3 if !self.grants.is_empty() => self.redeem(number).await,
            4..=6 if !self.grants.is_empty() => self.refresh(number).await,
            7 if !self.grants.is_empty() => self.revoke(number).await,
            8 => self.sign_out_everywhere().await,
            9 => self.end_client_tokens().await,
            10 => {
                let seconds = [1, 100, 999, 1000, 3000][self.pick(5)];
                self.history.push(format!("advance {seconds}"));
                self.server.clock.advance(seconds);
            }
            _ => {
                self.history.push("purge".to_owned());
                self.server.server.purge().await.unwrap();
            }
        }
    }

    async fn begin(&mut self) {
        let (user, client) = (self.pick(USERS.len()), self.pick(self.clients.len()));
        let mut flow = self.clients[client].flow(&self.server).subject(USERS[user]);
        let code = flow.code().await;
        self.history.push(format!("grant {} to client {client} by {}", self.grants.len(), USERS[user]));
        let code_issued_at = self.now();
        self.grants.push(Known {
            user,
            client,
            flow,
            code,
            code_issued_at,
            code_used: false,
            ended: false,
            generations: Vec::new(),
        });
    }

    async fn redeem(&mut self, number: usize) {
        let now = self.now();
        let grant = &mut self.grants[number];
        let in_time = now < grant.code_issued_at + 600;
        let good = in_time && !grant.code_used && !grant.ended;
        let answer = self.server.public(grant.flow.redemption(&grant.code)).await;
        self.history.push(format!("redeem {number}: {}", answer.status));
        assert_eq!(answer.status, if good { 200 } else { 400 }, "{:?}", self.history);
        if good {
            grant.generations.push((answer.json(), now));
        } else if in_time && grant.code_used {
            grant.ended = true;
        }
        grant.code_used |= in_time;
    }

    async fn refresh(&mut self, number: usize) {
        let now = self.now();
        if self.grants[number].generations.is_empty() {
            return;
        }
        let generation = self.pick(self.grants[number].generations.len());
        let grant = &mut self.grants[number];
        let good = grant.counts(generation, "refresh_token", now);
        let (tokens, issued_at) = &grant.generations[generation];
        let in_time = now < issued_at + REFRESH_SECONDS;
        let answer = self.server.public(grant.flow.refresh(text(tokens, "refresh_token"))).await;
        self.history.push(format!("refresh {number} with generation {generation}: {}", answer.status));
        assert_eq!(answer.status, if good { 200 } else { 400 }, "{:?}", self.history);
        if good {
            grant.generations.push((answer.json(), now));
        } else if in_time && generation + 1 < grant.generations.len() {
            grant.ended = true;
        }
    }

    async fn revoke(&mut self, number: usize) {
        if self.grants[number].generations.is_empty() {
            return;
        }
        let generation = self.pick(self.grants[number].generations.len());
        let name = ["access_token", "refresh_token"][self.pick(2)];
        let client = (self.grants[number].client + self.pick(2)) % self.clients.len();
        let grant = &mut self.grants[number];
        let form = [("token", text(&grant.generations[generation].0, name))];
        self.server.public(self.clients[client].form("/oauth2/revoke", &form)).await.expect(200);
        self.history.push(format!("client {client} revokes {name} {generation} of {number}"));
        grant.ended |= client == grant.client;
    }

    async fn sign_out_everywhere(&mut self) {
        let user = self.pick(USERS.len());
        self.server.admin(Call::post(format!("/admin/subjects/{}/sign-out", USERS[user]))).await.expect(204);
        self.history.push(format!("{} signs out everywhere", USERS[user]));
        self.grants.iter_mut().filter(|grant| grant.user == user).for_each(|grant| grant.ended = true);
    }

    async fn end_client_tokens(&mut self) {
        let client = self.pick(self.clients.len());
        let call = Call::delete("/admin/oauth2/tokens").query(&[("client_id", &self.clients[client].id)]);
        self.server.admin(call).await.expect(204);
        self.history.push(format!("tokens of client {client} end"));
        self.grants.iter_mut().filter(|grant| grant.client == client).for_each(|grant| grant.ended = true);
    }

    /// Every token of every grant, as introspection and userinfo see it.
    async fn check(&self) {
        for (number, grant) in self.grants.iter().enumerate() {
            for (generation, (tokens, _)) in grant.generations.iter().enumerate() {
                for name in ["access_token", "refresh_token"] {
                    let expected = grant.counts(generation, name, self.now());
                    let active = self.server.introspect(text(tokens, name)).await["active"] == true;
                    assert_eq!(active, expected, "{name} {generation} of grant {number} after {:?}", self.history);
                }
                let bearer = Call::get("/userinfo").bearer(text(tokens, "access_token"));
                let status = self.server.public(bearer).await.status;
                let expected = if grant.counts(generation, "access_token", self.now()) { 200 } else { 401 };
                assert_eq!(status, expected, "userinfo with {generation} of grant {number} after {:?}", self.history);
            }
        }
    }
}

#[tokio::test]
async fn immunity_13_random_lives_of_grants_agree_with_the_oracle() {
    let rounds = std::cell::Cell::new(0);
    for seed in 0..12 {
        let change = |config: &mut symbolon_server::config::Config| {
            config.ttl.access_token = ACCESS_SECONDS;
            config.ttl.refresh_token = Some(REFRESH_SECONDS);
        };
        let server = TestServer::with(change).await;
        let clients = vec![confidential(&server).await, register(&server, "other", &serde_json::json!({})).await];
        let mut world =
            World { server, clients, grants: Vec::new(), rng: Rng::seeded(1000 + seed), history: Vec::new() };
        for _ in 0..60 {
            world.step().await;
            world.check().await;
        }
        rounds.set(rounds.get() + world.grants.len());
    }
    assert!(rounds.get() > 60, "too little happened");
}

#[tokio::test]
async fn immunity_13_random_lives_of_grants_agree_with_the_oracle_on_each_database() {
    let change = |config: &mut symbolon_server::config::Config| {
        config.ttl.access_token = ACCESS_SECONDS;
        config.ttl.refresh_token = Some(REFRESH_SECONDS);
    };
    TestServer::each_database_with(change, async |server| {
        let clients = vec![confidential(server).await, register(server, "other", &serde_json::json!({})).await];
        let rng = Rng::seeded(77);
        let mut world = World { server: server.clone(), clients, grants: Vec::new(), rng, history: Vec::new() };
        for _ in 0..80 {
            world.step().await;
            world.check().await;
        }
    })
    .await;
}
