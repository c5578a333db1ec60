//! What of a document counts (OAuth Client ID Metadata Document §4, §4.1). A short list of members is read; what would make
//! this server call somebody, or trust a claim, is not among them: logos, sector identifiers, logout and request addresses,
//! software statements. A member of the list that is not what it must be makes the document one of nobody, and so do secrets.

use serde_json::{Map, Value};
use symbolon_jose::strict_json;
use symbolon_types::redirect_uri::is_loopback_http;
use symbolon_types::{Client, ClientAuthenticationMethod as Method, GrantType, ResponseType, Scope};
use url::Url;

use super::super::change::admits;
use super::address::DocumentAddress;
use super::identity::DocumentIdentity;
use super::{Reason, methods};
use crate::config::{CimdMode, Config};
use crate::security_profile::Rule;

/// Most redirect URIs.
const REDIRECT_URIS: usize = 20;
/// Most characters of the name that the client gives itself.
const NAME_CHARACTERS: usize = 80;

/// Members that are taken as they are, if the rules of every client allow them.
const TAKEN: [&str; 10] = [
    "redirect_uris",
    "jwks",
    "jwks_uri",
    "token_endpoint_auth_signing_alg",
    "application_type",
    "id_token_signed_response_alg",
    "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
];
/// Pages that are linked where they are at the client's own host.
const LINKS: [&str; 3] = ["client_uri", "tos_uri", "policy_uri"];

/// The client of a document.
#[derive(Clone, Debug)]
pub(super) struct Described {
    pub(super) client: Client,
    pub(super) identity: DocumentIdentity,
}

/// Reads a document. The error is for the log.
pub(super) fn read(config: &Config, address: &DocumentAddress, body: &[u8]) -> Result<Described, Reason> {
    let members = strict_json::object(body).ok_or("it is no JSON object, or has a member twice")?;
    if members.get("client_id").and_then(Value::as_str) != Some(address.as_str()) {
        return Err("its 'client_id' is not its address".to_owned());
    }
    if let Some(secret) = members.keys().find(|name| name.starts_with("client_secret")) {
        return Err(format!("it has '{}', which is public there", secret.escape_debug()));
    }
    let mut counting = Map::new();
    for name in TAKEN {
        match members.get(name) {
            None => {}
            Some(Value::Null) => return Err(format!("'{name}' is null")),
            Some(value) => drop(counting.insert(name.to_owned(), value.clone())),
        }
    }
    let mut client: Client =
        serde_json::from_value(Value::Object(counting)).map_err(|fault| format!("a member is wrong: {fault}"))?;
    client.client_id = address.as_str().into();
    client.client_name = name(&members, address)?;
    for (member, link) in LINKS.into_iter().zip([&mut client.client_uri, &mut client.tos_uri, &mut client.policy_uri]) {
        if let Some(uri) = text(&members, member)?.filter(|uri| address.has_host_of(uri)) {
            uri.clone_into(link);
        }
    }
    check_redirect_uris(config, address, &client)?;
    check_keys(config, address, &client)?;
    client.grant_types = grant_types(&members)?;
    client.response_types = vec![response_type(&members)?];
    client.scope = scope(config);
    let has_keys = !client.jwks.is_null() || !client.jwks_uri.is_empty();
    let methods = methods::negotiated(&members, |method| is_taken(config, method, has_keys))?;
    methods.last().map(|method| method.as_str()).unwrap_or_default().clone_into(&mut client.token_endpoint_auth_method);
    Ok(Described { client, identity: DocumentIdentity::new(&methods) })
}

fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Result<Option<&'m str>, Reason> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("'{name}' is no text")),
    }
}

fn words<'m>(members: &'m Map<String, Value>, name: &str) -> Result<Option<Vec<&'m str>>, Reason> {
    let wrong = || format!("'{name}' is no list of texts");
    let Some(value) = members.get(name) else { return Ok(None) };
    let texts = value.as_array().ok_or_else(wrong)?.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
    texts.map(Some).ok_or_else(wrong)
}

/// What the client calls itself: one line, and the host where it says nothing.
fn name(members: &Map<String, Value>, address: &DocumentAddress) -> Result<String, Reason> {
    let Some(name) = text(members, "client_name")? else { return Ok(address.host().to_owned()) };
    let name = name.trim();
    let one_line =
        !name.chars().any(|character| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}'));
    if name.is_empty() || name.chars().count() > NAME_CHARACTERS || !one_line {
        return Err(format!("'client_name' is empty, longer than {NAME_CHARACTERS} characters or more than one line"));
    }
    Ok(name.to_owned())
}

/// All of them are checked and not only the one in use; whether each may be registered at all is a rule of every client.
fn check_redirect_uris(config: &Config, address: &DocumentAddress, client: &Client) -> Result<(), Reason> {
    let uris = &client.redirect_uris;
    if uris.is_empty() || uris.len() > REDIRECT_URIS {
        return Err(format!("'redirect_uris' has none or more than {REDIRECT_URIS}"));
    }
    for uri in uris {
        let shown = uri.escape_debug();
        if uri.contains('*') {
            return Err(format!("'{shown}' in 'redirect_uris' has a '*': a port of this computer is free without one"));
        }
        let foreign = uri.starts_with("https://") && !address.has_host_of(uri);
        let of_listed = |uri: &str| {
            let url = Url::parse(uri).ok();
            url.as_ref().and_then(Url::host_str).is_some_and(|host| config.symbolon.cimd.lists(host))
        };
        if foreign && config.symbolon.cimd.mode == CimdMode::Listed && !of_listed(uri) {
            return Err(format!("'{shown}' in 'redirect_uris' is at a host that is not listed"));
        }
        if uri.starts_with("http://") && !is_loopback_http(uri) {
            return Err(format!("'{shown}' in 'redirect_uris' is http and not at this computer"));
        }
    }
    Ok(())
}

/// The keys of somebody else are no keys of the client's, and naming them would make this server call there.
fn check_keys(config: &Config, address: &DocumentAddress, client: &Client) -> Result<(), Reason> {
    let uri = client.jwks_uri.as_str();
    let of_listed = Url::parse(uri).is_ok_and(|url| {
        url.scheme() == "https" && url.host_str().is_some_and(|host| config.symbolon.cimd.lists(host))
    });
    if uri.is_empty() || address.has_host_of(uri) || of_listed {
        return Ok(());
    }
    Err("'jwks_uri' is not at the host of the document".to_owned())
}

/// A code and its refresh; without a word both. Others are not for somebody for whom nobody vouches.
fn grant_types(members: &Map<String, Value>) -> Result<Vec<String>, Reason> {
    let possible = [GrantType::AuthorizationCode, GrantType::RefreshToken].map(GrantType::as_str);
    let named = words(members, "grant_types")?;
    let kept: Vec<&str> = match named {
        None => possible.to_vec(),
        Some(named) => possible.into_iter().filter(|word| named.contains(word)).collect(),
    };
    if !kept.contains(&GrantType::AuthorizationCode.as_str()) {
        return Err("its 'grant_types' have no 'authorization_code'".to_owned());
    }
    Ok(kept.into_iter().map(str::to_owned).collect())
}

fn response_type(members: &Map<String, Value>) -> Result<String, Reason> {
    let code = ResponseType::CODE.to_string();
    let named = words(members, "response_types")?;
    if named.is_some_and(|named| !named.contains(&code.as_str())) {
        return Err("its 'response_types' have no 'code'".to_owned());
    }
    Ok(code)
}

/// What a client may have that nobody vouches for, and what the resources give that are for all. What the document says of
/// its `scope` is what the client asks for at first and no bound: it learns later from its resources what else they need.
fn scope(config: &Config) -> Scope {
    let of_resources = config.symbolon.resources.iter().filter(|resource| resource.self_service);
    let all =
        config.symbolon.registration.scopes.iter().chain(of_resources.flat_map(|resource| resource.scopes.iter()));
    let mut unique: Vec<String> = Vec::new();
    for token in all {
        if !unique.iter().any(|own| own == token) {
            unique.push(token.to_owned());
        }
    }
    Scope::from_list(unique).unwrap_or_default()
}

fn is_taken(config: &Config, method: Method, has_keys: bool) -> bool {
    let profile = config.symbolon.security_profile;
    let rules = [Rule::ConfidentialClients, Rule::AuthenticationByKey];
    let permitted = rules.iter().all(|rule| !rule.holds_under(profile) || admits(*rule, method));
    permitted && config.symbolon.mtls.sees().offer(method) && (method == Method::None || has_keys)
}
