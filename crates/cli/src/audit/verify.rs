//! `symbolon audit verify`: whether the chain of an audit log is whole.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use symbolon_server::audit::{Anchor, Verdict, verify};

use crate::failure::Failure;
use crate::output::{FORMAT_HELP, Format, print_line};

/// Flags of `audit verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// The files of the log, the oldest first
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Number and hash of the line before the first one; without it the files begin with the first line of all
    #[arg(long, value_name = "NUMBER:HASH", value_parser = anchor)]
    after: Option<Anchor>,
    /// Number and hash of a line that must be there, as noted elsewhere; without it the file FILE.last counts
    #[arg(long, value_name = "NUMBER:HASH", value_parser = anchor)]
    last: Option<Anchor>,
    #[arg(long, default_value = "table", hide_default_value = true, value_name = "FORMAT", help = FORMAT_HELP)]
    format: Format,
}

fn anchor(text: &str) -> Result<Anchor, String> {
    Anchor::parse(text)
        .ok_or_else(|| "give the number of a line and its hash of 64 hexadecimal digits, as 12:9f86…".to_owned())
}

pub(crate) fn run(arguments: &VerifyArguments) -> Result<(), Failure> {
    let VerifyArguments { files, after, last, format } = arguments;
    let verdict = verify(files, after.clone(), last.clone()).map_err(|fault| Failure::message(fault.to_string()))?;
    print_line(&format.text(&object(&verdict), || text(&verdict))?)?;
    match verdict.findings.len() {
        0 => Ok(()),
        1 => Err(Failure::message("the audit log is not as it was written: 1 finding")),
        count => Err(Failure::message(format!("the audit log is not as it was written: {count} findings"))),
    }
}

fn named(anchor: &Anchor) -> String {
    format!("{}:{}", anchor.sequence, anchor.hash)
}

fn object(verdict: &Verdict) -> Value {
    let findings: Vec<Value> = verdict
        .findings
        .iter()
        .map(|finding| json!({ "file": finding.file, "line": finding.line, "problem": finding.problem }))
        .collect();
    json!({
        "valid": findings.is_empty(),
        "lines": verdict.lines,
        "last": verdict.last.as_ref().map(named),
        "findings": findings,
    })
}

fn text(verdict: &Verdict) -> String {
    let findings = verdict.findings.iter().map(|finding| match finding.line {
        0 => finding.problem.clone(),
        line => format!("{}:{line}: {}", finding.file, finding.problem),
    });
    let whole = verdict.findings.is_empty().then(|| format!("The chain is whole: {} lines.", verdict.lines));
    let last = verdict.last.as_ref().map(|last| format!("Newest line: {}", named(last)));
    findings.chain(whole).chain(last).collect::<Vec<_>>().join("\n")
}
