//! `docs/reference/configuration.md` is made of the table of keys, and a test says when it is out of date.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::config::keys::{self, Form, Group, Key, Kind, Preset, Standing};
use crate::config::mcp::PRESET;

const OPENING: &str = "\
# Configuration reference

This page is made from the server's table of keys. To change it, change the table, in `crates/server/src/config`, and run \
`cargo test -p symbolon-server --lib config::tests::reference::rewrite -- --ignored`.

## How settings are read

Settings come from the files that are named with `-c`, in their order, then from environment variables, then from the \
command line (`--set key=value` and the flags of `symbolon serve`). What comes later wins. Files are YAML or JSON. A key \
that does not exist is refused, and the message names the one that was probably meant. A value that does not fit is \
refused, and the message names the key, the file and line or the variable where it stands, and what was expected. \
`symbolon config check` tells everything that is wrong at once, and `symbolon config show` which values hold and where each \
comes from, without secrets; both take the flags of `symbolon serve`. The configuration is read at start, and again when a running \
server is [told to](../configuration-reload.md): the new values of keys that \"change at reload\" are in force at once, and all \
others wait for a restart.

The environment variable of a key is its path in capitals with `_` for `.`: `URLS_SELF_ISSUER` for `urls.self.issuer`. A \
list is separated by commas, or written as JSON, or spread over `SECRETS_SYSTEM_0`, `SECRETS_SYSTEM_1` and so on. A \
mapping is written as JSON, and so may be a whole section (`SECRETS`, `SERVE_PUBLIC`). A variable that is empty, and an \
empty text in a file, leaves its key unset.

Keys are those of Ory Hydra, except for those below `symbolon.` and those marked \"not in Hydra\". Defaults are Hydra's as \
well, with two exceptions: the admin listener is for this machine only, and the default scope of clients has the scopes \
of the standard claims. What means nothing here is listed at the end, with the reason.

## In an editor

[configuration.schema.json](configuration.schema.json) is the JSON Schema (draft 2020-12) of configuration files, made of the \
same table; `symbolon config schema` prints that of the version at hand. It has every key with its default and what it takes. \
Editors with yaml-language-server complete and check a file with this line at its top:

<!-- not run: the line is for editors, and no test has one -->
```yaml
# yaml-language-server: $schema=symbolon.schema.json
```

Keys that do nothing here are marked as deprecated, and what the server does not start with is refused. The schema wants keys \
in nested mappings. What is inside of lists of records, and rules between keys, only `symbolon config check` tells.

## Secrets in files

What is secret may stand in a file of its own. The key with `_file` at its end names it: `secrets.system_file: \
/etc/symbolon/system`, or `SECRETS_SYSTEM_FILE` in the environment. The file has the value as a variable would have it; the \
line break at its end is no part of it, and the entries of a list may stand on lines of their own. A systemd unit can hand \
the same in as a credential that has the name of the key, and needs no setting here: \
`LoadCredential=secrets.system:/etc/symbolon/system`, or `LoadCredentialEncrypted=`. Credentials are the files in \
`$CREDENTIALS_DIRECTORY`; names that are no keys are passed over, and that of a key that has no `_file` is refused.

A secret that is set in two of these ways is refused, wherever the two stand, and so is one that stands beside its file. A \
file must be there and not empty, have at most 64 KiB, be readable for the user that the server runs as, and not be writable \
for every user of the machine. One that every user can read is named in a warning, except below `/run/secrets`, where \
containers have theirs. Private keys of listeners have a key for a file anyway (`serve.tls.key.path`), which can name a \
credential: `/run/credentials/symbolon.service/NAME`.
";

/// The forms of texts, with an example of each for the list of them.
const FORMS: &[Form] = &[
    Form::Secret,
    Form::Url,
    Form::BaseUrl,
    Form::Reference,
    Form::Path,
    Form::File,
    Form::Domain,
    Form::Host,
    Form::Name,
    Form::Origin,
    Form::Network,
    Form::HostPattern,
    Form::Socket,
    Form::Address,
    Form::Scope,
    Form::Alphabet,
];

fn form_name(form: Form) -> String {
    match form {
        Form::Any => "text",
        Form::Secret => "secret",
        Form::Url => "URL",
        Form::BaseUrl => "base URL",
        Form::Reference => "URL or path",
        Form::Path => "path",
        Form::File => "file",
        Form::Domain => "domain",
        Form::Host => "host",
        Form::Name => "name",
        Form::Origin => "origin",
        Form::Network => "network",
        Form::HostPattern => "host name",
        Form::Socket => "IP address and port",
        Form::Address => "address",
        Form::Scope => "scope",
        Form::Alphabet => "alphabet",
        Form::Word(words) => return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
    }
    .to_owned()
}

fn kind_name(kind: Kind) -> String {
    match kind {
        Kind::Text(form) => form_name(form),
        Kind::List(form @ Form::Word(_)) => format!("list of {}", form_name(form)),
        Kind::List(form) => format!("list of {}s", form_name(form)),
        Kind::Switch => "`true` or `false`".to_owned(),
        Kind::Integer { least, most } => format!("{least} to {most}"),
        Kind::Ratio => "0 to 1".to_owned(),
        Kind::Span => "time span".to_owned(),
        Kind::Lifetime => "lifetime".to_owned(),
        Kind::LifetimeOrNever => "lifetime, or `-1`".to_owned(),
        Kind::TextMap => "names with texts".to_owned(),
        Kind::Hook => "web hook".to_owned(),
        Kind::Records(structure) => structure.name().to_owned(),
        Kind::Opaque => "mapping".to_owned(),
    }
}

fn default_of(key: &Key) -> String {
    match key.preset {
        Preset::Value("") | Preset::Unset | Preset::OfListener(..) => "–".to_owned(),
        Preset::Value(value) => format!("`{}`", value.replace(',', ", ")),
        Preset::Derived(how) => how.to_owned(),
    }
}

fn is_honoured(key: &Key) -> bool {
    matches!(key.standing, Standing::Compatible | Standing::Added)
}

fn write_group(page: &mut String, group: &Group, level: usize) {
    write_keys(page, group, level);
    for part in &group.parts {
        write_group(page, part, level + 1);
    }
}

fn write_keys(page: &mut String, group: &Group, level: usize) {
    writeln!(page, "\n{} {}", "#".repeat(level), group.title.trim_end_matches('.')).unwrap();
    let honoured: Vec<&Key> = group.keys.iter().filter(|key| is_honoured(key)).collect();
    if !honoured.is_empty() {
        page.push_str("\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n");
    }
    for key in honoured {
        let mark =
            if key.standing == Standing::Added && !key.path.starts_with("symbolon.") { " (Not in Hydra.)" } else { "" };
        let (kind, default) = (kind_name(key.kind), default_of(key));
        let reload = if key.is_reloadable() { " Changes at reload." } else { "" };
        writeln!(page, "| `{}` | {kind} | {default} | {}{reload}{mark} |", key.path, key.summary).unwrap();
    }
}

/// A list of keys of Hydra that do nothing, with the reason of each where there is one.
fn write_list(page: &mut String, heading: &str, explanation: &str, reason: impl Fn(Standing) -> Option<&'static str>) {
    writeln!(page, "\n### {heading}\n\n{explanation}\n").unwrap();
    let listed = keys::all().filter_map(|key| Some((key, reason(key.standing)?)));
    let (with_reason, without): (Vec<_>, Vec<_>) = listed.partition(|(_, reason)| !reason.is_empty());
    let (more, rule) = if with_reason.is_empty() { ("", "") } else { (" Why |", "---|") };
    writeln!(page, "| Key | What it is for in Hydra |{more}\n|---|---|{rule}").unwrap();
    for (key, reason) in with_reason {
        writeln!(page, "| `{}` | {} | {reason} |", key.path, key.summary).unwrap();
    }
    for (key, _) in without {
        writeln!(page, "| `{}` | {} |", key.path, key.summary).unwrap();
    }
}

/// What the switch for MCP servers sets.
fn write_preset(page: &mut String) {
    page.push_str(
        "\n## What `symbolon.mcp.enabled` sets\n\nEach of these keys has this value where nothing else is set for it. With `dev` \
         the two limits stay off, and with a `rotation_grace_period` its own mode holds. Besides, the MCP servers are among \
         `symbolon.resources`, and their scopes among `symbolon.registration.scopes`; if there is one resource alone, it is \
         the default of clients that registered themselves.\n\n| Key | Value |\n|---|---|\n",
    );
    for (path, value) in PRESET {
        writeln!(page, "| `{path}` | `{value}` |").unwrap();
    }
}

/// The whole page.
fn page() -> String {
    let mut page = OPENING.to_owned();
    page.push_str("\n## What values look like\n\n| In the tables | Means |\n|---|---|\n");
    for form in FORMS {
        writeln!(page, "| {} | {} |", form_name(*form), form.expected()).unwrap();
    }
    for kind in [Kind::Span, Kind::Lifetime] {
        writeln!(page, "| {} | {} |", kind_name(kind), kind.expected()).unwrap();
    }
    let table = &*keys::TABLE;
    write_keys(&mut page, table, 2);
    for part in &table.parts {
        write_group(&mut page, part, 2);
    }
    write_preset(&mut page);
    page.push_str("\n## Keys of Hydra that do nothing here\n");
    write_list(
        &mut page,
        "The server does not start",
        "With these keys set, the server would be less safe than the file asks for, so it does not start. The message \
         names the key, the place where it was set, and what to do.",
        |standing| if let Standing::Refused(reason) = standing { Some(reason) } else { None },
    );
    write_list(
        &mut page,
        "Named at start",
        "These keys stand in files that work with Hydra, and nothing is less safe without them. If one of them is set to \
         something other than its default, a warning at start names it with the reason, and so it does with members of \
         `feature_flags` that do not exist.",
        |standing| if let Standing::Inert(reason) = standing { Some(reason) } else { None },
    );
    write_list(
        &mut page,
        "Fulfilled anyway",
        "Whatever their value, what they ask for is so. Members of `sqa` are accepted as well.",
        |standing| (standing == Standing::Moot).then_some(""),
    );
    page
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/configuration.md")
}

#[test]
fn the_reference_is_up_to_date() {
    let written = std::fs::read_to_string(file()).unwrap_or_default();
    assert!(
        written == page(),
        "docs/reference/configuration.md is out of date: run `cargo test -p symbolon-server --lib \
         config::tests::reference::rewrite -- --ignored`"
    );
}

#[test]
#[ignore = "writes docs/reference/configuration.md"]
fn rewrite() {
    std::fs::create_dir_all(file().parent().unwrap()).unwrap();
    std::fs::write(file(), page()).unwrap();
}
