//! Metadata with which a client could do nothing under its security profile: told when they are registered, and not only
//! when the client is refused.

use symbolon_store::Origin;
use symbolon_types::client::MetadataFault;
use symbolon_types::{Client, ClientAuthenticationMethod as Method, GrantType, ResponseType, SecurityProfile};

use super::super::registered::profile_of;
use crate::config::Config;
use crate::security_profile::{Rule, is_strong};

/// Checks validated metadata against the stricter one of the server's profile and the client's.
pub(super) fn check(config: &Config, client: &Client, origin: Origin) -> Result<(), MetadataFault> {
    let own = client.security_profile.as_str();
    if !own.is_empty() && SecurityProfile::parse(own).is_none() {
        let known = SecurityProfile::ALL.map(SecurityProfile::as_str).join(", ");
        return Err(MetadataFault::metadata(format!(
            "The 'security_profile' '{own}' is not known, use one of {known}."
        )));
    }
    let profile = profile_of(config, client.security_profile(), origin);
    let name = profile.as_str();
    let fault = |text: String| Err(MetadataFault::metadata(format!("{text} (security profile '{name}').")));
    if Rule::CodeOnly.holds_under(profile) {
        if let Some(other) = client.response_types().iter().find(|kind| *kind != ResponseType::CODE) {
            return fault(format!("The 'response_types' must be 'code' alone, not '{other}'"));
        }
        if client.allows_grant(GrantType::Implicit) {
            return fault("The 'grant_types' must not have 'implicit'".to_owned());
        }
    }
    let method = client.authentication_method();
    if let Some(rule) = [Rule::ConfidentialClients, Rule::AuthenticationByKey]
        .into_iter()
        .find(|rule| rule.holds_under(profile) && !admits(*rule, method))
    {
        let what = if rule == Rule::ConfidentialClients { "credentials" } else { "a key or a certificate" };
        let method = method.as_str();
        return fault(format!("The 'token_endpoint_auth_method' '{method}' is refused, the client needs {what}"));
    }
    if Rule::StrongAlgorithms.holds_under(profile) {
        let named = [
            ("token_endpoint_auth_signing_alg", &client.token_endpoint_auth_signing_alg),
            ("id_token_signed_response_alg", &client.id_token_signed_response_alg),
            ("userinfo_signed_response_alg", &client.userinfo_signed_response_alg),
            ("authorization_signed_response_alg", &client.authorization_signed_response_alg),
            ("introspection_signed_response_alg", &client.introspection_signed_response_alg),
            ("request_object_signing_alg", &client.request_object_signing_alg),
        ];
        let plain =
            |member: &str, word: &str| word.is_empty() || (member == "userinfo_signed_response_alg" && word == "none");
        if let Some((member, word)) = named.iter().find(|(member, word)| !plain(member, word) && !is_strong(word)) {
            return fault(format!("The '{member}' '{word}' is refused, use PS256, ES256 or EdDSA"));
        }
    }
    Ok(())
}

/// Whether a client may authenticate by a method under a rule.
pub fn admits(rule: Rule, method: Method) -> bool {
    match rule {
        Rule::ConfidentialClients => method != Method::None,
        Rule::AuthenticationByKey => !matches!(
            method,
            Method::None | Method::ClientSecretBasic | Method::ClientSecretPost | Method::ClientSecretJwt
        ),
        _ => true,
    }
}
