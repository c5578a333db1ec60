//! What happens next in a flow: ask for a login, ask for consent, or refuse. Pure functions of the request, the
//! login session, the remembered consent and the time; every rule about `prompt`, `max_age`, `id_token_hint`
//! and the `sub` and `acr` of `claims` (OpenID Connect Core §3.1.2.1, §3.1.2.3, §5.5.1) is here and nowhere else.

use symbolon_types::{ErrorCode, GrantId, Prompt, RequestedClaim, SessionId, Subject};

use crate::accounts::acr;
use crate::clients::granted_comparison;
use crate::config::Config;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::remembered::Remembered;
use crate::request::{EffectiveRequest, ValidatedRequest};
use crate::session::CurrentSession;
use crate::subject_identifier::{self, pairwise_rule};

/// The step after a valid request: always the login page, which has nothing to ask when a session is good enough.
#[derive(Debug)]
pub enum BeforeLogin {
    /// Visit this page; it asks.
    Ask(LoginPage),
    /// Visit the login page; the session of this id is good enough.
    Skip(SessionId),
    /// Tell the client.
    Refuse(OAuthError),
}

/// The step after the login page accepted: always the consent page, which has nothing to ask when it was remembered.
#[derive(Debug)]
pub enum AfterLogin {
    /// Visit the consent page; it asks.
    Ask,
    /// Visit the consent page; all that is asked for was remembered, in these consents.
    Skip(Vec<GrantId>),
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
    /// Who logged in.
    pub subject: &'a Subject,
    /// Instant of the authentication.
    pub at: i64,
    /// The login session.
    pub session: SessionId,
    /// The `sub` that the login page chose for a pairwise client; empty when it chose none.
    pub forced_subject: &'a str,
    /// What the login is worth (`acr`); empty when the page did not say.
    pub acr: &'a str,
    /// The login page had nothing to ask.
    pub skipped: bool,
}

/// The step after a valid request, now.
pub fn before_login(context: &Context, asked: &ValidatedRequest, session: Option<&CurrentSession>) -> BeforeLogin {
    decide_before_login(&context.config, asked, session, context.clock.now())
}

/// [`before_login`] at an instant.
pub(super) fn decide_before_login(
    config: &Config,
    asked: &ValidatedRequest,
    session: Option<&CurrentSession>,
    now: i64,
) -> BeforeLogin {
    let request = &asked.request;
    if request.prompt().contains(Prompt::Registration) {
        return BeforeLogin::Ask(LoginPage::Registration);
    }
    if request.claims().in_id_token().iter().any(|claim| is_unattainable(config, claim)) {
        return BeforeLogin::Refuse(unmet_acr());
    }
    let none = request.prompt().contains(Prompt::None);
    let Some(session) = session.filter(|session| session.spares_the_question(config)) else {
        return if none {
            BeforeLogin::Refuse(login_required(
                "Prompt 'none' was requested, but there is no login session in this browser.",
            ))
        } else {
            BeforeLogin::Ask(LoginPage::Login)
        };
    };
    if request.prompt().contains(Prompt::Login) || request.prompt().contains(Prompt::SelectAccount) {
        return BeforeLogin::Ask(LoginPage::Login);
    }
    // Zero asks for a login that is to come, also within the second of the last one (OpenID Connect Core §3.1.2.1).
    if request.max_age() == Some(0) || too_old(request, session.authentication.at, now) {
        return if none {
            BeforeLogin::Refuse(login_required(
                "Prompt 'none' was requested, but the login is older than 'max_age' allows.",
            ))
        } else {
            BeforeLogin::Ask(LoginPage::Login)
        };
    }
    let known = &session.authentication;
    if !is_wanted_subject(config, asked, &known.subject, "") || !request.claims().accepts_acr(&known.acr) {
        return if none {
            BeforeLogin::Refuse(login_required(
                "Prompt 'none' was requested, but the login is not the one that 'claims' asks for.",
            ))
        } else {
            BeforeLogin::Ask(LoginPage::Login)
        };
    }
    match hinted_other(config, asked, &session.authentication.subject, session.id) {
        Some(error) => BeforeLogin::Refuse(error),
        None => BeforeLogin::Skip(session.id),
    }
}

/// The step after the login page accepted a request that began at `requested_at` (Unix seconds).
pub fn after_login(
    config: &Config,
    asked: &ValidatedRequest,
    login: Authenticated<'_>,
    remembered: &Remembered,
    requested_at: i64,
) -> AfterLogin {
    let request = &asked.request;
    if let Some(error) = hinted_other(config, asked, login.subject, login.session) {
        return AfterLogin::Refuse(error);
    }
    let none = request.prompt().contains(Prompt::None);
    if none && !login.skipped {
        return AfterLogin::Refuse(login_required("Prompt 'none' was requested, but the login session has ended."));
    }
    if request.prompt().contains(Prompt::Login) && login.at < requested_at {
        let hint = "Prompt 'login' was requested, but the user was not authenticated anew.";
        return AfterLogin::Refuse(login_required(hint));
    }
    // Measured when it was asked for: the time that the pages take does not make a login older.
    if too_old(request, login.at, requested_at) {
        return AfterLogin::Refuse(login_required("The login is older than 'max_age' allows."));
    }
    if !is_wanted_subject(config, asked, login.subject, login.forced_subject) {
        return AfterLogin::Refuse(login_required("The user is not the one that 'claims' asks for with 'sub'."));
    }
    if !request.claims().accepts_acr(login.acr) {
        return AfterLogin::Refuse(unmet_acr());
    }
    // A consent page of somebody else chooses claims itself, so that nobody was asked about single ones there.
    let claims = if config.urls.consent.is_none() { request.single_claims() } else { Vec::new() };
    let covering = remembered.covering(request.scope(), request.audience(), &claims, granted_comparison(config));
    // What is asked for in detail, as one payment, is asked each time.
    let in_detail = !request.authorization_details().is_empty();
    if let Some(consents) = covering.filter(|_| !in_detail && may_skip_consent(asked)) {
        return AfterLogin::Skip(consents);
    }
    if none {
        return AfterLogin::Refuse(OAuthError::new(
            ErrorCode::ConsentRequired,
            "Prompt 'none' was requested, but the user has not yet consented to all that is asked for.",
        ));
    }
    AfterLogin::Ask
}

fn login_required(hint: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::LoginRequired, hint)
}

fn unmet_acr() -> OAuthError {
    let hint = "The login is of none of the classes ('acr') that 'claims' asks for as essential.";
    OAuthError::new(ErrorCode::UnmetAuthenticationRequirements, hint)
}

fn is_essential_acr(claim: &RequestedClaim) -> bool {
    claim.name() == "acr" && claim.is_essential()
}

/// Whether no login at the built-in page can be what the client needs, so that nobody logs in in vain.
fn is_unattainable(config: &Config, claim: &RequestedClaim) -> bool {
    let attainable = acr::SUPPORTED.iter().any(|class| claim.accepts(class));
    config.urls.login.is_none() && is_essential_acr(claim) && !attainable
}

/// `sub` with a value: nobody else may be answered (OpenID Connect Core §5.5.1), as the client knows people.
fn is_wanted_subject(config: &Config, asked: &ValidatedRequest, subject: &Subject, forced: &str) -> bool {
    let claims = asked.request.claims();
    if !claims.names_subject() {
        return true;
    }
    let own = subject_identifier::for_client(config, &asked.client, subject, forced);
    own.is_ok_and(|own| claims.accepts_subject(&own))
}

fn too_old(request: &EffectiveRequest, authenticated_at: i64, now: i64) -> bool {
    request.max_age().is_some_and(|max_age| now.saturating_sub(authenticated_at) > max_age.max(0))
}

fn hinted_other(
    config: &Config,
    asked: &ValidatedRequest,
    subject: &Subject,
    session: SessionId,
) -> Option<OAuthError> {
    let hint = asked.request.id_token_hint()?;
    let pairwise = pairwise_rule(config, &asked.client).ok().flatten();
    if hint.names(subject, session, pairwise) {
        return None;
    }
    Some(login_required("The subject of 'id_token_hint' is not the one that is logged in."))
}

/// A public client behind a redirect that anybody on the device may claim never skips (RFC 8252 §8.6), and neither does
/// one on a device, which has no redirect at all.
fn may_skip_consent(asked: &ValidatedRequest) -> bool {
    let request = &asked.request;
    if request.prompt().contains(Prompt::Consent) {
        return false;
    }
    let address = request.reply().address();
    // Another program may listen on another port (RFC 8252 §8.6): what was agreed to was not for it.
    if address.is_some_and(|address| !asked.client.registered_exactly(address.redirect_uri().as_str())) {
        return false;
    }
    let own_address = address.map(|address| address.redirect_uri().as_str()).is_some_and(|redirect| {
        redirect.starts_with("https://")
            || (redirect.starts_with("http://") && symbolon_types::redirect_uri::is_secure_redirect(redirect))
    });
    own_address || !asked.client.is_public()
}
