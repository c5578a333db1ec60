//! What `docs/openid-client.md` names is there: members of the crate, and the tests that show them.

use std::path::Path;

const TABLE: &str = include_str!("../../docs/openid-client.md");

/// The rows of all tables: what the other package has, what this crate has, the tests.
fn rows() -> Vec<[&'static str; 3]> {
    let cells = |line: &'static str| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        <[&str; 3]>::try_from(cells).ok()
    };
    TABLE
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("`openid-client` |"))
        .filter_map(cells)
        .collect()
}

/// The words between backticks.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn source() -> String {
    fn read(folder: &Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, all);
            } else {
                all.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut all = String::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    all
}

#[test]
fn every_name_of_this_crate_exists() {
    let source = source();
    let rows = rows();
    assert!(rows.len() > 40, "{} rows", rows.len());
    let mut checked = 0;
    for [_, here, _] in rows {
        for name in code(here) {
            let Some((owner, member)) = name.split_once("::") else { continue };
            checked += 1;
            let forms = [
                format!("fn {member}("),
                format!("fn {member}<"),
                format!("    {member}("),
                format!("    {member} {{"),
                format!("    {member},"),
            ];
            assert!(forms.iter().any(|form| source.contains(form)), "{name} is not there");
            assert!(source.contains(owner), "{owner} is not there");
        }
    }
    assert!(checked > 40, "{checked} names");
}

#[test]
fn every_test_that_is_named_exists() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for [theirs, _, shown] in rows() {
        for name in code(shown) {
            let path = if name.starts_with("crates/") {
                crate_folder.join("../..").join(name)
            } else {
                crate_folder.join("tests/it").join(name.replace("::", "/"))
            };
            assert!(path.exists() || path.with_extension("rs").exists(), "{name}, which shows {theirs}");
        }
    }
}
