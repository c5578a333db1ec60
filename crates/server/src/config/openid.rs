//! `strategies.*`, `oidc.*` and `webfinger.*`: scope comparison, form of tokens, subjects, registration, and what
//! discovery says instead of our own addresses.

use symbolon_jose::Secret;
use symbolon_types::{AccessTokenStrategy, Scope, ScopeStrategy, SubjectType};

use super::keys::Form::{self, Any, Reference, Word};
use super::keys::Kind::{List, Switch, Text};
use super::keys::Preset::{Derived, Unset, Value};
use super::keys::Standing::Compatible;
use super::section::{section, words};

const OWN: &str = "our own endpoint";

section! {
    /// Scope comparison and form of access tokens.
    #[derive(Debug, Clone)]
    pub struct Strategies {
        /// How a requested scope is compared with the scope of the client.
        scope: ScopeStrategy = "strategies.scope", Text(Word(&["exact", "wildcard"])), Value("wildcard"), Compatible;
        /// Form of access tokens; a client may choose its own.
        access_token: AccessTokenStrategy = "strategies.access_token", Text(Word(&["opaque", "jwt", "rfc9068"])),
            Value("opaque"), Compatible;
        /// Scope in JWT access tokens: the list `scp`, the text `scope`, or both; `rfc9068` always has `scope`.
        scope_claim: ScopeClaim = "strategies.jwt.scope_claim", Text(Word(ScopeClaim::WORDS)), Value("list"),
            Compatible;
    }
}

words! {
    /// Which claims carry the scope in JWT access tokens.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum ScopeClaim {
        /// `scp`, a list.
        List = "list";
        /// `scope`, text separated by spaces (RFC 9068 §2.2.3).
        String = "string";
        /// `scope` and `scp`, with the same content.
        Both = "both";
    }
}

section! {
    /// `OpenID` Connect: subjects and registration.
    #[derive(Debug, Clone)]
    pub struct Oidc {
        /// Subject types that clients may choose; at least one.
        subject_types: Vec<SubjectType> = "oidc.subject_identifiers.supported_types",
            List(Word(&["public", "pairwise"])), Value("public"), Compatible;
        /// Salt of pairwise subjects, at least 8 characters; changing it changes every pairwise `sub`.
        pairwise_salt: Option<Secret<String>> = "oidc.subject_identifiers.pairwise.salt", Text(Any), Unset, Compatible;
    }
    parts {
        /// Registration of clients.
        dynamic_client_registration: DynamicClientRegistration;
    }
}

section! {
    /// Dynamic client registration (RFC 7591, `OpenID` Connect Dynamic Client Registration 1.0).
    #[derive(Debug, Clone)]
    pub struct DynamicClientRegistration {
        /// Lets clients register themselves at `/oauth2/register`.
        enabled: bool = "oidc.dynamic_client_registration.enabled", Switch, Value("false"), Compatible;
        /// Scope of clients that were created without one, by whomever.
        default_scope: Scope = "oidc.dynamic_client_registration.default_scope", List(Form::Scope),
            Value("offline_access,offline,openid,profile,email,address,phone"), Compatible;
    }
}

section! {
    /// Discovery and published keys.
    #[derive(Debug, Clone)]
    pub struct Webfinger {
        /// Key sets whose public keys `/.well-known/jwks.json` shows besides our two, which always are there.
        broadcast_keys: Vec<String> = "webfinger.jwks.broadcast_keys", List(Any), Value("hydra.openid.id-token"),
            Compatible;
    }
    parts {
        /// What the discovery document says.
        oidc_discovery: OidcDiscovery;
    }
}

section! {
    /// What the discovery document says (`OpenID` Connect Discovery 1.0 §3); absolute addresses, `None` for our own.
    #[derive(Debug, Clone)]
    pub struct OidcDiscovery {
        /// Advertised as `jwks_uri`.
        jwks_url: Option<String> = "webfinger.oidc_discovery.jwks_url", Text(Reference), Derived(OWN), Compatible;
        /// Advertised as `token_endpoint`, and accepted as audience of client assertions.
        token_url: Option<String> = "webfinger.oidc_discovery.token_url", Text(Reference), Derived(OWN), Compatible;
        /// Advertised as `authorization_endpoint`, and the base of `request_url` in the login and consent API.
        auth_url: Option<String> = "webfinger.oidc_discovery.auth_url", Text(Reference), Derived(OWN), Compatible;
        /// Advertised as `device_authorization_endpoint`.
        device_authorization_url: Option<String> = "webfinger.oidc_discovery.device_authorization_url",
            Text(Reference), Derived(OWN), Compatible;
        /// Advertised as `registration_endpoint`.
        client_registration_url: Option<String> = "webfinger.oidc_discovery.client_registration_url",
            Text(Reference), Derived("our own endpoint, if on"), Compatible;
        /// Advertised as `userinfo_endpoint`.
        userinfo_url: Option<String> = "webfinger.oidc_discovery.userinfo_url", Text(Reference), Derived(OWN),
            Compatible;
        /// Advertised as the credential endpoint.
        verifiable_credentials_url: Option<String> = "webfinger.oidc_discovery.verifiable_credentials_url",
            Text(Reference), Derived(OWN), Compatible;
        /// Advertised in `claims_supported` besides those that the server gives by itself.
        supported_claims: Vec<String> = "webfinger.oidc_discovery.supported_claims", List(Any), Value(""), Compatible;
        /// Advertised in `scopes_supported` besides those that the server knows by itself.
        supported_scope: Vec<String> = "webfinger.oidc_discovery.supported_scope", List(Any), Value(""), Compatible;
    }
}

impl OidcDiscovery {
    /// The addresses that may have been given as a path.
    pub(super) fn references(&mut self) -> [&mut Option<String>; 7] {
        [
            &mut self.jwks_url,
            &mut self.token_url,
            &mut self.auth_url,
            &mut self.device_authorization_url,
            &mut self.client_registration_url,
            &mut self.userinfo_url,
            &mut self.verifiable_credentials_url,
        ]
    }
}
