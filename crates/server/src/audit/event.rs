//! What is audited: every decision about security, each with what an operator needs to understand it later. Nothing here
//! opens anything: tokens and codes appear as the grant that they belong to, secrets and passwords not at all.

use schemars::JsonSchema;
use serde::Serialize;

/// A decision about security. In the audit log `event` names the variant.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    /// The server began to write this log.
    ServerStarted {
        /// Its version.
        version: &'a str,
    },

    /// The configuration was read again and had no fault.
    ConfigurationReloaded {
        /// Keys whose new values are in force.
        applied: &'a [&'a str],
        /// Keys that changed and wait for a restart.
        restart_needed: &'a [&'a str],
    },
    /// The configuration was read again, and the old one stays.
    ConfigurationReloadFailed {
        /// How many things are wrong with it; the log has each.
        problems: usize,
    },

    /// A client proved who it is (RFC 6749 §2.3).
    ClientAuthenticated {
        /// The client.
        client_id: &'a str,
        /// How it did so, as `token_endpoint_auth_method` names it.
        method: &'a str,
    },
    /// A client did not prove who it is. The client was told less than `reason` says.
    ClientAuthenticationFailed {
        /// The client that it said to be, if it named one.
        #[serde(skip_serializing_if = "Option::is_none")]
        client_id: Option<&'a str>,
        /// The `error` of the answer.
        error: &'a str,
        /// What did not fit.
        reason: &'a str,
    },

    /// The token endpoint issued tokens (RFC 6749 §5.1).
    TokensIssued {
        /// To whom.
        client_id: &'a str,
        /// For which grant type.
        grant_type: &'a str,
        /// About whom, where it is a person or the subject of an assertion.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<&'a str>,
        /// The grant that they rest on, where there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        grant: Option<&'a str>,
        /// Their scope.
        scope: &'a str,
        /// Which tokens: `access_token`, `refresh_token`, `id_token`.
        tokens: &'a [&'a str],
    },
    /// An authorization code was used a second time, and everything that came of it was revoked (RFC 6749 §4.1.2).
    AuthorizationCodeReused {
        /// The grant that was revoked.
        grant: &'a str,
    },
    /// A refresh token of the past was used, and its grant was revoked (RFC 9700 §4.14.2).
    RefreshTokenReused {
        /// The grant that was revoked.
        grant: &'a str,
    },
    /// A client gave a token back (RFC 7009).
    TokenRevoked {
        /// The client.
        client_id: &'a str,
        /// The grant that ended with it, where it has one.
        #[serde(skip_serializing_if = "Option::is_none")]
        grant: Option<&'a str>,
    },
    /// A client got a token to act for a subject (RFC 8693 §1.1, delegation).
    TokenExchanged {
        /// The client.
        client_id: &'a str,
        /// For whom.
        subject: &'a str,
        /// Who acts.
        actor: &'a str,
        /// Where the token counts.
        audience: &'a str,
    },
    /// A client got a token as if it were the subject (RFC 8693 §1.1, impersonation).
    SubjectImpersonated {
        /// The client.
        client_id: &'a str,
        /// As whom.
        subject: &'a str,
        /// Where the token counts.
        audience: &'a str,
    },
    /// A client got an identity assertion for another authorization server (ID-JAG).
    IdentityAsserted {
        /// The client.
        client_id: &'a str,
        /// About whom.
        subject: &'a str,
        /// For which server.
        audience: &'a str,
    },
    /// The identity assertion of another identity provider was accepted (ID-JAG).
    IdJagAccepted {
        /// The identity provider.
        issuer: &'a str,
        /// The client that brought it.
        client_id: &'a str,
        /// About whom.
        subject: &'a str,
    },
    /// A verifiable credential was issued.
    CredentialIssued {
        /// To which client.
        client_id: &'a str,
        /// About whom.
        subject: &'a str,
    },

    /// A username and a password of a built-in page were right.
    LoginSucceeded {
        /// Who it is.
        subject: &'a str,
    },
    /// A username and a password of a built-in page were not right, or the account is disabled.
    LoginFailed {
        /// Whose account it is, if there is one of this name.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<&'a str>,
    },
    /// Somebody tried too many passwords, and this one was not looked at.
    LoginThrottled {
        /// Whose account it is, if there is one of this name.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<&'a str>,
    },
    /// A login page, built in or the operator's, said who is logged in.
    LoginAccepted {
        /// The client that asked.
        client_id: &'a str,
        /// Who it is.
        subject: &'a str,
    },
    /// A login page refused.
    LoginRejected {
        /// The client that asked.
        client_id: &'a str,
        /// What the client is told.
        error: &'a str,
    },
    /// A consent page said what a person agreed to.
    ConsentAccepted {
        /// The client that asked.
        client_id: &'a str,
        /// Who agreed.
        subject: &'a str,
        /// To which scope.
        scope: &'a str,
        /// Whether it shall be remembered.
        remember: bool,
    },
    /// A consent page refused.
    ConsentRejected {
        /// The client that asked.
        client_id: &'a str,
        /// Who did not agree.
        subject: &'a str,
        /// What the client is told.
        error: &'a str,
    },
    /// A grant was made: from here on the client can fetch tokens, or got them already.
    GrantCreated {
        /// The client.
        client_id: &'a str,
        /// Whose grant it is.
        subject: &'a str,
        /// The grant.
        grant: &'a str,
        /// What was granted.
        scope: &'a str,
    },
    /// A person agreed to a request of the back channel (OpenID Connect CIBA).
    BackchannelRequestAccepted {
        /// The client that asked.
        client_id: &'a str,
        /// Who agreed.
        subject: &'a str,
    },
    /// A person refused a request of the back channel.
    BackchannelRequestDenied {
        /// The client that asked.
        client_id: &'a str,
        /// Who refused.
        subject: &'a str,
    },
    /// A login session ended by its own browser's wish.
    Logout {
        /// Who was logged in.
        subject: &'a str,
    },
    /// An administrator ended one login session.
    LoginSessionEnded {
        /// The session, as `sid` names it.
        sid: &'a str,
    },
    /// An administrator ended all login sessions of a subject.
    LoginSessionsEnded {
        /// Whose they were.
        subject: &'a str,
    },
    /// An administrator ended all sessions, consents and tokens of a subject.
    SubjectSignedOut {
        /// Who was signed out.
        subject: &'a str,
    },
    /// A call of the global token revocation endpoint ended everything of a subject.
    SubjectRevoked {
        /// Who was signed out.
        subject: &'a str,
        /// Who called.
        by: &'a str,
    },
    /// A call of the global token revocation endpoint came without a right to do so.
    GlobalRevocationRefused,
    /// Consents were taken back, by the person or by an administrator.
    ConsentsRevoked {
        /// Whose, where that was named.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<&'a str>,
        /// Of which client, where one was named.
        #[serde(skip_serializing_if = "Option::is_none")]
        client_id: Option<&'a str>,
        /// Of which grant, where one was named.
        #[serde(skip_serializing_if = "Option::is_none")]
        grant: Option<&'a str>,
    },

    /// A client was created.
    ClientCreated {
        /// The client.
        client_id: &'a str,
        /// Who did it.
        by: ClientOrigin,
    },
    /// A client was changed.
    ClientReplaced {
        /// The client.
        client_id: &'a str,
    },
    /// A client was deleted.
    ClientDeleted {
        /// The client.
        client_id: &'a str,
        /// Who did it.
        by: ClientOrigin,
    },
    /// A client got a new secret; the one before is accepted further on.
    ClientSecretRotated {
        /// The client.
        client_id: &'a str,
    },
    /// The earlier secrets of a client ended.
    ClientSecretsDropped {
        /// The client.
        client_id: &'a str,
    },
    /// Everything that was issued to a client ended.
    ClientTokensRevoked {
        /// The client.
        client_id: &'a str,
    },
    /// The access tokens of a client ended.
    ClientAccessTokensRevoked {
        /// The client.
        client_id: &'a str,
    },

    /// An account was created.
    AccountCreated {
        /// Its subject.
        subject: &'a str,
    },
    /// An account was changed.
    AccountChanged {
        /// Its subject.
        subject: &'a str,
    },
    /// An account was disabled: nobody logs in with it.
    AccountDisabled {
        /// Its subject.
        subject: &'a str,
    },
    /// An account was enabled again.
    AccountEnabled {
        /// Its subject.
        subject: &'a str,
    },
    /// An account was deleted, and everything of its subject ended.
    AccountDeleted {
        /// Its subject.
        subject: &'a str,
    },
    /// An account got another password, and its person was signed out everywhere.
    PasswordChanged {
        /// Its subject.
        subject: &'a str,
    },

    /// The assertions of an issuer are trusted from now on (RFC 7523 §2.1).
    IssuerTrusted {
        /// The trust relationship.
        id: &'a str,
        /// The issuer.
        issuer: &'a str,
        /// Its key.
        kid: &'a str,
    },
    /// The assertions of an issuer are not trusted any more.
    IssuerDistrusted {
        /// The trust relationship.
        id: &'a str,
    },
    /// A key was made in a set.
    KeyCreated {
        /// The set.
        set: &'a str,
        /// The key.
        kid: &'a str,
    },
    /// A key was put into a set, in the place of the one of this name.
    KeyPut {
        /// The set.
        set: &'a str,
        /// The key.
        kid: &'a str,
    },
    /// The keys of a set were replaced.
    KeySetReplaced {
        /// The set.
        set: &'a str,
    },
    /// A key was deleted.
    KeyDeleted {
        /// The set.
        set: &'a str,
        /// The key; `*` for the whole set.
        kid: &'a str,
    },
    /// A private key was brought into one of the server's own sets.
    KeyImported {
        /// The set.
        set: &'a str,
        /// The key.
        kid: &'a str,
    },
    /// An administrator asked for a new signing key.
    KeyRotated {
        /// The set.
        set: &'a str,
        /// The new key.
        kid: &'a str,
        /// What it signs with.
        algorithm: &'a str,
    },
    /// A signing key was published ahead of its use.
    KeyAnnounced {
        /// The key.
        kid: &'a str,
    },
    /// A signing key took over, and those before it sign no more.
    KeyActivated {
        /// The key.
        kid: &'a str,
    },
    /// An encryption key retired.
    KeyRetired {
        /// The key.
        kid: &'a str,
    },
    /// The keys of an algorithm that is not offered any more retired.
    KeysWithdrawn {
        /// The algorithm.
        algorithm: &'a str,
    },

    /// A request was refused: it is at fault, or whoever sent it may not do this.
    RequestRefused(Refused<'a>),
    /// A request failed for a fault of this server, or of something that it needs.
    RequestFailed(Refused<'a>),
}

/// Who creates and deletes clients.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientOrigin {
    /// An administrator.
    Administrator,
    /// The client itself (RFC 7591, RFC 7592).
    Registration,
    /// The client's document at its identifier.
    Document,
}

/// How a request ended that got an error.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Refused<'a> {
    /// Method of the request.
    pub method: &'a str,
    /// Its path, without the query.
    pub path: &'a str,
    /// Status of the answer; 302 and 303 where the browser takes the error to a client or to a page.
    pub status: u16,
    /// The `error`.
    pub error: &'a str,
    /// What the client was told beyond it.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub description: &'a str,
    /// What it was not told.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub reason: &'a str,
    /// The client, as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<&'a str>,
    /// The check of the authorization request that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<&'a str>,
    /// What that check rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<&'a str>,
}

impl Event<'_> {
    /// How loud the program's own log is about it. What happens at every token is for those who ask for it; refusals have
    /// their own line there.
    pub(super) fn level(&self) -> tracing::Level {
        match self {
            Self::LoginThrottled { .. }
            | Self::RefreshTokenReused { .. }
            | Self::AuthorizationCodeReused { .. }
            | Self::GlobalRevocationRefused => tracing::Level::WARN,
            Self::ServerStarted { .. }
            | Self::ClientAuthenticated { .. }
            | Self::ClientAuthenticationFailed { .. }
            | Self::TokensIssued { .. }
            | Self::TokenRevoked { .. }
            | Self::LoginAccepted { .. }
            | Self::LoginRejected { .. }
            | Self::ConsentAccepted { .. }
            | Self::ConsentRejected { .. }
            | Self::GrantCreated { .. }
            | Self::RequestRefused(_)
            | Self::RequestFailed(_) => tracing::Level::DEBUG,
            _ => tracing::Level::INFO,
        }
    }
}
