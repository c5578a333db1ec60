//! The configuration file as JSON Schema (draft 2020-12), made of the table of keys, for editors and for checks outside of
//! the server. What the server takes fits the schema. The schema is weaker in places: rules between keys, and what is
//! inside records, are the server's alone, and `symbolon config check` tells them. Names that the server passes over
//! (below `sqa` and `feature_flags`) are allowed here as well.

use serde_json::{Map, Value, json};

use super::keys::{self, Form, Group, Key, Kind, Preset, Standing, Structure};

/// A time span as Go writes it, in which the server reads seconds.
const SPAN: &str = r"^\+?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$";
/// Sections in which any name is allowed.
const OPEN_SECTIONS: [&str; 2] = ["sqa", "feature_flags"];

/// JSON Schema of a configuration file. Keys stand in nested mappings, as in the reference; nothing is required, as other
/// sources may set what a file leaves out.
pub fn schema() -> Value {
    let mut root = section("");
    describe_sections(&mut root, &keys::TABLE);
    for key in keys::all() {
        place(&mut root, &key.path, of_key(key));
    }
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["title"] = json!("Configuration of Symbolon");
    root
}

/// A mapping without members yet.
fn section(path: &str) -> Value {
    // A section that has a name and nothing below it is `null` in YAML.
    let mut section = json!({ "type": ["object", "null"], "properties": {} });
    if !OPEN_SECTIONS.contains(&path) {
        section["additionalProperties"] = json!(false);
    }
    section
}

/// Gives the sections that have a heading of their own its words.
fn describe_sections(root: &mut Value, group: &Group) {
    for part in &group.parts {
        if let Some(path) = part.path() {
            at(root, path)["description"] = json!(part.title);
        }
        describe_sections(root, part);
    }
}

/// Puts the schema of a key to its place.
fn place(root: &mut Value, path: &str, schema: Value) {
    let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
    at(root, parent)["properties"][name] = schema;
}

/// The section of this path, which is made where it is missing.
fn at<'a>(root: &'a mut Value, path: &str) -> &'a mut Value {
    let names = path.split('.').filter(|name| !name.is_empty());
    let mut above = String::new();
    names.fold(root, |parent, name| {
        above = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
        let member = &mut parent["properties"][name];
        if member.is_null() {
            *member = section(&above);
        }
        member
    })
}

/// What a key takes, with its summary, its variable and its default.
fn of_key(key: &Key) -> Value {
    let mut members = Map::new();
    let derived = match key.preset {
        Preset::Derived(how) => format!("\nDefault: {how}."),
        _ => String::new(),
    };
    let (note, is_without_effect) = match key.standing {
        Standing::Inert(reason) => (format!("\nHas no effect: {reason}."), true),
        Standing::Refused(reason) => (format!("\nThe server does not start with it, as it {reason}."), true),
        Standing::Compatible | Standing::Added | Standing::Moot => (String::new(), false),
    };
    let description = format!(
        "{}\nExpected: {}.{derived}{note}\nEnvironment variable: {}",
        key.summary,
        key.kind.expected(),
        key.environment_name()
    );
    members.insert("description".to_owned(), json!(description));
    if is_without_effect {
        members.insert("deprecated".to_owned(), json!(true));
    }
    if let Some(default) = default_of(key) {
        members.insert("default".to_owned(), default);
    }
    members.insert("anyOf".to_owned(), json!(alternatives(key)));
    Value::Object(members)
}

/// The fixed default, where there is one.
fn default_of(key: &Key) -> Option<Value> {
    if key.preset == Preset::Value("") { None } else { key.preset_value() }
}

/// The values that a key takes, and what leaves it unset.
fn alternatives(key: &Key) -> Vec<Value> {
    let is_refused = matches!(key.standing, Standing::Refused(_));
    let set = match key.preset_value() {
        Some(preset) if is_refused => Some(json!({ "const": preset })),
        None if is_refused => None,
        _ => Some(of_kind(key.kind)),
    };
    let unset = match key.kind {
        Kind::Text(_) | Kind::Hook => json!({ "enum": ["", null] }),
        _ => json!({ "type": "null" }),
    };
    set.into_iter().chain([unset]).collect()
}

/// What the values of a kind look like.
fn of_kind(kind: Kind) -> Value {
    match kind {
        Kind::Text(Form::Word(words)) if words.contains(&"off") => {
            // `off` without quotes is `false` in YAML.
            json!({ "enum": words.iter().map(|word| json!(word)).chain([json!(false)]).collect::<Vec<_>>() })
        }
        Kind::Text(form) => of_form(form),
        Kind::List(form) => json!({ "type": "array", "items": of_form(form) }),
        Kind::Switch => json!({ "type": "boolean" }),
        Kind::Integer { least, most: i64::MAX } => json!({ "type": "integer", "minimum": least }),
        Kind::Integer { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Ratio => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Kind::Span | Kind::Lifetime => json!({ "type": "string", "pattern": SPAN }),
        Kind::LifetimeOrNever => {
            json!({ "anyOf": [{ "type": "string", "pattern": SPAN }, { "enum": ["-1", -1] }] })
        }
        Kind::TextMap => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Kind::Hook => json!({ "anyOf": [of_form(Form::Url), hook()] }),
        Kind::Records(Structure::DetailsTypes) => {
            json!({ "type": "object", "additionalProperties": { "type": "object" } })
        }
        Kind::Records(_) => json!({ "type": "array", "items": { "type": "object" } }),
        Kind::Opaque => json!({ "type": "object" }),
    }
}

/// A web hook with a key.
fn hook() -> Value {
    let config = json!({
        "type": "object",
        "properties": {
            "in": { "enum": ["header", "cookie"] },
            "name": { "type": "string" },
            "value": { "type": "string" },
        },
        "required": ["name", "value"],
    });
    let authentication = json!({
        "type": ["object", "null"],
        "properties": { "type": { "const": "api_key" }, "config": config },
        "required": ["type", "config"],
    });
    json!({
        "type": "object",
        "properties": { "url": of_form(Form::Url), "auth": authentication },
        "required": ["url"],
        "additionalProperties": false,
    })
}

/// What a text looks like, as far as a pattern says it without refusing what the server takes.
fn of_form(form: Form) -> Value {
    let pattern = match form {
        Form::Word(words) => return json!({ "enum": words }),
        Form::Url | Form::BaseUrl => r"^[Hh][Tt][Tt][Pp][Ss]?://",
        Form::Reference => r"^(/|[Hh][Tt][Tt][Pp][Ss]?://)",
        Form::Path => "^/",
        Form::Name => r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
        Form::Origin => r"^(\*$|[^/]+://)",
        Form::Network => r"^[0-9A-Fa-f:.]+(/[0-9]+)?$",
        Form::Socket => r":[0-9]+$",
        Form::Address => r"^unix:|:[0-9]+$",
        Form::Domain => r"^[0-9A-Za-z.-]+$",
        Form::Scope => r"^[!#-\[\]-~]+$",
        // Secrets are counted in bytes; only characters of ASCII are one byte each.
        Form::Secret => r"[^\x00-\x7F]|^[\x00-\x7F]{16,}$",
        Form::Any | Form::File | Form::Host | Form::HostPattern | Form::Alphabet => return json!({ "type": "string" }),
    };
    json!({ "type": "string", "pattern": pattern })
}
