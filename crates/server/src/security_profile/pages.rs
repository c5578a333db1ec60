//! Each profile has a page whose second half is made of the table of rules, and a test says when it is out of date.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::{RULES, Row, SecurityProfile, rules_of};

const HEADING: &str = "## What it enforces";

fn page(profile: SecurityProfile) -> PathBuf {
    let name = format!("{}.md", profile.as_str());
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/security-profiles").join(name)
}

/// The second half of a page: the profile's own rules first, then those of the profiles before it.
fn chapter(profile: SecurityProfile) -> String {
    let mut text = format!("{HEADING}\n");
    let own = |row: &&&Row| row.from == profile;
    write_table(&mut text, rules_of(profile).collect::<Vec<_>>().iter().filter(own).copied());
    let before: Vec<_> = RULES.iter().filter(|row| row.from < profile).collect();
    if !before.is_empty() {
        text.push_str("\nBeside these, what the profiles before it enforce:\n");
        write_table(&mut text, before.into_iter());
    }
    text
}

fn write_table<'r>(text: &mut String, rows: impl Iterator<Item = &'r Row>) {
    text.push_str("\n| rule | written in |\n| --- | --- |\n");
    for row in rows {
        writeln!(text, "| {} | {} |", row.sentence, row.section).unwrap();
    }
}

fn written(profile: SecurityProfile) -> (String, String) {
    let current = std::fs::read_to_string(page(profile)).unwrap();
    let opening = current.split(HEADING).next().unwrap().trim_end();
    let wanted = format!("{opening}\n\n{}", chapter(profile));
    (current, wanted)
}

#[test]
fn pages_say_what_the_table_says() {
    for profile in &SecurityProfile::ALL[1..] {
        let (current, wanted) = written(*profile);
        assert_eq!(current, wanted, "out of date: run the test `rewrite` beside this one with --ignored");
    }
}

#[test]
#[ignore = "writes docs/security-profiles"]
fn rewrite() {
    for profile in &SecurityProfile::ALL[1..] {
        std::fs::write(page(*profile), written(*profile).1).unwrap();
    }
}
