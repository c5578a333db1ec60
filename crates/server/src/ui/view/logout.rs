//! The pages of a logout: the question, and the frames that tell the applications of the session.

use askama::Template;

use super::{Frame, rendered};
use crate::ui::phrase::Phrase;
use crate::ui::policy::FRONT_CHANNEL_SCRIPT;

/// Asks whether to end the login session.
///
/// The form is posted to `action` with `logout_challenge` and `action`, which is `accept` or `reject` for the two
/// buttons. Ids: `logout-form`, `logout`, `stay`.
#[derive(Clone, Template)]
#[template(path = "logout.html")]
pub struct LogoutPage<'a> {
    /// Look and language.
    pub frame: Frame<'a>,
    /// Where the form goes, a path with its prefix.
    pub action: &'a str,
    /// The logout challenge, sent back with the form.
    pub challenge: &'a str,
    /// The person's name, or the subject where there is none; nothing where the browser does not hold their session.
    pub subject_name: Option<&'a str>,
}

impl LogoutPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> String {
        rendered(self, self.frame.texts)
    }

    fn lead(&self) -> Phrase<'_> {
        match self.subject_name {
            Some(name) => Phrase::new(&self.frame.texts.logout_lead, "name", name),
            None => Phrase::new(&self.frame.texts.logout_lead_nameless, "name", ""),
        }
    }
}

/// Loads an address of each application (Front-Channel Logout §2) and goes on, once, when all have loaded or after five
/// seconds; without script five seconds after all have loaded (HTML counts a refresh from there), or by the link. Id:
/// `continue`.
#[derive(Clone, Template)]
#[template(path = "front_channel.html")]
pub struct FrontChannelPage<'a> {
    /// Look and language.
    pub frame: Frame<'a>,
    /// Addresses of the frames.
    pub frames: &'a [String],
    /// Where the browser goes afterwards.
    pub then: &'a str,
}

impl FrontChannelPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> String {
        rendered(self, self.frame.texts)
    }
}
