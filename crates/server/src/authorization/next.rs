//! What happens next in a flow: ask for a login, ask for consent, or refuse. Pure functions of the request, the
//! login session, the remembered consent and the time; every rule about `prompt`, `max_age` and `id_token_hint`
//! (OpenID Connect Core §3.1.2.1, §3.1.2.3) is here and nowhere else.

use symbolon_types::{ErrorCode, FlowId, Prompt, Scope, ScopeStrategy};

use super::session::CurrentSession;
use super::validate::ValidRequest;
use crate::error::OAuthError;

/// The step after a valid request: always the login page, which has nothing to ask when a session is good enough.
#[derive(Debug)]
pub enum BeforeLogin {
    /// Visit this page; it asks.
    Ask(LoginPage),
    /// Visit the login page; the session of this id is good enough.
    Skip(FlowId),
    /// Tell the client.
    Refuse(OAuthError),
}

/// The step after the login page accepted: always the consent page, which has nothing to ask when it was remembered.
#[derive(Debug)]
pub enum AfterLogin {
    /// Visit the consent page; it asks.
    Ask,
    /// Visit the consent page; all that is asked for was remembered.
    Skip,
    /// Tell the client.
    Refuse(OAuthError),
}

/// Which of the two pages takes the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginPage {
    /// `urls.login`.
    Login,
    /// `urls.registration`, for `prompt=create` and Hydra's `prompt=registration`.
    Registration,
}

/// Who logged in, and when.
#[derive(Clone, Copy, Debug)]
pub struct Authenticated<'a> {
    /// Subject.
    pub subject: &'a str,
    /// Instant of the authentication.
    pub at: i64,
    /// The login session.
    pub session: FlowId,
    /// The login page had nothing to ask.
    pub skipped: bool,
}

/// A remembered consent: the union of what the user allowed this client before.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    /// Scope.
    pub scope: Vec<String>,
    /// Audience.
    pub audience: Vec<String>,
}

/// The step after a valid request.
pub fn before_login(request: &ValidRequest, session: Option<&CurrentSession>, now: i64) -> BeforeLogin {
    if request.prompt.contains(Prompt::Registration) {
        return BeforeLogin::Ask(LoginPage::Registration);
    }
    let none = request.prompt.contains(Prompt::None);
    let Some(session) = session else {
        return if none {
            BeforeLogin::Refuse(login_required(
                "Prompt 'none' was requested, but there is no login session in this browser.",
            ))
        } else {
            BeforeLogin::Ask(LoginPage::Login)
        };
    };
    if request.prompt.contains(Prompt::Login) || request.prompt.contains(Prompt::SelectAccount) {
        return BeforeLogin::Ask(LoginPage::Login);
    }
    if too_old(request, session.authenticated_at, now) {
        return if none {
            BeforeLogin::Refuse(login_required(
                "Prompt 'none' was requested, but the login is older than 'max_age' allows.",
            ))
        } else {
            BeforeLogin::Ask(LoginPage::Login)
        };
    }
    match hinted_other(request, &session.subject, session.id) {
        Some(error) => BeforeLogin::Refuse(error),
        None => BeforeLogin::Skip(session.id),
    }
}

/// The step after the login page accepted.
pub fn after_login(
    request: &ValidRequest,
    login: Authenticated<'_>,
    remembered: &Remembered,
    at: &Circumstances,
) -> AfterLogin {
    if let Some(error) = hinted_other(request, login.subject, login.session) {
        return AfterLogin::Refuse(error);
    }
    let none = request.prompt.contains(Prompt::None);
    if none && !login.skipped {
        return AfterLogin::Refuse(login_required("Prompt 'none' was requested, but the login session has ended."));
    }
    if request.prompt.contains(Prompt::Login) && login.at < at.requested_at {
        let hint = "Prompt 'login' was requested, but the user was not authenticated anew.";
        return AfterLogin::Refuse(login_required(hint));
    }
    // Measured when it was asked for: the time that the pages take does not make a login older.
    if too_old(request, login.at, at.requested_at) {
        return AfterLogin::Refuse(login_required("The login is older than 'max_age' allows."));
    }
    if may_skip_consent(request) && covers(request, remembered, at.scopes) {
        return AfterLogin::Skip;
    }
    if none {
        return AfterLogin::Refuse(OAuthError::new(
            ErrorCode::ConsentRequired,
            "Prompt 'none' was requested, but the user has not yet consented to all that is asked for.",
        ));
    }
    AfterLogin::Ask
}

/// The circumstances of the second decision.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    /// When the flow began.
    pub requested_at: i64,
    /// How scopes are compared.
    pub scopes: ScopeStrategy,
}

fn login_required(hint: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::LoginRequired, hint)
}

fn too_old(request: &ValidRequest, authenticated_at: i64, now: i64) -> bool {
    request.max_age.is_some_and(|max_age| now.saturating_sub(authenticated_at) > max_age.max(0))
}

fn hinted_other(request: &ValidRequest, subject: &str, session: FlowId) -> Option<OAuthError> {
    let hint = request.id_token_hint.as_ref()?;
    if hint.names(subject, session) {
        return None;
    }
    Some(login_required("The subject of 'id_token_hint' is not the one that is logged in."))
}

/// A public client behind a redirect that anybody on the device may claim never skips (RFC 8252 §8.6), and neither does
/// one on a device, which has no redirect at all.
fn may_skip_consent(request: &ValidRequest) -> bool {
    if request.prompt.contains(Prompt::Consent) {
        return false;
    }
    let own_address = request.reply.address().map(|address| address.redirect_uri.as_str()).is_some_and(|redirect| {
        redirect.starts_with("https://")
            || (redirect.starts_with("http://") && symbolon_types::redirect_uri::is_secure_redirect(redirect))
    });
    own_address || !request.client.parsed.metadata.is_public()
}

fn covers(request: &ValidRequest, remembered: &Remembered, scopes: ScopeStrategy) -> bool {
    let Ok(allowed) = Scope::from_list(remembered.scope.clone()) else { return false };
    !remembered.scope.is_empty()
        && request.scope.iter().all(|scope| scopes.allows(&allowed, scope))
        && request.audience.iter().all(|audience| remembered.audience.contains(audience))
}
