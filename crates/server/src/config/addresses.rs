//! `urls.*`: what the server is called, and where the pages are that users see. A page that is not configured is the
//! built-in one, whose path is the one where Hydra puts its stand-in, so that links stay the same.

use super::keys::Form::{BaseUrl, Reference, Url};
use super::keys::Kind::{Text, TextMap};
use super::keys::Preset::{Derived, Unset};
use super::keys::Standing::{Compatible, Inert, Refused};
use super::section::section;

const NO_KRATOS: &str = "asks that a logout ends a session of Ory Kratos, too, which is not supported: people would stay \
    signed in there; remove it, and end that session on a logout page of your own (`urls.logout`)";
const OF_KRATOS: &str = "it belongs to `urls.identity_provider.url`, which is not supported";
const BUILT_IN: &str = "the built-in page";

section! {
    /// Own addresses and those of the pages; `None` for a page means the built-in one.
    #[derive(Debug, Clone)]
    pub struct Urls {
        /// Issuer identifier, used verbatim in `iss`; https outside development mode.
        issuer: String = "urls.self.issuer", Text(BaseUrl),
            Derived("`http://localhost:{serve.public.port}` in development mode"), Compatible;
        /// Base of the public endpoints as browsers and clients reach them.
        public: Option<String> = "urls.self.public", Text(BaseUrl), Derived("the issuer"), Compatible;
        /// Base of the admin endpoints as operators reach them; its host is accepted in `Host` there.
        admin: Option<String> = "urls.self.admin", Text(BaseUrl), Unset, Compatible;
        /// Page that logs the user in.
        login: Option<String> = "urls.login", Text(Reference), Derived(BUILT_IN), Compatible;
        /// Page that lets a user register, reached with `prompt=registration` or `prompt=create`.
        registration: Option<String> = "urls.registration", Text(Reference), Derived("`urls.login`"), Compatible;
        /// Page that asks the user for consent.
        consent: Option<String> = "urls.consent", Text(Reference), Derived(BUILT_IN), Compatible;
        /// Page that asks the user whether to log out.
        logout: Option<String> = "urls.logout", Text(Reference), Derived(BUILT_IN), Compatible;
        /// Page that shows errors which must not be sent to a client.
        error: Option<String> = "urls.error", Text(Reference), Derived(BUILT_IN), Compatible;
        /// Where the browser goes after logout when the client named no other place.
        post_logout_redirect: Option<String> = "urls.post_logout_redirect", Text(Reference), Derived(BUILT_IN),
            Compatible;
        /// Page where the user enters the code that a device shows.
        device_verification: Option<String> = "urls.device.verification", Text(Reference), Derived(BUILT_IN),
            Compatible;
        /// Page shown after a device was let in.
        device_success: Option<String> = "urls.device.success", Text(Reference), Derived(BUILT_IN), Compatible;
    }
    no_field {
        /// Admin address of an Ory Kratos instance whose session ends with ours.
        "urls.identity_provider.url", Text(Url), Unset, Refused(NO_KRATOS);
        /// Public address of an Ory Kratos instance.
        "urls.identity_provider.publicUrl", Text(Url), Unset, Inert(OF_KRATOS);
        /// Headers sent with requests to Ory Kratos.
        "urls.identity_provider.headers", TextMap, Unset, Inert(OF_KRATOS);
    }
}

/// A page that the server brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltInPage {
    /// Asks for name and password.
    Login,
    /// Asks which scopes the application may have.
    Consent,
    /// Question whether to log out.
    Logout,
    /// Errors that must not go to a client.
    Error,
    /// Says that the user is logged out.
    LoggedOut,
    /// Asks for a user code.
    DeviceVerification,
    /// Says that the device is connected.
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
