//! The pages of the device flow (RFC 8628 §3.3): the code that a device shows is entered, and the person says whether
//! that device is theirs.

use askama::Template;

use super::{ClientView, Frame, rendered};
use crate::ui::phrase::Phrase;

/// The page that asks for the user code.
///
/// The form is posted to `action` with `device_challenge`, `user_code` and `action`, which is `continue`. Ids:
/// `device-form`, `user-code`, `submit`, `error`.
#[derive(Clone, Template)]
#[template(path = "device.html")]
pub struct DevicePage<'a> {
    /// Look and language.
    pub frame: Frame<'a>,
    /// Where the form goes, a path with its prefix.
    pub action: &'a str,
    /// The device challenge, sent back with the form.
    pub challenge: &'a str,
    /// Filled in already: from the address that the device shows, or what was typed before the error.
    pub user_code: &'a str,
    /// What was wrong with the attempt before.
    pub error: Option<DeviceCodeError>,
}

/// Why a code leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceCodeError {
    /// No device waits with it, or none was entered.
    Wrong,
    /// Too many attempts.
    Throttled {
        /// Seconds until the next attempt may succeed.
        seconds: u64,
    },
}

impl DevicePage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> String {
        rendered(self, self.frame.texts)
    }

    fn error_text(&self) -> Option<String> {
        let texts = self.frame.texts;
        Some(match self.error? {
            DeviceCodeError::Wrong => texts.device_wrong_code.to_string(),
            DeviceCodeError::Throttled { seconds } => texts.login_throttled.replace("{time}", &texts.duration(seconds)),
        })
    }

    fn code_is_invalid(&self) -> bool {
        self.error == Some(DeviceCodeError::Wrong)
    }
}

/// Names the client of the device, so that nobody connects somebody else's (RFC 8628 §5.4).
///
/// The form is posted to `action` with `device_challenge`, `user_code` and `action`, which is `accept` or `reject` for
/// the two buttons. Ids: `device-confirm-form`, `user-code`, `connect`, `refuse`.
#[derive(Clone, Template)]
#[template(path = "device_confirm.html")]
pub struct DeviceConfirmPage<'a> {
    /// Look and language.
    pub frame: Frame<'a>,
    /// What runs on the device. It returns nowhere, so its `domain` is empty.
    pub client: ClientView<'a>,
    /// Where the form goes, a path with its prefix.
    pub action: &'a str,
    /// The device challenge, sent back with the form.
    pub challenge: &'a str,
    /// The code, shown to be compared and sent back with the form.
    pub user_code: &'a str,
}

impl DeviceConfirmPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> String {
        rendered(self, self.frame.texts)
    }

    fn heading(&self) -> Phrase<'_> {
        Phrase::new(&self.frame.texts.device_confirm_heading, "client", self.client.name)
    }

    fn lead(&self) -> Phrase<'_> {
        Phrase::new(&self.frame.texts.device_confirm_lead, "client", self.client.name)
    }
}
