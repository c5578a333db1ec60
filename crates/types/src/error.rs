//! The `error` values of OAuth 2.0, `OpenID` Connect and their extensions, with the HTTP status and
//! one sentence of ours for each, and the JSON body that carries them (RFC 6749 §5.2).
//!
//! [`ErrorCode`] is for protocol errors. [`GenericError`] is the second family of Hydra's wire: its
//! management endpoints put a fixed sentence where a code would be, and clients compare it.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The body of every JSON error answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "errorOAuth2"))]
pub struct ErrorBody {
    /// An [`ErrorCode`] or the sentence of a [`GenericError`].
    pub error: Cow<'static, str>,
    /// What went wrong and which parameter is at fault, for people.
    #[serde(default)]
    pub error_description: String,
    /// How old a login may be that would do, in seconds (RFC 9470 §3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<i64>,
    /// Authentication context classes of a login that would do, with spaces between (RFC 9470 §3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr_values: Option<String>,
}

impl ErrorBody {
    /// A body for a protocol error: its base sentence, followed by the hint unless that is empty.
    pub fn new(code: ErrorCode, hint: &str) -> Self {
        let base = code.description();
        let error_description = if hint.is_empty() { base.to_owned() } else { format!("{base} {hint}") };
        Self { error: Cow::Borrowed(code.as_str()), error_description, ..Self::default() }
    }
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $status:literal, $description:literal;)+) => {
        /// Every `error` value that this server sends or understands.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $name),+
        }

        impl ErrorCode {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The value on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word),+
                }
            }

            /// The HTTP status when the error is answered directly. Where one value has two
            /// statuses, this is the usual one.
            pub fn status(self) -> u16 {
                match self {
                    $(Self::$name => $status),+
                }
            }

            /// One sentence that is true of every occurrence.
            pub fn description(self) -> &'static str {
                match self {
                    $(Self::$name => $description),+
                }
            }

            /// Reads a wire value; `None` for an unknown one.
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($word => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

error_codes! {
    /// RFC 6749 §4.1.2.1, §5.2.
    InvalidRequest = "invalid_request", 400,
        "The request lacks a required parameter, repeats one, or has one with an invalid value.";
    /// RFC 6749 §5.2.
    InvalidClient = "invalid_client", 401,
        "The client could not be authenticated: it is unknown, sent no credentials, or sent wrong ones.";
    /// RFC 6749 §5.2.
    InvalidGrant = "invalid_grant", 400,
        "The code, token or assertion is invalid, expired, revoked, already used, or was issued to another client.";
    /// RFC 6749 §4.1.2.1, §5.2.
    UnauthorizedClient = "unauthorized_client", 400,
        "The client is not registered for this way of getting a token.";
    /// RFC 6749 §5.2.
    UnsupportedGrantType = "unsupported_grant_type", 400,
        "The server does not support this 'grant_type'.";
    /// RFC 6749 §4.1.2.1, §5.2.
    InvalidScope = "invalid_scope", 400,
        "A requested scope is unknown, malformed, or not allowed to the client.";
    /// RFC 6749 §4.1.2.1.
    AccessDenied = "access_denied", 403,
        "The user or the server denied the request.";
    /// RFC 6749 §4.1.2.1.
    UnsupportedResponseType = "unsupported_response_type", 400,
        "The server or the client's registration does not allow this 'response_type'.";
    /// OAuth 2.0 Multiple Response Type Encoding Practices §2.1.
    UnsupportedResponseMode = "unsupported_response_mode", 400,
        "The server does not support this 'response_mode' for this request.";
    /// RFC 6749 §4.1.2.1.
    ServerError = "server_error", 500,
        "The server met an unexpected condition and could not answer the request.";
    /// RFC 6749 §4.1.2.1.
    TemporarilyUnavailable = "temporarily_unavailable", 503,
        "The server cannot answer at present; try again later.";
    /// Hydra: `state` is missing or shorter than eight characters.
    InvalidState = "invalid_state", 400,
        "The 'state' is missing or too short to protect the client.";
    /// Hydra: a security parameter is too short.
    InsufficientEntropy = "insufficient_entropy", 400,
        "A parameter that must be hard to guess is too short.";
    /// Hydra: the server's own configuration is at fault.
    Misconfiguration = "misconfiguration", 500,
        "The server is not configured for this request.";
    /// Hydra: credentials are missing or not acceptable.
    RequestUnauthorized = "request_unauthorized", 401,
        "The request carries no valid credentials.";
    /// Hydra: credentials are good but do not allow this.
    RequestForbidden = "request_forbidden", 403,
        "The request is not allowed.";
    /// Hydra: the thing asked for does not exist.
    NotFound = "not_found", 404,
        "The requested resource does not exist.";
    /// Hydra: the signature of a token is not ours.
    TokenSignatureMismatch = "token_signature_mismatch", 400,
        "The token was not signed by this server.";
    /// RFC 6750 §3.1.
    InvalidToken = "invalid_token", 401,
        "The token is malformed, expired, revoked, or not meant for this server.";
    /// Hydra: a scope that is needed was not granted.
    ScopeNotGranted = "scope_not_granted", 403,
        "The token lacks a scope that the request needs.";
    /// RFC 6750 §3.1.
    InsufficientScope = "insufficient_scope", 403,
        "The token's scope does not allow the request.";
    /// Hydra: a claim of a token failed validation.
    TokenClaim = "token_claim", 401,
        "A claim of the token is not valid.";
    /// Hydra: the token is no longer, or not yet, active.
    TokenInactive = "token_inactive", 401,
        "The token is not active.";
    /// `OpenID` Connect Core §3.1.2.6.
    LoginRequired = "login_required", 400,
        "The user must log in, and the request did not allow to ask.";
    /// `OpenID` Connect Core §3.1.2.6.
    InteractionRequired = "interaction_required", 400,
        "The user must be asked something, and the request did not allow to ask.";
    /// `OpenID` Connect Core §3.1.2.6.
    ConsentRequired = "consent_required", 400,
        "The user must give consent, and the request did not allow to ask.";
    /// `OpenID` Connect Core §3.1.2.6.
    AccountSelectionRequired = "account_selection_required", 400,
        "The user must choose an account, and the request did not allow to ask.";
    /// `OpenID` Connect Core §3.1.2.6.
    InvalidRequestUri = "invalid_request_uri", 400,
        "The 'request_uri' is not allowed, could not be fetched, or has no valid content.";
    /// `OpenID` Connect Core §3.1.2.6, RFC 9101 §7.
    InvalidRequestObject = "invalid_request_object", 400,
        "The request object is malformed, expired, or not signed as required.";
    /// `OpenID` Connect Core §3.1.2.6.
    RequestNotSupported = "request_not_supported", 400,
        "The server does not support the 'request' parameter.";
    /// `OpenID` Connect Core §3.1.2.6.
    RequestUriNotSupported = "request_uri_not_supported", 400,
        "The server does not support the 'request_uri' parameter.";
    /// `OpenID` Connect Core §3.1.2.6.
    RegistrationNotSupported = "registration_not_supported", 400,
        "The server does not support the 'registration' parameter.";
    /// Hydra: an assertion's `jti` was seen before.
    JtiKnown = "jti_known", 400,
        "The 'jti' of the assertion was already used.";
    /// RFC 8628 §3.5.
    AuthorizationPending = "authorization_pending", 400,
        "The user has not yet decided; keep asking.";
    /// RFC 8628 §3.5.
    SlowDown = "slow_down", 400,
        "The client asks too often; wait five seconds longer between requests.";
    /// RFC 8628 §3.5.
    ExpiredToken = "expired_token", 400,
        "What was waited for has expired; start again.";
    /// `OpenID` Connect CIBA §13.
    UnknownUserId = "unknown_user_id", 400,
        "The hint names no user of this server.";
    /// `OpenID` Connect CIBA §13.
    InvalidBindingMessage = "invalid_binding_message", 400,
        "The 'binding_message' is too long, or has characters that cannot be shown.";
    /// RFC 7591 §3.2.2.
    InvalidClientMetadata = "invalid_client_metadata", 400,
        "A member of the client metadata has an invalid value.";
    /// RFC 7591 §3.2.2.
    InvalidRedirectUri = "invalid_redirect_uri", 400,
        "A redirect URI of the client metadata is invalid.";
    /// RFC 7591 §3.2.2.
    InvalidSoftwareStatement = "invalid_software_statement", 400,
        "The software statement is invalid.";
    /// RFC 7591 §3.2.2.
    UnapprovedSoftwareStatement = "unapproved_software_statement", 400,
        "The software statement is not approved for this server.";
    /// Hydra, trusted issuers: a member that is needed is missing.
    MissingRequiredParameter = "missing_required_parameter", 400,
        "A required parameter is missing.";
    /// `OpenID` Connect `UserInfo` Verifiable Credentials, draft 00.
    MissingProof = "missing_proof", 400,
        "The request lacks the proof of possession that a credential needs.";
    /// RFC 7009 §2.2.1.
    UnsupportedTokenType = "unsupported_token_type", 400,
        "The server cannot revoke tokens of this type.";
    /// RFC 8707 §2.
    InvalidTarget = "invalid_target", 400,
        "The requested resource is unknown, malformed, or not allowed to the client.";
    /// RFC 9396 §5.
    InvalidAuthorizationDetails = "invalid_authorization_details", 400,
        "The 'authorization_details' are malformed or not allowed to the client.";
    /// RFC 9449 §5.
    InvalidDpopProof = "invalid_dpop_proof", 400,
        "The DPoP proof is missing or invalid.";
    /// RFC 9449 §8.
    UseDpopNonce = "use_dpop_nonce", 400,
        "The DPoP proof must carry the nonce that the server gave.";
    /// RFC 9470 §3.
    InsufficientUserAuthentication = "insufficient_user_authentication", 401,
        "The user's authentication is too weak or too old for the request.";
    /// `OpenID` Connect Core Error Code `unmet_authentication_requirements` 1.0.
    UnmetAuthenticationRequirements = "unmet_authentication_requirements", 400,
        "The user could not be authenticated in the way that the client requires.";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Errors whose `error` member is a fixed sentence, as Hydra's management endpoints write them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GenericError {
    /// 400, a body or query that cannot be read.
    Malformed,
    /// 401, dynamic registration without valid credentials.
    Unauthorized,
    /// 403, authenticated but not allowed.
    Forbidden,
    /// 404, a feature that is switched off.
    FeatureNotFound,
    /// 404, no such record.
    RecordNotFound,
    /// 404, no such flow, key set or key.
    NotFound,
    /// 409, the record exists.
    AlreadyExists,
    /// 409, two changes at once.
    Conflict,
    /// 400, a value that the operation cannot use.
    BadRequest,
    /// 500, anything else.
    Unrecognizable,
}

impl GenericError {
    /// The value of the `error` member.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "The request was malformed or contained invalid parameters",
            Self::Unauthorized => "The request could not be authorized",
            Self::Forbidden => "The requested action was forbidden",
            Self::FeatureNotFound => "The requested resource could not be found",
            Self::RecordNotFound => "Unable to locate the resource",
            Self::NotFound => "Not Found",
            Self::AlreadyExists => {
                "Unable to insert or update resource because a resource with that value exists already"
            }
            Self::Conflict => "Conflict",
            Self::BadRequest => "Bad Request",
            Self::Unrecognizable => "error",
        }
    }

    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::Malformed | Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::FeatureNotFound | Self::RecordNotFound | Self::NotFound => 404,
            Self::AlreadyExists | Self::Conflict => 409,
            Self::Unrecognizable => 500,
        }
    }

    /// A body with this sentence and a description, which may be empty.
    pub fn body(self, error_description: impl Into<String>) -> ErrorBody {
        ErrorBody {
            error: Cow::Borrowed(self.as_str()),
            error_description: error_description.into(),
            ..ErrorBody::default()
        }
    }
}

impl fmt::Display for GenericError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_back_and_have_a_sentence() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::parse(code.as_str()), Some(*code));
            assert!(matches!(code.status(), 400..=599), "{code}");
            let sentence = code.description();
            assert!(sentence.ends_with('.') && !sentence.contains('"'), "{code}");
        }
        assert_eq!(ErrorCode::parse("error"), None);
    }

    #[test]
    fn body_has_exactly_two_members() {
        let body = ErrorBody::new(ErrorCode::InvalidScope, "The scope 'x' is not allowed.");
        assert_eq!(
            serde_json::to_string(&body).unwrap(),
            r#"{"error":"invalid_scope","error_description":"A requested scope is unknown, malformed, or not allowed to the client. The scope 'x' is not allowed."}"#
        );
        let body: ErrorBody = serde_json::from_str(r#"{"error":"x","error_hint":"y"}"#).unwrap();
        assert_eq!((body.error.as_ref(), body.error_description.as_str()), ("x", ""));
    }
}
