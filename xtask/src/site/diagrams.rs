//! Diagrams: a fenced block in the language `mermaid` becomes an element that Mermaid draws in the browser. Its script is a
//! file of the site, so that a page loads nothing from elsewhere.

use std::fmt::Write as _;

/// The files that `scripts/site` puts beside the pages.
const SCRIPTS: [&str; 2] = ["mermaid.min.js", "diagrams.js"];

const FENCE: &str = "```mermaid\n";

/// The page at this path with its diagrams as elements; one without diagrams stays as it is.
pub(super) fn drawn(path: &str, page: &str) -> String {
    let mut pieces = page.split(FENCE);
    let mut text = pieces.next().unwrap_or_default().to_owned();
    let mut found = false;
    for piece in pieces {
        found = true;
        let (diagram, rest) = piece.split_once("```").unwrap_or((piece, ""));
        // An empty line would end the element.
        let lines: Vec<_> = diagram.lines().filter(|line| !line.trim().is_empty()).map(escaped).collect();
        let _ = write!(text, "<pre class=\"mermaid\">\n{}\n</pre>{rest}", lines.join("\n"));
    }
    let root = "../".repeat(path.matches('/').count());
    for script in SCRIPTS.iter().filter(|_| found) {
        let _ = write!(text, "\n<script src=\"{root}{script}\"></script>\n");
    }
    text
}

fn escaped(line: &str) -> String {
    line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagram_is_an_element_and_brings_its_scripts() {
        let page = "# A\n\n```mermaid\nsequenceDiagram\n\n  A->>B: x & y\n```\n\nText\n";
        let made = drawn("deep/page", page);
        assert!(made.starts_with(
            "# A\n\n<pre class=\"mermaid\">\nsequenceDiagram\n  A-&gt;&gt;B: x &amp; y\n</pre>\n\nText\n"
        ));
        assert!(made.contains("<script src=\"../mermaid.min.js\"></script>"), "{made}");
        assert_eq!(drawn("page", "# A\n"), "# A\n");
    }
}
