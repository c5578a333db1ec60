//! Which members of its own metadata a client may choose, as one table of members and kinds of clients.
//!
//! RFC 7591 §5 leaves to the server what a stranger may have. Scope and grant types are cut down to what is allowed,
//! because published clients ask for more than they need and live well with less (RFC 7591 §2, §3.2.1: the answer says
//! what was registered); every other member that is not the client's to choose is refused by name, because a client
//! that believes in an audience or a lifetime which it does not have would fail later and tell nobody why.

use std::collections::HashSet;
use std::sync::OnceLock;

use serde_json::{Map, Value};
use url::Url;

use super::{Client, MetadataFault};
use crate::redirect_uri::{is_loopback_http, registrable_scheme};
use crate::{GrantType, Scope};

/// Whose metadata are changed by the client itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A client that registers itself, or did so before.
    SelfRegistered,
    /// A client that an administrator made and that changes itself.
    AdministratorMade,
}

/// What strangers may have.
#[derive(Clone, Copy, Debug)]
pub struct Allowance<'a> {
    /// Scopes; patterns never count.
    pub scopes: &'a Scope,
    /// What a client gets that names no scope, as far as it is among them.
    pub default_scope: &'a Scope,
    /// Schemes of native applications without a dot that are allowed as redirect URIs all the same; `*` for all.
    pub private_schemes: &'a [String],
}

/// What a client may do with a member of its metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Any value that can be registered.
    Free,
    /// The server's own; what is sent does not count.
    Server,
    /// The administrator's, under every policy: `validate` refuses the client's value.
    Reserved,
    /// The administrator's: only the value that is there may be repeated.
    Administrator,
    /// Words from the allowed list; the others are left out.
    AllowedScope,
    /// Grant types with a user in them; the others are left out.
    UserGrants,
    /// Addresses on hosts that the client has already.
    OwnHosts,
}

use Right::{Administrator, AllowedScope, Free, OwnHosts, Reserved, Server, UserGrants};

/// Members, what a self-registered client may do with them, and what an administrator's client may. A language tag
/// (`client_name#de`) goes with its member. What is not here is nobody's to choose.
pub const MEMBERS: &[(&str, Right, Right)] = &[
    ("metadata", Reserved, Reserved),
    ("access_token_strategy", Reserved, Reserved),
    ("security_profile", Reserved, Reserved),
    ("skip_consent", Reserved, Reserved),
    ("resource_server", Reserved, Reserved),
    ("skip_logout_consent", Reserved, Reserved),
    ("allowed_resources", Reserved, Reserved),
    ("default_resource", Reserved, Reserved),
    ("client_assertion_issuer", Reserved, Reserved),
    ("client_assertion_subject", Reserved, Reserved),
    ("tls_client_auth_subject_dn", Reserved, Reserved),
    ("tls_client_auth_san_dns", Reserved, Reserved),
    ("tls_client_auth_san_uri", Reserved, Reserved),
    ("tls_client_auth_san_ip", Reserved, Reserved),
    ("tls_client_auth_san_email", Reserved, Reserved),
    ("client_id", Server, Server),
    ("client_secret_expires_at", Server, Server),
    ("created_at", Server, Server),
    ("updated_at", Server, Server),
    ("registration_access_token", Server, Server),
    ("registration_client_uri", Server, Server),
    // The registration endpoints have dealt with it before.
    ("client_secret", Server, Server),
    ("client_name", Free, Free),
    ("client_uri", Free, Free),
    ("logo_uri", Free, Free),
    ("policy_uri", Free, Free),
    ("tos_uri", Free, Free),
    ("contacts", Free, Free),
    ("software_id", Free, Free),
    ("software_version", Free, Free),
    ("jwks", Free, Free),
    ("jwks_uri", Free, Free),
    ("post_logout_redirect_uris", Free, OwnHosts),
    ("frontchannel_logout_uri", Free, OwnHosts),
    ("frontchannel_logout_session_required", Free, Free),
    ("backchannel_logout_uri", Free, OwnHosts),
    ("backchannel_logout_session_required", Free, Free),
    ("redirect_uris", Free, Administrator),
    ("response_types", Free, Administrator),
    ("grant_types", UserGrants, Administrator),
    ("scope", AllowedScope, Administrator),
    ("audience", Administrator, Administrator),
    ("owner", Administrator, Administrator),
    ("allowed_cors_origins", Free, Administrator),
    ("subject_type", Free, Administrator),
    ("sector_identifier_uri", Free, Administrator),
    ("token_endpoint_auth_method", Free, Administrator),
    ("token_endpoint_auth_signing_alg", Free, Administrator),
    ("request_uris", Free, Administrator),
    ("request_object_signing_alg", Free, Administrator),
    ("userinfo_signed_response_alg", Free, Administrator),
    ("id_token_signed_response_alg", Free, Administrator),
    ("authorization_signed_response_alg", Free, Administrator),
    ("introspection_signed_response_alg", Administrator, Administrator),
    ("introspection_encrypted_response_alg", Administrator, Administrator),
    ("introspection_encrypted_response_enc", Administrator, Administrator),
    ("id_token_encrypted_response_alg", Free, Administrator),
    ("id_token_encrypted_response_enc", Free, Administrator),
    ("userinfo_encrypted_response_alg", Free, Administrator),
    ("userinfo_encrypted_response_enc", Free, Administrator),
    ("authorization_encrypted_response_alg", Free, Administrator),
    ("authorization_encrypted_response_enc", Free, Administrator),
    ("request_object_encryption_alg", Free, Administrator),
    ("request_object_encryption_enc", Free, Administrator),
    ("application_type", Free, Administrator),
    ("default_max_age", Free, Administrator),
    ("require_auth_time", Free, Administrator),
    ("default_acr_values", Free, Administrator),
    ("initiate_login_uri", Free, Administrator),
    ("authorization_details_types", Free, Administrator),
    ("dpop_bound_access_tokens", Free, Administrator),
    ("require_pushed_authorization_requests", Free, Administrator),
    ("require_signed_request_object", Free, Administrator),
    ("tls_client_certificate_bound_access_tokens", Free, Administrator),
    ("backchannel_token_delivery_mode", Administrator, Administrator),
    ("backchannel_client_notification_endpoint", Administrator, Administrator),
    ("backchannel_authentication_request_signing_alg", Administrator, Administrator),
    ("authorization_code_grant_access_token_lifespan", Administrator, Administrator),
    ("authorization_code_grant_id_token_lifespan", Administrator, Administrator),
    ("authorization_code_grant_refresh_token_lifespan", Administrator, Administrator),
    ("client_credentials_grant_access_token_lifespan", Administrator, Administrator),
    ("implicit_grant_access_token_lifespan", Administrator, Administrator),
    ("implicit_grant_id_token_lifespan", Administrator, Administrator),
    ("jwt_bearer_grant_access_token_lifespan", Administrator, Administrator),
    ("refresh_token_grant_id_token_lifespan", Administrator, Administrator),
    ("refresh_token_grant_access_token_lifespan", Administrator, Administrator),
    ("refresh_token_grant_refresh_token_lifespan", Administrator, Administrator),
    ("device_authorization_grant_id_token_lifespan", Administrator, Administrator),
    ("device_authorization_grant_access_token_lifespan", Administrator, Administrator),
    ("device_authorization_grant_refresh_token_lifespan", Administrator, Administrator),
];

/// What a client may do with a member.
pub fn right(holder: Holder, member: &str) -> Right {
    let base = member.split('#').next().unwrap_or(member);
    let row = MEMBERS.iter().find(|(name, ..)| *name == base);
    row.map_or(Administrator, |(_, stranger, managed)| match holder {
        Holder::SelfRegistered => *stranger,
        Holder::AdministratorMade => *managed,
    })
}

/// The members of a client of which nothing is said.
static NOTHING: OnceLock<Map<String, Value>> = OnceLock::new();

/// Applies the table to metadata that the client sent. `current` holds what is registered, once as it is stored and
/// once as the client was told; neither at the first registration.
pub fn apply(
    client: &mut Client,
    current: Option<(&Client, &Client)>,
    holder: Holder,
    allowance: &Allowance<'_>,
) -> Result<(), MetadataFault> {
    let mut sent = members(client)?;
    let empty = NOTHING.get_or_init(|| members(&Client::default()).unwrap_or_default());
    let registered = current.map(|(stored, told)| Ok((members(stored)?, members(told)?))).transpose()?;
    let (stored, told) = registered.as_ref().map_or((empty, empty), |(stored, told)| (stored, told));
    let hosts = current.map(|(stored, _)| own_hosts(stored)).unwrap_or_default();
    let left_out = stored.keys().filter(|name| !sent.contains_key(*name));
    let mut kept = Vec::new();
    for name in sent.keys().chain(left_out) {
        match right(holder, name) {
            Administrator if sent.get(name) == stored.get(name) => {}
            Administrator => {
                check_kept(name, sent.get(name), [stored, told, empty])?;
                kept.push(name.clone());
            }
            OwnHosts => check_hosts(name, sent.get(name), stored.get(name), &hosts)?,
            Free | Server | Reserved | AllowedScope | UserGrants => {}
        }
    }
    if !kept.is_empty() {
        for name in kept {
            match stored.get(&name) {
                Some(value) => drop(sent.insert(name, value.clone())),
                None => drop(sent.remove(&name)),
            }
        }
        *client = serde_json::from_value(Value::Object(sent)).map_err(|_| unreadable())?;
    }
    if holder == Holder::SelfRegistered {
        let current = current.map(|(stored, _)| stored);
        cut_scope(client, current, allowance)?;
        cut_grant_types(client, current)?;
    }
    Ok(())
}

fn members(client: &Client) -> Result<Map<String, Value>, MetadataFault> {
    match serde_json::to_value(client) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(unreadable()),
    }
}

fn unreadable() -> MetadataFault {
    MetadataFault::structure("The client metadata cannot be read.")
}

/// A member that is left out, or that repeats what is registered, stays as it is (RFC 7592 §2.2 lets the server decide
/// about members that are left out); another value is refused.
fn check_kept(name: &str, sent: Option<&Value>, known: [&Map<String, Value>; 3]) -> Result<(), MetadataFault> {
    if known.iter().any(|known| same(sent, known.get(name))) {
        return Ok(());
    }
    let reason = format!("Only an administrator may set '{name}' to another value.");
    let redirect = name == "redirect_uris";
    Err(if redirect { MetadataFault::redirect_uri(reason) } else { MetadataFault::metadata(reason) })
}

/// Equal, where the order of a list or of the words of a scope says nothing.
fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            let words = |list: &[Value]| list.iter().map(Value::to_string).collect::<HashSet<_>>();
            words(one) == words(other)
        }
        (Some(Value::String(one)), Some(Value::String(other))) if one.contains(' ') => {
            one.split(' ').collect::<HashSet<_>>() == other.split(' ').collect::<HashSet<_>>()
        }
        (None | Some(Value::Null), None | Some(Value::Null)) => true,
        // An empty text and an empty list are left out when they are written.
        (Some(value), None) | (None, Some(value)) => value == "" || value.as_array().is_some_and(Vec::is_empty),
        (one, other) => one == other,
    }
}

fn own_hosts(stored: &Client) -> HashSet<String> {
    let single = [&stored.frontchannel_logout_uri, &stored.backchannel_logout_uri];
    let all = stored.redirect_uris.iter().chain(&stored.post_logout_redirect_uris).chain(single);
    all.filter_map(|uri| host(uri)).collect()
}

fn host(uri: &str) -> Option<String> {
    Url::parse(uri).ok()?.host_str().map(str::to_owned)
}

fn check_hosts(
    name: &str,
    sent: Option<&Value>,
    stored: Option<&Value>,
    hosts: &HashSet<String>,
) -> Result<(), MetadataFault> {
    if same(sent, stored) {
        return Ok(());
    }
    let uris = match sent {
        Some(Value::Array(uris)) => uris.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(uri)) if !uri.is_empty() => vec![uri.as_str()],
        _ => Vec::new(),
    };
    match uris.into_iter().find(|uri| !host(uri).is_some_and(|host| hosts.contains(&host))) {
        None => Ok(()),
        Some(uri) => Err(MetadataFault::metadata(format!(
            "The '{name}' '{uri}' must be on a host that the client has already; only an administrator adds one."
        ))),
    }
}

/// Who names no scope gets what is allowed of the default; who names only others, the least with which a login works.
fn cut_scope(client: &mut Client, current: Option<&Client>, allowance: &Allowance<'_>) -> Result<(), MetadataFault> {
    let allowed = allowance.scopes;
    let known = |word: &str| allowed.contains(word) || current.is_some_and(|current| current.scope.contains(word));
    let asked = if client.scope.is_empty() { allowance.default_scope } else { &client.scope };
    let mut kept = asked.filtered(known);
    if kept.is_empty() {
        kept = allowed.filtered(|word| word == "openid");
    }
    if kept.is_empty() {
        // Left empty it would become the whole default.
        return Err(MetadataFault::metadata("Not one word of this 'scope' may be registered by a client for itself."));
    }
    client.scope = kept;
    Ok(())
}

/// Grants in which no user takes part are not for strangers, and neither is one in which a user is asked out of the blue
/// (OpenID Connect CIBA §1). A client that asked for nothing else would be of no use.
fn cut_grant_types(client: &mut Client, current: Option<&Client>) -> Result<(), MetadataFault> {
    let registered: HashSet<&String> = current.iter().flat_map(|current| &current.grant_types).collect();
    let reserved = |word: &String| {
        let grant_type = GrantType::parse(word);
        matches!(
            grant_type,
            Some(GrantType::ClientCredentials | GrantType::JwtBearer | GrantType::Ciba | GrantType::TokenExchange)
        ) && !registered.contains(word)
    };
    if client.grant_types.is_empty() {
        return Ok(());
    }
    client.grant_types.retain(|word| !reserved(word));
    if client.grant_types.is_empty() {
        let reason = "A client that registers itself cannot have these 'grant_types': no user begins them.";
        return Err(MetadataFault::metadata(reason));
    }
    Ok(())
}

/// Which redirect URIs a self-registered client may have: https, http on loopback, and
/// private schemes in reverse-domain form (RFC 8252 §7.1, §7.3). One that is registered already may stay.
pub fn check_own_redirect_uris(
    client: &Client,
    current: Option<&Client>,
    allowance: &Allowance<'_>,
) -> Result<(), MetadataFault> {
    let registered: HashSet<&String> = current.iter().flat_map(|current| &current.redirect_uris).collect();
    for uri in client.redirect_uris.iter().filter(|uri| !registered.contains(uri)) {
        let Some(scheme) = registrable_scheme(uri) else { continue };
        let allowed = match scheme.as_str() {
            "https" => Url::parse(uri).is_ok_and(|url| url.username().is_empty() && url.password().is_none()),
            "http" => is_loopback_http(uri),
            other => other.contains('.') || allowance.private_schemes.iter().any(|own| own == "*" || own == other),
        };
        if Url::parse(uri).ok().and_then(|url| url.host_str().map(|host| host.contains('*'))).unwrap_or_default() {
            return Err(MetadataFault::redirect_uri(format!(
                "The URI '{uri}' in 'redirect_uris' has a wildcard, and redirect URIs are compared as they are: name each of \
                 them (of 'http://127.0.0.1' any port counts)."
            )));
        }
        if !allowed {
            return Err(MetadataFault::redirect_uri(format!(
                "The URI '{uri}' in 'redirect_uris' must be https, http at the loopback interface, or have a private \
                 scheme in reverse-domain form."
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_of_the_metadata_is_in_the_table() {
        let all = r#"{
            "client_secret": "s", "sector_identifier_uri": "x", "jwks_uri": "x", "token_endpoint_auth_method": "x",
            "token_endpoint_auth_signing_alg": "x", "request_uris": ["x"], "request_object_signing_alg": "x",
            "userinfo_signed_response_alg": "x", "frontchannel_logout_uri": "x", "post_logout_redirect_uris": ["x"],
            "frontchannel_logout_session_required": true, "backchannel_logout_uri": "x", "metadata": {},
            "backchannel_logout_session_required": true, "registration_access_token": "x", "registration_client_uri":
            "x", "access_token_strategy": "x", "application_type": "x", "id_token_signed_response_alg": "x",
            "authorization_signed_response_alg": "x", "introspection_signed_response_alg": "x",
            "introspection_encrypted_response_alg": "x", "introspection_encrypted_response_enc": "x",
            "resource_server": true, "id_token_encrypted_response_alg": "x", "id_token_encrypted_response_enc": "x",
            "userinfo_encrypted_response_alg": "x", "userinfo_encrypted_response_enc": "x",
            "authorization_encrypted_response_alg": "x", "authorization_encrypted_response_enc": "x",
            "request_object_encryption_alg": "x", "request_object_encryption_enc": "x", "default_max_age": 1,
            "require_auth_time": true, "default_acr_values": ["x"], "initiate_login_uri": "x",
            "dpop_bound_access_tokens": true, "require_pushed_authorization_requests": true,
            "require_signed_request_object": true, "security_profile": "x", "software_id": "x", "software_version": "x",
            "allowed_resources": ["x"], "default_resource": "x", "authorization_details_types": ["x"], "client_assertion_issuer": "x",
            "client_assertion_subject": "x", "tls_client_auth_subject_dn": "x", "tls_client_auth_san_dns": "x",
            "tls_client_auth_san_uri": "x", "tls_client_auth_san_ip": "x", "tls_client_auth_san_email": "x",
            "tls_client_certificate_bound_access_tokens": true,
            "backchannel_token_delivery_mode": "x", "backchannel_client_notification_endpoint": "x",
            "backchannel_authentication_request_signing_alg": "x"
        }"#;
        let mut all: Client = serde_json::from_str(all).unwrap();
        all.client_name = "x".to_owned();
        let written: HashSet<String> = members(&all).unwrap().keys().cloned().collect();
        let table: HashSet<String> = MEMBERS.iter().map(|(name, ..)| (*name).to_owned()).collect();
        assert_eq!(table.len(), MEMBERS.len(), "a member is in the table twice");
        assert_eq!(written, table);
        // Destructured, so that a member added later has to be written above, too.
        assert_eq!(format!("{:?}", right(Holder::SelfRegistered, "added_later")), "Administrator");
    }
}
