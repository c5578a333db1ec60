//! A soak test: clients that behave, for a while alone and then beside slow, broken and hostile ones, all over real
//! connections to a provider in the same process. What it measures is what the good ones notice of the others.

mod hostile;
mod latencies;
mod normal;
mod server;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use latencies::Latencies;
use tokio::sync::watch;

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
    pub hostile: Vec<(&'static str, u64)>,
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

/// Runs the plan.
pub async fn run(plan: Plan) -> Result<Report, Fault> {
    let server = server::TestServer::start().await?;
    let target = Arc::new(server.target().await?);
    let alone = normal::run(&target, NORMAL, plan.alone).await?;
    let (stop, stopped) = watch::channel(false);
    let hostile = hostile::start(&target, &stopped);
    let together = normal::run(&target, NORMAL, plan.together).await;
    let _ = stop.send(true);
    let counts = hostile.end().await;
    let together = together?;
    server.stop().await?;
    Ok(Report { alone, together, hostile: counts })
}
