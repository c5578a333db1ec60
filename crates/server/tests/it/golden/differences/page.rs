//! The tables as a chapter of the guide for those who come from Hydra. It is written from the tables, and a test sees that
//! it is current.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::everywhere::EVERYWHERE;
use super::{Difference, OWN, all_steps};

const BEGIN: &str = "<!-- The rest is written by a test from the tables of differences. -->\n";

const OPENING: &str = "
## Every difference that the recordings show

The names are those of the recorded exchanges: a recording, and a step in it. What is not here is answered as Hydra does. To change \
this chapter, change the tables in `crates/server/tests/it/golden/differences` and run `cargo test -p symbolon-server --test it \
golden::differences::page::rewrite -- --ignored`.

### Wherever it appears

| First seen in | Difference | Source |
|---|---|---|
";

/// A cell: a bar would end it, and so would a line break.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn source(source: &str) -> &str {
    if source == OWN { "–" } else { source }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn instead(entry: &Difference) -> String {
    let lines = entry.instead.iter().map(|(place, got)| match *place {
        "outcome" => format!("`{got}`"),
        place => format!("{}: `{got}`", place.replace('<', "\\<")),
    });
    lines.collect::<Vec<_>>().join("<br>")
}

fn chapter() -> String {
    let mut text = format!("{BEGIN}{OPENING}");
    for general in EVERYWHERE {
        let (file, step) = general.witness;
        let row =
            format!("| `{file}`: {} | {} | {} |\n", cell(step), cell(&sentence(general.why)), source(general.source));
        text.push_str(&row);
    }
    let mut files = BTreeMap::<&str, Vec<&Difference>>::new();
    for entry in all_steps() {
        files.entry(entry.file).or_default().push(entry);
    }
    for (file, entries) in files {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n### `{file}`\n\n| Step | Here | Why | Source |\n|---|---|---|---|\n");
        for entry in entries {
            let why = cell(&sentence(entry.why));
            let row =
                format!("| {} | {} | {why} | {} |\n", cell(entry.step), cell(&instead(entry)), source(entry.source));
            text.push_str(&row);
        }
    }
    text
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/moving-from-hydra.md")
}

/// What people wrote, and what was written from the tables.
fn parts() -> (String, String) {
    let page = std::fs::read_to_string(file()).unwrap();
    match page.find(BEGIN) {
        Some(place) => (page[..place].to_owned(), page[place..].to_owned()),
        None => (page + "\n", String::new()),
    }
}

#[test]
fn the_guide_shows_every_difference() {
    assert!(
        parts().1 == chapter(),
        "docs/moving-from-hydra.md is out of date: run `cargo test -p symbolon-server --test it \
         golden::differences::page::rewrite -- --ignored`"
    );
}

#[test]
#[ignore = "writes docs/moving-from-hydra.md"]
fn rewrite() {
    std::fs::write(file(), parts().0 + &chapter()).unwrap();
}
