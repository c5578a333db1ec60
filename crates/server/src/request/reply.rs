//! Who hears the end of a request, and where an error about it may go.

use symbolon_types::{ClientId, RegisteredRedirectUri, ResponseMode};

use crate::error::OAuthError;

/// Why a request goes no further, and where that may be told.
#[derive(Debug)]
pub enum Refusal {
    /// There is no verified address: only a page.
    Page(OAuthError),
    /// The client is told at its registered address.
    Redirect(Box<RedirectError>),
}

impl Refusal {
    /// The error, for those who answer neither with a page nor with a redirect.
    pub fn into_error(self) -> OAuthError {
        match self {
            Self::Page(error) => error,
            Self::Redirect(redirect) => redirect.error,
        }
    }
}

/// An error with the verified address that it goes to.
#[derive(Debug)]
pub struct RedirectError {
    error: OAuthError,
    to: ReplyAddress,
}

impl RedirectError {
    /// The error of the protocol.
    pub fn error(&self) -> &OAuthError {
        &self.error
    }

    /// Where the error is sent.
    pub fn to(&self) -> &ReplyAddress {
        &self.to
    }
}

/// A verified address, and how the client wants to be answered there.
#[derive(Clone, Debug)]
pub struct ReplyAddress {
    pub(super) client_id: ClientId,
    pub(super) silent: bool,
    pub(super) redirect_uri: RegisteredRedirectUri,
    pub(super) mode: ResponseMode,
    pub(super) state: Option<String>,
}

impl ReplyAddress {
    /// The client that registered the address.
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Whether nobody may be shown anything (`prompt=none`).
    pub fn is_silent(&self) -> bool {
        self.silent
    }

    /// The registered redirect URI.
    pub fn redirect_uri(&self) -> &RegisteredRedirectUri {
        &self.redirect_uri
    }

    /// Query, fragment or form, plain or as a JWT.
    pub fn mode(&self) -> ResponseMode {
        self.mode
    }

    /// `state` as sent, returned even when it was too short.
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }
}

/// Who hears the end of a flow.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The client, at its verified address.
    Redirect(ReplyAddress),
    /// A device, or a client of the back channel, that asks for it by itself; a browser ends on a page.
    Device,
}

impl Reply {
    /// The address, where there is one.
    pub fn address(&self) -> Option<&ReplyAddress> {
        match self {
            Self::Redirect(address) => Some(address),
            Self::Device => None,
        }
    }

    /// An error for whoever hears the end.
    pub fn refusal(&self, error: OAuthError) -> Refusal {
        match self {
            Self::Redirect(to) => Refusal::Redirect(Box::new(RedirectError { error, to: to.clone() })),
            Self::Device => Refusal::Page(error),
        }
    }
}
