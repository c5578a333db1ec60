//! `symbolon audit`: what can be done with an audit log. Only files are read; no server is asked.

mod verify;

use clap::Subcommand;

use crate::failure::Failure;

/// What to do with an audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Find lines that were altered, removed, moved or cut off
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(verify::VerifyArguments),
}

pub(crate) fn run(what: &AuditCommand) -> Result<(), Failure> {
    match what {
        AuditCommand::Verify(arguments) => verify::run(arguments),
    }
}

const VERIFY_EXAMPLES: &str = "Examples:
  A log that was rotated, the oldest file first
    symbolon audit verify /var/log/symbolon/audit.jsonl.2 /var/log/symbolon/audit.jsonl.1 \\
      /var/log/symbolon/audit.jsonl

  The newest file alone, after what an earlier check printed
    symbolon audit verify /var/log/symbolon/audit.jsonl --after 5120:9f86d081884c7d65...

The log must have been written with symbolon.audit.chain. Whoever can write the files can also make a
whole new chain: keep the printed number and hash of the newest line somewhere else, and give them
as --last (or --after) at the next check.";
