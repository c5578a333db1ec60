//! Keys that Hydra does not have, all below `symbolon.`: the built-in pages, signing keys, protection of the admin
//! listener, how far answers follow Hydra where that costs conformance, and housekeeping.

use super::Kind::{Choice, ChoiceList, Duration, Integer, Reference, Switch, Text, TextList, TextMap};
use super::Preset::{Derived, Unset, Value};
use super::{Key, keys};

/// What the server can sign with.
const SIGNATURE_ALGORITHMS: &[&str] =
    &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

pub(super) const ADDITIONS: &[Key] = keys! {
    "symbolon.ui.enabled", Switch, Derived("on when `urls.login` is not set"), Added:
        "Serves the built-in login, consent, logout and device pages.";
    "symbolon.ui.title", Text, Value("Symbolon"), Added:
        "Name of this server on the built-in pages.";
    "symbolon.ui.logo_url", Reference, Unset, Added:
        "Logo on the built-in pages.";
    "symbolon.ui.stylesheet_url", Reference, Unset, Added:
        "Stylesheet loaded after our own on the built-in pages.";
    "symbolon.ui.texts", TextMap, Unset, Added:
        "Texts of the built-in pages by name, to translate or reword them.";
    "symbolon.keys.signing_algorithm", Choice(&["RS256", "ES256", "EdDSA"]), Value("RS256"), Added:
        "Algorithm of signing keys that the server makes.";
    "symbolon.keys.offered_algorithms", ChoiceList(SIGNATURE_ALGORITHMS), Value("RS256,ES256,PS256,EdDSA"), Added:
        "Algorithms in which clients may have ID tokens and userinfo answers signed, besides that of `symbolon.keys.signing_algorithm`.";
    "symbolon.keys.rotation_period", Duration, Value("2160h"), Added:
        "Age at which a signing key is followed by a new one, which is published ahead; 0s keeps keys for ever.";
    "symbolon.admin.token", Text, Unset, Added:
        "Bearer token that every admin request must carry, at least 16 characters.";
    "symbolon.compatibility.id_token_rat", Switch, Value("false"), Added:
        "Adds Hydra's claim `rat` to ID tokens.";
    "symbolon.compatibility.discovery_extra_members", Switch, Value("true"), Added:
        "Adds the four non-standard discovery members that SDKs of Ory require.";
    "symbolon.compatibility.strict_sdk_discovery", Switch, Value("false"), Added:
        "Leaves out discovery members that Ory's Go SDK does not know and therefore refuses.";
    "symbolon.registration.initial_access_tokens", TextList, Unset, Added:
        "Tokens of which a registration request must carry one as Bearer; without any, registration is open.";
    "symbolon.registration.limit_per_minute", Integer { least: 0, most: 100_000 }, Value("60"), Added:
        "Registrations that one address may make in a minute, 0 for no limit; requests from this machine are not counted.";
    "symbolon.registration.unused_expire_after", Duration, Value("0s"), Added:
        "Self-registered clients that were not used for so long are deleted; 0s keeps them.";
    "symbolon.registration.secret_in_query", Switch, Value("true"), Added:
        "Lets clients of `client_secret_post` manage themselves with `client_secret` in the URL, which proxies may log.";
    "symbolon.outbound.ca_file", Text, Unset, Added:
        "PEM file with certificate authorities that are trusted, besides the public ones, when clients' servers are called.";
    "symbolon.purge.interval", Duration, Value("1m"), Added:
        "Pause between two rounds of removing what has expired.";
    "symbolon.trusted_proxies", TextList, Value(""), Added:
        "Networks (CIDR) of proxies whose `X-Forwarded-For` names the client.";
};
