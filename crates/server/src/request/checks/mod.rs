//! The checks of a request whose redirect URI is verified, as one table: in the order in which they are made, and at which
//! endpoint. The first that fails is the one the client hears of. One file each, one section each.

mod audience;
mod authorization_details;
mod claims;
mod code_challenge;
mod dpop_key;
mod front_channel;
mod id_token_hint;
mod max_age;
mod nonce;
mod prompt;
mod registration;
mod response_mode;
mod response_type;
mod scope;
mod state;
mod subject_type;
mod transport;

use super::Asker;
use super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;
use crate::trail;

/// A check, by the name under which the log speaks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    Scope,
    Audience,
    Registration,
    ResponseType,
    ResponseMode,
    State,
    Transport,
    SubjectType,
    Nonce,
    Claims,
    CodeChallenge,
    DpopKey,
    FrontChannel,
    AuthorizationDetails,
    Prompt,
    MaxAge,
    IdTokenHint,
}

/// Where a check is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// At the authorization, the device authorization and the backchannel authentication endpoint.
    Everywhere,
    /// Where the person comes with a browser: not at the backchannel authentication endpoint.
    WithBrowser,
    /// Where a client is answered at its redirect URI.
    Authorization,
}

const TABLE: [(Check, At); 17] = [
    (Check::Scope, At::Everywhere),
    (Check::Audience, At::Everywhere),
    (Check::Registration, At::Everywhere),
    (Check::ResponseType, At::Authorization),
    (Check::ResponseMode, At::Authorization),
    (Check::State, At::Authorization),
    (Check::Transport, At::Authorization),
    (Check::SubjectType, At::Everywhere),
    (Check::Nonce, At::Authorization),
    (Check::Claims, At::Everywhere),
    (Check::CodeChallenge, At::WithBrowser),
    (Check::DpopKey, At::Everywhere),
    (Check::FrontChannel, At::Authorization),
    (Check::AuthorizationDetails, At::Everywhere),
    (Check::Prompt, At::WithBrowser),
    (Check::MaxAge, At::Everywhere),
    (Check::IdTokenHint, At::WithBrowser),
];

/// The checks of a request that somebody of this kind makes.
pub(super) fn of(asker: Asker) -> impl Iterator<Item = Check> {
    let applies = move |at: At| match asker {
        Asker::Browser => true,
        Asker::Device(_) => at != At::Authorization,
        Asker::Backchannel(_) => at == At::Everywhere,
    };
    TABLE.into_iter().filter(move |(_, at)| applies(*at)).map(|(check, _)| check)
}

impl Check {
    /// Makes the check. A failure is told to the log with the check's name.
    pub(super) async fn run(self, request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
        let outcome = match self {
            Self::Scope => scope::check(request, draft),
            Self::Audience => audience::check(request, draft),
            Self::Registration => registration::check(request, draft),
            Self::ResponseType => response_type::check(request, draft),
            Self::ResponseMode => response_mode::check(request, draft),
            Self::State => state::check(request, draft),
            Self::Transport => transport::check(request, draft),
            Self::SubjectType => subject_type::check(request, draft),
            Self::Nonce => nonce::check(request, draft),
            Self::Claims => claims::check(request, draft),
            Self::CodeChallenge => code_challenge::check(request, draft),
            Self::DpopKey => dpop_key::check(request, draft),
            Self::FrontChannel => front_channel::check(request, draft),
            Self::AuthorizationDetails => authorization_details::check(request, draft),
            Self::Prompt => prompt::check(request, draft),
            Self::MaxAge => max_age::check(request, draft),
            Self::IdTokenHint => id_token_hint::check(request, draft).await,
        };
        outcome.inspect_err(|_| {
            tracing::debug!(check = ?self, "a check of the request failed");
            trail::note_check(self.name(), self.section());
        })
    }

    /// As the audit log names it: the parameter, where it is about one.
    fn name(self) -> &'static str {
        self.about().0
    }

    /// What it rests on.
    fn section(self) -> &'static str {
        self.about().1
    }

    fn about(self) -> (&'static str, &'static str) {
        match self {
            Self::Scope => ("scope", "RFC 6749 §3.3"),
            Self::Audience => ("audience", "RFC 8707 §2.1"),
            Self::Registration => ("registration", "OpenID Connect Core §7.2.1"),
            Self::ResponseType => ("response_type", "RFC 6749 §3.1.1"),
            Self::ResponseMode => ("response_mode", "OAuth 2.0 Multiple Response Types §2.1"),
            Self::State => ("state", "RFC 6749 §10.12"),
            Self::Transport => ("transport", "RFC 8252 §8.3"),
            Self::SubjectType => ("subject_type", "OpenID Connect Core §8.1"),
            Self::Nonce => ("nonce", "OpenID Connect Core §15.5.2"),
            Self::Claims => ("claims", "OpenID Connect Core §5.5"),
            Self::CodeChallenge => ("code_challenge", "RFC 7636 §4.3"),
            Self::DpopKey => ("dpop_jkt", "RFC 9449 §10"),
            Self::FrontChannel => ("front_channel", "RFC 6749 §4.2"),
            Self::AuthorizationDetails => ("authorization_details", "RFC 9396 §5"),
            Self::Prompt => ("prompt", "OpenID Connect Core §3.1.2.1"),
            Self::MaxAge => ("max_age", "OpenID Connect Core §3.1.2.1"),
            Self::IdTokenHint => ("id_token_hint", "OpenID Connect Core §3.1.2.1"),
        }
    }
}
