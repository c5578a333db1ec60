//! The page that carries an authorization response to the client in a form (OAuth 2.0 Form Post Response Mode §2).

use askama::Template;
use url::Url;

use super::{Frame, destination, is_executable, plain_page, rendered};
use crate::ui::phrase::Phrase;
use crate::ui::policy::{FORM_POST_SCRIPT, Submission};

/// Posts `parameters` to `action`: by itself where the policy of the page allows the script, else with its button.
///
/// Send it with a policy of the same [`Submission`] whose `form_targets` names `action`. Ids: `form-post`, `continue`.
#[derive(Clone, Template)]
#[template(path = "form_post.html")]
pub struct FormPostPage<'a> {
    /// Look and language.
    pub frame: Frame<'a>,
    /// The verified redirect URI.
    pub action: &'a str,
    /// The response, in order.
    pub parameters: &'a [(String, String)],
    /// Whether the page sends itself.
    pub submission: Submission,
}

impl FormPostPage<'_> {
    /// The page as HTML. An address that a browser would run instead of visiting (`javascript:`, `data:`, …) is never
    /// a form's target: such a redirect URI cannot be registered, and if one is there all the same, the page is an error.
    pub fn render(&self) -> String {
        let texts = self.frame.texts;
        match Url::parse(self.action) {
            Ok(url) if !is_executable(&url) => rendered(self, texts),
            _ => plain_page(&texts.error_heading, &texts.error_request),
        }
    }

    fn domain(&self) -> String {
        destination(self.action)
    }

    fn lead<'a>(&'a self, domain: &'a str) -> Phrase<'a> {
        Phrase::new(&self.frame.texts.form_post_lead, "domain", domain)
    }
}
