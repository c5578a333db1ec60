//! What the first lines of an example tell people to do, and doing it.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::programs;
use crate::process::{Finished, Running, free_ports};
use crate::quickstart::Quickstart;

/// A quickstart, and places for an application and for another one that it calls.
pub(super) struct Setting {
    pub(super) quickstart: Quickstart,
    ports: [u16; 2],
    /// What the instructions start beside the example itself.
    beside: Vec<Running>,
    /// What variables of the shell are set to.
    assignments: String,
    /// What the commands printed that neither make a client nor start a program.
    pub(super) answers: Vec<String>,
}

impl Setting {
    pub(super) fn start() -> Self {
        let quickstart = Quickstart::start();
        Self { quickstart, ports: free_ports(), beside: Vec::new(), assignments: String::new(), answers: Vec::new() }
    }

    /// Follows the instructions of an example; gives its process. A program that listens is waited for.
    pub(super) fn follow(&mut self, name: &str) -> Running {
        let commands = commands(name);
        assert_eq!(commands.first().map(String::as_str), Some("symbolon quickstart"));
        let mut program = None;
        for command in &commands[1..] {
            let command = self.with_own_ports(command);
            if let Some(arguments) = command.strip_prefix("cargo run ") {
                let (started, running) = self.run(arguments);
                if started == name {
                    program = Some(running);
                } else {
                    self.beside.push(running);
                }
            } else if command.starts_with("TOKEN=") {
                self.assignments = format!("{command}\n");
            } else {
                let finished = self.shell(&command);
                let printed = finished.success();
                if !command.starts_with("symbolon ") {
                    self.answers.push(printed.replace('\r', ""));
                }
            }
        }
        program.unwrap_or_else(|| panic!("the instructions do not start {name}: {commands:#?}"))
    }

    /// Where the application is.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports[0])
    }

    /// What curl shows of a page of the application.
    pub(super) fn curl(&self, path: &str, options: &str) -> String {
        self.shell(&format!("curl -si {options} {}{path}", self.url())).success().replace('\r', "")
    }

    fn with_own_ports(&self, command: &str) -> String {
        let [application, other] = self.ports.map(|port| format!("http://127.0.0.1:{port}"));
        let command = command.replace("http://127.0.0.1:4444", &self.quickstart.issuer);
        let command = command.replace("http://127.0.0.1:4445", &self.quickstart.admin);
        let command = command.replace("http://127.0.0.1:8080", &application);
        let command = command.replace("http://127.0.0.1:8081", &other);
        command.replace("127.0.0.1:8081", other.trim_start_matches("http://"))
    }

    /// `cargo run` with these arguments; without any for the program, those that stand for its defaults.
    fn run(&self, arguments: &str) -> (String, Running) {
        let (of_cargo, of_program) = arguments.split_once(" -- ").unwrap_or((arguments, ""));
        let name = example_of(of_cargo);
        let mut of_program: Vec<_> = of_program.split_whitespace().map(str::to_owned).collect();
        let address = self.url().replace("http://", "");
        if of_program.is_empty() {
            of_program.push(self.quickstart.issuer.clone());
            match name.as_str() {
                "api" | "login" => of_program.push(address),
                "machine" => of_program.push(format!("{}/notes", self.url())),
                _ => {}
            }
        } else if matches!(name.as_str(), "web" | "spa_backend") {
            of_program.push(address);
        }
        let mut running = programs::start(&name, &of_program);
        let listens_at = of_program.iter().skip(1).rev().find_map(|argument| argument.strip_prefix("127.0.0.1:"));
        if let Some(port) = listens_at {
            running.wait_for_port(port.parse().unwrap());
        }
        (name, running)
    }

    fn shell(&self, command: &str) -> Finished {
        let mut shell = Command::new("sh");
        let functions = "symbolon() { \"$SYMBOLON\" \"$@\"; }\n";
        shell.args(["-eu", "-c", &format!("{functions}{}{command}", self.assignments)]).stdin(Stdio::null());
        shell.env("SYMBOLON", env!("CARGO_BIN_EXE_symbolon")).env("NO_PROXY", "*").env("no_proxy", "*");
        Finished::from(shell.output().unwrap())
    }
}

/// Where the examples are.
pub(super) fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../client/examples"))
}

/// The commands at the beginning of an example, without their remarks.
pub(super) fn commands(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder().join(format!("{name}.rs"))).unwrap();
    let lines = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let lines = lines.skip_while(|line| *line != "```text").skip(1).take_while(|line| *line != "```");
    let lines = lines.map(|line| line.split("    #").next().unwrap_or_default().trim_end());
    let joined = lines.collect::<Vec<_>>().join("\n").replace("\\\n", "");
    joined.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Which example `cargo run` starts with these arguments, and that it has the features that it needs.
fn example_of(arguments: &str) -> String {
    let words: Vec<_> = arguments.split_whitespace().collect();
    let ["-p", "symbolon-client", "--example", name, features @ ..] = words.as_slice() else {
        panic!("no example of the client crate: {arguments}");
    };
    let manifest = std::fs::read_to_string(folder().join("../Cargo.toml")).unwrap();
    let section = format!("[[example]]\nname = \"{name}\"\nrequired-features = [\"");
    let needed = manifest.split_once(&section).map(|(_, rest)| rest.split('"').next().unwrap_or_default());
    // One of the features by default.
    let needed = needed.filter(|feature| *feature != "facade");
    let expected: Vec<_> = needed.into_iter().flat_map(|feature| ["--features", feature]).collect();
    assert_eq!(features, expected, "{name}");
    (*name).to_owned()
}
