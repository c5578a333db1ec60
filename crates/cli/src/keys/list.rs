//! `symbolon keys list`: the signing keys, their states, and when the next ones are due.

use clap::Args;
use serde_json::json;
use symbolon_client::ListedKey;

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::{CommandResult, ListResult};

const COLUMNS: &[&str] =
    &["KEY ID", "SET", "ALGORITHM", "USE", "STATE", "AGE", "CREATED", "SIGNS FROM", "SIGNS UNTIL", "NEXT ROTATION"];

/// Flags of `keys list`.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: ListArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let found = admin.signing_keys().await?;
    let mut list = ListResult::of(found.keys.iter().map(shown).collect(), COLUMNS);
    list.object = json!(found);
    list.about = vec![("ROTATION PERIOD", period(found.rotation_period_seconds))];
    arguments.connection.print_list(&list)
}

fn shown(key: &ListedKey) -> CommandResult {
    let moment = |moment: &Option<String>| moment.clone().unwrap_or_else(|| "-".to_owned());
    let values = [
        key.kid.clone(),
        key.set.clone(),
        key.alg.clone(),
        key.purpose.clone(),
        key.state.clone(),
        days(key.age_seconds),
        key.created_at.clone(),
        key.activates_at.clone(),
        moment(&key.retires_at),
        moment(&key.next_rotation_at),
    ];
    CommandResult {
        rows: COLUMNS.iter().copied().zip(values).collect(),
        object: serde_json::Value::Null,
        id: key.kid.clone(),
    }
}

fn period(seconds: i64) -> String {
    if seconds == 0 { "off".to_owned() } else { days(seconds) }
}

/// In days, or in hours where it is less than two days.
fn days(seconds: i64) -> String {
    let hours = seconds / 3600;
    if hours < 48 { format!("{hours}h") } else { format!("{}d", hours / 24) }
}
