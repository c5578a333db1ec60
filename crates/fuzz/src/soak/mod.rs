//! A soak test: clients that behave, for a while alone and then beside slow, broken and hostile ones, all over real
//! connections. What it measures is what the good ones notice of the others. The hostile ones are a process of its own, of
//! low priority: on the internet they have machines of their own, and what they make the provider do counts all the same.

mod apart;
mod hostile;
mod latencies;
mod normal;
mod server;
mod wire;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub use apart::serve_hostile;
pub use latencies::Latencies;

/// Clients that behave.
const NORMAL: usize = 4;

/// How long it runs.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The good clients alone.
    pub alone: Duration,
    /// All together.
    pub together: Duration,
}

/// What the good clients saw.
#[derive(Debug)]
pub struct Report {
    /// While they were alone.
    pub alone: Latencies,
    /// Beside the others.
    pub together: Latencies,
    /// What the others did, by kind.
    pub hostile: Vec<(String, u64)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "good clients alone:    {}", self.alone)?;
        writeln!(f, "beside hostile ones:   {}", self.together)?;
        for (kind, count) in &self.hostile {
            writeln!(f, "  {kind}: {count}")?;
        }
        Ok(())
    }
}

/// A fault that ends the run: what could not be set up, or what a good client was refused.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Runs the plan. `program` is the `soak` command, which is started once more for the hostile clients.
pub async fn run(plan: Plan, program: &Path) -> Result<Report, Fault> {
    let server = server::TestServer::start().await?;
    let target = Arc::new(server.target().await?);
    let alone = normal::run(&target, NORMAL, plan.alone).await?;
    let hostile = apart::start(program, &target)?;
    let together = normal::run(&target, NORMAL, plan.together).await;
    let counts = hostile.end().await?;
    let together = together?;
    server.stop().await?;
    Ok(Report { alone, together, hostile: counts })
}
