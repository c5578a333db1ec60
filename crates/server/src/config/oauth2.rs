//! `oauth2.*`: claims of JWT access tokens, hashes of client secrets, PKCE, the settings of single grants, and web
//! hooks. Where Hydra spreads one decision over several keys (rotation of refresh tokens, user codes), the decision
//! is made here once.

use serde::Deserialize;

use super::error::ConfigError;
use super::hook::Hook;
use super::values::Values;

/// OAuth 2.0: claims, PKCE, grants, hooks.
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own in the configuration file")]
#[derive(Debug, Clone)]
pub struct Oauth2 {
    /// Whether error descriptions tell the private reason.
    pub expose_internal_errors: bool,
    /// Whether session claims are sealed in the database.
    pub session_encrypt_at_rest: bool,
    /// Whether JWT access tokens have no `nbf`.
    pub exclude_not_before_claim: bool,
    /// Session claims that may stand at the top level of JWT access tokens.
    pub allowed_top_level_claims: Vec<String>,
    /// Whether session claims are repeated below `ext`.
    pub mirror_top_level_claims: bool,
    /// Whether claims that may not stand at the top level stay below `ext` when they are not mirrored.
    pub preserve_ext_claims: bool,
    /// Hashes of client secrets.
    pub hashers: Hashers,
    /// PKCE (RFC 7636).
    pub pkce: Pkce,
    /// Whether a client credentials request without scope gets all of the client's.
    pub client_credentials_default_grant_allowed_scope: bool,
    /// Rotation of refresh tokens.
    pub refresh: RefreshRotation,
    /// Assertions as grants (RFC 7523).
    pub jwt_bearer: JwtBearer,
    /// Called before a refresh.
    pub refresh_token_hook: Option<Hook>,
    /// Called before any token is issued.
    pub token_hook: Option<Hook>,
    /// Device authorization (RFC 8628).
    pub device_authorization: DeviceAuthorization,
}

/// Hashes of client secrets that people chose.
#[derive(Debug, Clone)]
pub struct Hashers {
    /// Which one.
    pub algorithm: HashAlgorithm,
    /// Rounds of PBKDF2.
    pub pbkdf2_iterations: u32,
    /// Cost of bcrypt.
    pub bcrypt_cost: u32,
}

/// A hash that Hydra can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HashAlgorithm {
    /// PBKDF2 with HMAC-SHA-256.
    Pbkdf2,
    /// bcrypt.
    Bcrypt,
}

/// Who must use PKCE.
#[derive(Debug, Clone)]
pub struct Pkce {
    /// Every client.
    pub enforced: bool,
    /// Public clients.
    pub enforced_for_public_clients: bool,
}

/// When a used refresh token is accepted again.
#[derive(Debug, Clone)]
pub struct RefreshRotation {
    /// The rule.
    pub mode: RotationMode,
    /// Length of the grace period in seconds: 5 minutes at most, 180 days with a reuse count.
    pub rotation_grace_period_seconds: i64,
    /// How often a used token is accepted again in the grace period; 0 for no bound.
    pub rotation_grace_reuse_count: u32,
    /// How many seconds after its use at most a token is accepted again with [`RotationMode::UntilSuccessorUsed`].
    pub successor_window_seconds: i64,
}

/// When a used refresh token is accepted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RotationMode {
    /// Never.
    Strict,
    /// Within the grace period.
    Grace,
    /// As long as nothing issued in its place has been seen.
    UntilSuccessorUsed,
}

/// Assertions as grants (RFC 7523 §3).
#[derive(Debug, Clone)]
pub struct JwtBearer {
    /// Whether `jti` may be missing.
    pub jti_optional: bool,
    /// Whether `iat` may be missing.
    pub iat_optional: bool,
    /// Longest time between `iat` and `exp`.
    pub max_ttl_seconds: i64,
    /// Whether `aud` of the assertion stays out of the access token.
    pub omit_assertion_audience: bool,
}

/// Device authorization (RFC 8628).
#[derive(Debug, Clone)]
pub struct DeviceAuthorization {
    /// Seconds between two requests of a device.
    pub token_polling_interval_seconds: i64,
    /// Form of user codes.
    pub user_code: UserCode,
}

/// Form of user codes (RFC 8628 §6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserCode {
    /// Number of characters.
    pub length: usize,
    /// The characters to draw from, ASCII, each once.
    pub character_set: String,
}

/// Longest grace period without a reuse count.
const GRACE_LIMIT_SECONDS: i64 = 5 * 60;
/// Longest grace period with one.
const COUNTED_GRACE_LIMIT_SECONDS: i64 = 180 * 24 * 60 * 60;

impl Oauth2 {
    pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
        Ok(Self {
            expose_internal_errors: values.switch("oauth2.expose_internal_errors"),
            session_encrypt_at_rest: values.switch("oauth2.session.encrypt_at_rest"),
            exclude_not_before_claim: values.switch("oauth2.exclude_not_before_claim"),
            allowed_top_level_claims: values.list("oauth2.allowed_top_level_claims"),
            mirror_top_level_claims: values.switch("oauth2.mirror_top_level_claims"),
            preserve_ext_claims: values.switch("oauth2.preserve_ext_claims"),
            hashers: Hashers {
                algorithm: values.choice("oauth2.hashers.algorithm")?,
                pbkdf2_iterations: values.integer("oauth2.hashers.pbkdf2.iterations"),
                bcrypt_cost: values.integer("oauth2.hashers.bcrypt.cost"),
            },
            pkce: Pkce {
                enforced: values.switch("oauth2.pkce.enforced"),
                enforced_for_public_clients: values.switch("oauth2.pkce.enforced_for_public_clients"),
            },
            client_credentials_default_grant_allowed_scope: values
                .switch("oauth2.client_credentials.default_grant_allowed_scope"),
            refresh: RefreshRotation::read(values)?,
            jwt_bearer: JwtBearer {
                jti_optional: values.switch("oauth2.grant.jwt.jti_optional"),
                iat_optional: values.switch("oauth2.grant.jwt.iat_optional"),
                max_ttl_seconds: values.seconds("oauth2.grant.jwt.max_ttl"),
                omit_assertion_audience: values.switch("oauth2.grant.jwt.omit_assertion_audience"),
            },
            refresh_token_hook: values.get("oauth2.refresh_token_hook").as_ref().and_then(Hook::read),
            token_hook: values.get("oauth2.token_hook").as_ref().and_then(Hook::read),
            device_authorization: DeviceAuthorization {
                token_polling_interval_seconds: values.seconds("oauth2.device_authorization.token_polling_interval"),
                user_code: UserCode::read(values)?,
            },
        })
    }
}

impl RefreshRotation {
    fn read(values: &Values) -> Result<Self, ConfigError> {
        const MODE: &str = "oauth2.grant.refresh_token.rotation_mode";
        let reuse_count = values.integer("oauth2.grant.refresh_token.rotation_grace_reuse_count");
        let limit = if reuse_count > 0 { COUNTED_GRACE_LIMIT_SECONDS } else { GRACE_LIMIT_SECONDS };
        let period = values.seconds("oauth2.grant.refresh_token.rotation_grace_period").min(limit);
        let mode = match (values.text(MODE), period) {
            (None, 0) => RotationMode::Strict,
            (None, _) => RotationMode::Grace,
            (Some(_), _) => values.choice(MODE)?,
        };
        match mode {
            RotationMode::Grace if period == 0 => {
                Err(ConfigError::refused(MODE, "is `grace`, which needs a `rotation_grace_period` above 0s"))
            }
            RotationMode::Strict if period > 0 => Err(ConfigError::refused(
                MODE,
                "is `strict`, which contradicts `rotation_grace_period`: remove one of the two",
            )),
            _ => Ok(Self {
                mode,
                rotation_grace_period_seconds: period,
                rotation_grace_reuse_count: reuse_count,
                successor_window_seconds: values.seconds("oauth2.grant.refresh_token.successor_window"),
            }),
        }
    }
}

impl UserCode {
    fn read(values: &Values) -> Result<Self, ConfigError> {
        const PRESET: &str = "oauth2.device_authorization.user_code.entropy_preset";
        const LENGTH: &str = "oauth2.device_authorization.user_code.length";
        const CHARACTERS: &str = "oauth2.device_authorization.user_code.character_set";
        if values.is_set(LENGTH) != values.is_set(CHARACTERS) {
            let missing = if values.is_set(LENGTH) { CHARACTERS } else { LENGTH };
            let remedy = "a user code needs both `length` and `character_set`, or neither";
            return Err(ConfigError::Missing { key: missing, remedy });
        }
        if !values.is_set(LENGTH) {
            return Ok(Self::of_preset(&values.text(PRESET).unwrap_or_default()));
        }
        if values.is_set(PRESET) {
            return Err(ConfigError::refused(
                PRESET,
                "excludes `length` and `character_set`: remove one or the others",
            ));
        }
        let character_set = values.text(CHARACTERS).unwrap_or_default();
        let mut characters: Vec<u8> = character_set.bytes().filter(u8::is_ascii_graphic).collect();
        characters.sort_unstable();
        characters.dedup();
        if characters.len() < 8 || characters.len() != character_set.len() {
            return Err(ConfigError::refused(CHARACTERS, "must have at least 8 printable ASCII characters, each once"));
        }
        Ok(Self { length: values.integer(LENGTH), character_set })
    }

    fn of_preset(name: &str) -> Self {
        let (length, character_set) = match name {
            "medium" => (8, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            "low" => (9, "0123456789"),
            _ => (8, "abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679"),
        };
        Self { length, character_set: character_set.to_owned() }
    }
}
