//! The files: which there are, and the clients that they declare, each with the place where it stands. All that is wrong is
//! collected, so that nobody repairs a file one run at a time.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::node::{Member, Node};
use crate::secret::source;

/// The longest file, in bytes.
const LONGEST: u64 = 32 * 1024 * 1024;
/// The only member of a document.
const CLIENTS: &str = "clients";

/// A client of a file, as it is written.
#[derive(Debug)]
pub(super) struct Entry {
    /// The file and the line, for messages.
    pub(super) place: Place,
    /// What is written.
    pub(super) members: Vec<Member>,
}

/// Where something is written.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The file, as it was named; `-` for standard input.
    pub(super) file: PathBuf,
    /// The line, counted from 1.
    pub(super) line: u64,
}

impl Place {
    /// A line about this place.
    pub(super) fn problem(&self, text: &str) -> String {
        format!("{}:{}: {text}", shown(&self.file), self.line)
    }

    /// Another line of the same file.
    pub(super) fn at(&self, line: u64) -> Self {
        Self { file: self.file.clone(), line }
    }
}

/// All clients of these files and folders, in their order; otherwise everything that is wrong.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<Entry>, Vec<String>> {
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match files(path) {
            Ok(files) => files.iter().for_each(|file| match text_of(file) {
                Ok(text) => take_in(file, &text, &mut entries, &mut problems),
                Err(reason) => problems.push(format!("{}: {reason}", shown(file))),
            }),
            Err(reason) => problems.push(format!("{}: {reason}", shown(path))),
        }
    }
    if problems.is_empty() { Ok(entries) } else { Err(problems) }
}

fn shown(file: &Path) -> String {
    if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() }
}

/// The file itself, or those of a folder that are YAML or JSON by their names, in the order of these.
fn files(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |error: io::Error| format!("the folder cannot be read: {error}");
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        if ["yaml", "yml", "json"].contains(&ending.as_str()) && file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        Err("the folder has no file that ends in .yaml, .yml or .json".to_owned())
    } else {
        Ok(files)
    }
}

fn text_of(file: &Path) -> Result<String, String> {
    let unreadable = |error: io::Error| format!("cannot be read: {error}");
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        source::take_standard_input("filename").map_err(|_| "can be read once only".to_owned())?;
        io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    } else {
        let file = File::open(file).map_err(unreadable)?;
        file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    if bytes.len() as u64 > LONGEST {
        return Err(format!("is larger than {} MiB", LONGEST / (1024 * 1024)));
    }
    String::from_utf8(bytes).map_err(|_| "is not text in UTF-8".to_owned())
}

/// Takes in the documents of a file. One without a document would, with `--prune`, stand for deleting everything, so it has
/// to be said.
fn take_in(file: &Path, text: &str, entries: &mut Vec<Entry>, problems: &mut Vec<String>) {
    let documents: Vec<Node> = match serde_saphyr::from_multiple(text) {
        Ok(documents) => documents,
        Err(error) => {
            // Without the excerpt of the file, which might show a secret.
            let reason = error.without_snippet().to_string();
            let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
            return problems.push(format!("{}: is no YAML: {reason}", shown(file)));
        }
    };
    if documents.is_empty() {
        problems.push(format!("{}: is empty; write `clients: []` for no client", shown(file)));
    }
    for document in documents {
        let Node::Members(members) = document else {
            problems.push(format!("{}: a document begins with `clients:`", shown(file)));
            continue;
        };
        if members.is_empty() {
            problems.push(format!("{}: is empty; write `clients: []` for no client", shown(file)));
        }
        for Member { name, line, node } in members {
            let place = Place { file: file.to_owned(), line };
            match (name.as_str(), node) {
                (CLIENTS, Node::List(items)) => {
                    for item in items {
                        match item {
                            Node::Members(members) => {
                                let line = members.first().map_or(line, |member| member.line);
                                entries.push(Entry { place: place.at(line), members });
                            }
                            _ => problems.push(place.problem("each item of `clients` is a mapping with a `client_id`")),
                        }
                    }
                }
                (CLIENTS, _) => problems.push(place.problem("`clients` is a list; write `clients: []` for none")),
                (other, _) => problems.push(place.problem(&unknown(other))),
            }
        }
    }
}

fn unknown(name: &str) -> String {
    let elsewhere = match name {
        "resources" => "resources are part of the configuration of the server, `symbolon.resources`",
        "json_web_key_sets" | "keys" => "key sets are not declared in files; see symbolon create jwk and import jwk",
        "trusted_jwt_grant_issuers" => {
            "trusted issuers are not declared in files; see /admin/trust/grants/jwt-bearer/issuers"
        }
        "client" | "oauth2_clients" => "did you mean `clients`?",
        _ => "a document has only `clients`",
    };
    format!("`{name}` cannot be here: {elsewhere}")
}
