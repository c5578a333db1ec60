//! Keys about the protocols: `ttl`, `strategies`, `oidc`, `webfinger`, `oauth2` and `clients`. Defaults are those of
//! Hydra, so that a file without them behaves the same.

use super::Kind::{Choice, ChoiceList, Duration, DurationOrNever, Hook, Integer, Reference, Switch, Text, TextList};
use super::Preset::{Derived, Unset, Value};
use super::{Key, keys};

pub(super) const LIFETIMES: &[Key] = keys! {
    "ttl.login_consent_request", Duration, Value("30m"), Compatible:
        "How long a user may take for login, consent, logout or device verification.";
    "ttl.authentication_session", Duration, Value("720h"), Compatible:
        "How long a remembered login lasts, 180 days at most.";
    "ttl.access_token", Duration, Value("1h"), Compatible:
        "Lifetime of access tokens.";
    "ttl.refresh_token", DurationOrNever, Value("720h"), Compatible:
        "Lifetime of refresh tokens, starting anew with each rotation; `-1` for no end.";
    "ttl.id_token", Duration, Value("1h"), Compatible:
        "Lifetime of ID tokens.";
    "ttl.auth_code", Duration, Value("10m"), Compatible:
        "Lifetime of authorization codes.";
    "ttl.device_user_code", Duration, Value("10m"), Compatible:
        "Lifetime of device and user codes.";
    "ttl.vc_nonce", Duration, Value("1h"), Compatible:
        "Lifetime of nonces for verifiable credentials.";
};

pub(super) const OPENID: &[Key] = keys! {
    "strategies.scope", Choice(&["exact", "wildcard"]), Value("wildcard"), Compatible:
        "How a requested scope is compared with the scope of the client.";
    "strategies.access_token", Choice(&["opaque", "jwt"]), Value("opaque"), Compatible:
        "Form of access tokens; a client may choose its own.";
    "strategies.jwt.scope_claim", Choice(&["list", "string", "both"]), Value("list"), Compatible:
        "Scope in JWT access tokens: the list `scp`, the text `scope`, or both.";
    "oidc.subject_identifiers.supported_types", ChoiceList(&["public", "pairwise"]), Value("public"), Compatible:
        "Subject types that clients may choose.";
    "oidc.subject_identifiers.pairwise.salt", Text, Unset, Compatible:
        "Salt of pairwise subjects, at least 8 characters; changing it changes every pairwise `sub`.";
    "oidc.dynamic_client_registration.enabled", Switch, Value("false"), Compatible:
        "Lets clients register themselves at `/oauth2/register`.";
    "oidc.dynamic_client_registration.default_scope", TextList,
        Value("offline_access,offline,openid,profile,email,address,phone"), Compatible:
        "Scope of clients that were created without one.";
};

pub(super) const DISCOVERY: &[Key] = keys! {
    "webfinger.jwks.broadcast_keys", TextList, Value("hydra.openid.id-token"), Compatible:
        "Key sets whose public keys appear at `/.well-known/jwks.json`.";
    "webfinger.oidc_discovery.jwks_url", Reference, Derived("our own endpoint"), Compatible:
        "Advertised as `jwks_uri`.";
    "webfinger.oidc_discovery.token_url", Reference, Derived("our own endpoint"), Compatible:
        "Advertised as `token_endpoint`, and accepted as audience of client assertions.";
    "webfinger.oidc_discovery.auth_url", Reference, Derived("our own endpoint"), Compatible:
        "Advertised as `authorization_endpoint`.";
    "webfinger.oidc_discovery.device_authorization_url", Reference, Derived("our own endpoint"), Compatible:
        "Advertised as `device_authorization_endpoint`.";
    "webfinger.oidc_discovery.client_registration_url", Reference, Derived("our own endpoint, if on"), Compatible:
        "Advertised as `registration_endpoint`.";
    "webfinger.oidc_discovery.userinfo_url", Reference, Derived("our own endpoint"), Compatible:
        "Advertised as `userinfo_endpoint`.";
    "webfinger.oidc_discovery.verifiable_credentials_url", Reference, Derived("our own endpoint"), Compatible:
        "Advertised as the credential endpoint.";
    "webfinger.oidc_discovery.supported_claims", TextList, Value(""), Compatible:
        "Advertised in `claims_supported` besides `sub`.";
    "webfinger.oidc_discovery.supported_scope", TextList, Value(""), Compatible:
        "Advertised in `scopes_supported` besides `openid`, `offline` and `offline_access`.";
};

pub(super) const OAUTH2: &[Key] = keys! {
    "oauth2.expose_internal_errors", Switch, Value("false"), Compatible:
        "Adds the private reason to error descriptions; for development.";
    "oauth2.session.encrypt_at_rest", Switch, Value("true"), Compatible:
        "Seals session claims in the database.";
    "oauth2.exclude_not_before_claim", Switch, Value("false"), Compatible:
        "Leaves `nbf` out of JWT access tokens.";
    "oauth2.allowed_top_level_claims", TextList, Value(""), Compatible:
        "Session claims that may stand at the top level of JWT access tokens.";
    "oauth2.mirror_top_level_claims", Switch, Value("true"), Compatible:
        "Repeats session claims below `ext` in JWT access tokens.";
    "oauth2.preserve_ext_claims", Switch, Value("false"), Compatible:
        "Keeps claims that may not stand at the top level below `ext`, when they are not mirrored.";
    "oauth2.hashers.algorithm", Choice(&["pbkdf2", "bcrypt"]), Value("pbkdf2"), Compatible:
        "Hash of client secrets that people chose, where Hydra must be able to read them.";
    "oauth2.hashers.pbkdf2.iterations", Integer { least: 1, most: 10_000_000 }, Value("25000"), Compatible:
        "Rounds of PBKDF2.";
    "oauth2.hashers.bcrypt.cost", Integer { least: 4, most: 31 }, Value("10"), Compatible:
        "Cost of bcrypt.";
    "oauth2.pkce.enforced", Switch, Value("false"), Compatible:
        "Demands PKCE of every client.";
    "oauth2.pkce.enforced_for_public_clients", Switch, Value("false"), Compatible:
        "Demands PKCE of public clients.";
    "oauth2.client_credentials.default_grant_allowed_scope", Switch, Value("false"), Compatible:
        "Grants the whole scope of the client when a client credentials request names none.";
    "oauth2.grant.refresh_token.rotation_grace_period", Duration, Value("0s"), Compatible:
        "How long a used refresh token is accepted again: 5 minutes at most, 180 days with a reuse count.";
    "oauth2.grant.refresh_token.rotation_grace_reuse_count", Integer { least: 0, most: 2_147_483_647 }, Value("0"),
        Compatible:
        "How often a used refresh token is accepted again within the grace period; 0 for no bound.";
    "oauth2.grant.refresh_token.rotation_mode", Choice(&["strict", "grace", "until_successor_used"]),
        Derived("`grace` with a grace period, else `strict`"), Added:
        "When a used refresh token is accepted again: never, in the grace period, or until its successor was seen.";
    "oauth2.grant.refresh_token.successor_window", Duration, Value("60s"), Added:
        "How long at most a used refresh token is accepted again with the mode `until_successor_used`.";
    "oauth2.grant.jwt.jti_optional", Switch, Value("false"), Compatible:
        "Accepts assertions without `jti`.";
    "oauth2.grant.jwt.iat_optional", Switch, Value("false"), Compatible:
        "Accepts assertions without `iat`.";
    "oauth2.grant.jwt.max_ttl", Duration, Value("720h"), Compatible:
        "Longest time between `iat` and `exp` of an assertion.";
    "oauth2.grant.jwt.omit_assertion_audience", Switch, Value("true"), Compatible:
        "Does not copy `aud` of an assertion into the access token.";
    "oauth2.refresh_token_hook", Hook, Unset, Compatible:
        "Called before a refresh; may change the claims or refuse.";
    "oauth2.token_hook", Hook, Unset, Compatible:
        "Called before any token is issued; may change the claims or refuse.";
    "oauth2.device_authorization.token_polling_interval", Duration, Value("5s"), Compatible:
        "How long a device waits between two requests for its tokens.";
    "oauth2.device_authorization.user_code.entropy_preset", Choice(&["high", "medium", "low"]), Value("high"),
        Compatible:
        "Length and alphabet of user codes; not together with the next two.";
    "oauth2.device_authorization.user_code.length", Integer { least: 6, most: 64 }, Unset, Compatible:
        "Length of user codes, together with the alphabet.";
    "oauth2.device_authorization.user_code.character_set", Text, Unset, Compatible:
        "Alphabet of user codes, at least 8 characters, together with the length.";
    "clients.http.disallow_private_ip_ranges", Switch, Value("false"), Compatible:
        "Refuses to call private addresses for `jwks_uri`, request objects, hooks and logout.";
    "clients.http.private_ip_exception_urls", TextList, Value(""), Compatible:
        "URLs that may be called all the same, compared exactly.";
};
