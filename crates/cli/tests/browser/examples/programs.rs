//! The built example programs. Cargo builds none of them for a test of another crate, so the first test that wants one
//! does; where the whole workspace is tested, little more than linking is left to do.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use crate::process::Running;

/// Name and path, or what Cargo says is wrong.
static PROGRAMS: LazyLock<Result<BTreeMap<String, String>, String>> = LazyLock::new(build);

/// Starts an example program.
pub(super) fn start(name: &str, arguments: &[String]) -> Running {
    let programs = PROGRAMS.as_ref().unwrap_or_else(|fault| panic!("{fault}"));
    let mut command = Command::new(&programs[name]);
    command.args(arguments).env_clear().env("NO_PROXY", "*");
    Running::spawn(command)
}

/// The names of all of them.
pub(super) fn names() -> Vec<String> {
    let files = std::fs::read_dir(super::instructions::folder()).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

fn build() -> Result<BTreeMap<String, String>, String> {
    let target = Path::new(env!("CARGO_BIN_EXE_symbolon")).ancestors().nth(2).unwrap();
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "--locked", "--workspace", "--examples"]);
    command.args(["--message-format", "json-render-diagnostics", "--target-dir"]).arg(target);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let built = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    if !built.status.success() {
        return Err(String::from_utf8_lossy(&built.stderr).into_owned());
    }
    let messages = String::from_utf8(built.stdout).unwrap();
    let messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let examples = messages.filter(|message| message["target"]["kind"][0] == "example");
    let programs = examples.map(|message| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&message["target"]["name"]), text(&message["executable"]))
    });
    Ok(programs.collect())
}
