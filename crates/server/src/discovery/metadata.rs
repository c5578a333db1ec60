//! The metadata of the provider (OpenID Connect Discovery §3, RFC 8414 §2), computed from what is really switched on.

use std::collections::HashSet;

use serde_json::Value;
use symbolon_jose::jwe::{ContentEncryption, KeyManagement};
use symbolon_jose::{Algorithm, MacAlgorithm};
use symbolon_types::{
    ClientAuthenticationMethod as Method, ClientCertificates, CredentialSupported, Display, GrantType,
    ProviderMetadata, ResponseCarrier, ResponseMode, SubjectType,
};

use crate::accounts::{self, acr};
use crate::assertion::JWT_DPOP_GRANT;
use crate::backchannel;
use crate::clients::change::admits;
use crate::config::{CimdMode, Config, SupportedScopes};
use crate::context::Context;
use crate::credentials;
use crate::global_token_revocation;
use crate::issue::id_jag;
use crate::security_profile::{Rule, is_strong};

/// How much a document says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Full,
    /// Nothing that Ory's strict Go SDK does not know (`strict_sdk_discovery`).
    KnownToStrictSdk,
}

/// The document.
pub(super) fn metadata(context: &Context, algorithms: &[Algorithm], extent: Extent) -> ProviderMetadata {
    let config = &context.config;
    let own = &config.webfinger.oidc_discovery;
    let signing: Vec<String> = algorithms.iter().map(|algorithm| algorithm.as_str().to_owned()).collect();
    let default: Vec<String> = signing.iter().take(1).cloned().collect();
    let compatibility = &config.symbolon.compatibility;
    let extra = compatibility.discovery_extra_members || extent == Extent::KnownToStrictSdk;
    let mut userinfo_signing = texts(&["none"]);
    userinfo_signing.extend(signing.iter().cloned());
    let mut document = ProviderMetadata {
        issuer: config.issuer().to_owned(),
        authorization_endpoint: config.authorization_url(),
        token_endpoint: config.token_url(),
        device_authorization_endpoint: Some(config.device_authorization_url()),
        jwks_uri: own.jwks_url.clone().unwrap_or_else(|| config.below_issuer("/.well-known/jwks.json")),
        userinfo_endpoint: Some(config.userinfo_url()),
        revocation_endpoint: Some(config.below_issuer("/oauth2/revoke")),
        registration_endpoint: registration_endpoint(config),
        subject_types_supported: subject_types(config),
        response_types_supported: response_types(config),
        response_modes_supported: response_modes(config),
        grant_types_supported: grant_types(config),
        scopes_supported: union(&scopes(config), &own.supported_scope),
        claims_supported: union(&claims(config), &own.supported_claims),
        token_endpoint_auth_methods_supported: authentication_methods(config),
        id_token_signing_alg_values_supported: signing,
        userinfo_signing_alg_values_supported: userinfo_signing,
        id_token_signed_response_alg: if extra { default.clone() } else { Vec::new() },
        userinfo_signed_response_alg: if extra { default } else { Vec::new() },
        end_session_endpoint: Some(config.below_issuer("/oauth2/sessions/logout")),
        backchannel_logout_supported: Some(true),
        backchannel_logout_session_supported: Some(true),
        frontchannel_logout_supported: Some(true),
        frontchannel_logout_session_supported: Some(true),
        credentials_endpoint_draft_00: extra.then(|| config.credentials_url()),
        credentials_supported_draft_00: if extra { vec![credential()] } else { Vec::new() },
        code_challenge_methods_supported: texts(&["S256"]),
        request_parameter_supported: Some(true),
        request_uri_parameter_supported: Some(true),
        require_request_uri_registration: Some(true),
        request_object_signing_alg_values_supported: request_object_algorithms(config),
        claims_parameter_supported: Some(true),
        ..ProviderMetadata::default()
    };
    if extent == Extent::Full {
        add_what_a_strict_sdk_does_not_know(context, &mut document);
    }
    document
}

fn add_what_a_strict_sdk_does_not_know(context: &Context, document: &mut ProviderMetadata) {
    let config = &context.config;
    document.authorization_response_iss_parameter_supported =
        config.symbolon.compatibility.authorization_response_iss.then_some(true);
    document.pushed_authorization_request_endpoint = Some(config.pushed_authorization_request_url());
    document.require_pushed_authorization_requests = Some(config.symbolon.par.required);
    let signed = Rule::SignedRequests.holds_under(config.symbolon.security_profile);
    document.require_signed_request_object = (signed || config.symbolon.request_objects.required).then_some(true);
    document.dpop_signing_alg_values_supported = texts(&crate::dpop::ALGORITHMS.map(Algorithm::as_str));
    document.authorization_signing_alg_values_supported.clone_from(&document.id_token_signing_alg_values_supported);
    document.client_id_metadata_document_supported = (config.symbolon.cimd.mode != CimdMode::Off).then_some(true);
    backchannel::advertise(config, document);
    if !config.symbolon.token_exchange.assertions.is_empty() {
        document.identity_chaining_requested_token_types_supported = texts(&[id_jag::TOKEN_TYPE]);
    }
    global_token_revocation::advertise(config, document);
    if takes_id_jags(config) {
        document.authorization_grant_profiles_supported = texts(&["urn:ietf:params:oauth:grant-profile:id-jag"]);
    }
    document.check_session_iframe = config.symbolon.session_management.enabled.then(|| config.check_session_iframe());
    document.prompt_values_supported = prompts(config);
    let types = config.symbolon.authorization_details.types.names();
    document.authorization_details_types_supported = types.map(str::to_owned).collect();
    if config.symbolon.ui.enabled {
        document.acr_values_supported = texts(&acr::SUPPORTED);
        document.display_values_supported = texts(&Display::ALL.map(Display::as_str));
        document.ui_locales_supported.clone_from(&context.theme.languages);
    }
    document.token_endpoint_auth_signing_alg_values_supported = assertion_algorithms(config);
    add_encryption(config, document);
    add_introspection(config, document);
    if config.symbolon.mtls.sees() != ClientCertificates::Unseen {
        document.tls_client_certificate_bound_access_tokens = Some(true);
        document.mtls_endpoint_aliases = mtls_aliases(config, document);
    }
}

/// What is encrypted for clients, and what they may encrypt for this server.
fn add_encryption(config: &Config, document: &mut ProviderMetadata) {
    let algorithms: Vec<String> = KeyManagement::all().iter().map(ToString::to_string).collect();
    let contents: Vec<String> = ContentEncryption::all().iter().map(ToString::to_string).collect();
    let opened: Vec<String> = config.symbolon.keys.opened().map(|alg| alg.to_string()).collect();
    if !opened.is_empty() {
        document.request_object_encryption_enc_values_supported.clone_from(&contents);
    }
    document.request_object_encryption_alg_values_supported = opened;
    document.id_token_encryption_alg_values_supported.clone_from(&algorithms);
    document.id_token_encryption_enc_values_supported.clone_from(&contents);
    document.userinfo_encryption_alg_values_supported.clone_from(&algorithms);
    document.userinfo_encryption_enc_values_supported.clone_from(&contents);
    document.authorization_encryption_alg_values_supported = algorithms;
    document.authorization_encryption_enc_values_supported = contents;
}

/// For resource servers, where they may ask at the public listener (RFC 8414 §2, RFC 9701 §7).
fn add_introspection(config: &Config, document: &mut ProviderMetadata) {
    if !config.symbolon.introspection.public {
        return;
    }
    document.introspection_endpoint = Some(config.below_issuer("/oauth2/introspect"));
    let methods = &document.token_endpoint_auth_methods_supported;
    document.introspection_endpoint_auth_methods_supported =
        methods.iter().filter(|method| *method != "none").cloned().collect();
    document
        .introspection_endpoint_auth_signing_alg_values_supported
        .clone_from(&document.token_endpoint_auth_signing_alg_values_supported);
    document.introspection_signing_alg_values_supported.clone_from(&document.id_token_signing_alg_values_supported);
    document
        .introspection_encryption_alg_values_supported
        .clone_from(&document.id_token_encryption_alg_values_supported);
    document
        .introspection_encryption_enc_values_supported
        .clone_from(&document.id_token_encryption_enc_values_supported);
}

/// Where the endpoints are for clients that show a certificate (RFC 8705 §5): those of them that the document has.
fn mtls_aliases(config: &Config, document: &ProviderMetadata) -> Option<Value> {
    let endpoints = [
        ("token_endpoint", "/oauth2/token", true),
        ("revocation_endpoint", "/oauth2/revoke", true),
        ("device_authorization_endpoint", "/oauth2/device/auth", document.device_authorization_endpoint.is_some()),
        (
            "pushed_authorization_request_endpoint",
            "/oauth2/par",
            document.pushed_authorization_request_endpoint.is_some(),
        ),
        ("introspection_endpoint", "/oauth2/introspect", document.introspection_endpoint.is_some()),
        (
            "backchannel_authentication_endpoint",
            "/oauth2/backchannel-authentication",
            document.backchannel_authentication_endpoint.is_some(),
        ),
        ("userinfo_endpoint", "/userinfo", true),
        (
            "global_token_revocation_endpoint",
            global_token_revocation::PATH,
            document.global_token_revocation_endpoint.is_some(),
        ),
        ("registration_endpoint", "/oauth2/register", document.registration_endpoint.is_some()),
    ];
    let aliases = endpoints.into_iter().filter(|(.., there)| *there);
    let aliases = aliases.map(|(name, path, _)| Some((name.to_owned(), Value::from(config.mtls_alias(path)?))));
    aliases.collect::<Option<_>>().map(Value::Object)
}

/// The one kind of credential; the suites are the algorithms in which a proof may be signed.
fn credential() -> CredentialSupported {
    CredentialSupported {
        format: credentials::FORMAT.to_owned(),
        types: texts(&["VerifiableCredential", "UserInfoCredential"]),
        cryptographic_binding_methods_supported: texts(&["jwk"]),
        cryptographic_suites_supported: Algorithm::all()
            .iter()
            .map(|algorithm| algorithm.as_str().to_owned())
            .collect(),
    }
}

fn response_types(config: &Config) -> Vec<String> {
    config.symbolon.oauth2.response_types.iter().map(|response_type| response_type.to_string()).collect()
}

/// The query is a mode where something is answered that has no token in it. Each mode has a form with a JWT.
fn response_modes(config: &Config) -> Vec<String> {
    let in_query = config.symbolon.oauth2.response_types.iter().any(|kind| kind.default_mode() == ResponseMode::QUERY);
    let modes = ResponseMode::all().filter(|mode| in_query || mode.carrier != ResponseCarrier::Query);
    modes.map(ResponseMode::as_str).chain([ResponseMode::SHORT_JWT]).map(str::to_owned).collect()
}

/// Those of the authorization endpoint only where a response type is answered that needs them.
fn grant_types(config: &Config) -> Vec<String> {
    let needed = |grant_type: GrantType| {
        config.symbolon.oauth2.response_types.iter().any(|kind| kind.grant_types().any(|needed| needed == grant_type))
    };
    [
        GrantType::AuthorizationCode,
        GrantType::Implicit,
        GrantType::ClientCredentials,
        GrantType::RefreshToken,
        GrantType::DeviceCode,
        GrantType::JwtBearer,
        GrantType::Ciba,
        GrantType::TokenExchange,
    ]
    .into_iter()
    .filter(|grant_type| match grant_type {
        GrantType::AuthorizationCode | GrantType::Implicit => needed(*grant_type),
        GrantType::Ciba => config.symbolon.ciba.enabled,
        GrantType::TokenExchange => config.symbolon.token_exchange.is_on(),
        _ => true,
    })
    .map(GrantType::as_str)
    .chain(takes_id_jags(config).then_some(JWT_DPOP_GRANT))
    .map(str::to_owned)
    .collect()
}

/// Whether identity assertions of some identity provider are grants (ID-JAG).
fn takes_id_jags(config: &Config) -> bool {
    !config.symbolon.id_jag.issuers.is_empty()
}

/// Those that no security profile of the server rules out, in the order of Hydra's document.
fn authentication_methods(config: &Config) -> Vec<String> {
    let profile = config.symbolon.security_profile;
    let rules = [Rule::ConfidentialClients, Rule::AuthenticationByKey];
    let admitted = |method: &Method| rules.iter().all(|rule| !rule.holds_under(profile) || admits(*rule, *method));
    let certificates = config.symbolon.mtls.sees();
    [
        Method::ClientSecretPost,
        Method::ClientSecretBasic,
        Method::PrivateKeyJwt,
        Method::None,
        Method::ClientSecretJwt,
        Method::TlsClientAuth,
        Method::SelfSignedTlsClientAuth,
    ]
    .into_iter()
    .filter(|method| certificates.offer(*method) && admitted(method))
    .map(|method| method.as_str().to_owned())
    .collect()
}

/// In which clients may sign.
fn client_algorithms(config: &Config) -> impl Iterator<Item = &'static str> {
    let strong = Rule::StrongAlgorithms.holds_under(config.symbolon.security_profile);
    Algorithm::all().iter().map(|algorithm| algorithm.as_str()).filter(move |name| !strong || is_strong(name))
}

fn assertion_algorithms(config: &Config) -> Vec<String> {
    let with_secrets = !Rule::AuthenticationByKey.holds_under(config.symbolon.security_profile);
    let macs = MacAlgorithm::all().iter().map(|algorithm| algorithm.as_str()).filter(|_| with_secrets);
    client_algorithms(config).chain(macs).map(str::to_owned).collect()
}

/// `none` for clients that registered it.
fn request_object_algorithms(config: &Config) -> Vec<String> {
    let signed = Rule::SignatureOfRequestObjects.holds_under(config.symbolon.security_profile);
    let none = Some("none").filter(|_| !signed);
    none.into_iter().chain(client_algorithms(config)).map(str::to_owned).collect()
}

fn registration_endpoint(config: &Config) -> Option<String> {
    let own = config.webfinger.oidc_discovery.client_registration_url.clone();
    own.or_else(|| config.oidc.dynamic_client_registration.enabled.then(|| config.endpoint("/oauth2/register")))
}

/// `create` leads to a page where people register; the built-in pages have none (OpenID Connect Prompt Create §4.1).
fn prompts(config: &Config) -> Vec<String> {
    let mut prompts = texts(&["none", "login", "consent", "select_account"]);
    if config.urls.registration.is_some() {
        prompts.push("create".to_owned());
    }
    prompts
}

/// Pairwise subjects do not go with JWT access tokens, whose `sub` is the public one.
fn subject_types(config: &Config) -> Vec<String> {
    let pairwise = !config.strategies.access_token.is_jwt();
    [SubjectType::Public, SubjectType::Pairwise]
        .into_iter()
        .filter(|kind| config.oidc.subject_types.contains(kind))
        .filter(|kind| pairwise || *kind == SubjectType::Public)
        .map(|kind| kind.as_str().to_owned())
        .collect()
}

/// Built-in accounts have standard claims; what another login page gives, configuration says.
fn claims(config: &Config) -> Vec<&'static str> {
    let of_accounts = config.symbolon.ui.enabled.then(accounts::claims::names);
    ["sub"].into_iter().chain(of_accounts.into_iter().flatten()).collect()
}

fn scopes(config: &Config) -> Vec<&str> {
    let all = config.symbolon.scopes.supported == SupportedScopes::All;
    let of_accounts = (all && config.symbolon.ui.enabled).then_some(accounts::claims::SCOPES);
    let of_resources = config.symbolon.resources.iter().filter(|resource| resource.advertise);
    let own: &[&str] = if all { &["offline_access", "offline", "openid"] } else { &["openid", "offline_access"] };
    let mut seen = HashSet::new();
    let own = own.iter().copied().chain(of_accounts.into_iter().flatten());
    own.chain(of_resources.flat_map(|resource| resource.scopes.iter())).filter(|token| seen.insert(*token)).collect()
}

fn union(first: &[&str], more: &[String]) -> Vec<String> {
    let mut all = texts(first);
    for value in more {
        if !all.contains(value) {
            all.push(value.clone());
        }
    }
    all
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}
