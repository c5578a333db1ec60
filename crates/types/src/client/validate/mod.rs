//! Which client metadata may be stored: the checks of `OpenID` Connect Dynamic Client Registration
//! §2 and RFC 7591 §2 that need no network, in the order in which Hydra makes them, so that a
//! request with two faults gets the same answer. Fetching `sector_identifier_uri` and looking at
//! the addresses behind URIs is left to the server.

mod application_type;
mod backchannel;
mod certificates;
mod encryption;
mod federation;
mod keys;
mod origins;
mod restrictions;
mod subject_type;
mod uris;

use serde_json::{Map, Value};

use super::{Client, LONGEST_LIFESPAN_SECONDS, Lifespans, MetadataFault};
use crate::{AccessTokenStrategy, ClientAuthenticationMethod, GoDuration, MetadataLimits, Scope, SubjectType};

pub use certificates::ClientCertificates;
pub use encryption::OfferedEncryption;
pub use uris::has_own_origin;

pub(super) use application_type::presumed as presumed_application_type;

/// Who sends the metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registrant {
    /// Somebody with access to the administration port.
    Administrator,
    /// A client that registers itself.
    SelfService,
    /// A client that replaces its own registration. Unlike at the first registration, what an
    /// earlier answer held may come back: the server has dealt with `client_secret` before, and an
    /// empty `metadata` is no fault.
    SelfServiceReplacement,
}

/// What the server's configuration says about metadata.
#[derive(Clone, Copy, Debug)]
pub struct RegistrationPolicy<'a> {
    /// `scope` of a client that names none.
    pub default_scope: &'a Scope,
    /// What `subject_type` may be; the first is the default unless `public` is among them.
    pub subject_types: &'a [SubjectType],
    /// Who sends the metadata.
    pub registrant: Registrant,
    /// Whether access tokens are JWTs unless the client says otherwise.
    pub jwt_access_tokens: bool,
    /// What may be signed in which way.
    pub algorithms: OfferedAlgorithms<'a>,
    /// What certificates of clients are good for.
    pub certificates: ClientCertificates,
    /// How large they may be.
    pub limits: MetadataLimits,
}

/// The signature algorithms of a server, by what they are for.
#[derive(Clone, Copy, Debug)]
pub struct OfferedAlgorithms<'a> {
    /// Of ID tokens and userinfo answers; the first is the default.
    pub responses: &'a [&'a str],
    /// Of what clients sign: assertions with which they authenticate (RFC 7523), and request objects.
    pub assertions: &'a [&'a str],
    /// With which something can be encrypted.
    pub encryption: OfferedEncryption<'a>,
}

const MINIMAL_SECRET_LENGTH: usize = 6;
/// The algorithms of `client_secret_jwt`, the default first, with the fewest bytes of a secret (RFC 7518 §3.2).
const MAC_ALGORITHMS: [(&str, usize); 3] = [("HS256", 32), ("HS384", 48), ("HS512", 64)];

/// Checks metadata and fills in defaults; the first fault is answered. An administrator's client
/// keeps empty what may be empty, as in Hydra; one that registers itself has everything provisioned
/// ([`Client::provision`]).
///
/// Members that only the server sets (`registration_access_token`, `registration_client_uri`,
/// `client_secret_expires_at`) are cleared; `client_id`, `created_at` and `updated_at` are left to
/// the caller.
pub fn validate(client: &mut Client, policy: &RegistrationPolicy<'_>) -> Result<(), MetadataFault> {
    // Before everything else, so that no other check has too much to do.
    policy.limits.check(client).map_err(|fault| MetadataFault::too_large(&fault))?;
    keys::check_structure(client)?;
    if policy.registrant != Registrant::Administrator {
        restrictions::check(client, policy.registrant)?;
    }
    clear_read_only_members(client);
    client.use_one_name_of_algorithms();
    check_authentication_method(client, policy.certificates)?;
    certificates::check(client, policy)?;
    federation::check(client, policy.registrant)?;
    check_assertion_algorithm(client, policy.algorithms.assertions)?;
    keys::check(client)?;
    uris::check_links(client)?;
    check_secret_length(client)?;
    if client.scope.is_empty() {
        client.scope = policy.default_scope.clone();
    }
    origins::normalise(client)?;
    uris::check_sector_identifier(client)?;
    check_userinfo_algorithm(client, policy.algorithms.responses)?;
    uris::check_redirect_uris(client)?;
    subject_type::check(client, policy)?;
    uris::check_post_logout_redirect_uris(client)?;
    check_access_token_strategy(client)?;
    check_lifespans(&client.lifespans)?;
    check_standard_members(client, &policy.algorithms)?;
    if policy.registrant != Registrant::Administrator {
        uris::check_front_channel(client)?;
    }
    if client.metadata.is_none() {
        client.metadata = Some(Value::Object(Map::new()));
    }
    if policy.registrant != Registrant::Administrator {
        client.provision(&policy.algorithms);
    }
    // With all that was filled in, so that an answer that is sent back is not larger than what was registered.
    policy.limits.check_size(client).map_err(|fault| MetadataFault::too_large(&fault))
}

fn clear_read_only_members(client: &mut Client) {
    client.registration_access_token = None;
    client.registration_client_uri = None;
    client.client_secret_expires_at = 0;
}

/// `OpenID` Connect Core §9. A method that the token endpoint does not know would make a client that
/// can never authenticate.
fn check_authentication_method(client: &mut Client, certificates: ClientCertificates) -> Result<(), MetadataFault> {
    if client.token_endpoint_auth_method.is_empty() {
        let default = ClientAuthenticationMethod::ClientSecretBasic.as_str();
        default.clone_into(&mut client.token_endpoint_auth_method);
    }
    let offered = |method: &ClientAuthenticationMethod| certificates.offer(*method);
    let known = ClientAuthenticationMethod::parse(&client.token_endpoint_auth_method).filter(offered);
    let Some(method) = known else {
        return Err(MetadataFault::metadata(format!(
            "The 'token_endpoint_auth_method' '{}' is not supported, use one of {}.",
            client.token_endpoint_auth_method,
            list(ClientAuthenticationMethod::ALL.iter().filter(|method| offered(method)).map(|method| method.as_str())),
        )));
    };
    let has_keys = matches!(
        method,
        ClientAuthenticationMethod::PrivateKeyJwt | ClientAuthenticationMethod::SelfSignedTlsClientAuth
    );
    if has_keys && client.jwks.is_null() && client.jwks_uri.is_empty() {
        return Err(MetadataFault::metadata(format!(
            "The 'token_endpoint_auth_method' '{method}' needs either 'jwks' or 'jwks_uri'."
        )));
    }
    Ok(())
}

/// `OpenID` Connect Dynamic Client Registration §2. Only a client that authenticates with assertions
/// is held to it, as in Hydra.
fn check_assertion_algorithm(client: &Client, offered: &[&str]) -> Result<(), MetadataFault> {
    let algorithm = client.token_endpoint_auth_signing_alg.as_str();
    let offered: Vec<&str> = match client.authentication_method() {
        ClientAuthenticationMethod::PrivateKeyJwt => offered.to_vec(),
        ClientAuthenticationMethod::ClientSecretJwt => MAC_ALGORITHMS.iter().map(|(name, _)| *name).collect(),
        _ => return Ok(()),
    };
    if algorithm.is_empty() || offered.contains(&algorithm) {
        return Ok(());
    }
    Err(MetadataFault::metadata(format!(
        "The 'token_endpoint_auth_signing_alg' '{algorithm}' is not supported, use one of {}.",
        list(offered.iter().copied()),
    )))
}

fn check_secret_length(client: &Client) -> Result<(), MetadataFault> {
    if client.authentication_method() == ClientAuthenticationMethod::ClientSecretJwt
        && let Some(secret) = &client.client_secret
    {
        return check_mac_secret(client, secret);
    }
    match &client.client_secret {
        Some(secret) if secret.chars().count() < MINIMAL_SECRET_LENGTH => Err(MetadataFault::metadata(format!(
            "The 'client_secret' must have at least {MINIMAL_SECRET_LENGTH} characters."
        ))),
        _ => Ok(()),
    }
}

/// RFC 7518 §3.2: a secret that makes MACs has at least as many bytes as the hash.
pub fn check_mac_secret(client: &Client, secret: &str) -> Result<(), MetadataFault> {
    let algorithm = client.token_endpoint_auth_signing_alg.as_str();
    let found = MAC_ALGORITHMS.iter().find(|(name, _)| algorithm.is_empty() || *name == algorithm);
    match found {
        Some((name, least)) if secret.len() < *least => Err(MetadataFault::metadata(format!(
            "The 'client_secret' must have at least {least} bytes for 'client_secret_jwt' with {name}."
        ))),
        _ => Ok(()),
    }
}

fn check_userinfo_algorithm(client: &mut Client, offered: &[&str]) -> Result<(), MetadataFault> {
    match client.userinfo_signed_response_alg.as_str() {
        "" => "none".clone_into(&mut client.userinfo_signed_response_alg),
        "none" => {}
        algorithm if offered.contains(&algorithm) => {}
        other => {
            return Err(MetadataFault::metadata(format!(
                "The 'userinfo_signed_response_alg' '{other}' is not supported, use 'none' or one of {}.",
                list(offered.iter().copied()),
            )));
        }
    }
    Ok(())
}

fn check_access_token_strategy(client: &mut Client) -> Result<(), MetadataFault> {
    if client.access_token_strategy.is_empty() {
        return Ok(());
    }
    match client.access_token_strategy() {
        Some(strategy) => {
            strategy.as_str().clone_into(&mut client.access_token_strategy);
            Ok(())
        }
        None => Err(MetadataFault::metadata(format!(
            "The 'access_token_strategy' '{}' is not known, use one of {}.",
            client.access_token_strategy,
            list(AccessTokenStrategy::ALL.iter().map(|strategy| strategy.as_str())),
        ))),
    }
}

/// The ceiling of this server, for administrators too.
pub fn check_lifespans(lifespans: &Lifespans) -> Result<(), MetadataFault> {
    let Ok(Value::Object(lifespans)) = serde_json::to_value(lifespans) else { return Ok(()) };
    for (name, value) in lifespans {
        let lifespan = serde_json::from_value::<Option<GoDuration>>(value).ok().flatten();
        let Some(seconds) = lifespan.map(GoDuration::seconds) else { continue };
        if seconds > LONGEST_LIFESPAN_SECONDS {
            return Err(MetadataFault::metadata(format!("The '{name}' must be ten years (87600h) at most.")));
        }
        let without_end = name.ends_with("_refresh_token_lifespan") && seconds < 0;
        if seconds < 1 && !without_end {
            return Err(MetadataFault::metadata(format!(
                "The '{name}' must be a second at least, as what is issued would have ended before it was used."
            )));
        }
    }
    Ok(())
}

/// Members of the standards that Hydra drops (`OpenID` Connect Dynamic Client Registration §2).
fn check_standard_members(client: &Client, algorithms: &OfferedAlgorithms<'_>) -> Result<(), MetadataFault> {
    let OfferedAlgorithms { responses: offered, assertions, encryption } = *algorithms;
    encryption::check(client, &encryption)?;
    application_type::check(client)?;
    let signed = [
        ("id_token_signed_response_alg", &client.id_token_signed_response_alg),
        ("authorization_signed_response_alg", &client.authorization_signed_response_alg),
        ("introspection_signed_response_alg", &client.introspection_signed_response_alg),
    ];
    for (member, algorithm) in signed {
        if !algorithm.is_empty() && !offered.contains(&algorithm.as_str()) {
            return Err(MetadataFault::metadata(format!(
                "The '{member}' '{algorithm}' is not supported, use one of {}.",
                list(offered.iter().copied()),
            )));
        }
    }
    let algorithm = client.request_object_signing_alg.as_str();
    if !algorithm.is_empty() && algorithm != "none" && !assertions.contains(&algorithm) {
        return Err(MetadataFault::metadata(format!(
            "The 'request_object_signing_alg' '{algorithm}' is not supported, use 'none' or one of {}.",
            list(assertions.iter().copied()),
        )));
    }
    if client.require_signed_request_object && algorithm == "none" {
        return Err(MetadataFault::metadata(
            "With 'require_signed_request_object' the 'request_object_signing_alg' cannot be 'none'.",
        ));
    }
    if client.resource_server && client.is_public() {
        return Err(MetadataFault::metadata(
            "A client with 'resource_server' authenticates: its 'token_endpoint_auth_method' cannot be 'none'.",
        ));
    }
    backchannel::check(client, assertions)?;
    uris::check_called_addresses(client)?;
    if client.default_max_age.is_some_and(|seconds| seconds < 0) {
        return Err(MetadataFault::metadata("The 'default_max_age' must not be negative."));
    }
    uris::check_resources(client)?;
    uris::check_initiate_login_uri(client)
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
