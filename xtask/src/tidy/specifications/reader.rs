//! Citations in a text: the name of a specification, and the sections behind it.

use super::titles::{SPECIFICATIONS, Specification};

/// A specification by its name, with a section or as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Citation {
    pub(crate) specification: String,
    pub(crate) section: Option<String>,
}

/// The text of lines, as one line without the marks of comments: a citation may be broken across two.
pub(crate) fn flat<'t>(lines: impl Iterator<Item = &'t str>) -> String {
    let mut text = String::new();
    for line in lines {
        let bare = line.trim().trim_start_matches(['/', '!']).trim().trim_end_matches('\\');
        text.push_str(bare);
        text.push(' ');
    }
    text.replace('`', "")
}

/// What a text as of [`flat`] cites.
pub(crate) fn citations(text: &str) -> Vec<Citation> {
    let mut found = rfcs(text);
    for specification in SPECIFICATIONS.iter().filter(|specification| !specification.name.starts_with("RFC ")) {
        found.extend(named(text, specification));
    }
    found.sort();
    found.dedup();
    found
}

fn rfcs(text: &str) -> Vec<Citation> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("RFC ") {
        let rest = &text[at + 4..];
        let digits = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
        if digits > 0 && begins_a_word(text, at) {
            add(&mut found, &format!("RFC {}", &rest[..digits]), &rest[digits..]);
        }
    }
    found
}

fn named(text: &str, specification: &Specification) -> Vec<Citation> {
    let mut found = Vec::new();
    for name in std::iter::once(specification.name).chain(specification.short.iter().copied()) {
        for (at, _) in text.match_indices(name).filter(|(at, _)| begins_a_word(text, *at)) {
            let rest = &text[at + name.len()..];
            let rest = rest.strip_prefix(" 1.0").unwrap_or(rest);
            let counts = name == specification.name || rest.trim_start().starts_with('§');
            let ends_here = !rest.starts_with(char::is_alphanumeric);
            if counts && ends_here {
                add(&mut found, specification.name, rest);
            }
        }
    }
    found
}

fn begins_a_word(text: &str, at: usize) -> bool {
    !text[..at].ends_with(|character: char| character.is_alphanumeric() || character == '-')
}

fn add(found: &mut Vec<Citation>, specification: &str, rest: &str) {
    let sections = sections(rest);
    if sections.is_empty() {
        found.push(Citation { specification: specification.to_owned(), section: None });
    }
    found.extend(
        sections
            .into_iter()
            .map(|section| Citation { specification: specification.to_owned(), section: Some(section) }),
    );
}

/// `§2`, `§2, §3.1 and §4`: the sections at the start of a text.
fn sections(mut rest: &str) -> Vec<String> {
    let mut sections = Vec::new();
    loop {
        let next = [", and ", ", ", " and ", " or ", " to ", "–", " "]
            .iter()
            .find_map(|separator| rest.strip_prefix(separator).filter(|behind| behind.starts_with('§')));
        let Some(section) = next.unwrap_or(rest).strip_prefix('§') else { return sections };
        let is_part = |character: char| character.is_ascii_alphanumeric() || ".-".contains(character);
        let end = section.find(|character: char| !is_part(character)).unwrap_or(section.len());
        let number = section[..end].trim_end_matches(['.', '-']);
        if number.is_empty() {
            return sections;
        }
        sections.push(number.to_owned());
        rest = &section[number.len()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let shown = |citation: Citation| match citation.section {
            Some(section) => format!("{} §{section}", citation.specification),
            None => citation.specification,
        };
        citations(&flat(text.lines())).into_iter().map(shown).collect()
    }

    #[test]
    fn sections_are_read_in_lists_and_across_lines() {
        assert_eq!(read("//! The answer (RFC 7591\n//! §2, §3.2.1)."), ["RFC 7591 §2", "RFC 7591 §3.2.1"]);
        assert_eq!(read("/// RFC 9449 §5 and §7.1.\n// RFC 8705"), ["RFC 8705", "RFC 9449 §5", "RFC 9449 §7.1"]);
        assert_eq!(read("(FAPI 2.0 Security Profile §5.3.2.1-8)"), ["FAPI 2.0 Security Profile §5.3.2.1-8"]);
    }

    #[test]
    fn short_names_count_in_front_of_a_section_only() {
        assert_eq!(
            read("`OpenID` Connect Core 1.0 §3.1, Core §2"),
            ["OpenID Connect Core §2", "OpenID Connect Core §3.1"]
        );
        assert_eq!(read("Core and Discovery of CIBA"), [""; 0]);
        assert_eq!(read("FAPI-CIBA §5.2.2"), ["FAPI-CIBA §5.2.2"]);
        assert_eq!(read("FAPI 2.0 §5.3.4"), ["FAPI 2.0 Security Profile §5.3.4"]);
    }

    #[test]
    fn other_words_are_no_citations() {
        assert_eq!(read("RFC4122 and RFCs, an RFC of ours, PRFC 12"), [""; 0]);
    }
}
