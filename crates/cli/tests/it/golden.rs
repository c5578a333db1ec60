//! What Ory Hydra's command line was seen to do, replayed with ours: exit codes, results, errors. It needs the folder of
//! recordings that `SYMBOLON_GOLDEN` names.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

use crate::commands::{Server, server};
use crate::process::{Finished, run, run_with_input, symbolon};

/// Steps whose text or exit code is another on purpose, with the reason.
const OTHER_RESULT: &[(&str, &str)] = &[
    ("version", "ours"),
    ("get two clients", "Ory Hydra prints memory addresses"),
    ("create client, default format", "the scope is the server's default, which differs"),
    ("import an array from standard input", "the scope is the server's default, which differs"),
    ("migration status after, JSON", "the steps are ours"),
    ("list clients", "the first client is another"),
    ("list clients, table", "the first client is another"),
];

/// Members that Ory Hydra's command line shows and ours does not.
const LEFT_OUT: &[(&str, &str)] = &[
    // It sets RS256 whether asked to or not, after which the client can use no other algorithm.
    ("request_object_signing_alg", "RS256"),
];

#[derive(Debug, Deserialize)]
struct Recording {
    commands: Vec<Command>,
    samples: Vec<Sample>,
}

#[derive(Debug, Deserialize)]
struct Command {
    #[serde(rename = "command")]
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    flags: Vec<Flag>,
    #[serde(default)]
    inherited_flags: Vec<Flag>,
    #[serde(default)]
    subcommands: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Flag {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    short: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Sample {
    step: String,
    arguments: Vec<String>,
    exit_code: i32,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    stdin: Option<String>,
    stdout_json: Option<Value>,
    stdout_lines: Option<Vec<String>>,
    stderr_json: Option<Value>,
    stderr_first_line: Option<String>,
}

#[expect(clippy::disallowed_methods, reason = "the one place where these tests read the environment")]
fn recording() -> Option<Recording> {
    let Some(folder) = std::env::var_os("SYMBOLON_GOLDEN").map(PathBuf::from) else {
        let said = "LEFT OUT: what Ory Hydra's command line does is not replayed (SYMBOLON_GOLDEN)";
        // Past the capture of a passing test's output.
        let _ = writeln!(std::io::stderr(), "\n{said}");
        return None;
    };
    Some(serde_json::from_str(&std::fs::read_to_string(folder.join("cli.json")).unwrap()).unwrap())
}

/// What stands for the recording's placeholders, as far as it is known.
struct Replay {
    server: Server,
    known: BTreeMap<String, String>,
}

impl Replay {
    fn fill(&self, text: &str) -> String {
        let text = text.replace("<admin>", &self.server.admin).replace("<public>", &self.server.public);
        let text = text.replace("<rp>", "http://127.0.0.1:5555").replace("<dsn:1>", "memory");
        self.known.iter().fold(text, |text, (placeholder, value)| text.replace(placeholder, value))
    }

    fn run(&self, sample: &Sample) -> Finished {
        let arguments: Vec<String> = sample.arguments.iter().map(|text| self.fill(text)).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        if let Some(input) = &sample.stdin {
            return run_with_input(&arguments, input);
        }
        let environment = sample.environment.iter().map(|(name, value)| (name, self.fill(value)));
        Finished::from(symbolon(&arguments).envs(environment).output().unwrap())
    }

    /// Whether `found` is what was recorded. Members that only we have are no difference where they are empty or say more.
    fn compare(&mut self, place: &str, recorded: &Value, found: &Value, differences: &mut Vec<String>) {
        match (recorded, found) {
            (Value::Object(recorded), Value::Object(members)) => {
                for (name, value) in recorded {
                    let left_out = LEFT_OUT.iter().any(|(left, old)| left == name && value == old);
                    match members.get(name) {
                        Some(found) => self.compare(&format!("{place}/{name}"), value, found, differences),
                        None if left_out => {}
                        None => differences.push(format!("{place}/{name} is missing")),
                    }
                }
                let more = members.iter().filter(|(name, _)| !recorded.contains_key(*name));
                for (name, value) in more {
                    let empty = value.as_array().is_some_and(Vec::is_empty) || value == "";
                    if !empty && !["scope"].contains(&name.as_str()) {
                        differences.push(format!("{place}/{name} is too much: {value}"));
                    }
                }
            }
            (Value::Array(recorded), Value::Array(found)) => {
                if recorded.len() != found.len() {
                    differences.push(format!("{place}: {} items, not {}", found.len(), recorded.len()));
                }
                for (index, (recorded, found)) in recorded.iter().zip(found).enumerate() {
                    self.compare(&format!("{place}/{index}"), recorded, found, differences);
                }
            }
            (Value::String(recorded), found) if recorded.contains('<') => {
                let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
                let filled = self.fill(recorded);
                if filled.contains('<') {
                    if recorded.starts_with("<token:") {
                        self.known.insert(recorded.clone(), text.clone());
                    }
                    if text.is_empty() {
                        differences.push(format!("{place} is empty, not {recorded}"));
                    }
                } else if filled != text {
                    differences.push(format!("{place}: {text}, not {filled}"));
                }
            }
            (recorded, found) if recorded != found => differences.push(format!("{place}: {found}, not {recorded}")),
            _ => {}
        }
    }

    /// Columns are told apart as the recording does it: by two blanks or more.
    fn compare_lines(&self, recorded: &[String], found: &str, differences: &mut Vec<String>) {
        let columns = |line: &str| -> Vec<String> {
            line.split("  ")
                .flat_map(|cell| cell.split('\t'))
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let found: Vec<_> = found.lines().map(columns).collect();
        let recorded: Vec<_> = recorded.iter().map(|line| columns(&self.fill(line))).collect();
        if recorded.len() != found.len() {
            differences.push(format!("{} lines, not {}: {found:?}", found.len(), recorded.len()));
        }
        for (recorded, found) in recorded.iter().zip(&found) {
            let same = recorded.len() == found.len()
                && recorded.iter().zip(found).all(|(recorded, found)| recorded.contains('<') || recorded == found);
            if !same {
                differences.push(format!("{found:?}, not {recorded:?}"));
            }
        }
    }

    fn judge(&mut self, sample: &Sample) -> Vec<String> {
        let finished = self.run(sample);
        let mut differences = Vec::new();
        if finished.code != Some(sample.exit_code) {
            differences.push(format!("exit code {:?}, not {}: {}", finished.code, sample.exit_code, finished.stderr));
        }
        if OTHER_RESULT.iter().any(|(step, _)| *step == sample.step) {
            return differences;
        }
        if let Some(recorded) = &sample.stdout_json {
            match serde_json::from_str(&finished.stdout) {
                Ok(found) => self.compare("", recorded, &found, &mut differences),
                Err(_) => differences.push(format!("no JSON: {finished:?}")),
            }
        }
        match &sample.stdout_lines {
            // YAML is compared as what it says.
            Some(lines) if sample.arguments.iter().any(|argument| argument == "yaml") => {
                let recorded: Value = serde_saphyr::from_str(&lines.join("\n").replace('\t', "  ")).unwrap();
                let found: Value = serde_saphyr::from_str(&finished.stdout).unwrap();
                self.compare("", &recorded, &found, &mut differences);
            }
            // What housekeeping says is ours.
            Some(lines) if sample.arguments.first().is_some_and(|verb| verb != "janitor") => {
                self.compare_lines(lines, &finished.stdout, &mut differences);
            }
            _ => {}
        }
        if let Some(recorded) = &sample.stderr_json {
            // The sentences of errors are ours; that they come as such an object is not.
            let found: Value = serde_json::from_str(&finished.stderr).unwrap_or_default();
            if recorded.as_object().is_some_and(|members| members.keys().any(|name| found[name].is_null())) {
                differences.push(format!("standard error is no such object: {}", finished.stderr));
            }
        }
        if sample.stderr_first_line.is_some() && finished.stderr.trim().is_empty() {
            differences.push("nothing was said on standard error".to_owned());
        }
        differences
    }
}

#[test]
fn what_hydras_command_line_does_ours_does() {
    let Some(recording) = recording() else { return };
    let place = tempfile::tempdir().unwrap();
    let mut replay = Replay { server: server(place.path()), known: BTreeMap::new() };
    // The recording's server had a client already, so that lists have a second page.
    run(&["create", "client", "-q", "-e", &replay.server.admin]).success();
    let mut report = String::new();
    for sample in &recording.samples {
        for difference in replay.judge(sample) {
            writeln!(report, "  [{}] {difference}", sample.step).unwrap();
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn every_command_and_flag_of_hydra_is_known() {
    let Some(recording) = recording() else { return };
    let mut report = String::new();
    for command in &recording.commands {
        let mut path: Vec<&str> = command.name.split(' ').skip(1).collect();
        let help = run(&[&path[..], &["--help"]].concat());
        if help.code != Some(0) {
            writeln!(report, "  {}: {help:?}", command.name).unwrap();
            continue;
        }
        // Only whole commands can be tried with their flags.
        if command.subcommands.is_empty() && path != ["migrate"] {
            for flag in command.flags.iter().chain(&command.inherited_flags) {
                let names = [Some(format!("--{}", flag.name)), flag.short.as_ref().map(|short| format!("-{short}"))];
                for name in names.into_iter().flatten() {
                    // What is unknown is said before that help is shown; a value is there for flags that take one.
                    let value = if flag.kind == "bool" { &[][..] } else { &["1"][..] };
                    let tried = run(&[&path[..], &[&name], value, &["--help"]].concat());
                    if tried.stderr.contains("unexpected argument") {
                        writeln!(report, "  {} {name}: {}", command.name, tried.stderr.lines().next().unwrap())
                            .unwrap();
                    }
                }
            }
        }
        let _ = path.pop();
        for alias in &command.aliases {
            if run(&[&path[..], &[alias, "--help"]].concat()).code != Some(0) {
                writeln!(report, "  the alias {alias} of {}", command.name).unwrap();
            }
        }
    }
    assert!(report.is_empty(), "{report}");
}
