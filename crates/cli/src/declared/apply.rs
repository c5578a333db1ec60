//! `symbolon apply`: makes a server have the clients that files declare.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::carry_out::{Outcome, carry_out};
use super::difference::{self, Action, Change, Plan};
use super::{ApplyFlags, all, document, wanted};
use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;

/// Flags of `apply`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  What would be changed; the exit code is 2 if there is anything
    symbolon apply -f clients.yaml --endpoint http://127.0.0.1:4445 --dry-run

  All files of a folder, and clients that are in none of them any more go
    symbolon apply -f clients/ --endpoint http://127.0.0.1:4445 --prune --yes")]
pub(crate) struct ApplyArguments {
    /// A file in YAML or JSON, a folder of such files, or '-' for standard input; may be repeated
    #[arg(short, long, value_name = "FILE", required = true)]
    filename: Vec<PathBuf>,
    #[command(flatten)]
    flags: ApplyFlags,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: ApplyArguments) -> Result<(), Failure> {
    let ApplyArguments { filename, flags, endpoint, connection } = arguments;
    let admin = connection.admin(&endpoint)?;
    let wanted = document::read(&filename).and_then(|entries| wanted::check(entries, &flags.set)).map_err(several)?;
    let current = all(&admin).await?;
    let plan = difference::plan(wanted, &current, &flags).map_err(several)?;
    let deletions = plan.changes.iter().filter(|change| matches!(change.action, Action::Delete { .. })).count();
    if flags.dry_run || (deletions > 0 && !flags.yes) {
        connection.print_text(&object(&plan, None), || text(&plan, None), &ids(&plan))?;
        return match plan.changes.len() {
            0 => Ok(()),
            _ if flags.dry_run => Err(Failure::Outstanding),
            _ => Err(Failure::message(format!(
                "nothing was changed: {deletions} of the clients above would be deleted; say --yes, too, if they shall be"
            ))),
        };
    }
    let outcome = carry_out(&admin, &plan.changes).await;
    connection.print_text(&object(&plan, Some(&outcome)), || text(&plan, Some(&outcome)), &outcome.done)?;
    outcome.failure.map_or(Ok(()), Err)
}

fn several(problems: Vec<String>) -> Failure {
    let mut failures: Vec<Failure> = problems.into_iter().map(Failure::Message).collect();
    if failures.len() == 1 { failures.remove(0) } else { Failure::Several(failures) }
}

fn ids(plan: &Plan) -> Vec<String> {
    plan.changes.iter().map(|change| change.id.clone()).collect()
}

/// For people: each change, how many there were, and what is to be said about them.
fn text(plan: &Plan, outcome: Option<&Outcome>) -> String {
    let mut lines: Vec<String> = plan.changes.iter().map(Change::text).collect();
    let total = plan.changes.len();
    let unchanged = plan.unchanged;
    lines.push(match outcome {
        _ if total == 0 => format!("Nothing differs: {unchanged} clients are as declared."),
        None => format!("{total} changes are outstanding, {unchanged} clients are as declared."),
        Some(outcome) => {
            format!("{} of {total} changes are done, {unchanged} clients were as declared.", outcome.done.len())
        }
    });
    for (id, secret) in outcome.into_iter().flat_map(|outcome| &outcome.secrets) {
        lines.push(format!("The secret of {id}, which is shown only now: {}", secret.expose()));
    }
    lines.join("\n")
}

/// For programs.
fn object(plan: &Plan, outcome: Option<&Outcome>) -> Value {
    let secrets = outcome.into_iter().flat_map(|outcome| &outcome.secrets);
    let secrets: serde_json::Map<_, _> = secrets.map(|(id, secret)| (id.clone(), json!(secret.expose()))).collect();
    json!({
        "changes": plan.changes.iter().map(Change::object).collect::<Vec<_>>(),
        "unchanged": plan.unchanged,
        "done": outcome.map_or(&[][..], |outcome| &outcome.done),
        "generated_secrets": secrets,
    })
}
