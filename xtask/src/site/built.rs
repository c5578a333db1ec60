//! The built site as a browser sees it: tags, what they refer to, and what can be referred to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A file of the site: what its tags refer to, and its anchors.
#[derive(Default)]
struct Page {
    references: Vec<Reference>,
    anchors: BTreeSet<String>,
}

struct Reference {
    target: String,
    /// The browser loads it with the page.
    loads: bool,
}

/// All that is wrong with the site in this folder, a line each. An error means that it could not be read.
pub(crate) fn check(site: &Path) -> Result<Vec<String>, String> {
    let mut files = Vec::new();
    list(site, &mut files).map_err(|error| format!("{}: {error}", site.display()))?;
    let mut pages = BTreeMap::new();
    for file in &files {
        let is_page = file.extension().is_some_and(|extension| extension == "html");
        let text = if is_page { fs::read_to_string(file) } else { Ok(String::new()) };
        let text = text.map_err(|error| format!("{}: {error}", file.display()))?;
        pages.insert(file.clone(), read(&text));
    }
    if !pages.contains_key(&site.join("index.html")) {
        return Err(format!("{} has no index.html", site.display()));
    }
    let faults = pages.iter().flat_map(|(file, page)| {
        let problems = page.references.iter().filter_map(|reference| fault(&pages, file, reference));
        problems.map(|problem| format!("{}: {problem}", file.strip_prefix(site).unwrap_or(file).display()))
    });
    Ok(faults.collect())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn read(html: &str) -> Page {
    let mut page = Page::default();
    for tag in html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag) {
        let loads = !tag.starts_with("a ");
        for name in ["href", "src"] {
            page.references.extend(attribute(tag, name).map(|target| Reference { target: target.to_owned(), loads }));
        }
        page.anchors.extend(attribute(tag, "id").map(str::to_owned));
    }
    page
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let begin = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[begin..].split('"').next()
}

fn fault(pages: &BTreeMap<PathBuf, Page>, file: &Path, reference: &Reference) -> Option<String> {
    let target = reference.target.as_str();
    if target.contains("://") || target.starts_with("//") {
        return reference.loads.then(|| format!("loads {target} from another host"));
    }
    if target.starts_with("mailto:") || target.starts_with("data:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').map_or((target, ""), |(path, anchor)| (path, anchor));
    let named = if path.is_empty() { file.to_owned() } else { joined(file, path) };
    match pages.get(&named) {
        None => Some(format!("`{target}` leads nowhere")),
        Some(page) if !anchor.is_empty() && !page.anchors.contains(anchor) => {
            Some(format!("`{target}` names an anchor that is not there"))
        }
        Some(_) => None,
    }
}

/// What a relative address names, seen from a file.
fn joined(file: &Path, path: &str) -> PathBuf {
    let mut named = file.parent().unwrap_or(file).to_owned();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                named.pop();
            }
            part => named.push(part),
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(page: &str) -> Vec<String> {
        let site = tempfile::tempdir().unwrap();
        fs::create_dir(site.path().join("deep")).unwrap();
        for (name, text) in [("index.html", "<h1 id=\"top\">"), ("a.css", ""), ("deep/b.html", page)] {
            fs::write(site.path().join(name), text).unwrap();
        }
        check(site.path()).unwrap()
    }

    #[test]
    fn what_is_there_may_be_named() {
        let good = "<link rel=\"stylesheet\" href=\"../a.css\"><a href=\"../index.html#top\">a</a><a class=\"b\" href=\"#c\">\
                    <p id=\"c\"><a href=\"https://example.com\">far</a><img src=\"data:image/png;base64,x\">";
        assert!(problems(good).is_empty(), "{:?}", problems(good));
    }

    #[test]
    fn what_is_not_there_is_told() {
        for (page, told) in [
            ("<a href=\"../c.html\">", "leads nowhere"),
            ("<a href=\"../index.html#bottom\">", "an anchor that is not there"),
            ("<script src=\"https://example.com/a.js\"></script>", "from another host"),
            ("<link href=\"//example.com/a.css\">", "from another host"),
            ("<img alt=\"x\" src=\"d.png\">", "leads nowhere"),
        ] {
            let found = problems(page);
            assert!(found.len() == 1 && found[0].starts_with("deep/b.html: ") && found[0].contains(told), "{found:?}");
        }
    }

    #[test]
    fn a_folder_without_a_site_is_an_error() {
        let empty = tempfile::tempdir().unwrap();
        assert!(check(empty.path()).unwrap_err().contains("index.html"));
    }
}
