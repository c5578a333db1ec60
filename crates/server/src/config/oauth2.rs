//! `oauth2.*`: claims of JWT access tokens, PKCE, and the settings of single grants. Where Hydra spreads one decision
//! over several keys (rotation of refresh tokens, user codes), `settle` makes the decision once, after reading.

use super::error::ConfigError;
use super::keys::Form::{Alphabet, Any, Word};
use super::keys::Kind::{Hook, Integer, Lifetime, List, Span, Switch, Text};
use super::keys::Preset::{Unset, Value};
use super::keys::Standing::{Added, Compatible, Inert};
use super::section::{section, words};
use super::values::Values;

const OWN_HASHES: &str = "secrets that people chose are hashed with argon2id; hashes of Hydra's are understood, and \
    replaced when they are used";
const OF_HASHERS: &str = "it belongs to `oauth2.hashers.algorithm`, which means nothing here";

section! {
    /// OAuth 2.0: claims, PKCE, grants.
    #[derive(Debug, Clone)]
    pub struct Oauth2 {
        /// Adds the private reason to error descriptions; for development.
        expose_internal_errors: bool = "oauth2.expose_internal_errors", Switch, Value("false"), Compatible;
        /// Seals session claims in the database.
        session_encrypt_at_rest: bool = "oauth2.session.encrypt_at_rest", Switch, Value("true"), Compatible;
        /// Leaves `nbf` out of JWT access tokens.
        exclude_not_before_claim: bool = "oauth2.exclude_not_before_claim", Switch, Value("false"), Compatible;
        /// Session claims that may stand at the top level of JWT access tokens.
        allowed_top_level_claims: Vec<String> = "oauth2.allowed_top_level_claims", List(Any), Value(""), Compatible;
        /// Repeats session claims below `ext` in JWT access tokens.
        mirror_top_level_claims: bool = "oauth2.mirror_top_level_claims", Switch, Value("true"), Compatible;
        /// Keeps claims that may not stand at the top level below `ext`, when they are not mirrored.
        preserve_ext_claims: bool = "oauth2.preserve_ext_claims", Switch, Value("false"), Compatible;
        /// Grants the whole scope of the client when a client credentials request names none.
        client_credentials_default_grant_allowed_scope: bool =
            "oauth2.client_credentials.default_grant_allowed_scope", Switch, Value("false"), Compatible;
        /// Web hook that is asked before a refresh; it may change session claims or refuse.
        refresh_token_hook: Option<super::Hook> = "oauth2.refresh_token_hook", Hook, Unset, Compatible;
        /// Web hook that is asked before the token endpoint issues anything; it may change session claims or refuse.
        token_hook: Option<super::Hook> = "oauth2.token_hook", Hook, Unset, Compatible;
    }
    parts {
        /// PKCE (RFC 7636).
        pkce: Pkce;
        /// Rotation of refresh tokens.
        refresh: RefreshRotation;
        /// JWT bearer grant.
        jwt_bearer: JwtBearer;
        /// Device authorization.
        device_authorization: DeviceAuthorization;
    }
    no_field {
        /// Hash of client secrets that people chose.
        "oauth2.hashers.algorithm", Text(Word(&["pbkdf2", "bcrypt"])), Value("pbkdf2"), Inert(OWN_HASHES);
        /// Rounds of PBKDF2.
        "oauth2.hashers.pbkdf2.iterations", Integer { least: 1, most: 10_000_000 }, Value("25000"), Inert(OF_HASHERS);
        /// Cost of bcrypt.
        "oauth2.hashers.bcrypt.cost", Integer { least: 4, most: 31 }, Value("10"), Inert(OF_HASHERS);
    }
}

section! {
    /// Who must use PKCE (RFC 7636).
    #[derive(Debug, Clone)]
    pub struct Pkce {
        /// Demands PKCE of every client.
        enforced: bool = "oauth2.pkce.enforced", Switch, Value("false"), Compatible;
        /// Demands PKCE of public clients.
        enforced_for_public_clients: bool = "oauth2.pkce.enforced_for_public_clients", Switch, Value("false"),
            Compatible;
    }
}

section! {
    /// When a used refresh token is accepted again.
    #[derive(Debug, Clone)]
    pub struct RefreshRotation {
        /// When a used refresh token is accepted again; with a grace period the default is `grace`.
        mode: RotationMode = "oauth2.grant.refresh_token.rotation_mode", Text(Word(RotationMode::WORDS)),
            Value("strict"), Added;
        /// How long a used refresh token is accepted again: 5 minutes at most, 180 days with a reuse count.
        rotation_grace_period_seconds: i64 = "oauth2.grant.refresh_token.rotation_grace_period", Span, Value("0s"),
            Compatible;
        /// How often a used refresh token is accepted again within the grace period; 0 for no bound.
        rotation_grace_reuse_count: u32 = "oauth2.grant.refresh_token.rotation_grace_reuse_count",
            Integer { least: 0, most: 2_147_483_647 }, Value("0"), Compatible;
        /// How long at most a used refresh token is accepted again with the mode `until_successor_used`.
        successor_window_seconds: i64 = "oauth2.grant.refresh_token.successor_window", Lifetime, Value("60s"), Added;
    }
}

words! {
    /// When a used refresh token is accepted again.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum RotationMode {
        /// A used token is refused at once and ends the grant.
        Strict = "strict";
        /// Within the grace period.
        Grace = "grace";
        /// As long as nothing issued in its place has been seen.
        UntilSuccessorUsed = "until_successor_used";
    }
}

section! {
    /// Which assertions are taken as grants (RFC 7523 §2.1).
    #[derive(Debug, Clone)]
    pub struct JwtBearer {
        /// Accepts assertions of the JWT bearer grant without `jti`, as often as they are shown.
        jti_optional: bool = "oauth2.grant.jwt.jti_optional", Switch, Value("false"), Compatible;
        /// Accepts assertions of the JWT bearer grant without `iat`.
        iat_optional: bool = "oauth2.grant.jwt.iat_optional", Switch, Value("false"), Compatible;
        /// Longest time between `iat` and `exp` of an assertion of the JWT bearer grant.
        max_ttl_seconds: i64 = "oauth2.grant.jwt.max_ttl", Lifetime, Value("720h"), Compatible;
        /// Does not copy `aud` of an assertion of the JWT bearer grant into the access token.
        omit_assertion_audience: bool = "oauth2.grant.jwt.omit_assertion_audience", Switch, Value("true"), Compatible;
    }
}

section! {
    /// Device authorization (RFC 8628).
    #[derive(Debug, Clone)]
    pub struct DeviceAuthorization {
        /// How long a device waits between two requests for its tokens.
        token_polling_interval_seconds: i64 = "oauth2.device_authorization.token_polling_interval", Lifetime,
            Value("5s"), Compatible;
    }
    parts {
        /// Form of user codes.
        user_code: UserCode;
    }
}

section! {
    /// Form of user codes (RFC 8628 §6.1).
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct UserCode {
        /// Length of user codes, together with the alphabet.
        length: usize = "oauth2.device_authorization.user_code.length", Integer { least: 6, most: 64 }, Unset,
            Compatible;
        /// Alphabet of user codes, together with the length.
        character_set: String = "oauth2.device_authorization.user_code.character_set", Text(Alphabet), Unset,
            Compatible;
    }
    no_field {
        /// Length and alphabet of user codes; not together with the other two.
        "oauth2.device_authorization.user_code.entropy_preset", Text(Word(&["high", "medium", "low"])), Value("high"),
            Compatible;
    }
}

/// Longest grace period without a reuse count.
const GRACE_LIMIT_SECONDS: i64 = 5 * 60;
/// Longest grace period with one.
const COUNTED_GRACE_LIMIT_SECONDS: i64 = 180 * 24 * 60 * 60;

impl RefreshRotation {
    /// Bounds the grace period, and takes it as the wish for the mode `grace` where no mode is set.
    pub(super) fn settle(&mut self, values: &Values) -> Result<(), ConfigError> {
        const MODE: &str = "oauth2.grant.refresh_token.rotation_mode";
        let counted = self.rotation_grace_reuse_count > 0;
        let limit = if counted { COUNTED_GRACE_LIMIT_SECONDS } else { GRACE_LIMIT_SECONDS };
        self.rotation_grace_period_seconds = self.rotation_grace_period_seconds.min(limit);
        let period = self.rotation_grace_period_seconds;
        if !values.is_set(MODE) && period > 0 {
            self.mode = RotationMode::Grace;
        }
        match self.mode {
            RotationMode::Grace if period == 0 => {
                Err(ConfigError::refused(MODE, "is `grace`, which needs a `rotation_grace_period` above 0s"))
            }
            RotationMode::Strict if period > 0 => Err(ConfigError::refused(
                MODE,
                "is `strict`, which contradicts `rotation_grace_period`: remove one of the two",
            )),
            _ => Ok(()),
        }
    }
}

impl UserCode {
    /// Takes length and alphabet of the preset where they are not set themselves.
    pub(super) fn settle(&mut self, values: &Values) -> Result<(), ConfigError> {
        const PRESET: &str = "oauth2.device_authorization.user_code.entropy_preset";
        const LENGTH: &str = "oauth2.device_authorization.user_code.length";
        const CHARACTERS: &str = "oauth2.device_authorization.user_code.character_set";
        match (values.is_set(LENGTH), values.is_set(CHARACTERS), values.is_set(PRESET)) {
            (true, true, false) => Ok(()),
            (true, true, true) => {
                let reason = "excludes `length` and `character_set`: remove one or the others";
                Err(ConfigError::refused(PRESET, reason))
            }
            (false, false, _) => {
                *self = Self::of_preset(&values.setting::<String>(PRESET)?);
                Ok(())
            }
            (has_length, _, _) => {
                let missing = if has_length { CHARACTERS } else { LENGTH };
                let remedy = "a user code needs both `length` and `character_set`, or neither";
                Err(ConfigError::Missing { key: missing, remedy })
            }
        }
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
