//! The tables of Hydra that are read, with the columns that any of its releases since 2.2 has.

/// A table of Hydra's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HydraTable {
    /// Its name.
    pub name: &'static str,
    /// The column that tells its rows apart within a network, by which pages follow each other.
    pub(crate) key: &'static str,
    /// The columns that are read. One that a release has not, is empty.
    pub(crate) columns: &'static [&'static str],
}

/// Columns of every table of tokens.
const TOKEN: &[&str] = &[
    "signature",
    "request_id",
    "requested_at",
    "client_id",
    "scope",
    "granted_scope",
    "form_data",
    "session_data",
    "subject",
    "active",
    "granted_audience",
    "challenge_id",
    "expires_at",
    "first_used_at",
    "access_token_signature",
];

impl HydraTable {
    /// All that are read.
    pub(crate) const ALL: [Self; 11] = [
        Self::CLIENTS,
        Self::KEYS,
        Self::ISSUERS,
        Self::SESSIONS,
        Self::FLOWS,
        Self::CODES,
        Self::PROOF_KEYS,
        Self::ACCESS_TOKENS,
        Self::REFRESH_TOKENS,
        Self::USED_ASSERTIONS,
        Self::DEVICES,
    ];
    /// Clients, with the hashes of their secrets.
    pub const CLIENTS: Self = Self {
        name: "hydra_client",
        key: "id",
        columns: &[
            "id",
            "client_name",
            "client_secret",
            "rotated_secrets",
            "redirect_uris",
            "grant_types",
            "response_types",
            "scope",
            "owner",
            "policy_uri",
            "tos_uri",
            "client_uri",
            "logo_uri",
            "contacts",
            "sector_identifier_uri",
            "jwks",
            "jwks_uri",
            "request_uris",
            "token_endpoint_auth_method",
            "token_endpoint_auth_signing_alg",
            "request_object_signing_alg",
            "userinfo_signed_response_alg",
            "subject_type",
            "allowed_cors_origins",
            "audience",
            "created_at",
            "updated_at",
            "frontchannel_logout_uri",
            "frontchannel_logout_session_required",
            "post_logout_redirect_uris",
            "backchannel_logout_uri",
            "backchannel_logout_session_required",
            "metadata",
            "registration_access_token_signature",
            "access_token_strategy",
            "skip_consent",
            "skip_logout_consent",
            "authorization_code_grant_access_token_lifespan",
            "authorization_code_grant_id_token_lifespan",
            "authorization_code_grant_refresh_token_lifespan",
            "client_credentials_grant_access_token_lifespan",
            "implicit_grant_access_token_lifespan",
            "implicit_grant_id_token_lifespan",
            "jwt_bearer_grant_access_token_lifespan",
            "refresh_token_grant_id_token_lifespan",
            "refresh_token_grant_access_token_lifespan",
            "refresh_token_grant_refresh_token_lifespan",
            "device_authorization_grant_id_token_lifespan",
            "device_authorization_grant_access_token_lifespan",
            "device_authorization_grant_refresh_token_lifespan",
        ],
    };
    /// Keys of all sets, sealed.
    pub const KEYS: Self =
        Self { name: "hydra_jwk", key: "pk", columns: &["pk", "sid", "kid", "keydata", "created_at"] };
    /// Trusted issuers of assertions.
    pub const ISSUERS: Self = Self {
        name: "hydra_oauth2_trusted_jwt_bearer_issuer",
        key: "id",
        columns: &[
            "id",
            "issuer",
            "subject",
            "scope",
            "key_set",
            "key_id",
            "created_at",
            "expires_at",
            "allow_any_subject",
        ],
    };
    /// Login sessions.
    pub const SESSIONS: Self = Self {
        name: "hydra_oauth2_authentication_session",
        key: "id",
        columns: &["id", "subject", "authenticated_at", "remember", "identity_provider_session_id", "expires_at"],
    };
    /// Logins with their consents.
    pub const FLOWS: Self = Self {
        name: "hydra_oauth2_flow",
        key: "login_challenge",
        columns: &[
            "login_challenge",
            "consent_challenge_id",
            "subject",
            "client_id",
            "request_url",
            "requested_at",
            "login_session_id",
            "acr",
            "amr",
            "context",
            "state",
            "consent_skip",
            "consent_remember",
            "consent_remember_for",
            "consent_handled_at",
            "consent_error",
            "granted_scope",
            "granted_at_audience",
            "session_access_token",
            "session_id_token",
            "device_code_request_id",
        ],
    };
    /// Authorization codes.
    pub const CODES: Self = Self { name: "hydra_oauth2_code", key: "signature", columns: TOKEN };
    /// What codes of OpenID Connect keep beside.
    pub const PROOF_KEYS: Self = Self { name: "hydra_oauth2_pkce", key: "signature", columns: TOKEN };
    /// Access tokens.
    pub const ACCESS_TOKENS: Self = Self { name: "hydra_oauth2_access", key: "signature", columns: TOKEN };
    /// Refresh tokens.
    pub const REFRESH_TOKENS: Self = Self { name: "hydra_oauth2_refresh", key: "signature", columns: TOKEN };
    /// Identifiers of assertions that were used.
    pub const USED_ASSERTIONS: Self =
        Self { name: "hydra_oauth2_jti_blacklist", key: "signature", columns: &["signature", "expires_at"] };
    /// Codes of devices.
    pub const DEVICES: Self = Self {
        name: "hydra_oauth2_device_auth_codes",
        key: "device_code_signature",
        columns: &[
            "device_code_signature",
            "client_id",
            "device_code_active",
            "user_code_state",
            "session_data",
            "expires_at",
        ],
    };
}
