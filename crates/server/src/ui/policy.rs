//! The Content Security Policy of the built-in pages.
//!
//! Nothing is allowed that a page does not need: no script, no inline style, no frame around it, forms only to
//! this server and to the kind of address that the answer must go to. The page that posts an authorization response to
//! the client by itself and the one that loads front-channel frames allow exactly one script, by its hash. The page that is
//! made for frames allows them, and a script; it shows nothing and takes no click.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use url::Url;

/// The one script there is: it presses the button of the `form_post` page.
pub const FORM_POST_SCRIPT: &str = "document.forms[0].submit()";

/// The source expression that allows [`FORM_POST_SCRIPT`] and nothing else (CSP 3 §2.3.1).
pub const FORM_POST_SCRIPT_HASH: &str = "'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='";

/// Goes on from the page of front-channel frames, once: when all have loaded, or after five seconds.
pub const FRONT_CHANNEL_SCRIPT: &str = "var d=0;function go(){if(!d){d=1;location.replace(document.getElementById(\"continue\").href)}}addEventListener(\"load\",go);setTimeout(go,5000)";

/// The source expression that allows [`FRONT_CHANNEL_SCRIPT`] and nothing else.
pub const FRONT_CHANNEL_SCRIPT_HASH: &str = "'sha256-beGPWVgPL3OiiVXaqgyS//bRwF9yDkHI9ocEbnATKFA='";

/// Whether a `form_post` page is sent by a script or waits for its button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submission {
    /// By [`FORM_POST_SCRIPT`]; the button stays for browsers without JavaScript.
    Automatic,
    /// By the person, with the button.
    Button,
}

/// What a page needs beyond the rest.
#[derive(Clone, Copy, Debug)]
pub struct PagePolicy<'a> {
    /// Absolute addresses, besides this server, to which a form of the page leads in the end: for login and consent the
    /// client's redirect URI, for `form_post` its action.
    ///
    /// Only their schemes are used. Browsers (Chromium does) hold `form-action` against every redirect that follows a
    /// form, also against those of the client's own callback, and stop silently: with a list of hosts, a login ends
    /// nowhere as soon as a client sends its user on to another host.
    pub form_targets: &'a [&'a str],
    /// The operator's style sheet, which may also bring fonts from where it lies.
    pub stylesheet_url: Option<&'a str>,
    /// [`Submission::Button`] for every page but `form_post`.
    pub submission: Submission,
}

/// The value of the `Content-Security-Policy` header. Addresses that cannot be written as a source are left out.
pub fn content_security_policy(page: &PagePolicy<'_>) -> String {
    let mut policy = String::from("default-src 'none'; style-src 'self'");
    if let Some(source) = page.stylesheet_url.and_then(origin) {
        let _ = write!(policy, " {source}; font-src 'self' {source}");
    }
    if page.submission == Submission::Automatic {
        let _ = write!(policy, "; script-src {FORM_POST_SCRIPT_HASH}");
    }
    policy.push_str("; img-src 'self' https: data:; form-action 'self'");
    let schemes: BTreeSet<String> = page.form_targets.iter().filter_map(|target| scheme(target)).collect();
    for scheme in schemes {
        let _ = write!(policy, " {scheme}:");
    }
    policy.push_str("; frame-ancestors 'none'; base-uri 'none'");
    policy
}

/// The policy of the page that loads front-channel frames: it allows frames of their origins, its one script, no form.
/// A frame cannot go on to another origin, and one whose origin no policy can name (IPv6) is not loaded.
pub fn front_channel_policy(frames: &[String], stylesheet_url: Option<&str>) -> String {
    let mut policy = String::from("default-src 'none'; style-src 'self'");
    if let Some(source) = stylesheet_url.and_then(origin) {
        let _ = write!(policy, " {source}; font-src 'self' {source}");
    }
    let _ = write!(policy, "; script-src {FRONT_CHANNEL_SCRIPT_HASH}; img-src 'self' https: data:; frame-src");
    let origins: BTreeSet<String> = frames.iter().filter_map(|address| origin(address)).collect();
    if origins.is_empty() {
        policy.push_str(" 'none'");
    }
    for origin in origins {
        let _ = write!(policy, " {origin}");
    }
    policy.push_str("; form-action 'none'; frame-ancestors 'none'; base-uri 'none'");
    policy
}

/// The policy of the page that applications of any origin put into a frame: one script, which is a file of ours, and
/// nothing else. It is the only page with `frame-ancestors *`.
pub const CHECK_SESSION_POLICY: &str =
    "default-src 'none'; script-src 'self'; form-action 'none'; frame-ancestors *; base-uri 'none'";

/// The scheme of an address that a form may lead to. `http` also covers `https` (CSP 3 §6.7.2.8).
fn scheme(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    (!super::view::is_executable(&url)).then(|| url.scheme().to_owned())
}

/// The origin of a web address. `None` where the host has letters that could end the directive, or is one that the
/// grammar of sources cannot express (IPv6).
fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let mut letters = url.host_str()?.bytes();
    let plain = letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    plain.then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::{
        FORM_POST_SCRIPT, FORM_POST_SCRIPT_HASH, PagePolicy, Submission, content_security_policy, origin, scheme,
    };

    #[test]
    fn a_page_allows_nothing_but_its_own_style_images_and_forms() {
        let page = PagePolicy { form_targets: &[], stylesheet_url: None, submission: Submission::Button };
        assert_eq!(
            content_security_policy(&page),
            "default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'self'; frame-ancestors 'none'; \
             base-uri 'none'"
        );
    }

    #[test]
    fn the_hash_of_the_front_channel_script_is_right() {
        use base64::Engine as _;
        let hash = symbolon_jose::digest::sha256(super::FRONT_CHANNEL_SCRIPT.as_bytes());
        let encoded = base64::engine::general_purpose::STANDARD.encode(hash);
        assert_eq!(super::FRONT_CHANNEL_SCRIPT_HASH, format!("'sha256-{encoded}'"));
    }

    #[test]
    fn exceptions_are_named_one_by_one() {
        let page = PagePolicy {
            form_targets: &["https://app.example:8443/callback?x=1", "com.example.app:/callback", "https://b.example/"],
            stylesheet_url: Some("https://cdn.example/acme.css"),
            submission: Submission::Automatic,
        };
        let policy = content_security_policy(&page);
        assert!(
            policy.contains("style-src 'self' https://cdn.example; font-src 'self' https://cdn.example;"),
            "{policy}"
        );
        assert!(policy.contains("form-action 'self' com.example.app: https:;"), "{policy}");
        assert!(policy.contains(&format!("script-src {FORM_POST_SCRIPT_HASH};")), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn an_address_cannot_add_a_directive() {
        for hostile in
            ["https://a;script-src *", "https://a;script-src/", "https://a,b/", "http://[::1]/", "data:x", "/x", ""]
        {
            assert_eq!(origin(hostile), None, "{hostile}");
        }
        for hostile in ["javascript:alert(1)", "data:text/html,x", "a;b:c", "a b:c", "/x", ""] {
            assert_eq!(scheme(hostile), None, "{hostile}");
        }
        assert_eq!(origin("https://user:pw@app.example/;x"), Some("https://app.example".to_owned()));
        assert_eq!(origin("http://127.0.0.1:3000/cb"), Some("http://127.0.0.1:3000".to_owned()));
        assert_eq!(origin("https://münchen.example/"), Some("https://xn--mnchen-3ya.example".to_owned()));
        assert_eq!(scheme("http://[::1]:3000/cb"), Some("http".to_owned()));
    }

    #[test]
    fn the_script_hash_is_the_hash_of_the_script() {
        use symbolon_jose::digest::{base64url, sha256};
        let encoded = base64url(&sha256(FORM_POST_SCRIPT.as_bytes())).replace('-', "+").replace('_', "/");
        assert_eq!(FORM_POST_SCRIPT_HASH, format!("'sha256-{encoded}='"));
    }
}
