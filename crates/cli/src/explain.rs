//! `symbolon explain`: what happened to a request, from what the audit log and the access log have of it.

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;
use symbolon_server::explain::{Explanation, Refusal, explain};

use crate::configuration::ConfigurationFlags;
use crate::failure::Failure;
use crate::output::{FORMAT_HELP, Format, print_line};

/// Flags of `explain`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  The id is on the error page, and in the header X-Request-Id of every answer
    symbolon explain kq3vXw2p-1f -c /etc/symbolon.yaml

  From files that were copied from elsewhere
    symbolon explain kq3vXw2p-1f --file audit.jsonl --file access.jsonl

Without --file the logs of the configuration are read (symbolon.audit.file, symbolon.access_log.file),
with their older files FILE.1, FILE.2 and so on.")]
pub(crate) struct ExplainArguments {
    /// The name of the request
    #[arg(value_name = "REQUEST_ID")]
    request_id: String,
    /// A file of the audit log or of the access log, in the place of those of the configuration
    #[arg(long, value_name = "FILE")]
    file: Vec<PathBuf>,
    #[command(flatten)]
    configuration: ConfigurationFlags,
    #[arg(long, default_value = "table", hide_default_value = true, value_name = "FORMAT", help = FORMAT_HELP)]
    format: Format,
}

pub(crate) fn run(arguments: &ExplainArguments) -> Result<(), Failure> {
    let ExplainArguments { request_id, file, configuration, format } = arguments;
    let files = if file.is_empty() { configured(configuration)? } else { file.clone() };
    let mut lines = Vec::new();
    for file in &files {
        collect(file, request_id, &mut lines)
            .map_err(|fault| Failure::message(format!("{}: {fault}", file.display())))?;
    }
    let Some(explanation) = explain(request_id, &lines) else { return Err(absent(request_id, &files)) };
    let object = serde_json::to_value(&explanation).map_err(|fault| Failure::message(fault.to_string()))?;
    print_line(&format.text(&object, || text(&explanation))?)
}

/// The files of the configuration that are there, the oldest first.
fn configured(flags: &ConfigurationFlags) -> Result<Vec<PathBuf>, Failure> {
    let config = flags.sources()?.read().into_config().map_err(|fault| Failure::message(fault.to_string()))?;
    let named = [&config.symbolon.audit.file, &config.symbolon.access_log.file];
    let named: Vec<&str> = named.into_iter().flatten().map(String::as_str).filter(|file| *file != "stdout").collect();
    if named.is_empty() {
        let text = "the configuration names no file for the audit log or the access log: set symbolon.audit.file or \
                    symbolon.access_log.file, or name the files with --file";
        return Err(Failure::message(text));
    }
    Ok(named.into_iter().flat_map(with_older).collect())
}

/// A file with the older ones that a program which rotates logs left beside it.
fn with_older(file: &str) -> Vec<PathBuf> {
    let older = (1..).map(|number| PathBuf::from(format!("{file}.{number}"))).take_while(|file| file.exists());
    let mut files: Vec<PathBuf> = std::iter::once(PathBuf::from(file)).chain(older).collect();
    files.reverse();
    files
}

/// Adds the lines of the request. What is no JSON is passed over: a log may have been cut off.
fn collect(file: &Path, request_id: &str, lines: &mut Vec<Value>) -> io::Result<()> {
    let mut reader = BufReader::new(std::fs::File::open(file)?);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        // Most lines are about others, and need not be read as JSON.
        let names_it = line.windows(request_id.len().max(1)).any(|part| part == request_id.as_bytes());
        if names_it && let Ok(value) = serde_json::from_slice(&line) {
            lines.push(value);
        }
        line.clear();
    }
    Ok(())
}

fn absent(request_id: &str, files: &[PathBuf]) -> Failure {
    let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    Failure::message(format!(
        "nothing about the request {request_id} in {}: compare the id with the header X-Request-Id or the error page; each node \
         writes its own files, and an id begins with the name of its node; the request may also be older than these files",
        files.join(", ")
    ))
}

fn text(explanation: &Explanation) -> String {
    let Explanation { request_id, time, request, address, client_id, trace_id, decisions, refusal } = explanation;
    let mut lines = vec![format!("Request {request_id}")];
    let rows = [("When", time), ("What", request), ("From", address), ("Client", client_id), ("Trace", trace_id)];
    lines.extend(rows.iter().filter_map(|(name, value)| Some(format!("  {name:<8}{}", value.as_ref()?))));
    if !decisions.is_empty() {
        lines.push("\nDecided".to_owned());
    }
    for decision in decisions {
        lines.push(format!("  {}: {}", decision.event, decision.meaning));
        lines.extend(decision.details.iter().map(|(name, value)| format!("    {name}: {}", plain(value))));
    }
    match refusal {
        Some(refusal) => lines.extend(refused(refusal)),
        None => lines.push("\nIt was not refused.".to_owned()),
    }
    lines.join("\n")
}

fn refused(refusal: &Refusal) -> Vec<String> {
    let Refusal { error, told, not_told, check, section, change } = refusal;
    let rows = [
        ("Error", Some(error)),
        ("Told", Some(told)),
        ("Not told", Some(not_told)),
        ("Check", check.as_ref()),
        ("Rule", section.as_ref()),
        ("Change", Some(change)),
    ];
    let rows = rows.into_iter().filter_map(|(name, value)| Some((name, value?))).filter(|(_, value)| !value.is_empty());
    let rows = rows.map(|(name, value)| format!("  {name:<10}{}", value.replace('`', "")));
    std::iter::once("\nRefused".to_owned()).chain(rows).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
