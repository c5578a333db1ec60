//! What a security profile of the server means for its other settings: those that are not set follow it, and those that
//! say the contrary stop the start.

use symbolon_jose::Algorithm;
use symbolon_types::{ResponseType, ResponseTypes, SecurityProfile};

use super::Config;
use super::error::ConfigError;
use super::values::Values;
use crate::security_profile::{LONGEST_CODE_LIFETIME, Rule, is_strong};

/// Settles the settings that depend on the profile; answers what contradicts it.
pub(super) fn settle(config: &mut Config, values: &Values) -> Vec<ConfigError> {
    let profile = config.symbolon.security_profile;
    if profile == SecurityProfile::None {
        return Vec::new();
    }
    if !values.is_set("symbolon.compatibility.discovery_extra_members") {
        config.symbolon.compatibility.discovery_extra_members = false;
    }
    let mut faults = contrary_switches(config);
    let holds = |rule: Rule| rule.holds_under(profile);
    if holds(Rule::CodeOnly) {
        faults.extend(only_codes(config, values).err());
    }
    if holds(Rule::CodeWithinMinute) {
        faults.extend(short_codes(config, values).err());
    }
    if holds(Rule::StrongAlgorithms) {
        faults.extend(strong_algorithms(config, values).err());
    }
    if holds(Rule::PushedRequests) {
        config.symbolon.par.required = true;
    }
    faults
}

/// Switches that no profile goes with.
fn contrary_switches(config: &Config) -> Vec<ConfigError> {
    let compatibility = &config.symbolon.compatibility;
    let contrary = [
        ("symbolon.compatibility.access_token_in_query", compatibility.access_token_in_query, true),
        ("symbolon.compatibility.unsigned_request_objects", compatibility.unsigned_request_objects, true),
        ("symbolon.compatibility.authorization_response_iss", !compatibility.authorization_response_iss, false),
        ("symbolon.compatibility.grant_beyond_request", compatibility.grant_beyond_request, true),
    ];
    let contrary = contrary.into_iter().filter(|(_, is_contrary, _)| *is_contrary);
    contrary.map(|(key, _, set_to)| refused(config, key, &format!("is {set_to}"))).collect()
}

fn refused(config: &Config, key: &'static str, what: &str) -> ConfigError {
    let profile = config.symbolon.security_profile.as_str();
    ConfigError::refused(key, format!("{what}, which the security profile `{profile}` does not allow: remove it"))
}

fn only_codes(config: &mut Config, values: &Values) -> Result<(), ConfigError> {
    const KEY: &str = "symbolon.oauth2.response_types";
    if values.is_set(KEY) && config.symbolon.oauth2.response_types.iter().any(|kind| kind != ResponseType::CODE) {
        return Err(refused(config, KEY, "has more than `code`"));
    }
    config.symbolon.oauth2.response_types = [ResponseType::CODE].into_iter().collect::<ResponseTypes>();
    Ok(())
}

fn short_codes(config: &mut Config, values: &Values) -> Result<(), ConfigError> {
    const KEY: &str = "ttl.auth_code";
    if values.is_set(KEY) && config.ttl.auth_code > LONGEST_CODE_LIFETIME {
        return Err(refused(config, KEY, "is longer than 60s"));
    }
    config.ttl.auth_code = config.ttl.auth_code.min(LONGEST_CODE_LIFETIME);
    Ok(())
}

fn strong_algorithms(config: &mut Config, values: &Values) -> Result<(), ConfigError> {
    const DEFAULT: &str = "symbolon.keys.signing_algorithm";
    const OFFERED: &str = "symbolon.keys.offered_algorithms";
    let weak = |algorithm: &Algorithm| !is_strong(algorithm.as_str());
    if values.is_set(DEFAULT) && weak(&config.symbolon.keys.signing_algorithm) {
        return Err(refused(config, DEFAULT, "is `RS256`"));
    }
    if values.is_set(OFFERED) && config.symbolon.keys.offered_algorithms.iter().any(weak) {
        return Err(refused(config, OFFERED, "has `RS256`"));
    }
    let keys = &mut config.symbolon.keys;
    keys.offered_algorithms.retain(|algorithm| !weak(algorithm));
    if weak(&keys.signing_algorithm) {
        keys.signing_algorithm = Algorithm::ES256;
    }
    Ok(())
}
