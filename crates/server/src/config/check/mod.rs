//! The startup rules: settings with which the server would be unsafe, or could not do what it was told, stop the
//! start with the key and the remedy. Values here already fit their kinds; what is checked is how they go together.

mod addresses;
mod global_token_revocation;
mod id_jag;
mod mtls;
mod serving;
mod tracing;

use symbolon_types::ResourceIndicator;
use symbolon_types::scope::is_pattern;

use super::Config;
use super::error::ConfigError;

/// Shortest salt of pairwise subjects.
const SHORTEST_SALT: usize = 8;

/// Checks all rules; answers those that are broken.
pub(super) fn check(config: &Config) -> Vec<ConfigError> {
    let rules = [
        addresses::check_issuer,
        addresses::check_database,
        check_secrets,
        check_subjects,
        check_algorithms,
        check_registration,
        check_default_audience,
        check_default_resource,
        check_details_types,
        serving::check_ports,
        serving::check_tls,
        serving::check_cookie_names,
        serving::check_hooks,
        serving::check_pushed_requests,
        serving::check_used_proofs,
        check_client_assertions,
        global_token_revocation::check,
        id_jag::check,
        mtls::check,
        tracing::check,
    ];
    rules.into_iter().filter_map(|rule| rule(config).err()).collect()
}

fn check_secrets(config: &Config) -> Result<(), ConfigError> {
    if !config.secrets.system.is_empty() {
        return Ok(());
    }
    let remedy = "make one with `openssl rand -base64 32` and keep it, as it opens everything that is stored";
    Err(ConfigError::Missing { key: "secrets.system", remedy })
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

/// A resource server compares `aud` as text (RFC 7519 §4.1.3): a blank in it is a mistake.
fn check_default_audience(config: &Config) -> Result<(), ConfigError> {
    let Some(audience) = &config.symbolon.access_tokens.default_audience else { return Ok(()) };
    if !audience.is_empty() && !audience.contains(|character: char| character.is_whitespace() || character.is_control())
    {
        return Ok(());
    }
    let reason = "must name a resource server, as `https://api.example.com`, without blanks; remove it for the issuer";
    Err(ConfigError::refused("symbolon.oauth2.default_audience", reason))
}

/// The default is one of those that there are.
fn check_default_resource(config: &Config) -> Result<(), ConfigError> {
    let Some(default) = &config.symbolon.resources_default else { return Ok(()) };
    let known = ResourceIndicator::parse(default).is_ok_and(|name| config.symbolon.resources.find(&name).is_some());
    if known {
        return Ok(());
    }
    Err(ConfigError::refused("symbolon.resources_default", "must be the name of one of `symbolon.resources`"))
}

/// Authorization details are of use at a resource that there is.
fn check_details_types(config: &Config) -> Result<(), ConfigError> {
    let known = |name: &String| {
        ResourceIndicator::parse(name).is_ok_and(|name| config.symbolon.resources.find(&name).is_some())
    };
    for (name, kind) in config.symbolon.authorization_details.types.iter() {
        if kind.resource.as_ref().is_some_and(|resource| !known(resource)) {
            let reason = format!("has for the type `{name}` a `resource` that is none of `symbolon.resources`");
            return Err(ConfigError::refused("symbolon.authorization_details.types", reason));
        }
    }
    Ok(())
}

/// A pattern would let every stranger ask for all that it covers.
fn check_registration(config: &Config) -> Result<(), ConfigError> {
    let mut scopes = config.symbolon.registration.scopes.iter();
    let Some(pattern) = scopes.find(|token| is_pattern(token)) else { return Ok(()) };
    let reason = format!("has the pattern `{pattern}`: name the scopes that strangers may have one by one");
    Err(ConfigError::refused("symbolon.registration.scopes", reason))
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

/// So long a used assertion is remembered.
fn check_client_assertions(config: &Config) -> Result<(), ConfigError> {
    if config.symbolon.client_assertions.longest_lifetime_seconds <= 24 * 3600 {
        return Ok(());
    }
    Err(ConfigError::refused("symbolon.client_assertions.longest_lifetime", "must be 24h at most"))
}
