//! Examples in the documentation are files that the tests run. A line `<!-- PATH -->` above a fence says which file it
//! shows; the two are equal.

use std::path::Path;

use super::finding::Finding;
use super::repository::Entry;

const RULE: &str = "example";

/// An example in a document: the line of its fence, the path that it names, and what it shows.
struct Example<'t> {
    line: usize,
    path: &'t str,
    shown: Vec<&'t str>,
}

/// Compares all examples of the documentation with their files.
pub(crate) fn check(entries: &[Entry], findings: &mut Vec<Finding>) {
    let is_text = |path: &str| Path::new(path).extension().is_some_and(|extension| extension == "md");
    for entry in entries.iter().filter(|entry| entry.path.starts_with("docs/") && is_text(&entry.path)) {
        for example in entry.text().map(examples).unwrap_or_default() {
            let file = entries.iter().find(|entry| entry.path == example.path).and_then(Entry::text);
            if file.map(|text| text.lines().collect()) != Some(example.shown) {
                let problem = format!("the example is not what is in {}", example.path);
                findings.push(Finding::failure(
                    (&entry.path, example.line),
                    RULE,
                    problem,
                    "copy the file, which is run",
                ));
            }
        }
    }
}

fn examples(text: &str) -> Vec<Example<'_>> {
    let lines: Vec<_> = text.lines().collect();
    let fences = lines.windows(2).enumerate().filter(|(_, pair)| pair[1].starts_with("```"));
    let named = fences.filter_map(|(at, pair)| Some((at + 2, pair[0].strip_prefix("<!-- ")?.strip_suffix(" -->")?)));
    let named = named.filter(|(_, path)| !path.contains(' '));
    named
        .map(|(line, path)| Example {
            line,
            path,
            shown: lines[line..].iter().copied().take_while(|shown| !shown.starts_with("```")).collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, text: &str) -> Entry {
        Entry { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    #[test]
    fn an_example_is_equal_to_its_file() {
        let document = "Text.\n\n<!-- tests/a.py -->\n```python\nimport a\n\na()\n```\n\n```\nnothing\n```\n";
        for (file, faults) in [("import a\n\na()\n", 0), ("import a\n", 1), ("import a\n\nb()\n", 1)] {
            let mut findings = Vec::new();
            check(&[entry("docs/mcp.md", document), entry("tests/a.py", file)], &mut findings);
            assert_eq!(findings.len(), faults, "{file}");
        }
        let mut findings = Vec::new();
        check(&[entry("docs/mcp.md", document)], &mut findings);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].line, 4);
    }
}
