//! `symbolon config`: what a server would make of its configuration, without serving. [`check`] tells what is wrong,
//! [`show`] which values hold, and `schema` what a file may have. [`reload`] is for a server that runs.

mod check;
mod reload;
mod show;

use clap::Subcommand;
use serde_json::{Value, json};
use symbolon_server::config::Place;

use crate::failure::Failure;
use crate::output::print_line;

/// What to do with a configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Tell everything that is wrong with a configuration, and where it stands
    #[command(after_help = CHECK_EXAMPLES)]
    Check(check::CheckArguments),
    /// Show the values that a server would use, and where each comes from; secrets are hidden
    #[command(after_help = SHOW_EXAMPLES)]
    Show(show::ShowArguments),
    /// Print the JSON Schema of configuration files, for editors and other programs
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema,
    /// Make a running server read its configuration again, as at SIGHUP
    #[command(after_help = RELOAD_EXAMPLES)]
    Reload(reload::ReloadArguments),
}

pub(crate) async fn run(what: ConfigCommand) -> Result<(), Failure> {
    match what {
        ConfigCommand::Check(arguments) => check::run(&arguments),
        ConfigCommand::Show(arguments) => show::run(&arguments),
        ConfigCommand::Reload(arguments) => reload::run(arguments).await,
        ConfigCommand::Schema => print_line(&format!("{:#}", symbolon_server::config::schema())),
    }
}

const CHECK_EXAMPLES: &str = "Examples:
  symbolon config check -c /etc/symbolon.yaml

  With the flags that the server gets, before it is restarted with them
    symbolon config check -c /etc/symbolon.yaml --set ttl.access_token=15m --format json";

const SHOW_EXAMPLES: &str = "Examples:
  What was set, and what follows from it
    symbolon config show -c /etc/symbolon.yaml

  All keys of a section, with those that nobody set
    symbolon config show -c /etc/symbolon.yaml --all ttl

  As JSON
    symbolon config show -c /etc/symbolon.yaml --format json";

const RELOAD_EXAMPLES: &str = "Examples:
  symbolon config reload --endpoint http://127.0.0.1:4445";

const SCHEMA_EXAMPLES: &str = "Examples:
  symbolon config schema > symbolon.schema.json

  An editor with yaml-language-server then completes and checks a file that begins with
    # yaml-language-server: $schema=symbolon.schema.json";

/// A place as an object.
fn place_object(place: &Place) -> Value {
    match place {
        Place::File { file, line } => json!({ "kind": "file", "file": file.display().to_string(), "line": line }),
        Place::Environment(name) => json!({ "kind": "environment", "variable": name }),
        Place::Flag => json!({ "kind": "command_line" }),
        Place::Preset(switch) => json!({ "kind": "preset", "key": switch }),
    }
}
