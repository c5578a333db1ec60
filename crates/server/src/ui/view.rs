//! The built-in pages as data: one struct per page, each of which renders itself to HTML.
//!
//! This module and its children own how pages look and nothing else: no request is read, nothing is decided or stored.
//! Handlers fill a struct and call `render`, which cannot fail. Everything in a struct is untrusted and escaped by
//! the templates; addresses are only linked when they are web addresses. Pages work without script. They hold codes,
//! challenges and names, so they have no `Debug`.

use askama::filters::{Escaper, Html};
use symbolon_types::Display;
use url::Url;

use super::assets;
use super::texts::Texts;

mod check_session;
mod consent;
mod device;
mod error;
mod form_post;
mod home;
mod login;
mod logout;
mod notice;
#[cfg(test)]
mod template_tests;
#[cfg(test)]
mod tests;

pub use check_session::CheckSessionPage;
pub use consent::{Answered, ClaimView, Connected, ConsentPage, DetailView, ResourceView, ScopeView, Standing};
pub use device::{DeviceCodeError, DeviceConfirmPage, DevicePage};
pub use error::ErrorPage;
pub use form_post::FormPostPage;
pub use home::{AccountView, ApplicationView, HomePage, RequestView};
pub use login::{LoginError, LoginPage};
pub use logout::{FrontChannelPage, LogoutPage};
pub use notice::NoticePage;

/// How the operator's server looks. Made once from the configuration.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    /// The operator's name for this server (`symbolon.ui.title`).
    pub title: String,
    /// The operator's logo (`symbolon.ui.logo_url`) instead of ours.
    pub logo_url: Option<String>,
    /// The operator's style sheet (`symbolon.ui.stylesheet_url`), linked after ours.
    pub stylesheet_url: Option<String>,
    /// Path of the public URL without a slash at the end: empty unless a proxy serves this server below a path.
    pub base_path: String,
    /// Tags of the languages in which there are texts.
    pub languages: Vec<String>,
}

/// What all pages have in common: the look, the language, and the window.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// How the server looks.
    pub theme: &'a Theme,
    /// The sentences, in the person's language.
    pub texts: &'a Texts,
    /// In what kind of window the client shows the page.
    pub display: Display,
}

impl<'a> Frame<'a> {
    /// A page in a whole window.
    pub fn new(theme: &'a Theme, texts: &'a Texts) -> Self {
        Self { theme, texts, display: Display::Page }
    }

    /// The same in the window that the client asks for.
    pub fn shown_as(self, display: Display) -> Self {
        Self { display, ..self }
    }

    /// The class of `<body>` for style sheets; a whole window has none.
    fn display_class(&self) -> &'static str {
        match self.display {
            Display::Page => "",
            Display::Popup => " display-popup",
            Display::Touch => " display-touch",
            Display::Wap => " display-wap",
        }
    }

    fn asset(&self, name: &str) -> String {
        format!("{}{}", self.theme.base_path, assets::asset_path(name))
    }
}

/// A client as a person sees it. Empty strings stand for absent members, as they do in the client's record.
#[derive(Clone, Copy, Debug)]
pub struct ClientView<'a> {
    /// `client_name`, or the client id where there is none; the host of a client that has a document there.
    pub name: &'a str,
    /// Where the browser returns to, from [`destination`] of the verified redirect URI. The only thing on the page
    /// that the client cannot make up.
    pub domain: &'a str,
    /// `logo_uri`; shown when it is an `https` address.
    pub logo_uri: &'a str,
    /// `policy_uri`; linked when it is a web address.
    pub policy_uri: &'a str,
    /// `tos_uri`; linked when it is a web address.
    pub tos_uri: &'a str,
}

impl<'a> ClientView<'a> {
    fn logo(&self) -> Option<&'a str> {
        web_address(self.logo_uri).filter(|address| address.starts_with("https:"))
    }

    fn policy(&self) -> Option<&'a str> {
        web_address(self.policy_uri)
    }

    fn terms(&self) -> Option<&'a str> {
        web_address(self.tos_uri)
    }

    /// What stands in the tile while there is no logo.
    fn monogram(&self) -> String {
        self.name
            .chars()
            .find(|letter| letter.is_alphanumeric())
            .map_or_else(|| "·".to_owned(), |c| c.to_uppercase().collect())
    }
}

/// A redirect URI in words: the host, with the port if there is one, in its ASCII form (so that letters that look
/// alike show up as `xn--…`); for an app's own scheme the scheme, as in `com.example.app:`.
pub fn destination(redirect_uri: &str) -> String {
    let Ok(url) = Url::parse(redirect_uri) else { return String::new() };
    match (url.scheme(), url.host_str(), url.port()) {
        ("http" | "https", Some(host), Some(port)) => format!("{host}:{port}"),
        ("http" | "https", Some(host), None) => host.to_owned(),
        (scheme, ..) => format!("{scheme}:"),
    }
}

/// The address itself when it may be linked: `http` or `https`, and written so. A client's `javascript:` never gets
/// into a page.
fn web_address(address: &str) -> Option<&str> {
    let written = address.get(..8).is_some_and(|start| {
        let start = start.to_ascii_lowercase();
        start.starts_with("https://") || start.starts_with("http://")
    });
    (written && Url::parse(address).is_ok()).then_some(address)
}

/// Whether a browser that follows `url` runs what is in it, or reads the person's files.
pub(super) fn is_executable(url: &Url) -> bool {
    matches!(
        url.scheme(),
        "javascript" | "data" | "vbscript" | "file" | "blob" | "filesystem" | "about" | "view-source" | "jar"
    )
}

/// Renders a page. Templates fail only when a value's `Display` does, and no value here has one that can; if it ever
/// happens, the person still gets a sentence instead of an empty page.
fn rendered(page: &impl askama::Template, texts: &Texts) -> String {
    page.render().unwrap_or_else(|fault| {
        tracing::error!(%fault, "a page could not be rendered");
        plain_page(&texts.error_heading, &texts.error_server)
    })
}

/// A page without a template.
fn plain_page(heading: &str, sentence: &str) -> String {
    let mut page = String::from("<!doctype html><meta charset=\"utf-8\"><title>");
    for (text, end) in [(heading, "</title><h1>"), (heading, "</h1><p>"), (sentence, "</p>\n")] {
        // Writing to a string does not fail.
        let _ = Html.write_escaped_str(&mut page, text);
        page.push_str(end);
    }
    page
}
