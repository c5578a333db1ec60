//! The audit log as it is written: one line, one write, before the answer leaves. What cannot be written is counted and told
//! to the program's own log; no request waits for it or fails for it.

use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use super::chain::Chain;
use super::event::Event;
use super::line::{About, Line};
use crate::config::Audit;
use crate::line_file::{LineFile, STANDARD_OUTPUT};

/// The audit log of a server.
#[derive(Debug)]
pub(crate) struct AuditLog {
    state: Mutex<State>,
    written: AtomicU64,
    failed: AtomicU64,
}

#[derive(Debug)]
struct State {
    file: LineFile,
    chain: Option<Chain>,
    /// The line that is being made: kept, so that not each one needs memory of its own.
    line: Vec<u8>,
}

impl AuditLog {
    /// Opens the log that configuration names, if it names one. The error names the key.
    pub(crate) fn open(audit: &Audit) -> Result<Option<Self>, String> {
        if let Some(fault) = chain_without_file(audit) {
            return Err(fault);
        }
        let Some(named) = &audit.file else { return Ok(None) };
        let file = LineFile::open(named).map_err(|fault| format!("symbolon.audit.file: {fault}"))?;
        let chain = match file.path() {
            Some(path) if audit.chain => {
                Some(Chain::resume(path).map_err(|fault| format!("symbolon.audit.chain: {fault}"))?)
            }
            _ => None,
        };
        let state = Mutex::new(State { file, chain, line: Vec::with_capacity(1024) });
        Ok(Some(Self { state, written: AtomicU64::new(0), failed: AtomicU64::new(0) }))
    }

    /// Tells what would keep [`AuditLog::open`] from opening it, and makes no file. The error names the key.
    pub(crate) fn check(audit: &Audit) -> Result<(), String> {
        if let Some(fault) = chain_without_file(audit) {
            return Err(fault);
        }
        let named = audit.file.as_deref().map_or(Ok(()), LineFile::check);
        named.map_err(|fault| format!("symbolon.audit.file: {fault}"))
    }

    /// Writes an event.
    pub(crate) fn record(&self, about: &About<'_>, event: &Event<'_>) {
        match self.state.lock().write(about, event) {
            Ok(()) => _ = self.written.fetch_add(1, Ordering::Relaxed),
            Err(fault) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                tracing::error!(%fault, "a line of the audit log could not be written");
            }
        }
    }

    /// How many lines were written, and how many could not be.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.written.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed))
    }
}

impl State {
    fn write(&mut self, about: &About<'_>, event: &Event<'_>) -> std::io::Result<()> {
        let Self { file, chain, line } = self;
        line.clear();
        line.extend_from_slice(chain.as_mut().map_or(&b""[..], Chain::mend));
        let begins = line.len();
        let link = chain.as_ref().map(Chain::next);
        serde_json::to_writer(&mut *line, &Line::new(about, event, link))?;
        line.push(b'\n');
        let outcome = file.write(line);
        match (chain, outcome) {
            (Some(chain), Ok(())) => chain.written(&line[begins..line.len() - 1]),
            (Some(chain), Err(fault)) => {
                chain.interrupted();
                Err(fault)
            }
            (None, outcome) => outcome,
        }
    }
}

/// A chain that went on from nothing at each start would prove nothing.
fn chain_without_file(audit: &Audit) -> Option<String> {
    let file = audit.file.as_deref().is_some_and(|named| named != STANDARD_OUTPUT);
    (audit.chain && !file).then(|| {
        "symbolon.audit.chain: a chain goes on from the end of a file: set symbolon.audit.file to a path, or \
         symbolon.audit.chain to false"
            .to_owned()
    })
}
