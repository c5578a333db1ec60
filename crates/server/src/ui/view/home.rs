//! The start page: what this server is, for whoever opens its address.

use askama::Template;

use super::{Frame, rendered};
use crate::ui::phrase::Phrase;

/// Tells people that there is nothing to do here and developers where the metadata is. It shows no version.
///
/// Ids: `issuer`, `discovery`, `documentation`.
#[derive(Clone, Template)]
#[template(path = "home.html")]
pub struct HomePage<'a> {
    /// Look and language.
    pub frame: Frame<'a>,
    /// The issuer, exactly as configured.
    pub issuer: &'a str,
    /// Address of `/.well-known/openid-configuration`.
    pub discovery_url: &'a str,
    /// Address of the documentation; no link without it.
    pub documentation_url: Option<&'a str>,
}

impl HomePage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> String {
        rendered(self, self.frame.texts)
    }

    fn lead(&self) -> Phrase<'_> {
        Phrase::new(&self.frame.texts.home_lead, "title", &self.frame.theme.title)
    }
}
