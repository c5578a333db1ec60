//! The files that pages link to: style sheet, logo, icon, and the one script that is a file; all in the binary.
//!
//! Their path carries a hash of their content (`/assets/{hash}/style.css`), so that they may be kept for ever and a
//! new version never meets an old style sheet. Only the current hash is answered. An operator's own style sheet is
//! not served from here but linked after ours (`symbolon.ui.stylesheet_url`).

use std::sync::LazyLock;

/// `Cache-Control` for every answer of [`asset`].
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// The script of the page that applications put into a frame.
pub const CHECK_SESSION_SCRIPT: &str = "check_session.js";

/// Name, content type, content.
type File = (&'static str, &'static str, &'static str);

const FILES: &[File] = &[
    ("style.css", "text/css; charset=utf-8", include_str!("../../assets/style.css")),
    ("logo.svg", "image/svg+xml", include_str!("../../assets/logo.svg")),
    ("favicon.svg", "image/svg+xml", include_str!("../../assets/favicon.svg")),
    (CHECK_SESSION_SCRIPT, "text/javascript; charset=utf-8", include_str!("../../assets/check_session.js")),
];

static HASH: LazyLock<String> = LazyLock::new(|| format!("{:016x}", fnv_1a(FILES)));

/// The file at `path` (from the root of the public listener, without prefix): its `Content-Type` and its bytes.
/// `None` for everything else, also for a hash of another version.
pub fn asset(path: &str) -> Option<(&'static str, &'static [u8])> {
    let (hash, wanted) = path.strip_prefix("/assets/")?.split_once('/')?;
    if hash != HASH.as_str() {
        return None;
    }
    FILES
        .iter()
        .find(|(name, ..)| *name == wanted)
        .map(|(_, content_type, content)| (*content_type, content.as_bytes()))
}

/// The path of the file `name`: `/assets/{hash}/{name}`.
pub fn asset_path(name: &str) -> String {
    format!("/assets/{}/{name}", *HASH)
}

/// FNV-1a, 64 bits. It tells versions apart; nobody's security depends on it.
fn fnv_1a(files: &[File]) -> u64 {
    files
        .iter()
        .flat_map(|(.., content)| content.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::{FILES, asset, asset_path, fnv_1a};

    #[test]
    fn every_file_is_found_at_its_path() {
        for (name, content_type, content) in FILES {
            assert_eq!(asset(&asset_path(name)), Some((*content_type, content.as_bytes())));
        }
    }

    #[test]
    fn nothing_else_is_found() {
        let current = asset_path("style.css");
        let stale = current.replace("/assets/", "/assets/0");
        for path in [
            "",
            "/assets/",
            "/assets/style.css",
            "/assets/0/style.css",
            &stale,
            &asset_path("../lib.rs"),
            &asset_path(""),
        ] {
            assert_eq!(asset(path), None, "{path}");
        }
    }

    #[test]
    fn the_hash_is_fnv_1a_and_follows_the_content() {
        assert_eq!(fnv_1a(&[("", "", "a")]), 0xaf63_dc4c_8601_ec8c);
        assert_ne!(fnv_1a(&[("", "", "a")]), fnv_1a(&[("", "", "b")]));
    }

    #[test]
    fn files_put_no_script_into_a_page_and_load_nothing() {
        for (name, _, content) in FILES {
            for banned in ["<script", "javascript:", "@import", "url(", "onload", "<style", "style=", "href="] {
                assert!(!content.contains(banned), "{name}: {banned}");
            }
        }
    }
}
