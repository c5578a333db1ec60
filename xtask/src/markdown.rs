//! What the tools read of a Markdown text: its fenced blocks, its headings as anchors, and where its links lead.
//!
//! It reads lines, not a syntax tree: links are inline or defined on a line of their own, and nothing in code counts.

use std::ops::Range;

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block<'t> {
    /// Line of the fence that opens it, counted from 1.
    pub(crate) line: usize,
    pub(crate) language: &'t str,
    /// The line above the fence.
    pub(crate) above: &'t str,
    /// The lines inside, from the fence's line on.
    pub(crate) content: Vec<&'t str>,
}

/// Where a link or an image leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Link<'t> {
    /// Line, counted from 1.
    pub(crate) line: usize,
    /// The address as it is written, and where that is in the text.
    pub(crate) target: &'t str,
    pub(crate) range: Range<usize>,
}

struct Line<'t> {
    number: usize,
    begins: usize,
    text: &'t str,
}

/// All fenced blocks.
pub(crate) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut open: Option<Block<'_>> = None;
    let mut above = "";
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        match (open.take(), trimmed.strip_prefix("```")) {
            (Some(block), Some(_)) => found.push(block),
            (Some(mut block), None) => {
                block.content.push(line);
                open = Some(block);
            }
            (None, Some(language)) => {
                open = Some(Block { line: index + 1, language: language.trim(), above, content: Vec::new() });
            }
            (None, None) => {}
        }
        above = trimmed.trim_end();
    }
    found.extend(open);
    found
}

/// The anchors of the headings, as GitHub and mdBook make them.
pub(crate) fn anchors(text: &str) -> Vec<String> {
    let mut titles: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for line in prose(text) {
        let title = line.text.trim_start_matches('#');
        let depth = line.text.len() - title.len();
        let Some(title) = title.strip_prefix(' ').filter(|_| (1..=6).contains(&depth)) else { continue };
        let anchor = anchor(title);
        let repeated = titles.iter().filter(|title| **title == anchor).count();
        found.push(if repeated == 0 { anchor.clone() } else { format!("{anchor}-{repeated}") });
        titles.push(anchor);
    }
    found
}

fn anchor(title: &str) -> String {
    let kept = without_addresses(title).to_lowercase();
    let kept = kept.trim().chars().filter(|character| character.is_alphanumeric() || " -_".contains(*character));
    kept.map(|character| if character == ' ' { '-' } else { character }).collect()
}

/// A title with what its links show, and not where they lead.
fn without_addresses(title: &str) -> String {
    let mut rest = title.to_owned();
    while let Some((begin, length)) =
        rest.find("](").and_then(|begin| rest[begin..].find(')').map(|length| (begin, length)))
    {
        rest.replace_range(begin..=begin + length, "");
    }
    rest
}

/// All links and images outside of code.
pub(crate) fn links(text: &str) -> Vec<Link<'_>> {
    let mut found = Vec::new();
    for line in prose(text) {
        let code = code_spans(line.text);
        let mut at = 0;
        while let Some(begin) = line.text[at..].find("](").map(|offset| at + offset + 2) {
            let Some(length) = line.text[begin..].find(')') else { break };
            at = begin + length;
            if !code.iter().any(|span| span.contains(&begin)) {
                found.push(link(text, &line, begin..at));
            }
        }
        if let Some(begin) = definition(line.text) {
            found.push(link(text, &line, begin..line.text.trim_end().len()));
        }
    }
    found
}

fn link<'t>(text: &'t str, line: &Line<'_>, within: Range<usize>) -> Link<'t> {
    let range = line.begins + within.start..line.begins + within.end;
    Link { line: line.number, target: &text[range.clone()], range }
}

/// Where the address of `[name]: address` begins.
fn definition(line: &str) -> Option<usize> {
    let close = line.strip_prefix('[')?.find("]: ")?;
    Some(close + "[]: ".len())
}

fn code_spans(line: &str) -> Vec<Range<usize>> {
    let ticks: Vec<usize> = line.match_indices('`').map(|(at, _)| at).collect();
    ticks.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect()
}

/// The lines outside of fenced blocks.
fn prose(text: &str) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    let (mut begins, mut fenced) = (0, false);
    for (index, whole) in text.split_inclusive('\n').enumerate() {
        let line = whole.trim_end_matches(['\n', '\r']);
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            found.push(Line { number: index + 1, begins, text: line });
        }
        begins += whole.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A [page](keys.md) of `code`\n\nSee [b](keys.md#c), `[not](this)` and ![picture](d.png).\n\n\
                        <!-- not run: it is made up -->\n```sh\n# no heading [nor](link)\n```\n\n## A page of code\n[e]: mcp.md\n## A page of code\n";

    #[test]
    fn links_are_found_outside_of_code() {
        let found: Vec<_> = links(PAGE).into_iter().map(|link| (link.line, link.target, &PAGE[link.range])).collect();
        assert_eq!(
            found,
            [(1, "keys.md", "keys.md"), (3, "keys.md#c", "keys.md#c"), (3, "d.png", "d.png"), (11, "mcp.md", "mcp.md")]
        );
    }

    #[test]
    fn headings_become_anchors() {
        assert_eq!(anchors(PAGE), ["a-page-of-code", "a-page-of-code-1", "a-page-of-code-2"]);
        assert_eq!(anchors("## What's `a_b`, then?\n#no\n"), ["whats-a_b-then"]);
    }

    #[test]
    fn blocks_know_what_stands_above_them() {
        let found = blocks(PAGE);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].line, found[0].language), (6, "sh"));
        assert_eq!(found[0].above, "<!-- not run: it is made up -->");
        assert_eq!(found[0].content, ["# no heading [nor](link)"]);
    }
}
