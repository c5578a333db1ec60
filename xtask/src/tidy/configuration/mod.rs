//! A configuration key that is accepted and does nothing is worse than one that is refused. So every key that has a
//! field (`section!` in the server's `config` module) must be read by something outside that module.
//!
//! What counts as reading is decided on tokens, so that comments, strings and tests do not count. A file reads the field
//! `enabled` of the section that others reach as `pkce` if it says `pkce.enabled`, or if it takes the section as a whole
//! (`config.oauth2.pkce`, or the type `Pkce`) and says `.enabled`. A method of the configuration reads on behalf of
//! those who call it.

mod declarations;
mod readers;

use std::collections::BTreeSet;

use self::declarations::{Accessor, Declarations};
use self::readers::Reader;
use super::finding::Finding;
use super::rust_file::RustFile;

/// Where keys are declared.
const CONFIGURATION: &str = "crates/server/src/config/";
/// Where they are read.
const READERS: &[&str] = &["crates/server/src/", "crates/cli/src/"];

/// Keys that are read by a change that is under way, as section and field. Empty this list when it has arrived.
const AWAITED: &[(&str, &str)] = &[];

/// Checks that every key with a field is read outside the configuration.
pub(crate) fn check(files: &[RustFile], findings: &mut Vec<Finding>) {
    check_with(files, AWAITED, findings);
}

fn check_with(files: &[RustFile], awaited: &[(&str, &str)], findings: &mut Vec<Finding>) {
    let declared = Declarations::of(files.iter().filter(|file| file.path.starts_with(CONFIGURATION)));
    let outside = files.iter().filter(|file| {
        READERS.iter().any(|folder| file.path.starts_with(folder)) && !file.path.starts_with(CONFIGURATION)
    });
    if declared.keys.is_empty() {
        let problem = "declares no key".to_owned();
        findings.push(Finding::failure(
            (CONFIGURATION, 1),
            "configuration",
            problem,
            "let this rule know the new form",
        ));
    }
    let mut readers: Vec<Reader> = outside.map(|file| Reader::of(&file.product_tokens())).collect();
    add_accessors(&declared.accessors, &mut readers);
    for key in &declared.keys {
        let reached_as = declared.reached_as(&key.section);
        let is_read = readers.iter().any(|reader| reader.reads(&key.section, &reached_as, &key.field));
        let is_awaited = awaited.contains(&(key.section.as_str(), key.field.as_str()));
        let (problem, remedy) = match (key.honoured, is_read, is_awaited) {
            (true, true, false) | (true, false, true) => continue,
            (true, false, false) => (
                "is read by nothing outside the configuration",
                "read it, or move the key to `no_field` as `Inert` (warned about) or `Moot` (fulfilled anyway)",
            ),
            (true, true, true) => ("is read now", "take it off the list in xtask/src/tidy/configuration"),
            (false, ..) => ("has a field, and is not marked as honoured", "mark it, or move it to `no_field`"),
        };
        let problem = format!("the key of `{}.{}` {problem}", key.section, key.field);
        findings.push(Finding::failure((&key.path, key.line), "configuration", problem, remedy));
    }
}

/// Adds the bodies of the configuration's methods that are called from outside, and of those that these call.
fn add_accessors(accessors: &[Accessor], readers: &mut Vec<Reader>) {
    let is_called = |accessor: &&Accessor| readers.iter().any(|reader| reader.calls.contains(&accessor.name));
    let public = accessors.iter().filter(|accessor| accessor.public);
    let mut open: BTreeSet<&str> = public.filter(is_called).map(|accessor| accessor.name.as_str()).collect();
    let mut done = BTreeSet::new();
    while let Some(name) = open.pop_first() {
        if !done.insert(name) {
            continue;
        }
        for accessor in accessors.iter().filter(|accessor| accessor.name == name) {
            open.extend(accessor.reader.calls.iter().map(String::as_str));
            readers.push(accessor.reader.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECLARED: &str = "
        section! {
            /// All.
            pub struct Config {
                /// The mode.
                dev: bool = \"dev\", Switch, Value(\"false\"), Compatible;
            }
            parts {
                /// PKCE.
                pkce: Pkce;
                /// Pages.
                ui: Ui = \"ui.\";
            }
            no_field {
                /// Nothing.
                \"nothing\", Switch, Unset, Inert;
            }
        }
        section! {
            pub struct Pkce {
                /// Demanded.
                enforced: bool = \"pkce.enforced\", Text(Word(&[\"a\"])), Unset, Added;
            }
        }
        section! {
            pub struct Ui {
                /// On.
                enforced: Option<String> = \"enforced\", Switch, Unset, Compatible;
            }
        }
        impl Config {
            pub fn address(&self) -> &str { self.inner() }
            fn inner(&self) -> &str { self.ui.enforced.as_str() }
            pub fn unused(&self) -> bool { self.pkce.enforced }
        }
    ";

    /// The fields that are reported for a reader with this text.
    fn reported(reader: &str, awaited: &[(&str, &str)]) -> Vec<String> {
        let sources = [("crates/server/src/config/mod.rs", DECLARED), ("crates/server/src/reader.rs", reader)];
        let files = sources.map(|(path, text)| RustFile::parse(path, text).expect("parses"));
        let mut findings = Vec::new();
        check_with(&files, awaited, &mut findings);
        let quoted = findings.iter().map(|finding| finding.problem.split('`').nth(1).unwrap_or_default().to_owned());
        quoted.collect()
    }

    #[test]
    fn a_key_that_nobody_reads_is_reported() {
        assert_eq!(reported("fn f() {}", &[]), ["Config.dev", "Pkce.enforced", "Ui.enforced"]);
        assert_eq!(reported("fn f() { config.address(); }", &[]), ["Config.dev", "Pkce.enforced"]);
        let all = "fn f(c: &Context) { if c.config.dev && c.config.pkce.enforced { g(&c.config.ui.enforced) } }";
        assert!(reported(all, &[]).is_empty());
    }

    #[test]
    fn comments_strings_tests_and_calls_are_no_readers() {
        for text in [
            "// config.dev pkce.enforced ui.enforced\nfn f() {}",
            "fn f() -> &'static str { \"config.dev pkce.enforced ui.enforced\" }",
            "#[cfg(test)] mod tests { fn f() { config.dev; pkce.enforced; ui.enforced; } }",
            "fn f() { config.dev(); pkce.enforced(); ui.enforced(); }",
        ] {
            assert_eq!(reported(text, &[]).len(), 3, "{text}");
        }
    }

    #[test]
    fn the_field_of_another_section_does_not_count() {
        assert_eq!(reported("fn f() { other.enforced; config.dev; ui.enforced; }", &[]), ["Pkce.enforced"]);
    }

    #[test]
    fn a_section_may_be_taken_as_a_whole() {
        let bound = "fn f() { let own = &config.pkce; own.enforced; config.dev; ui.enforced; }";
        assert!(reported(bound, &[]).is_empty());
        let named = "fn f(own: &Pkce) { own.enforced; config.dev; ui.enforced; }";
        assert!(reported(named, &[]).is_empty());
    }

    #[test]
    fn a_method_reads_for_those_who_call_it() {
        assert_eq!(reported("fn f() { config.address(); config.dev; }", &[]), ["Pkce.enforced"]);
        assert_eq!(reported("fn f() { config.inner(); config.dev; }", &[]), ["Pkce.enforced", "Ui.enforced"]);
    }

    #[test]
    fn what_is_awaited_is_no_fault_until_it_is_read() {
        let awaited = [("Pkce", "enforced")];
        assert!(reported("fn f() { config.dev; ui.enforced; }", &awaited).is_empty());
        assert_eq!(reported("fn f() { config.dev; ui.enforced; pkce.enforced; }", &awaited), ["Pkce.enforced"]);
    }
}
