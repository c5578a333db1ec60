//! The startup rules: settings with which the server would be unsafe, or could not do what it was told, stop the
//! start with the key and the remedy. Values here already fit their kinds; what is checked is how they go together.

mod addresses;
mod serving;

use super::Config;
use super::error::ConfigError;
use super::values::Values;

/// Longest lifetime: ten years.
const LIFETIME_LIMIT_SECONDS: i64 = 10 * 365 * 24 * 60 * 60;
/// Below this a secret can be guessed.
const SHORTEST_SECRET: usize = 16;
/// Shortest salt of pairwise subjects.
const SHORTEST_SALT: usize = 8;

/// Checks all rules, the first broken one is the error.
pub(super) fn check(config: &Config, values: &Values) -> Result<(), ConfigError> {
    refuse_unsupported(values)?;
    addresses::check_issuer(config)?;
    addresses::check_bases(config)?;
    addresses::check_database(config)?;
    addresses::check_exceptions(config)?;
    check_secrets(config)?;
    check_subjects(config)?;
    check_lifetimes(config)?;
    check_algorithms(config)?;
    serving::check_listeners(config)?;
    serving::check_cors(config)?;
    serving::check_cookies(config)
}

/// What would be less safe without our saying so: TLS and key stores that are asked for but not there.
fn refuse_unsupported(values: &Values) -> Result<(), ConfigError> {
    const TLS: &str = "asks for https, which is not supported yet: set it to false and put a proxy in front";
    const HSM: &str = "asks for a hardware security module, which is not supported: set it to false";
    let unsupported = [
        ("serve.tls.enabled", TLS),
        ("serve.public.tls.enabled", TLS),
        ("serve.admin.tls.enabled", TLS),
        ("hsm.enabled", HSM),
    ];
    match unsupported.into_iter().find(|(key, _)| values.switch(key)) {
        Some((key, reason)) => Err(ConfigError::refused(key, reason)),
        None => Ok(()),
    }
}

fn check_secrets(config: &Config) -> Result<(), ConfigError> {
    const SYSTEM: &str = "secrets.system";
    if config.secrets.system.is_empty() {
        let remedy = "make one with `openssl rand -base64 32` and keep it, as it opens everything that is stored";
        return Err(ConfigError::Missing { key: SYSTEM, remedy });
    }
    let lists = [
        (SYSTEM, &config.secrets.system),
        ("secrets.cookie", &config.secrets.cookie),
        ("secrets.pagination", &config.secrets.pagination),
    ];
    for (key, secrets) in lists {
        if let Some(index) = secrets.iter().position(|secret| secret.expose().len() < SHORTEST_SECRET) {
            let reason = format!(
                "has a secret of less than {SHORTEST_SECRET} characters (number {} of the list): \
                 make one with `openssl rand -base64 32`",
                index + 1
            );
            return Err(ConfigError::refused(key, reason));
        }
    }
    let token = config.symbolon.admin.token.as_ref();
    if token.is_some_and(|token| token.expose().len() < SHORTEST_SECRET) {
        let reason =
            format!("must have at least {SHORTEST_SECRET} characters: make one with `openssl rand -base64 32`");
        return Err(ConfigError::refused("symbolon.admin.token", reason));
    }
    Ok(())
}

fn check_subjects(config: &Config) -> Result<(), ConfigError> {
    const SALT: &str = "oidc.subject_identifiers.pairwise.salt";
    let types = &config.oidc.subject_types;
    if types.is_empty() {
        let reason = "must name at least one of `public`, `pairwise`";
        return Err(ConfigError::refused("oidc.subject_identifiers.supported_types", reason));
    }
    let pairwise = types.contains(&symbolon_types::SubjectType::Pairwise);
    match &config.oidc.pairwise_salt {
        None if pairwise => {
            let remedy = "pairwise subjects need a salt of at least 8 characters that never changes";
            Err(ConfigError::Missing { key: SALT, remedy })
        }
        Some(salt) if pairwise && salt.expose().len() < SHORTEST_SALT => {
            Err(ConfigError::refused(SALT, format!("must have at least {SHORTEST_SALT} characters")))
        }
        _ => Ok(()),
    }
}

fn check_lifetimes(config: &Config) -> Result<(), ConfigError> {
    let (ttl, oauth2) = (&config.ttl, &config.oauth2);
    let spans = [
        ("ttl.login_consent_request", ttl.login_consent_request),
        ("ttl.authentication_session", ttl.authentication_session),
        ("ttl.access_token", ttl.access_token),
        ("ttl.refresh_token", ttl.refresh_token.unwrap_or(1)),
        ("ttl.id_token", ttl.id_token),
        ("ttl.auth_code", ttl.auth_code),
        ("ttl.device_user_code", ttl.device_user_code),
        ("ttl.vc_nonce", ttl.vc_nonce),
        ("oauth2.grant.jwt.max_ttl", oauth2.jwt_bearer.max_ttl_seconds),
        (
            "oauth2.device_authorization.token_polling_interval",
            oauth2.device_authorization.token_polling_interval_seconds,
        ),
        ("oauth2.grant.refresh_token.successor_window", oauth2.refresh.successor_window_seconds),
        ("symbolon.sessions.unremembered_lifespan", config.symbolon.sessions.unremembered_lifespan_seconds),
        ("symbolon.purge.interval", config.symbolon.purge.interval_seconds),
    ];
    match spans.into_iter().find(|(_, seconds)| !(1..=LIFETIME_LIMIT_SECONDS).contains(seconds)) {
        Some((key, 0)) => Err(ConfigError::refused(key, "must be longer than 0s")),
        Some((key, _)) => Err(ConfigError::refused(key, "must not be longer than ten years (87600h)")),
        None => Ok(()),
    }
}

/// What signs by default has a key.
fn check_algorithms(config: &Config) -> Result<(), ConfigError> {
    let keys = &config.symbolon.keys;
    if keys.offered_algorithms.contains(&keys.signing_algorithm) {
        return Ok(());
    }
    let signing = keys.signing_algorithm;
    let reason =
        format!("must have `{signing}`, with which `symbolon.keys.signing_algorithm` says that tokens are signed");
    Err(ConfigError::refused("symbolon.keys.offered_algorithms", reason))
}
