//! `symbolon keys rotate`: new signing keys, for one algorithm or all.

use clap::Args;
use serde_json::json;
use symbolon_client::{KeyRotation, RotatedKey};

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::CommandResult;

/// Flags of `keys rotate`.
#[derive(Debug, Args)]
pub(crate) struct RotateArguments {
    /// Only the keys of this algorithm, such as ES256
    #[arg(long, value_name = "ALGORITHM")]
    alg: Option<String>,
    /// Only one of the two sets of keys
    #[arg(long, value_name = "SET", value_parser = ["id-token", "access-token"])]
    set: Option<String>,
    /// Let the new keys sign at once, although caches of the key set do not know them yet
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: RotateArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let rotation = KeyRotation { algorithm: arguments.alg, set: arguments.set, immediately: arguments.now };
    let keys = admin.rotate_signing_keys(&rotation).await?;
    arguments.connection.print(&shown(&keys))
}

fn shown(keys: &[RotatedKey]) -> CommandResult {
    let mut rows = Vec::new();
    for key in keys {
        if !rows.is_empty() {
            rows.push(("", String::new()));
        }
        rows.extend([
            ("KEY ID", key.kid.clone()),
            ("SET", key.set.clone()),
            ("ALGORITHM", key.alg.clone()),
            ("STATE", key.state.clone()),
            ("SIGNS FROM", key.activates_at.clone()),
        ]);
        for old in &key.replaces {
            let told = format!("{} (signs until {}, published until {})", old.kid, old.retires_at, old.published_until);
            rows.push(("REPLACES", told));
        }
    }
    let ids: Vec<_> = keys.iter().map(|key| key.kid.as_str()).collect();
    CommandResult { rows, object: json!({ "keys": keys }), id: ids.join("\n") }
}
