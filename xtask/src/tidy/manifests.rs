//! What each crate may depend on, and under which licence it stands.
//!
//! The walls keep heavy and dangerous dependencies in one place each, and the crates in one order. They hold for what
//! becomes part of the product; tests may depend on more. `deny.toml` says the same to cargo-deny, which also looks
//! through the dependencies of dependencies.

use super::finding::Finding;
use super::repository::{DependencyKind, Manifest};

const LICENCE: &str = "Apache-2.0";

/// What our own crates may use of each other.
const ORDER: &[(&str, &[&str])] = &[
    ("symbolon-types", &[]),
    ("symbolon-jose", &[]),
    ("symbolon-store", &["symbolon-types"]),
    ("symbolon-server", &["symbolon-types", "symbolon-jose", "symbolon-store"]),
    ("symbolon-client", &["symbolon-types", "symbolon-jose"]),
    ("symbolon-test-provider", &["symbolon-types", "symbolon-jose", "symbolon-store", "symbolon-server"]),
    ("symbolon", &["symbolon-server", "symbolon-client", "symbolon-types"]),
    ("symbolon-fuzz", &["symbolon-types", "symbolon-jose", "symbolon-server", "symbolon-client"]),
    ("xtask", &[]),
];

/// Dependencies with a home. A name stands for itself and, with a hyphen after it, for its family.
const HOMES: &[(&str, &[&str])] = &[
    ("rusqlite", &["symbolon-store"]),
    ("libsqlite3-sys", &["symbolon-store"]),
    ("tokio-postgres", &["symbolon-store"]),
    ("sqlx", &[]),
    ("aws-lc", &["symbolon-jose"]),
    ("aes", &["symbolon-jose"]),
    ("cbc", &["symbolon-jose"]),
    ("ed25519", &["symbolon-jose"]),
    ("getrandom", &["symbolon-jose"]),
    ("hmac", &["symbolon-jose"]),
    ("p256", &["symbolon-jose"]),
    ("p384", &["symbolon-jose"]),
    ("p521", &["symbolon-jose"]),
    ("rsa", &["symbolon-jose"]),
    ("subtle", &["symbolon-jose"]),
    ("ring", &[]),
    ("axum-core", &["symbolon-server", "symbolon-client"]),
    ("axum", &["symbolon-server"]),
    ("reqwest", &["symbolon-server", "symbolon-client"]),
    ("rmcp", &["symbolon"]),
];

/// Crates without input, output or a runtime, and what is closed to them.
const PURE: &[&str] = &["symbolon-types", "symbolon-jose"];
const IMPURE: &[&str] = &["tokio", "hyper", "tracing", "tempfile"];

/// Checks one crate's manifest.
pub(crate) fn check(manifest: &Manifest, findings: &mut Vec<Finding>) {
    if manifest.licence.as_deref() != Some(LICENCE) {
        let problem = format!("licence is {}", manifest.licence.as_deref().unwrap_or("missing"));
        let remedy = "say `license.workspace = true`: everything here is Apache-2.0";
        findings.push(Finding::failure((&manifest.path, 1), "licence", problem, remedy));
    }
    let Some((_, allowed)) = ORDER.iter().find(|(name, _)| *name == manifest.name) else {
        let problem = format!("the crate `{}` has no place in the order of crates", manifest.name);
        let remedy = "give it one in xtask/src/tidy/manifests.rs and in ARCHITECTURE.md, with the reason it exists";
        findings.push(Finding::failure((&manifest.path, 1), "crate-order", problem, remedy));
        return;
    };
    for dependency in manifest.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Product) {
        let name = dependency.name.as_str();
        let mut fail = |rule, problem: String, remedy| {
            let place = (manifest.path.as_str(), line_of(&manifest.text, name));
            findings.push(Finding::failure(place, rule, problem, remedy));
        };
        if ORDER.iter().any(|(ours, _)| *ours == name) && !allowed.contains(&name) {
            let problem = format!("`{}` depends on `{name}`", manifest.name);
            fail("crate-order", problem, "see the order of crates in ARCHITECTURE.md");
        }
        let home = HOMES.iter().find(|(family, _)| is_of_family(name, family));
        if home.is_some_and(|(_, crates)| !crates.contains(&manifest.name.as_str())) {
            let problem = format!("`{}` depends on `{name}`", manifest.name);
            fail("crate-wall", problem, "it has a home of its own, or none: see HOMES in xtask/src/tidy/manifests.rs");
        }
        if PURE.contains(&manifest.name.as_str()) && IMPURE.iter().any(|family| is_of_family(name, family)) {
            let problem = format!("`{}` depends on `{name}`", manifest.name);
            fail("pure-crate", problem, "this crate does no input or output: let the caller do it");
        }
    }
}

fn is_of_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn line_of(text: &str, dependency: &str) -> usize {
    let declares = |line: &str| {
        let line = line.trim_start();
        line.strip_prefix(dependency).is_some_and(|rest| rest.starts_with([' ', '.', '=', ']']))
            || line.contains(&format!(".{dependency}]"))
    };
    text.lines().position(declares).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::repository::Dependency;

    fn manifest(name: &str, dependencies: &[(&str, DependencyKind)]) -> Manifest {
        let lines: Vec<String> = dependencies.iter().map(|(name, _)| format!("{name}.workspace = true")).collect();
        Manifest {
            path: "crates/x/Cargo.toml".to_owned(),
            text: format!("[dependencies]\n{}\n", lines.join("\n")),
            name: name.to_owned(),
            licence: Some(LICENCE.to_owned()),
            dependencies: dependencies.iter().map(|&(name, kind)| Dependency { name: name.to_owned(), kind }).collect(),
        }
    }

    fn rules(manifest: &Manifest) -> Vec<(&'static str, usize)> {
        let mut findings = Vec::new();
        check(manifest, &mut findings);
        findings.iter().map(|finding| (finding.rule, finding.line)).collect()
    }

    fn product(crate_name: &str, dependency: &str) -> Vec<(&'static str, usize)> {
        rules(&manifest(crate_name, &[("serde", DependencyKind::Product), (dependency, DependencyKind::Product)]))
    }

    #[test]
    fn dependencies_stay_at_home() {
        for (dependency, home, elsewhere) in [
            ("rusqlite", "symbolon-store", "symbolon-server"),
            ("tokio-postgres", "symbolon-store", "symbolon-server"),
            ("tokio-postgres-rustls", "symbolon-store", "symbolon"),
            ("aws-lc-rs", "symbolon-jose", "symbolon-server"),
            ("aes-gcm-siv", "symbolon-jose", "symbolon-client"),
            ("rsa", "symbolon-jose", "symbolon-client"),
            ("axum", "symbolon-server", "symbolon"),
            ("axum-extra", "symbolon-server", "symbolon-client"),
            ("axum-core", "symbolon-client", "symbolon-store"),
            ("reqwest", "symbolon-server", "symbolon"),
            ("reqwest", "symbolon-client", "symbolon-store"),
        ] {
            assert!(product(home, dependency).is_empty(), "{dependency} in {home}");
            assert_eq!(product(elsewhere, dependency), [("crate-wall", 3)], "{dependency} in {elsewhere}");
        }
        assert_eq!(product("symbolon-store", "sqlx"), [("crate-wall", 3)]);
    }

    #[test]
    fn crates_keep_their_order() {
        assert!(product("symbolon-server", "symbolon-store").is_empty());
        assert_eq!(product("symbolon-store", "symbolon-server"), [("crate-order", 3)]);
        assert_eq!(product("symbolon-client", "symbolon-store"), [("crate-order", 3)]);
        assert_eq!(rules(&manifest("symbolon-extra", &[])), [("crate-order", 1)]);
    }

    #[test]
    fn pure_crates_have_no_runtime() {
        assert_eq!(product("symbolon-types", "tokio"), [("pure-crate", 3)]);
        assert_eq!(product("symbolon-jose", "hyper-util"), [("pure-crate", 3)]);
    }

    #[test]
    fn tests_may_depend_on_more() {
        let development = [("reqwest", DependencyKind::Development), ("symbolon-server", DependencyKind::Development)];
        assert!(rules(&manifest("symbolon-types", &development)).is_empty());
    }

    #[test]
    fn licence_is_required() {
        for licence in [None, Some("MIT".to_owned())] {
            let manifest = Manifest { licence, ..manifest("symbolon-types", &[]) };
            assert_eq!(rules(&manifest), [("licence", 1)]);
        }
    }
}
