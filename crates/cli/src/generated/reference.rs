//! `docs/reference/cli.md`: every command with its arguments, as the parser has them. Flags that many commands have are
//! described once. The page in the repository is compared with what is made here, so that it stays true.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Arg, Command, CommandFactory as _};

use crate::arguments::Arguments;

/// A flag that so many commands have in the same words is described once.
const MANY: usize = 6;

const HEAD: &str = "# Commands

This page is made from the parser of the command line. To change it, change the command, and run `cargo test -p symbolon --bin symbolon \
                    generated::reference::rewrite -- --ignored`. How commands find a server, print results and read secrets says [the \
                    command line](../command-line.md); `--help` after a command has examples.

## Exit codes

| Code | Meaning |
|---|---|
| 0 | It is done |
| 1 | It failed, or the arguments are wrong; a line on standard error says why |
| 2 | `import hydra` left something out; `apply --dry-run` found something to change |
";

struct Page {
    commands: Vec<Command>,
    /// How many commands have a flag in these words.
    uses: BTreeMap<String, usize>,
}

impl Page {
    fn new() -> Self {
        let mut root = Arguments::command();
        root.build();
        let mut commands = Vec::new();
        collect(&root, &mut commands);
        let mut uses = BTreeMap::new();
        for argument in commands.iter().flat_map(arguments) {
            *uses.entry(row(argument)).or_default() += 1;
        }
        Self { commands, uses }
    }

    fn is_shared(&self, argument: &Arg) -> bool {
        !argument.is_positional() && self.uses.get(&row(argument)).is_some_and(|count| *count >= MANY)
    }

    fn text(&self) -> String {
        let mut page = HEAD.to_owned();
        page.push_str("\n## Flags of many commands\n\n| Flag | Meaning |\n|---|---|\n");
        let all = self.commands.iter().flat_map(arguments).filter(|argument| self.is_shared(argument));
        let rows: BTreeSet<String> = all.map(row).collect();
        page.extend(rows);
        for command in &self.commands {
            self.describe(command, &mut page).unwrap();
        }
        page
    }

    fn describe(&self, command: &Command, page: &mut String) -> std::fmt::Result {
        let name = command.get_bin_name().unwrap();
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        write!(page, "\n## {name}\n\n{}.\n", plain(&about))?;
        let aliases: Vec<_> = command.get_visible_aliases().map(|alias| format!("`{alias}`")).collect();
        if !aliases.is_empty() {
            write!(page, "\nAlso called {}.\n", aliases.join(", "))?;
        }
        let (shared, own): (Vec<&Arg>, Vec<&Arg>) = arguments(command).partition(|argument| self.is_shared(argument));
        if !own.is_empty() {
            page.push_str("\n| Argument | Meaning |\n|---|---|\n");
            page.extend(own.into_iter().map(row));
        }
        let shared: Vec<_> =
            shared.iter().filter_map(|argument| Some(format!("`--{}`", argument.get_long()?))).collect();
        if !shared.is_empty() {
            write!(page, "\nFlags of many commands: {}.\n", shared.join(", "))?;
        }
        Ok(())
    }
}

/// The commands that do something, in the order of the help.
fn collect(command: &Command, found: &mut Vec<Command>) {
    let below: Vec<_> =
        command.get_subcommands().filter(|below| below.get_name() != "help" && !below.is_hide_set()).collect();
    if below.is_empty() || !command.is_subcommand_required_set() && command.get_bin_name() != Some("symbolon") {
        found.push(command.clone());
    }
    for below in below {
        collect(below, found);
    }
}

fn arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    let is_shown =
        |argument: &&Arg| !argument.is_hide_set() && !["help", "version"].contains(&argument.get_id().as_str());
    command.get_arguments().filter(is_shown)
}

/// A line of a table.
fn row(argument: &Arg) -> String {
    let value =
        argument.get_value_names().unwrap_or_default().iter().map(clap::builder::Str::as_str).collect::<Vec<_>>();
    let takes_value = argument.get_action().takes_values();
    let is_optional = argument.get_num_args().is_some_and(|count| count.min_values() == 0);
    let value = match value.join(" ") {
        value if argument.is_positional() && argument.is_required_set() => value,
        value if argument.is_positional() => format!("[{value}]"),
        _ if !takes_value => String::new(),
        value if is_optional => format!("[={value}]"),
        value => format!(" {value}"),
    };
    let long = argument.get_long().map(|long| format!("--{long}")).unwrap_or_default();
    let short = argument.get_short().map(|short| format!("`-{short}`, ")).unwrap_or_default();
    let mut meaning = vec![plain(&argument.get_help().map(ToString::to_string).unwrap_or_default())];
    let texts = |values: Vec<String>| values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    let possible = argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect::<Vec<_>>();
    if takes_value && !possible.is_empty() {
        meaning.push(format!("one of {}", texts(possible)));
    }
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if takes_value && !defaults.is_empty() {
        meaning.push(format!("otherwise {}", texts(defaults)));
    }
    if let Some(variable) = argument.get_env().filter(|_| !argument.is_hide_env_set()) {
        meaning.push(format!("also from `{}`", variable.to_string_lossy()));
    }
    if argument.is_required_set() && !argument.is_positional() {
        meaning.push("required".to_owned());
    }
    format!("| {short}`{}` | {} |\n", format!("{long}{value}").replace('|', "\\|"), meaning.join("; "))
}

/// A text of a help page in a table: nothing of it is a mark.
fn plain(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let escaped = |character: char| match character {
        '|' | '<' | '>' | '*' | '_' | '[' | ']' => format!("\\{character}"),
        other => other.to_string(),
    };
    words.chars().map(escaped).collect()
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/cli.md")
}

#[test]
fn the_page_in_the_repository_is_up_to_date() {
    let there = std::fs::read_to_string(file()).unwrap_or_default();
    assert!(
        there == Page::new().text(),
        "docs/reference/cli.md differs from the commands; `cargo test -p symbolon --bin symbolon \
         generated::reference::rewrite -- --ignored` writes it"
    );
}

#[test]
fn every_command_and_every_flag_is_there() {
    let page = Page::new();
    let text = page.text();
    for command in &page.commands {
        let name = command.get_bin_name().unwrap();
        let begin = text.find(&format!("\n## {name}\n")).unwrap();
        let part = text[begin + 1..].split("\n## ").next().unwrap();
        for flag in arguments(command).filter_map(Arg::get_long) {
            assert!(part.contains(&format!("--{flag}")), "{name} --{flag}");
        }
    }
    assert!(page.commands.len() > 50, "{}", page.commands.len());
}

#[test]
#[ignore = "writes docs/reference/cli.md"]
fn rewrite() {
    std::fs::write(file(), Page::new().text()).unwrap();
}
