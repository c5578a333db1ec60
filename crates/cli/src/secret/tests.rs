//! Every flag for a secret has its siblings, and none shows what it holds.

use clap::{CommandFactory as _, Parser};

use super::*;
use crate::arguments::Arguments;

fn every_command(command: &Command, seen: &mut Vec<Command>) {
    seen.push(command.clone());
    for below in command.get_subcommands() {
        every_command(below, seen);
    }
}

#[test]
fn every_flag_for_a_secret_can_be_a_file() {
    let mut commands = Vec::new();
    every_command(&Arguments::command(), &mut commands);
    let mut flags = 0;
    for command in commands {
        let names: Vec<&str> = command.get_arguments().filter_map(Arg::get_long).collect();
        for name in &names {
            let secret = ["secret", "password", "token", "token-hint", "dsn"];
            // Where a list goes on is no secret.
            if *name == "page-token" {
                continue;
            }
            let setting = *name == "set" && command.get_name() == "serve";
            if setting || secret.iter().any(|end| name == end || name.ends_with(&format!("-{end}"))) {
                let file = format!("{name}-file");
                assert!(names.contains(&file.as_str()), "{}: --{name} has no --{file}", command.get_name());
                flags += 1;
            }
        }
    }
    assert!(flags > 10, "{flags}");
}

#[derive(Debug, Parser)]
struct Tried {
    #[command(flatten)]
    secret: SecretFlags<NewClientSecret>,
}

fn tried(flags: &[&str]) -> Result<Tried, Error> {
    Tried::try_parse_from([&["x"], flags].concat())
}

#[test]
fn the_value_is_not_shown() {
    let shown = format!("{:?}", tried(&["--secret", "hunter2-hunter2"]).unwrap());
    assert!(shown.contains("[secret]") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_secret_comes_from_one_place() {
    let both = tried(&["--secret", "hunter2-hunter2", "--secret-file", "x"]).unwrap_err().to_string();
    assert!(both.contains("cannot be used with '--secret-file'") && !both.contains("hunter2"), "{both}");
    let twice = tried(&["--secret", "hunter2-hunter2", "--secret", "hunter2"]).unwrap_err().to_string();
    assert!(!twice.contains("hunter2"), "{twice}");
}

#[test]
fn an_empty_argument_is_none() {
    for flags in [&[][..], &["--secret", ""], &["--secret="]] {
        assert!(tried(flags).unwrap().secret.read().unwrap().is_none());
    }
    let Err(Failure::Message(told)) = tried(&[]).unwrap().secret.read_required("client secret") else { panic!() };
    assert!(told.contains("--secret-file PATH"), "{told}");
}

#[test]
fn the_address_of_a_database_is_secret_with_its_password() {
    for (address, secret) in [
        ("memory", false),
        ("sqlite:///var/lib/symbolon.db", false),
        ("postgres://symbolon@db/symbolon", false),
        ("postgres://symbolon:hunter2@db/symbolon", true),
        ("postgres://db/symbolon?user=a&password=hunter2", true),
    ] {
        assert_eq!(DataSource::is_secret(address), secret, "{address}");
    }
}
