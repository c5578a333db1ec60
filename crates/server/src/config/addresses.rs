//! `urls.*`: what the server is called, and where the pages are that users see. A page that is not configured is the
//! built-in one, whose path is the one where Hydra puts its stand-in, so that links stay the same.

use super::values::Values;

/// Own addresses and those of the pages; `None` for a page means the built-in one.
#[derive(Debug, Clone)]
pub struct Urls {
    /// Issuer identifier, verbatim.
    pub issuer: String,
    /// Base of the public endpoints; the issuer if unset. See [`super::Config::public_url`].
    pub public: Option<String>,
    /// Base of the admin endpoints.
    pub admin: Option<String>,
    /// Login page.
    pub login: Option<String>,
    /// Registration page; the login page if unset.
    pub registration: Option<String>,
    /// Consent page.
    pub consent: Option<String>,
    /// Page that asks whether to log out.
    pub logout: Option<String>,
    /// Page for errors that must not go to a client.
    pub error: Option<String>,
    /// Where the browser goes after logout by default.
    pub post_logout_redirect: Option<String>,
    /// Page where a user code is entered.
    pub device_verification: Option<String>,
    /// Page shown after a device was let in.
    pub device_success: Option<String>,
}

/// A page that the server brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltInPage {
    /// Login.
    Login,
    /// Consent.
    Consent,
    /// Question whether to log out.
    Logout,
    /// Errors that must not go to a client.
    Error,
    /// Logged out.
    LoggedOut,
    /// Entry of a user code.
    DeviceVerification,
    /// Device let in.
    DeviceSuccess,
}

impl BuiltInPage {
    /// Path of the page on the public listener.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Login => "/oauth2/fallbacks/login",
            Self::Consent => "/oauth2/fallbacks/consent",
            Self::Logout => "/oauth2/fallbacks/logout",
            Self::Error => "/oauth2/fallbacks/error",
            Self::LoggedOut => "/oauth2/fallbacks/logout/callback",
            Self::DeviceVerification => "/oauth2/fallbacks/device",
            Self::DeviceSuccess => "/oauth2/fallbacks/device/done",
        }
    }
}

impl Urls {
    pub(super) fn read(values: &Values) -> Self {
        Self {
            issuer: values.text("urls.self.issuer").unwrap_or_default(),
            public: values.text("urls.self.public"),
            admin: values.text("urls.self.admin"),
            login: values.text("urls.login"),
            registration: values.text("urls.registration"),
            consent: values.text("urls.consent"),
            logout: values.text("urls.logout"),
            error: values.text("urls.error"),
            post_logout_redirect: values.text("urls.post_logout_redirect"),
            device_verification: values.text("urls.device.verification"),
            device_success: values.text("urls.device.success"),
        }
    }

    /// The addresses that may have been given as a path.
    pub(super) fn references(&mut self) -> [&mut Option<String>; 8] {
        [
            &mut self.login,
            &mut self.registration,
            &mut self.consent,
            &mut self.logout,
            &mut self.error,
            &mut self.post_logout_redirect,
            &mut self.device_verification,
            &mut self.device_success,
        ]
    }
}
