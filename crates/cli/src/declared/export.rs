//! `symbolon export`: the clients of a server as files that `symbolon apply` reads. Secrets are not in them; nobody can read
//! them again.

use clap::Args;
use serde_json::{Map, Value, json};
use symbolon_types::Client;

use super::{all, mark, members};
use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::{Format, print_line};

/// Flags of `export`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  symbolon export --endpoint http://127.0.0.1:4445 > clients.yaml

  What one set of files declared, as JSON
    symbolon export --endpoint http://127.0.0.1:4445 --set shop --format json-pretty

Secrets are not part of it. Without --format the result is YAML.")]
pub(crate) struct ExportArguments {
    /// Only the clients that were applied under this name
    #[arg(long, value_name = "NAME", value_parser = super::set_name)]
    set: Option<String>,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: ExportArguments) -> Result<(), Failure> {
    let ExportArguments { set, endpoint, connection } = arguments;
    let unwritable = |error: &dyn std::fmt::Display| Failure::message(format!("a client cannot be written: {error}"));
    let unsaid = members::of(&Client::default()).map_err(|error| unwritable(&error))?;
    let mut clients = Vec::new();
    for client in all(&connection.admin(&endpoint)?).await?.values() {
        let written = members::of(client).map_err(|error| unwritable(&error))?;
        if set.is_none() || mark::of(&written) == set.as_deref() {
            clients.push(Value::Object(declared(written, &unsaid)));
        }
    }
    let ids: Vec<String> = clients.iter().filter_map(|client| Some(client["client_id"].as_str()?.to_owned())).collect();
    let object = json!({ "clients": clients });
    match connection.format() {
        // As it is: a null in the metadata of a client says something, too.
        Format::Json => print_line(&object.to_string()),
        Format::JsonPretty => print_line(&format!("{object:#}")),
        Format::Table | Format::Yaml => {
            let yaml = serde_saphyr::to_string(&object).map_err(|error| unwritable(&error))?;
            print_line(yaml.trim_end())
        }
        _ => connection.print_text(&object, String::new, &ids),
    }
}

/// What says something. `client_id` is always there.
fn declared(mut members: Map<String, Value>, unsaid: &Map<String, Value>) -> Map<String, Value> {
    mark::take_away(&mut members);
    members.retain(|name, value| name == "client_id" || (!value.is_null() && unsaid.get(name) != Some(value)));
    members
}
