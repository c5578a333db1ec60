//! `symbolon.registration.*`: clients that register themselves, so that nobody vouches for them.

use symbolon_jose::Secret;
use symbolon_types::{Scope, SecurityProfile};

use super::additions::PROFILES;
use super::keys::Form::{self, Any, Word};
use super::keys::Kind::{Integer, List, Span, Switch, Text};
use super::keys::Preset::{Unset, Value};
use super::keys::Standing::Added;
use super::section::{section, words};
use super::{Network, OriginPattern};

section! {
    /// Dynamic client registration facing the internet. Spans are in seconds.
    #[derive(Debug, Clone)]
    pub struct Registration {
        /// Tokens of which a registration request must carry one as Bearer; without any, registration is open.
        initial_access_tokens: Vec<Secret<String>> = "symbolon.registration.initial_access_tokens",
            List(Form::Secret), Unset, Added;
        /// What a client may say about itself: little, or what Hydra lets it.
        policy: RegistrationRights = "symbolon.registration.policy", Text(Word(RegistrationRights::WORDS)),
            Value("restricted"), Added;
        /// `open` gives these rights to a first registration with an initial access token, whatever `policy` says.
        initial_access_token_policy: RegistrationRights = "symbolon.registration.initial_access_token_policy",
            Text(Word(RegistrationRights::WORDS)), Value("restricted"), Added;
        /// Scopes that a client may register for itself under the policy `restricted`; others are left out.
        scopes: Scope = "symbolon.registration.scopes", List(Form::Scope),
            Value("openid,offline,offline_access,profile,email,address,phone"), Added;
        /// Private schemes without a dot that redirect URIs of self-registered clients may have, as `cursor`; `*` for all harmless ones.
        private_schemes: Vec<String> = "symbolon.registration.private_schemes", List(Any), Value(""), Added;
        /// Origins of web pages that may register clients, besides this server's own; `*` for all, where it faces the internet.
        allowed_origins: Vec<OriginPattern> = "symbolon.registration.allowed_origins", List(Form::Origin), Value(""),
            Added;
        /// Keeps errors of a self-registered client that the browser's user never approved on a page; not `prompt=none`.
        keep_errors_of_unapproved_clients: bool = "symbolon.registration.keep_errors_of_unapproved_clients", Switch,
            Value("false"), Added;
        /// Gives clients that an administrator makes a registration access token.
        token_for_administrators_clients: bool = "symbolon.registration.token_for_administrators_clients", Switch,
            Value("true"), Added;
        /// Lets a registration access token outlive an administrator's change of the client.
        keep_token_at_administrators_change: bool = "symbolon.registration.keep_token_at_administrators_change",
            Switch, Value("false"), Added;
        /// Registrations that a network (IPv4 address, /64 of IPv6) may make in a minute; 0, as with `dev`, for no limit.
        limit_per_minute: u32 = "symbolon.registration.limit_per_minute", Integer { least: 0, most: 100_000 },
            Value("60"), Added;
        /// Registrations that a network may make in a day; 0, as with `dev`, for no limit.
        limit_per_day: u32 = "symbolon.registration.limit_per_day", Integer { least: 0, most: 1_000_000 }, Value("0"),
            Added;
        /// Networks from which many people register, as those of hosted clients; they have a limit of their own.
        shared_networks: Vec<Network> = "symbolon.registration.shared_networks", List(Form::Network), Value(""), Added;
        /// Registrations that an address of `shared_networks` may make in a minute, on any number of days; 0 for no limit.
        shared_limit_per_minute: u32 = "symbolon.registration.shared_limit_per_minute",
            Integer { least: 0, most: 100_000 }, Value("600"), Added;
        /// Rules for clients that nobody vouches for, where those for all are not stricter; see `symbolon.security_profile`.
        security_profile: SecurityProfile = "symbolon.registration.security_profile", Text(Word(PROFILES)),
            Value("none"), Added;
        /// Lets clients that nobody vouches for ask for all of `symbolon.registration.scopes`, whatever they registered.
        any_allowed_scope: bool = "symbolon.registration.any_allowed_scope", Switch, Value("false"), Added;
        /// Gives clients that nobody vouches for refresh tokens without `offline_access`, if they have that grant type.
        refresh_without_offline_access: bool = "symbolon.registration.refresh_without_offline_access", Switch,
            Value("false"), Added;
        /// How long what a person allowed such a client can be refreshed in all, from the login on; 0s without end.
        grant_lifespan_seconds: i64 = "symbolon.registration.grant_lifespan", Span, Value("0s"), Added;
        /// Self-registered clients that were not used for so long, and have no grant that is alive, are deleted; 0s keeps them.
        unused_expire_after_seconds: i64 = "symbolon.registration.unused_expire_after", Span, Value("8760h"), Added;
        /// Lets clients of `client_secret_post` manage themselves with the secret in the URL, which proxies may log.
        secret_in_query: bool = "symbolon.registration.secret_in_query", Switch, Value("true"), Added;
    }
}

words! {
    /// How much of its own metadata a client may choose.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum RegistrationRights {
        /// What a stranger may have, and a short list for clients that an administrator made.
        Restricted = "restricted";
        /// What Hydra lets a client choose.
        Open = "open";
    }
}
