//! `symbolon import hydra`: brings a database of Ory Hydra over. What is read and written is the server's business
//! (`symbolon_server::hydra_import`); here are the flags, the progress line and the report.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use symbolon_client::{Rng, Secret};
use symbolon_server::Server;
use symbolon_server::clock::Clock;
use symbolon_server::config::{Overrides, load};
use symbolon_server::hydra_import::{HydraSecrets, ImportFault, ImportOrder, ImportReport};

use crate::environment;
use crate::failure::Failure;
use crate::output::{FORMAT_HELP, Format, print_line};
use crate::secret::{DataSource, HydraDatabase, SecretFlags, source};

/// Flags of `import hydra`.
#[derive(Debug, Args)]
pub(crate) struct HydraArguments {
    #[command(flatten)]
    from: SecretFlags<HydraDatabase>,
    /// Configuration file of Symbolon, for which Hydra's own will do; may be repeated, later files win
    #[arg(short, long, value_name = "FILE")]
    config: Vec<PathBuf>,
    #[command(flatten)]
    dsn: SecretFlags<DataSource>,
    /// The secrets that Hydra ran with, if they are not those of the configuration: Hydra's configuration, or a file with
    /// one system secret a line, the newest first
    #[arg(long, value_name = "FILE")]
    secrets_file: Option<PathBuf>,
    /// The id of the network (tenant) to bring, if the database has several
    #[arg(long, value_name = "ID")]
    network: Option<String>,
    /// Read and open everything, write nothing
    #[arg(long)]
    dry_run: bool,
    #[arg(long, default_value = "table", value_name = "FORMAT", help = FORMAT_HELP)]
    format: Format,
}

impl From<ImportFault> for Failure {
    fn from(fault: ImportFault) -> Self {
        Self::message(fault.to_string())
    }
}

pub(crate) async fn run(arguments: HydraArguments) -> Result<(), Failure> {
    let from = arguments.from.read_required("database of Hydra")?;
    // What an issuer must look like is checked when the server starts; here it may be one of a rehearsal.
    let mut overrides = Overrides::default().set("dev", "true");
    if let Some(dsn) = arguments.dsn.read()? {
        overrides = overrides.set("dsn", dsn.expose().clone());
    } else if arguments.dry_run {
        overrides = overrides.set("dsn", "memory");
    }
    if arguments.dry_run {
        // Seals what is gone at the end.
        overrides.development_secret = Some(Secret::new(Rng::system().token(32)));
    }
    let config = load(&arguments.config, environment::variables(), &overrides)
        .map_err(|error| Failure::message(error.to_string()))?;
    let secrets = match &arguments.secrets_file {
        Some(file) => HydraSecrets::parse(source::read_text(file, "secrets-file")?.expose())?,
        None => HydraSecrets::of_config(&config.secrets),
    };
    let order = ImportOrder {
        from: from.expose().clone(),
        network: arguments.network,
        secrets,
        dry_run: arguments.dry_run,
        clock: Clock::system(),
        store: None,
    };
    let mut line = ProgressLine::default();
    let report =
        Box::pin(Server::import_hydra(config, order, &mut |kind, read, total| line.show(kind, read, total))).await;
    line.end();
    let report = report?;
    print_line(&arguments.format.text(&object(&report), || table(&report))?)?;
    if report.is_complete() { Ok(()) } else { Err(Failure::Incomplete) }
}

/// How far it is, on one line of a terminal that is written over; nothing where nobody looks.
#[derive(Default)]
struct ProgressLine {
    shown: bool,
}

impl ProgressLine {
    fn show(&mut self, kind: &str, read: u64, total: u64) {
        const WIDTH: u64 = 30;
        let mut output = std::io::stderr().lock();
        if !output.is_terminal() {
            return;
        }
        self.shown = true;
        let done = usize::try_from((read * WIDTH).checked_div(total).unwrap_or(WIDTH).min(WIDTH)).unwrap_or_default();
        let bar = format!("{}{}", "#".repeat(done), ".".repeat(30 - done));
        // A terminal that is gone is no reason to stop.
        let _ = write!(output, "\r{kind:<24} [{bar}] {read} of {total}   ");
        let _ = output.flush();
    }

    fn end(&self) {
        if self.shown {
            let _ = writeln!(std::io::stderr().lock());
        }
    }
}

fn table(report: &ImportReport) -> String {
    let mut lines = vec![format!(
        "{:<24} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "NEW", "CHANGED", "KNOWN", "ENDED", "OVER", "LEFT OUT"
    )];
    for (kind, counted) in &report.kinds {
        let left_out: u64 = counted.left_out.values().map(|(count, _)| count).sum();
        lines.push(format!(
            "{kind:<24} {:>9} {:>9} {:>9} {:>9} {:>9} {left_out:>9}",
            counted.taken, counted.followed, counted.known, counted.ended, counted.over
        ));
    }
    for (kind, counted) in &report.kinds {
        for (reason, (count, names)) in &counted.left_out {
            lines.push(format!("{kind}: {count} left out, {reason}: {}", names.join(", ")));
        }
    }
    lines.join("\n")
}

fn object(report: &ImportReport) -> Value {
    let kind = |(name, counted): (&&str, &symbolon_server::hydra_import::Counted)| {
        let left_out: Vec<Value> = counted
            .left_out
            .iter()
            .map(|(reason, (count, names))| json!({ "reason": reason, "count": count, "first": names }))
            .collect();
        let value = json!({
            "new": counted.taken,
            "changed": counted.followed,
            "known": counted.known,
            "ended": counted.ended,
            "over": counted.over,
            "left_out": left_out,
        });
        ((*name).to_owned(), value)
    };
    Value::Object(report.kinds.iter().map(kind).collect())
}
