//! Random sequences of everything that can happen to a user's grants, in each mode of rotation, against an oracle that
//! knows in a few lines what must count: a token counts if its grant was not ended, it is of the current generation of its
//! branch, and it has not expired.

use std::collections::BTreeMap;

use serde_json::Value;
use symbolon_jose::Rng;
use symbolon_server::config::Config;

use super::refreshing::{grace, strict, until_successor_used};
use crate::fixtures::{Registered, confidential, register, text};
use crate::support::{Call, CodeFlow, TestServer};

const USERS: [&str; 3] = ["alice", "bob", "carol"];
const ACCESS_SECONDS: i64 = 1000;
const REFRESH_SECONDS: i64 = 5000;

/// How a used token is taken, as the oracle knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Strict,
    Grace { seconds: i64, count: u32 },
    UntilSuccessorUsed { seconds: i64 },
}

const MODES: [Mode; 4] = [
    Mode::Strict,
    Mode::Grace { seconds: 10, count: 0 },
    Mode::Grace { seconds: 1000, count: 2 },
    Mode::UntilSuccessorUsed { seconds: 60 },
];

impl Mode {
    fn configure(self, config: &mut Config) {
        config.ttl.access_token = ACCESS_SECONDS;
        config.ttl.refresh_token = Some(REFRESH_SECONDS);
        match self {
            Self::Strict => strict(config),
            Self::Grace { seconds, count } => grace(seconds, count)(config),
            Self::UntilSuccessorUsed { seconds } => until_successor_used(seconds)(config),
        }
    }
}

/// What the oracle knows of a branch of refresh tokens.
#[derive(Default)]
struct Line {
    /// Tokens of each generation, with the instant at which they were issued.
    generations: Vec<(Value, i64)>,
    /// When each generation of the past was used first.
    first_uses: Vec<i64>,
    /// How often each generation of the past was repeated.
    repetitions: BTreeMap<usize, u32>,
    /// Whether anything of the current generation was used.
    seen: bool,
}

impl Line {
    fn begin(tokens: Value, now: i64) -> Self {
        Self { generations: vec![(tokens, now)], ..Self::default() }
    }

    fn is_current(&self, generation: usize) -> bool {
        generation + 1 == self.generations.len()
    }

    /// Whether the answer to the use of this generation may have been lost.
    fn may_be_lost(&self, generation: usize, seconds: i64, now: i64) -> bool {
        generation + 2 == self.generations.len() && !self.seen && now - self.first_uses[generation] <= seconds
    }

    fn counts(&self, mode: Mode, generation: usize, name: &str, now: i64) -> bool {
        let lifetime = if name == "access_token" { ACCESS_SECONDS } else { REFRESH_SECONDS };
        let lost = match mode {
            Mode::UntilSuccessorUsed { seconds } => {
                name == "access_token" && self.may_be_lost(generation, seconds, now)
            }
            _ => false,
        };
        (self.is_current(generation) || lost) && now < self.generations[generation].1 + lifetime
    }

    fn forgives(&self, mode: Mode, generation: usize, now: i64) -> bool {
        match mode {
            Mode::Strict => false,
            Mode::Grace { seconds, count } => {
                let repetitions = self.repetitions.get(&generation).copied().unwrap_or_default();
                now - self.first_uses[generation] <= seconds && (count == 0 || repetitions < count)
            }
            Mode::UntilSuccessorUsed { seconds } => self.may_be_lost(generation, seconds, now),
        }
    }
}

/// What the oracle knows of a grant.
struct Known {
    user: usize,
    client: usize,
    flow: CodeFlow,
    code: String,
    code_issued_at: i64,
    code_used: bool,
    ended: bool,
    /// Its branches, the first one first; none before the code was redeemed.
    lines: Vec<Line>,
}

struct World {
    server: TestServer,
    mode: Mode,
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
        // Mostly one of the newest, as older ones have ended.
        let newest = self.grants.len().saturating_sub(1);
        let number = newest.saturating_sub(self.pick(if self.pick(4) == 0 { newest + 1 } else { 3 }));
        match self.pick(48) {
            0..=4 => self.begin().await,
            5..=11 if !self.grants.is_empty() => self.redeem(number).await,
            12..=36 if !self.grants.is_empty() => self.refresh(number).await,
            37 if !self.grants.is_empty() => self.revoke(number).await,
            38 => self.sign_out_everywhere().await,
            39 => self.end_client_tokens().await,
            40..=46 => {
                let seconds = [0, 1, 1, 4, 5, 6, 10, 11, 50, 60, 61, 100, 999, 1000, 3000][self.pick(15)];
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
            lines: Vec::new(),
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
            grant.lines.push(Line::begin(answer.json(), now));
        } else if in_time && grant.code_used {
            grant.ended = true;
        }
        grant.code_used |= in_time;
    }

    /// One of the tokens of a grant: its branch and its generation, preferring new ones. `None` when it has none.
    fn pick_token(&self, number: usize) -> Option<(usize, usize)> {
        let lines = &self.grants[number].lines;
        if lines.is_empty() {
            return None;
        }
        let branch = self.pick(lines.len());
        let newest = lines[branch].generations.len() - 1;
        Some((branch, newest.saturating_sub(self.pick(4))))
    }

    async fn refresh(&mut self, number: usize) {
        let (now, mode) = (self.now(), self.mode);
        let Some((branch, generation)) = self.pick_token(number) else { return };
        let grant = &mut self.grants[number];
        let line = &mut grant.lines[branch];
        let (tokens, issued_at) = &line.generations[generation];
        let alive = !grant.ended && now < issued_at + REFRESH_SECONDS;
        let rotates = alive && line.is_current(generation);
        let forgiven = alive && !rotates && line.forgives(mode, generation, now);
        let answer = self.server.public(grant.flow.refresh(text(tokens, "refresh_token"))).await;
        self.history.push(format!("refresh {number} with {branch}.{generation}: {}", answer.status));
        assert_eq!(answer.status, if rotates || forgiven { 200 } else { 400 }, "{mode:?} {:?}", self.history);
        if rotates {
            line.generations.push((answer.json(), now));
            line.first_uses.push(now);
            line.seen = false;
        } else if forgiven {
            *line.repetitions.entry(generation).or_default() += 1;
            grant.lines.push(Line::begin(answer.json(), now));
        } else {
            assert_eq!(answer.error().as_deref(), Some("invalid_grant"), "{:?}", self.history);
            grant.ended |= alive && now - line.first_uses[generation] > 5;
        }
    }

    async fn revoke(&mut self, number: usize) {
        let Some((branch, generation)) = self.pick_token(number) else { return };
        let name = ["access_token", "refresh_token"][self.pick(2)];
        let client = (self.grants[number].client + self.pick(2)) % self.clients.len();
        let grant = &mut self.grants[number];
        let form = [("token", text(&grant.lines[branch].generations[generation].0, name))];
        self.server.public(self.clients[client].form("/oauth2/revoke", &form)).await.expect(200);
        self.history.push(format!("client {client} revokes {name} {branch}.{generation} of {number}"));
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

    /// Every token of every grant, as introspection and userinfo see it. To look at a token is to use it.
    async fn check(&mut self) {
        let (now, mode) = (self.now(), self.mode);
        for (number, grant) in self.grants.iter_mut().enumerate() {
            for (branch, line) in grant.lines.iter_mut().enumerate() {
                for generation in 0..line.generations.len() {
                    let tokens = line.generations[generation].0.clone();
                    for (name, at) in [
                        ("access_token", "introspection"),
                        ("refresh_token", "introspection"),
                        ("access_token", "userinfo"),
                    ] {
                        let expected = !grant.ended && line.counts(mode, generation, name, now);
                        let counts = counts_at(&self.server, at, text(&tokens, name)).await;
                        let history = &self.history;
                        assert_eq!(counts, expected, "{name} {branch}.{generation} of {number} at {at}: {history:?}");
                        line.seen |= counts && generation > 0 && line.is_current(generation);
                    }
                }
            }
        }
    }
}

async fn counts_at(server: &TestServer, at: &str, token: &str) -> bool {
    if at == "introspection" {
        return server.introspect(token).await["active"] == true;
    }
    let status = server.public(Call::get("/userinfo").bearer(token)).await.status;
    assert!(matches!(status, 200 | 401), "{status}");
    status == 200
}

/// Lives so many steps; answers how many branches besides the first there were.
async fn live(server: &TestServer, mode: Mode, seed: u64, steps: usize) -> usize {
    let clients = vec![confidential(server).await, register(server, "other", &serde_json::json!({})).await];
    let rng = Rng::seeded(seed);
    let mut world = World { server: server.clone(), mode, clients, grants: Vec::new(), rng, history: Vec::new() };
    for _ in 0..steps {
        world.step().await;
        // Whoever looks all the time never sees what is forgiven as long as nobody looks.
        if world.pick(3) == 0 {
            world.check().await;
        }
    }
    world.check().await;
    world.grants.iter().map(|grant| grant.lines.len().saturating_sub(1)).sum()
}

#[tokio::test]
async fn random_lives_of_grants_agree_with_the_oracle() {
    for mode in MODES {
        let mut branches = 0;
        for seed in 0..10 {
            let server = TestServer::with(|config| mode.configure(config)).await;
            branches += live(&server, mode, 1000 + seed, 150).await;
        }
        assert_eq!(branches > 5, mode != Mode::Strict, "{mode:?}: {branches} branches");
    }
}

#[tokio::test]
async fn random_lives_of_grants_agree_with_the_oracle_on_each_database() {
    for mode in MODES {
        TestServer::each_database_with(
            |config| mode.configure(config),
            async |server| {
                live(server, mode, 77, 120).await;
            },
        )
        .await;
    }
}
