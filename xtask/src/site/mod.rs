//! The documentation as a site: what mdBook does not do by itself.
//!
//! [`prepare`] is a preprocessor of mdBook (`book.toml` names it): links that leave `docs` lead to the repository, as the
//! files are not part of the site, [`diagrams`] are drawn, and the page of the [`api`] is filled. [`check`] reads the built site: every link in it leads to a page and an anchor that
//! are there, and no page loads anything from another host. `scripts/site` runs both.

mod api;
mod built;
mod diagrams;

use std::io::Read as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::markdown;

pub(crate) use built::check;

/// The folder of the pages in the repository.
const FOLDER: &str = "docs";

/// The description of the API.
const DESCRIPTION: &str = "docs/reference/openapi.json";

/// Reads mdBook's context and book from standard input and answers the book to build.
pub(crate) fn prepare() -> Result<String, String> {
    let mut input = String::new();
    std::io::stdin().lock().read_to_string(&mut input).map_err(|error| format!("standard input: {error}"))?;
    prepared(&input)
}

fn prepared(input: &str) -> Result<String, String> {
    let parsed: Value = serde_json::from_str(input).map_err(|error| format!("not what mdBook sends: {error}"))?;
    let repository = parsed[0]["config"]["output"]["html"]["git-repository-url"].as_str();
    let repository = repository.ok_or("book.toml has no output.html.git-repository-url")?;
    let mut book = parsed[1].clone();
    let root = Path::new(parsed[0]["root"].as_str().unwrap_or("."));
    change(&mut book["items"], &Place { root, repository })?;
    Ok(book.to_string())
}

/// Where the files are.
struct Place<'a> {
    root: &'a Path,
    repository: &'a str,
}

impl Place<'_> {
    fn page(&self, path: &str, content: &str) -> Result<String, String> {
        let linked = to_repository(path, content, self.repository);
        api::filled(&diagrams::drawn(path, &linked), || self.description())
    }

    fn description(&self) -> Result<Value, String> {
        let text = std::fs::read_to_string(self.root.join(DESCRIPTION));
        let text = text.map_err(|error| format!("{DESCRIPTION}: {error}"))?;
        serde_json::from_str(&text).map_err(|error| format!("{DESCRIPTION}: {error}"))
    }
}

fn change(items: &mut Value, place: &Place<'_>) -> Result<(), String> {
    for item in items.as_array_mut().into_iter().flatten() {
        let Some(chapter) = item.get_mut("Chapter") else { continue };
        if let (Some(path), Some(content)) = (chapter["source_path"].as_str(), chapter["content"].as_str()) {
            chapter["content"] = json!(place.page(path, content)?);
            change(&mut chapter["sub_items"], place)?;
        }
    }
    Ok(())
}

/// The page with its links out of `docs` turned into links to the repository.
fn to_repository(page: &str, content: &str, repository: &str) -> String {
    let mut text = content.to_owned();
    for link in markdown::links(content).into_iter().rev() {
        if let Some(path) = outside(page, link.target) {
            text.replace_range(link.range, &format!("{repository}/blob/main/{path}"));
        }
    }
    text
}

/// The path from the repository's root of a target outside of `docs`; `None` for what is inside or on another host.
fn outside(page: &str, target: &str) -> Option<String> {
    if target.contains("://") {
        return None;
    }
    let mut folders: Vec<&str> = std::iter::once(FOLDER).chain(page.split('/')).collect();
    folders.pop();
    for part in target.split('/') {
        match part {
            ".." => {
                folders.pop();
            }
            part => folders.push(part),
        }
    }
    (folders.first() != Some(&FOLDER)).then(|| folders.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_out_of_the_pages_lead_to_the_repository() {
        let page = "[a](../../README.md#b) [c](../keys.md) `[e](../../SECURITY.md)` [g](https://example.com/../../h)";
        let chapter = json!({ "Chapter": { "name": "X", "source_path": "security/threat-model.md", "content": page, "sub_items": [
            { "Chapter": { "name": "Y", "source_path": "mcp.md", "content": "[i](../crates/j)", "sub_items": [] } },
        ] } });
        let settings = json!({ "config": { "output": { "html": { "git-repository-url": "https://git.example/s" } } } });
        let book = json!({ "items": [{ "PartTitle": "Guides" }, "Separator", chapter] });
        let made: Value = serde_json::from_str(&prepared(&json!([settings, book]).to_string()).unwrap()).unwrap();
        let changed = &made["items"][2]["Chapter"];
        assert_eq!(
            changed["content"],
            "[a](https://git.example/s/blob/main/README.md#b) [c](../keys.md) `[e](../../SECURITY.md)` [g](https://example.com/../../h)"
        );
        let below = &changed["sub_items"][0]["Chapter"]["content"];
        assert_eq!(below, "[i](https://git.example/s/blob/main/crates/j)");
        assert_eq!((&made["items"][0], &made["items"][1]), (&book["items"][0], &book["items"][1]));
    }

    #[test]
    fn a_book_without_a_repository_is_refused() {
        assert!(prepared("[{}, {\"items\": []}]").unwrap_err().contains("git-repository-url"));
    }
}
