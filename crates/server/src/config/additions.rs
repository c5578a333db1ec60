//! `symbolon.*`: what this server can be told beyond Hydra. Built-in pages, signing keys, protection of the admin
//! listener, switches between conformance and compatibility, and housekeeping.

use std::collections::BTreeMap;

use symbolon_jose::jwe::KeyManagement;
use symbolon_jose::{Algorithm, Secret};
use symbolon_types::{ResponseTypes, SecurityProfile};

use super::DetailsTypes;
use super::cimd::Cimd;
use super::client_assertions::ClientAssertions;
use super::connections::Connections;
use super::dpop::Dpop;
use super::keys::Form::{self, Any, Reference, Word};
use super::keys::Kind::{Integer, Lifetime, List, Records, Span, Switch, Text, TextMap};
use super::keys::Preset::{Derived, Unset, Value};
use super::keys::Standing::Added;
use super::keys::Structure;
use super::mcp::{Mcp, RedirectUris, Scopes};
use super::mtls::MutualTls;
use super::registration::Registration;
use super::section::{section, words};
use super::token_exchange::TokenExchange;
use super::{
    AccessLog, Audit, FurtherAddresses, GlobalTokenRevocation, IdJag, Limits, Network, ProxyProtocol, Resources,
};

pub(super) const PROFILES: &[&str] = &["none", "oauth21", "fapi2", "fapi2_message_signing"];
const ALGORITHMS: &[&str] = &["RS256", "ES256", "PS256", "EdDSA"];

section! {
    /// Our own additions.
    #[derive(Debug, Clone)]
    pub struct Symbolon {
        /// Networks of proxies whose `X-Forwarded-For` names the client; without it, all behind a proxy count as one.
        trusted_proxies: Vec<Network> = "symbolon.trusted_proxies", List(Form::Network), Value(""), Added;
        /// Rules that every client is held to; a client may have a stricter one of its own (`security_profile`).
        security_profile: SecurityProfile = "symbolon.security_profile", Text(Word(PROFILES)), Value("none"), Added;
        /// Protected resources that clients may name with `resource` (RFC 8707); without any, that parameter is refused.
        resources: Resources = "symbolon.resources", Records(Structure::Resources), Unset, Added;
        /// Resource for which tokens are when a client names none, as one of `symbolon.resources`; a client may have its own.
        resources_default: Option<String> = "symbolon.resources_default", Text(Any), Unset, Added;
    }
    parts {
        /// Built-in pages.
        ui: Ui;
        /// Signing keys.
        keys: SigningKeys;
        /// Protection of the admin listener.
        admin: AdminAccess;
        /// What the authorization endpoint answers.
        oauth2: AuthorizationAnswers;
        /// Access tokens.
        access_tokens: AccessTokens;
        /// Conformance or compatibility.
        compatibility: Compatibility;
        /// Logins that are not remembered.
        sessions: Sessions;
        /// Registration of clients that faces the internet.
        registration: Registration;
        /// Clients that are described by a document at their identifier (OAuth Client ID Metadata Document).
        cimd: Cimd;
        /// Requests of scripts in browsers.
        cors: CrossOrigin;
        /// Calls to other servers.
        outbound: OutboundTrust;
        /// Web hooks.
        hooks: HookCalls;
        /// Proofs of possession (DPoP, RFC 9449).
        dpop: Dpop;
        /// Pushed authorization requests (RFC 9126).
        par: PushedRequests;
        /// Authorization details (RFC 9396).
        authorization_details: AuthorizationDetails;
        /// Assertions with which clients authenticate (RFC 7523 §2.2).
        client_assertions: ClientAssertions;
        /// Request objects (RFC 9101).
        request_objects: RequestObjects;
        /// Introspection by resource servers (RFC 7662, RFC 9701).
        introspection: PublicIntrospection;
        /// Certificates of clients (RFC 8705).
        mtls: MutualTls;
        /// Authentication requests of the back channel (OpenID Connect CIBA).
        ciba: Ciba;
        /// Token exchange (RFC 8693).
        token_exchange: TokenExchange;
        /// Global token revocation.
        global_token_revocation: GlobalTokenRevocation;
        /// Identity assertions of other identity providers (ID-JAG).
        id_jag: IdJag;
        /// Applications that watch whether a browser is still signed in (OpenID Connect Session Management).
        session_management: SessionManagement;
        /// Authorization server of MCP servers.
        mcp: Mcp;
        /// Scopes that are asked for.
        scopes: Scopes;
        /// Redirect URIs at the user's own machine.
        redirect_uris: RedirectUris;
        /// Sizes, counts and times that bound what others make this server keep.
        limits: Limits;
        /// Removal of what has expired.
        purge: Purge;
        /// Connections and bodies.
        connections: Connections;
        /// Further addresses.
        listen: FurtherAddresses;
        /// Proxies that pass connections on.
        proxy_protocol: ProxyProtocol;
        /// The audit log.
        audit: Audit;
        /// The access log.
        access_log: AccessLog;
    }
}

section! {
    /// Built-in pages.
    #[derive(Debug, Clone)]
    pub struct Ui {
        /// Serves the built-in login, consent, logout and device pages.
        enabled: bool = "symbolon.ui.enabled", Switch, Derived("on when `urls.login` is not set"), Added;
        /// Name of this server on the built-in pages.
        title: String = "symbolon.ui.title", Text(Any), Value("Symbolon"), Added;
        /// Logo on the built-in pages.
        logo_url: Option<String> = "symbolon.ui.logo_url", Text(Reference), Unset, Added;
        /// Stylesheet loaded after our own on the built-in pages.
        stylesheet_url: Option<String> = "symbolon.ui.stylesheet_url", Text(Reference), Unset, Added;
        /// Texts of the built-in pages by name, to translate or reword them.
        texts: BTreeMap<String, String> = "symbolon.ui.texts", TextMap, Unset, Added;
    }
}

section! {
    /// Signing keys that the server makes. Spans are in seconds.
    #[derive(Debug, Clone)]
    pub struct SigningKeys {
        /// Algorithm with which tokens are signed when the client chose none.
        signing_algorithm: Algorithm = "symbolon.keys.signing_algorithm", Text(Word(&["RS256", "ES256", "EdDSA"])),
            Value("RS256"), Added;
        /// Algorithms that get a key and are offered to clients; the signing algorithm is one of them.
        offered_algorithms: Vec<Algorithm> = "symbolon.keys.offered_algorithms", List(Word(ALGORITHMS)),
            Value("RS256,ES256,PS256,EdDSA"), Added;
        /// Kinds of keys that are made and published for encrypted request objects; `ECDH-ES` opens `ECDH-ES+A256KW` too.
        encryption: Vec<KeyManagement> = "symbolon.keys.encryption", List(Word(&["RSA-OAEP-256", "ECDH-ES"])),
            Value(""), Added;
        /// Age at which a signing key is followed by a new one, which is published ahead; 0s keeps keys for ever.
        rotation_period_seconds: i64 = "symbolon.keys.rotation_period", Span, Value("2160h"), Added;
        /// Shows private parts of keys in the admin API, as Hydra does; switched off, none leaves the server.
        export: bool = "symbolon.keys.export", Switch, Value("true"), Added;
    }
}

impl SigningKeys {
    /// How what is encrypted for this server may be encrypted, by the kinds of keys that there are.
    pub fn opened(&self) -> impl Iterator<Item = KeyManagement> {
        let of_kind = |alg: KeyManagement| match alg {
            KeyManagement::RsaOaep256 => KeyManagement::RsaOaep256,
            KeyManagement::EcdhEs | KeyManagement::EcdhEsA128Kw | KeyManagement::EcdhEsA256Kw => KeyManagement::EcdhEs,
        };
        KeyManagement::all().iter().copied().filter(move |alg| self.encryption.contains(&of_kind(*alg)))
    }
}

section! {
    /// Protection of the admin listener.
    #[derive(Debug, Clone)]
    pub struct AdminAccess {
        /// Bearer token that every admin request must carry, at least 16 characters.
        token: Option<Secret<String>> = "symbolon.admin.token", Text(Form::Secret), Unset, Added;
    }
}

/// Those of OAuth 2.0 Multiple Response Types.
const RESPONSE_TYPES: &[&str] =
    &["code", "id_token", "token", "code id_token", "code token", "id_token token", "code id_token token", "none"];

section! {
    /// What the authorization endpoint answers.
    #[derive(Debug, Clone)]
    pub struct AuthorizationAnswers {
        /// Response types that are answered, of clients that registered them; `code` is all that new applications need.
        response_types: ResponseTypes = "symbolon.oauth2.response_types", List(Word(RESPONSE_TYPES)),
            Value("code,id_token,token,code id_token,code token,id_token token,code id_token token,none"), Added;
        /// Lets requests with PKCE leave `state` out, which has 8 characters at least otherwise, as in Hydra.
        state_optional_with_pkce: bool = "symbolon.oauth2.state_optional_with_pkce", Switch, Value("false"), Added;
    }
}

section! {
    /// Access tokens.
    #[derive(Debug, Clone)]
    pub struct AccessTokens {
        /// `aud` of access tokens in the form `rfc9068` when no audience was granted (RFC 9068 §3).
        default_audience: Option<String> = "symbolon.oauth2.default_audience", Text(Any), Derived("the issuer"), Added;
    }
}

section! {
    /// Where answers can follow the standards or Hydra, not both.
    #[derive(Debug, Clone)]
    pub struct Compatibility {
        /// Adds Hydra's claim `rat` to ID tokens.
        id_token_rat: bool = "symbolon.compatibility.id_token_rat", Switch, Value("false"), Added;
        /// Puts standard identity claims of a consent page's `session.id_token` into ID tokens too, as Hydra does.
        id_token_claims: bool = "symbolon.compatibility.id_token_claims", Switch, Value("false"), Added;
        /// Adds the four non-standard discovery members that SDKs of Ory require; under a security profile only if set.
        discovery_extra_members: bool = "symbolon.compatibility.discovery_extra_members", Switch, Value("true"), Added;
        /// Takes unsigned request objects from clients that registered no `request_object_signing_alg`, as Hydra does.
        unsigned_request_objects: bool = "symbolon.compatibility.unsigned_request_objects", Switch, Value("false"), Added;
        /// Leaves out discovery members that Ory's Go SDK does not know and therefore refuses.
        strict_sdk_discovery: bool = "symbolon.compatibility.strict_sdk_discovery", Switch, Value("false"), Added;
        /// Leaves out introspection members that Ory's Go SDK does not know: `acr` and `auth_time` (RFC 9470 §6.2).
        strict_sdk_introspection: bool = "symbolon.compatibility.strict_sdk_introspection", Switch, Value("false"), Added;
        /// Answers 500 with every built-in error page, as Hydra does.
        error_page_status: bool = "symbolon.compatibility.error_page_status", Switch, Value("false"), Added;
        /// Answers 404 instead of 405 to a method that an endpoint does not have, as Hydra does.
        not_found_for_wrong_method: bool = "symbolon.compatibility.not_found_for_wrong_method", Switch, Value("false"),
            Added;
        /// Lets scopes with a segment `*` be asked for, granted and remembered for all that they cover, as Hydra does.
        wildcards_granted: bool = "symbolon.compatibility.wildcards_granted", Switch, Value("false"), Added;
        /// Lets a consent page grant scope and audience beyond the request and the client, as Hydra does.
        grant_beyond_request: bool = "symbolon.compatibility.grant_beyond_request", Switch, Value("false"), Added;
        /// Ends access tokens alone with `DELETE /admin/oauth2/tokens`, and lets refresh tokens go on, as Hydra does.
        only_access_tokens_deleted: bool = "symbolon.compatibility.only_access_tokens_deleted", Switch, Value("false"),
            Added;
        /// Adds `iss` to the answers of the authorization endpoint (RFC 9207), which Hydra does not do.
        authorization_response_iss: bool = "symbolon.compatibility.authorization_response_iss", Switch, Value("true"),
            Added;
        /// Takes `access_token` from the query of userinfo and of credentials, as Hydra does; proxies may log it.
        access_token_in_query: bool = "symbolon.compatibility.access_token_in_query", Switch, Value("false"), Added;
        /// Passes over `resource` (RFC 8707) where no `symbolon.resources` are set, as Hydra does; tokens are not narrowed then.
        resource_ignored: bool = "symbolon.compatibility.resource_ignored", Switch, Value("false"), Added;
        /// Answers registrations with Hydra's members, also those that are empty, which strict decoders refuse.
        empty_registration_members: bool = "symbolon.compatibility.empty_registration_members", Switch, Value("false"),
            Added;
        /// Names cookies as Hydra does, without `__Host-`, and sets those of a flow with the session's `SameSite`.
        cookies: bool = "symbolon.compatibility.cookies", Switch, Value("false"), Added;
        /// Lets a client's ID token end the session of another browser than the one that brings it, as Hydra does.
        logout_in_any_browser: bool = "symbolon.compatibility.logout_in_any_browser", Switch, Value("false"), Added;
    }
}

section! {
    /// Logins that are not remembered: they last until the browser closes. Spans are in seconds.
    #[derive(Debug, Clone)]
    pub struct Sessions {
        /// Lets a login that is not remembered spare the question on external login pages too.
        skip_unremembered: bool = "symbolon.sessions.skip_unremembered", Switch, Value("false"), Added;
        /// How long a login that is not remembered lasts at most, if the browser stays open.
        unremembered_lifespan_seconds: i64 = "symbolon.sessions.unremembered_lifespan", Lifetime, Value("24h"), Added;
    }
}

section! {
    /// Requests of scripts in browsers, beyond `serve.public.cors`.
    #[derive(Debug, Clone)]
    pub struct CrossOrigin {
        /// Lets pages use discovery, keys, and tokens of public and self-registered clients from any origin, without cookies.
        public_endpoints: bool = "symbolon.cors.public_endpoints", Switch, Value("true"), Added;
    }
}

section! {
    /// Calls to addresses named by clients.
    #[derive(Debug, Clone)]
    pub struct OutboundTrust {
        /// PEM file with certificate authorities that are trusted besides the public ones when clients' servers are
        /// called.
        ca_file: Option<String> = "symbolon.outbound.ca_file", Text(Any), Unset, Added;
        /// Networks inside that may be called also for clients that registered themselves.
        allowed_networks: Vec<Network> = "symbolon.outbound.allowed_networks", List(Form::Network), Value(""), Added;
    }
}

section! {
    /// Calls to `oauth2.token_hook` and `oauth2.refresh_token_hook`. Spans are in seconds.
    #[derive(Debug, Clone)]
    pub struct HookCalls {
        /// How long the answer of a web hook is waited for, with all tries; 60s at most.
        timeout_seconds: i64 = "symbolon.hooks.timeout", Lifetime, Value("10s"), Added;
    }
}

section! {
    /// Pushed authorization requests (RFC 9126). Spans are in seconds.
    #[derive(Debug, Clone)]
    pub struct PushedRequests {
        /// Until when a browser must come with a pushed request, from 5s to 600s; the login itself may take longer.
        lifetime_seconds: i64 = "symbolon.par.lifetime", Lifetime, Value("60s"), Added;
        /// Refuses authorization requests that were not pushed.
        required: bool = "symbolon.par.required", Switch, Value("false"), Added;
    }
}

section! {
    /// Introspection by resource servers (RFC 7662, RFC 9701).
    #[derive(Debug, Clone)]
    pub struct PublicIntrospection {
        /// Lets clients with `resource_server` ask about tokens for them at `/oauth2/introspect` of the public listener.
        public: bool = "symbolon.introspection.public", Switch, Value("false"), Added;
    }
}

section! {
    /// Request objects (RFC 9101).
    #[derive(Debug, Clone)]
    pub struct RequestObjects {
        /// Refuses authorization requests that are not a signed request object, and takes nothing from around it.
        required: bool = "symbolon.request_objects.required", Switch, Value("false"), Added;
    }
}

section! {
    /// Authorization details (RFC 9396).
    #[derive(Debug, Clone)]
    pub struct AuthorizationDetails {
        /// Types that clients may ask for in `authorization_details`; without any, that parameter is refused.
        types: DetailsTypes = "symbolon.authorization_details.types", Records(Structure::DetailsTypes), Unset, Added;
    }
}

section! {
    /// Authentication requests of the back channel (OpenID Connect CIBA). Spans are in seconds.
    #[derive(Debug, Clone)]
    pub struct Ciba {
        /// Lets clients of the grant type `urn:openid:params:grant-type:ciba` ask for people who are somewhere else.
        enabled: bool = "symbolon.ciba.enabled", Switch, Value("false"), Added;
        /// What `login_hint` is: the username of a built-in account, or the subject of an identity system of your own.
        login_hint: LoginHint = "symbolon.ciba.login_hint", Text(Word(LoginHint::WORDS)), Value("username"), Added;
        /// How long a request waits for its answer when the client does not say.
        lifetime_seconds: i64 = "symbolon.ciba.lifetime", Lifetime, Value("5m"), Added;
        /// How long a client may ask it to wait with `requested_expiry`.
        longest_lifetime_seconds: i64 = "symbolon.ciba.longest_lifetime", Lifetime, Value("15m"), Added;
        /// How long a client waits between two requests for its tokens.
        polling_interval_seconds: i64 = "symbolon.ciba.polling_interval", Lifetime, Value("5s"), Added;
        /// How long nobody may ask the same person again, so that nobody is worn down; 0s for no pause.
        pause_seconds: i64 = "symbolon.ciba.pause_between_requests", Span, Value("30s"), Added;
        /// Most requests that may wait for one person's answer.
        waiting_per_subject: u32 = "symbolon.ciba.waiting_per_subject", Integer { least: 1, most: 100 }, Value("3"),
            Added;
    }
}

words! {
    /// What the `login_hint` of a request of the back channel is.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum LoginHint {
        /// The username of a built-in account.
        Username = "username";
        /// A subject.
        Subject = "subject";
    }
}

section! {
    /// Applications that watch whether a browser is still signed in (OpenID Connect Session Management).
    #[derive(Debug, Clone)]
    pub struct SessionManagement {
        /// Serves the page `check_session_iframe`, and adds `session_state` to the answers of the authorization endpoint.
        enabled: bool = "symbolon.session_management.enabled", Switch, Value("false"), Added;
    }
}

section! {
    /// Removal of what has expired. Spans are in seconds.
    #[derive(Debug, Clone)]
    pub struct Purge {
        /// Pause between two rounds of removing what has expired.
        interval_seconds: i64 = "symbolon.purge.interval", Lifetime, Value("1m"), Added;
    }
}
