//! Rules about the source of the templates: all words come from the texts, and all texts are shown somewhere.

use std::fs;
use std::path::Path;

use crate::ui::texts::Texts;

/// The sources of all templates of pages for users, by name. The page of the interface is for operators, and in English.
fn templates() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| !path.ends_with("openapi.html"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect()
}

/// `text` without everything between `open` and `close`.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut parts = text.split(open);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once(close).map_or("", |(_, rest)| rest))
}

#[test]
fn no_template_has_a_sentence_of_its_own() {
    for (name, source) in templates() {
        let markup = ["{#", "{%", "{{"]
            .iter()
            .zip(["#}", "%}", "}}"])
            .fold(source, |text, (open, close)| without(&text, open, close));
        // Blocks that fill an attribute stand outside of any tag in the file that fills them.
        let in_attribute = |word: &&str| word.starts_with("page-") || ["strict-origin", "no-referrer"].contains(word);
        for word in without(&markup, "<", ">").split_whitespace().filter(|word| !in_attribute(word)) {
            assert!(!word.contains(char::is_alphabetic), "{name}: {word}");
        }
        for attribute in [" alt=\"", " title=\"", " placeholder=\"", " aria-label=\""] {
            for value in markup.split(attribute).skip(1) {
                let value = value.split('"').next().unwrap_or_default();
                assert!(!value.contains(char::is_alphabetic), "{name}: {attribute}{value}");
            }
        }
    }
}

#[test]
fn every_sentence_is_used() {
    let views = [
        include_str!("consent.rs"),
        include_str!("device.rs"),
        include_str!("error.rs"),
        include_str!("form_post.rs"),
        include_str!("home.rs"),
        include_str!("login.rs"),
        include_str!("logout.rs"),
        include_str!("notice.rs"),
        include_str!("../texts.rs"),
    ];
    let pages = templates();
    for key in Texts::KEYS {
        let in_template = pages.iter().any(|(_, source)| source.contains(&format!("frame.texts.{key} ")));
        let in_view = views
            .iter()
            .any(|source| source.contains(&format!("texts.{key}")) || source.contains(&format!("self.{key},")));
        assert!(in_template || in_view, "{key} is never shown");
    }
}
