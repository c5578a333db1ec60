//! The hostile clients in a process of their own. It ends when its standard input does, and then writes how often each kind
//! did what it does: a count, a blank and the kind in each line.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::Fault;
use super::hostile;
use super::server::Target;

/// Hostile clients that run.
pub(super) struct Apart(Child);

/// Starts them.
pub(super) fn start(program: &Path, target: &Target) -> Result<Apart, Fault> {
    let mut command = Command::new("nice");
    command.args(["-n", "19"]).arg(program).arg("hostile").arg(target.public.to_string()).arg(target.admin.to_string());
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn();
    child.map(Apart).map_err(|fault| format!("nice: {fault}").into())
}

impl Apart {
    /// Waits until they have stopped; answers how often each did what it does.
    pub(super) async fn end(mut self) -> Result<Vec<(String, u64)>, Fault> {
        drop(self.0.stdin.take());
        let mut text = String::new();
        if let Some(mut output) = self.0.stdout.take() {
            output.read_to_string(&mut text).await?;
        }
        if !self.0.wait().await?.success() {
            return Err("the hostile clients could not run".into());
        }
        let counted =
            |line: &str| line.split_once(' ').and_then(|(count, kind)| Some((kind.to_owned(), count.parse().ok()?)));
        text.lines().map(|line| counted(line).ok_or_else(|| Fault::from(format!("no count: {line}")))).collect()
    }
}

/// Is the hostile clients of the server at these addresses, until standard input ends.
pub async fn serve_hostile(public: SocketAddr, admin: SocketAddr) -> Result<(), Fault> {
    let target = Arc::new(Target::at(public, admin));
    let (stop, stopped) = watch::channel(false);
    let hostile = hostile::start(&target, &stopped);
    tokio::io::copy(&mut tokio::io::stdin(), &mut tokio::io::sink()).await?;
    let _ = stop.send(true);
    let mut output = std::io::stdout().lock();
    for (kind, count) in hostile.end().await {
        writeln!(output, "{count} {kind}")?;
    }
    Ok(())
}
