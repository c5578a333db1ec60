//! The login page: name and password, and a way back to the application.

use askama::Template;

use super::{ClientView, Frame, rendered};
use crate::ui::phrase::Phrase;

/// Asks for username and password.
///
/// The form is posted to `action` with `login_challenge`, `username`, `password`, `remember` (`1` or absent) and
/// `action`, which is `accept` or `reject` for the two buttons. Ids: `login-form`, `username`, `password`, `remember`,
/// `submit`, `cancel`, `error`.
#[derive(Clone, Template)]
#[template(path = "login.html")]
pub struct LoginPage<'a> {
    /// Look and language.
    pub frame: Frame<'a>,
    /// Who sent the person here.
    pub client: ClientView<'a>,
    /// Where the form goes, a path with its prefix.
    pub action: &'a str,
    /// The login challenge, sent back with the form.
    pub challenge: &'a str,
    /// Filled in already: `login_hint`, or what was typed before the error. Empty for none.
    pub username: &'a str,
    /// Whether "stay signed in" is ticked.
    pub remember: bool,
    /// What was wrong with the attempt before.
    pub error: Option<LoginError>,
}

/// Why an attempt to sign in did not succeed. The words never tell whether the username exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginError {
    /// Username or password left empty.
    Incomplete,
    /// Unknown username or wrong password.
    WrongCredentials,
    /// Too many attempts.
    Throttled {
        /// Seconds until the next attempt may succeed.
        seconds: u64,
    },
}

impl LoginPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> String {
        rendered(self, self.frame.texts)
    }

    fn lead(&self) -> Phrase<'_> {
        Phrase::new(&self.frame.texts.login_lead, "client", self.client.name)
    }

    fn error_text(&self) -> Option<String> {
        let texts = self.frame.texts;
        Some(match self.error? {
            LoginError::Incomplete => texts.login_incomplete.to_string(),
            LoginError::WrongCredentials => texts.login_wrong_credentials.to_string(),
            LoginError::Throttled { seconds } => texts.login_throttled.replace("{time}", &texts.duration(seconds)),
        })
    }

    /// Whether the two fields are what was wrong, for assistive technology.
    fn fields_are_invalid(&self) -> bool {
        matches!(self.error, Some(LoginError::Incomplete | LoginError::WrongCredentials))
    }
}
