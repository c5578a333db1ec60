//! The blocks of code in the documentation that name this file above them: configurations are checked as an operator
//! would, JSON is read, and commands run against a server of their own.

use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, KeyPair};

use crate::commands::server;
use crate::process::{Finished, run, symbolon, text};

const MARKER: &str = "<!-- run by crates/cli/tests/it/pages.rs -->";

/// What the pages leave to the reader.
const SECRET: &str = "a-secret-that-is-long-enough-for-the-pages";

/// What a page need not repeat in each of its examples.
const BASE: &str = "dsn: sqlite:///var/lib/symbolon/symbolon.db\nurls: {self: {issuer: https://id.example.com}}\n";

struct Block {
    /// Page and line of the fence.
    place: String,
    language: String,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

/// The blocks below the marker in these languages.
fn blocks(languages: &[&str]) -> Vec<Block> {
    let mut files = vec![root().join("README.md")];
    pages(&root().join("docs"), &mut files);
    let mut found = Vec::new();
    for file in files {
        let page = std::fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = page.lines().collect();
        for at in (1..lines.len()).filter(|at| lines[at - 1].trim() == MARKER) {
            let language = lines[at].trim_start().strip_prefix("```").unwrap().to_owned();
            let inside = lines[at + 1..].iter().take_while(|line| !line.trim_start().starts_with("```"));
            let text = inside.fold(String::new(), |text, line| text + line + "\n");
            found.push(Block { place: format!("{}:{}", file.display(), at + 1), language, text });
        }
    }
    found.retain(|block| languages.contains(&block.language.as_str()));
    found
}

#[test]
fn every_block_is_in_a_language_that_is_run() {
    let all = blocks(&["yaml", "json", "sh", "console"]).len();
    let marked = {
        let mut files = vec![root().join("README.md")];
        pages(&root().join("docs"), &mut files);
        let count = |file: &PathBuf| std::fs::read_to_string(file).unwrap().matches(MARKER).count();
        files.iter().map(count).sum::<usize>()
    };
    assert_eq!(all, marked);
    assert!(all > 0, "no page names this file");
}

#[test]
fn every_configuration_is_good() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name).display().to_string();
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(at("tls.key"), key.serialize_pem()).unwrap();
    for name in ["tls.crt", "client-ca.pem", "suite-ca.pem"] {
        std::fs::write(at(name), own.pem()).unwrap();
    }
    let here = |yaml: &str| {
        ["/etc/symbolon/", "/var/lib/symbolon/", "/var/log/symbolon/", "/run/symbolon/"]
            .iter()
            .fold(yaml.to_owned(), |yaml, folder| yaml.replace(folder, &at("")))
    };
    std::fs::write(at("base.yaml"), here(BASE) + &format!("secrets: {{system: [{SECRET}]}}\n")).unwrap();
    let mut faults = Vec::new();
    for block in blocks(&["yaml"]) {
        let yaml = block.text.replace("\"…\"", SECRET).replace("replace-me ", &format!("{SECRET} "));
        std::fs::write(at("page.yaml"), here(&yaml)).unwrap();
        let checked = run(&["config", "check", "-c", &at("base.yaml"), "-c", &at("page.yaml")]);
        if checked.code != Some(0) {
            faults.push(format!("{}: {}{}", block.place, checked.stdout, checked.stderr));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn all_json_is_json() {
    let read = |block: &Block| serde_json::from_str::<serde_json::Value>(&block.text).err();
    let faults: Vec<_> = blocks(&["json"])
        .iter()
        .filter_map(|block| read(block).map(|fault| format!("{}: {fault}", block.place)))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The lines that a person types: all, or those behind a prompt with what continues them.
fn typed(block: &Block) -> String {
    if block.language == "sh" {
        return block.text.clone();
    }
    let mut continues = false;
    let typed = block.text.lines().filter_map(|line| {
        let line = if continues { Some(line) } else { line.trim_start().strip_prefix("$ ") };
        continues = line.is_some_and(|line| line.ends_with('\\'));
        line
    });
    typed.fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn every_command_works() {
    for block in blocks(&["sh", "console"]) {
        let place = tempfile::tempdir().unwrap();
        let server = server(place.path());
        std::fs::write(place.path().join("password.txt"), "correct horse battery staple\n").unwrap();
        let typed = typed(&block)
            .replace("http://127.0.0.1:4445", &server.admin)
            .replace("http://127.0.0.1:4444", &server.public);
        let program = symbolon(&[]).get_program().to_owned();
        let folder = Path::new(&program).parent().unwrap();
        let mut shell = std::process::Command::new("sh");
        shell.args(["-e", "-c", &typed]).current_dir(place.path()).env_clear();
        shell.env("PATH", format!("{}:/usr/bin:/bin", text(folder))).env("NO_PROXY", "*");
        let finished = Finished::from(shell.output().unwrap());
        assert_eq!(finished.code, Some(0), "{}: {finished:?}", block.place);
    }
}
