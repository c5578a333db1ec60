//! Every route with requests that are nearly good. The corpus is walked in order: as it is, so that logins, codes and
//! tokens come about and later requests can use them, and changed in all the ways in which requests are wrong. Whatever
//! is sent, the answer is no 5xx, nothing panics, and time and memory of one request are bounded.
//!
//! `SYMBOLON_FUZZ_SECONDS` is the length of a run, 12 seconds by itself; `SYMBOLON_FUZZ_SEED` begins elsewhere. With
//! `SYMBOLON_GOLDEN`, a folder of recorded exchanges, their requests are part of the corpus.

mod corpus;
mod pool;
mod recorded;
mod request;
mod server;
mod wrong;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use symbolon_fuzz::Mutator;

use pool::Pool;
use request::Template;
use server::TestServer;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// A request that takes longer waits for something, or computes more than it should. The machine may be busy.
const LONGEST: Duration = Duration::from_secs(10);
/// More than one request may take: a password hash is 19 MiB of it.
const MOST_MEMORY_BYTES: usize = 64 << 20;
/// Changed copies of each request of the corpus, in one walk.
const CHANGES: usize = 3;

#[allow(clippy::disallowed_methods, reason = "the settings of the test run")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn number(name: &str) -> Option<u64> {
    setting(name).and_then(|text| text.parse().ok())
}

struct Run {
    server: TestServer,
    pool: Pool,
    mutator: Mutator,
    statuses: BTreeSet<u16>,
    requests: usize,
}

impl Run {
    async fn send(&mut self, template: &Template) {
        let Some(sent) = template.fill(&self.pool, &self.mutator) else { return };
        let shown = sent.to_string();
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        let begun = Instant::now();
        let answer = tokio::time::timeout(LONGEST, self.server.send(sent)).await;
        let answer = answer.unwrap_or_else(|_| panic!("no answer within {LONGEST:?} to {shown}"));
        let grown = ALLOCATOR.peak_usage().saturating_sub(before);
        assert!(begun.elapsed() < LONGEST, "{:?} for {shown}", begun.elapsed());
        assert!(grown < MOST_MEMORY_BYTES, "{grown} bytes of memory for {shown}");
        assert!(answer.status < 500, "status {} with {:?} for {shown}", answer.status, answer.text());
        self.statuses.insert(answer.status);
        self.requests += 1;
        self.pool.learn(&answer);
    }

    async fn walk(&mut self, corpus: &[Template], until: Instant) {
        for template in corpus {
            self.send(template).await;
            for _ in 0..CHANGES {
                let changed = wrong::changed(template, &self.mutator, &self.pool);
                self.send(&changed).await;
            }
            if Instant::now() > until {
                return;
            }
        }
    }
}

#[tokio::test]
async fn no_request_breaks_the_provider() {
    let until = Instant::now() + Duration::from_secs(number("SYMBOLON_FUZZ_SECONDS").unwrap_or(12));
    let mutator = Mutator::new(number("SYMBOLON_FUZZ_SEED").unwrap_or(1));
    let server = TestServer::start().await;
    let mut run = Run { server, pool: Pool::default(), mutator, statuses: BTreeSet::new(), requests: 0 };
    let own = corpus::requests();
    let recorded = recorded::requests();
    for template in &own {
        run.send(template).await;
    }
    // Requests reach what is behind the first check only if the walk brings about what they need.
    for name in
        ["login_challenge", "consent_challenge", "code", "access_token", "refresh_token", "id_token", "device_code"]
    {
        assert!(run.pool.knows(name), "the corpus brings about no {name}");
    }
    while Instant::now() < until {
        run.walk(&own, until).await;
        run.walk(&recorded, until).await;
    }
    for status in [200, 201, 302, 400, 401, 404, 405] {
        assert!(run.statuses.contains(&status), "no answer had the status {status}: {:?}", run.statuses);
    }
    assert!(run.requests > 300, "{} requests", run.requests);
}
