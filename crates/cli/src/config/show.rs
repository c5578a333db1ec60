//! `symbolon config show`: the values that a server would use, each with the place that it comes from. Secrets, and
//! passwords in addresses, are not shown.

use clap::Args;
use serde_json::{Map, Value, json};
use symbolon_server::config::keys::{self, Preset};
use symbolon_server::config::{Effective, Origin};

use super::place_object;
use crate::configuration::ConfigurationFlags;
use crate::failure::Failure;
use crate::output::{FORMAT_HELP, Format, print_line};

/// Flags of `config show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// A key, or a section with all keys below it; everything without one
    #[arg(value_name = "KEY")]
    below: Option<String>,
    #[command(flatten)]
    configuration: ConfigurationFlags,
    /// Also the keys that nobody set
    #[arg(long)]
    all: bool,
    #[arg(long, default_value = "table", hide_default_value = true, value_name = "FORMAT", help = FORMAT_HELP)]
    format: Format,
}

pub(crate) fn run(arguments: &ShowArguments) -> Result<(), Failure> {
    let below = arguments.below.as_deref();
    if let Some(path) = below.filter(|path| keys::find(path).is_none() && !keys::is_section(path)) {
        return Err(Failure::message(format!("there is no configuration key or section '{path}'")));
    }
    let reading = arguments.configuration.sources()?.read();
    if let Some(first) = reading.faults().first() {
        return Err(Failure::message(format!("{first}; symbolon config check tells everything that is wrong")));
    }
    let is_below = |key: &str| {
        below.is_none_or(|path| key.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    };
    // Who names one key wants to see it, whoever set it.
    let all = arguments.all || below.is_some_and(|path| keys::find(path).is_some());
    let mut shown = reading.effective();
    shown.retain(|setting| is_below(&setting.key.path) && (all || setting.origin != Origin::Default));
    let object = object(&shown);
    print_line(&arguments.format.text(&object, || text(&shown))?)
}

fn text(shown: &[Effective]) -> String {
    let rows: Vec<_> = shown.iter().map(|one| (one.key.path.as_str(), value_text(one), origin_text(one))).collect();
    let width = |length: fn(&(&str, String, String)) -> usize| rows.iter().map(length).max().unwrap_or_default();
    // A long list does not push the origins of all others out of sight.
    let (path_width, value_width) = (width(|row| row.0.len()), width(|row| row.1.chars().count()).min(40));
    let lines = rows.iter().map(|(path, value, origin)| {
        format!("{path:<path_width$}  {value:<value_width$}  {origin}").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn value_text(setting: &Effective) -> String {
    match &setting.value {
        Value::Null => "-".to_owned(),
        Value::String(text) if !text.is_empty() && !text.contains(char::is_control) => text.clone(),
        other => other.to_string(),
    }
}

fn origin_text(setting: &Effective) -> String {
    match (&setting.origin, setting.key.preset) {
        (Origin::Default, Preset::Derived(how)) => format!("default: {}", how.replace('`', "")),
        (Origin::Default, _) => "default".to_owned(),
        (Origin::Derived, Preset::Derived(how)) => format!("derived: {}", how.replace('`', "")),
        (Origin::Derived, _) => "derived from other settings".to_owned(),
        (Origin::Set(place), _) => place.to_string(),
        (Origin::Adjusted(place), _) => format!("{place}, completed or bounded by other settings"),
    }
}

fn object(shown: &[Effective]) -> Value {
    let members = shown.iter().map(|setting| {
        let source = match &setting.origin {
            Origin::Default => json!({ "kind": "default" }),
            Origin::Derived => json!({ "kind": "derived" }),
            Origin::Set(place) => place_object(place),
            Origin::Adjusted(place) => {
                let mut source = place_object(place);
                source["adjusted"] = Value::Bool(true);
                source
            }
        };
        (setting.key.path.clone(), json!({ "value": setting.value, "source": source }))
    });
    Value::Object(members.collect::<Map<_, _>>())
}
