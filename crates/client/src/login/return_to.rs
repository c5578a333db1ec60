//! Where a browser may be sent: paths of the application itself, and nothing that a browser takes for another host.

use url::{Position, Url};

/// The longest path with its query that is kept for the time after login, in bytes.
const LONGEST: usize = 2000;

/// `text` as a path of this host with query and fragment, as browsers read it; `None` for everything that could lead
/// elsewhere: other hosts, two slashes or a backslash in front, also after the dots were taken out, and control characters,
/// which browsers drop.
pub(super) fn local_path(text: &str) -> Option<String> {
    if text.len() > LONGEST || !text.starts_with('/') || text.contains('\\') || text.contains(char::is_control) {
        return None;
    }
    let base = Url::parse("http://host.invalid").ok()?;
    let url = base.join(text).ok()?;
    let path = &url[Position::BeforePath..];
    // Written in percent signs, a path is up to three times as long.
    let is_good = path.len() <= LONGEST && !path.starts_with("//");
    (is_good && url.origin() == base.origin() && url.username().is_empty()).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn own_paths_stay() {
        for (text, path) in [
            ("/", "/"),
            ("/notes/7?a=b&c=d#e", "/notes/7?a=b&c=d#e"),
            ("/a/../b", "/b"),
            ("/ä b", "/%C3%A4%20b"),
            ("/%2f%2fevil.example", "/%2f%2fevil.example"),
            ("/%5cevil.example", "/%5cevil.example"),
            ("/x?u=https://evil.example", "/x?u=https://evil.example"),
            ("/@evil.example", "/@evil.example"),
            ("/http://evil.example", "/http://evil.example"),
        ] {
            assert_eq!(local_path(text).as_deref(), Some(path), "{text}");
        }
    }

    #[test]
    fn everything_else_does_not() {
        for text in [
            "",
            "evil",
            "//evil.example",
            "///evil.example",
            "////evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/a\\..\\..\\evil",
            "https://evil.example",
            "https:evil.example",
            "http:/evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r\nSet-Cookie: a=b",
            "\t//evil.example",
            " //evil.example",
            "/.//evil.example",
            "/..//evil.example",
            "/a/..//evil.example",
            "/%2e//evil.example",
            "/%2E%2e//evil.example",
            "/a/%2e%2e//evil.example",
            "?x",
            "#x",
            "@evil.example",
            ".evil.example",
            "/\u{85}/evil.example",
        ] {
            assert_eq!(local_path(text), None, "{text:?}");
        }
        assert!(local_path(&format!("/{}", "a".repeat(1999))).is_some());
        assert_eq!(local_path(&format!("/{}", "a".repeat(2000))), None);
        assert_eq!(local_path(&format!("/{}", "ä".repeat(400))), None);
    }
}
