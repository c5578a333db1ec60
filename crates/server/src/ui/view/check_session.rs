//! The page without anything to see that applications put into a frame (`OpenID` Connect Session Management §3.2).

use askama::Template;

use super::Theme;
use crate::ui::assets::{CHECK_SESSION_SCRIPT, asset_path};

/// Carries the script, and what the script must know.
#[derive(Clone, Template)]
#[template(path = "check_session.html")]
pub struct CheckSessionPage<'a> {
    /// Look, of which it needs the path alone.
    pub theme: &'a Theme,
    /// Name of the cookie with the state of the browser.
    pub cookie: &'a str,
    /// Whether frames of other sites may see that cookie.
    pub seen_everywhere: bool,
}

impl CheckSessionPage<'_> {
    /// The page as HTML. Nobody reads a sentence in it, so an empty one stands in where it cannot be made.
    pub fn render(&self) -> String {
        Template::render(self).unwrap_or_else(|fault| {
            tracing::error!(%fault, "a page could not be rendered");
            String::new()
        })
    }

    fn script(&self) -> String {
        format!("{}{}", self.theme.base_path, asset_path(CHECK_SESSION_SCRIPT))
    }
}
