//! Differences in single steps.

use super::{Difference, OWN};

/// What discovery says truthfully where Hydra says too much or too little.
pub(super) const DISCOVERY: &[(&str, &str)] = &[
    ("/authorization_signing_alg_values_supported", "[\"RS256\",*"),
    ("/claims_parameter_supported", "true"),
    ("/code_challenge_methods_supported", "[\"S256\"]"),
    ("/dpop_signing_alg_values_supported", "[\"ES256\",\"EdDSA\",\"PS256\"]"),
    ("/grant_types_supported", "*\"urn:ietf:params:oauth:grant-type:jwt-bearer\"]"),
    ("/id_token_signing_alg_values_supported", "[\"RS256\",*"),
    ("/prompt_values_supported", "[\"none\",\"login\",\"consent\",\"select_account\"]"),
    ("/pushed_authorization_request_endpoint", "\"<public>/oauth2/par\""),
    ("/require_pushed_authorization_requests", "false"),
    ("/request_object_signing_alg_values_supported", "[\"none\",\"RS256\",\"RS384\",*"),
    ("/response_modes_supported", "[\"query\",\"fragment\",\"form_post\",*"),
    // Hydra leaves out `code token`, which it answers.
    ("/response_types_supported", "[\"code\",\"id_token\",\"token\",\"code id_token\",\"code token\",*"),
    ("/token_endpoint_auth_methods_supported", "*\"client_secret_jwt\"]"),
    ("/token_endpoint_auth_signing_alg_values_supported", "[\"RS256\",*"),
    ("/userinfo_signing_alg_values_supported", "[\"none\",\"RS256\",*"),
];
pub(super) const REGISTRATION: &[(&str, &str)] = &[("/registration_endpoint", "\"<public>/oauth2/register\"")];
pub(super) const ADVERTISED: &str = "discovery names what works here, all of it and nothing else";

const ACCEPTED: &[(&str, &str)] = &[("outcome", "200")];
const BURNT: &[(&str, &str)] = &[("outcome", "400 invalid_grant")];
const INVALID_CLIENT: &[(&str, &str)] = &[("outcome", "401 invalid_client")];
const INVALID_METADATA: &[(&str, &str)] = &[("outcome", "400 invalid_client_metadata")];
const INVALID_REQUEST: &[(&str, &str)] = &[("outcome", "400 invalid_request")];
const UNSUPPORTED_GRANT: &[(&str, &str)] = &[("outcome", "400 unsupported_grant_type")];
const INVALID_REQUEST_TO_CLIENT: &[(&str, &str)] = &[("outcome", "303 <rp>/callback invalid_request")];

const IN_THE_FRAGMENT: &[(&str, &str)] = &[("location query *", "absent"), ("location fragment *", "*")];

pub(super) const fn step(
    (file, step): (&'static str, &'static str),
    instead: &'static [(&'static str, &'static str)],
    why: &'static str,
    source: &'static str,
) -> Difference {
    Difference { file, step, instead, why, source }
}

pub(super) const STEPS: &[Difference] = &[
    step(
        ("discovery", "options, CORS off"),
        &[("header access-control-allow-origin", "*"), ("header access-control-allow-methods", "GET")],
        "what is meant for every application answers every page, without cookies (`symbolon.cors.public_endpoints`)",
        OWN,
    ),
    step(
        ("admin_clients_crud", "create with an id that needs escaping"),
        &[("location", "/admin/clients/gold%20crud%2F%C3%BC%3F")],
        "`Location` is escaped once, so that it leads to the client",
        OWN,
    ),
    step(
        ("admin_clients_crud", "replace with a new secret, other id and created_at in the body"),
        &[("/created_at", "2027-01-15T08:00:00Z")],
        "`created_at` is when the client was created, whatever a request says",
        OWN,
    ),
    step(
        ("authorize_late_errors", "implicit grant not registered"),
        &[("outcome", "303 <rp>/callback unauthorized_client")],
        "the client may not ask so, and there is no grant that could be invalid",
        "RFC 6749 §4.2.2.1",
    ),
    step(
        ("authorize_late_errors", "token with response_mode=query"),
        IN_THE_FRAGMENT,
        "the error comes where the client looks for the answer to a request for tokens",
        "RFC 6749 §4.2.2.1",
    ),
    step(
        ("implicit_flow", "error of an implicit request"),
        IN_THE_FRAGMENT,
        "the error comes where the client looks for the answer to a request for tokens",
        "RFC 6749 §4.2.2.1",
    ),
    step(
        ("authorize_late_errors", "code grant not registered: a code is issued"),
        &[("outcome", "303 <rp>/callback unauthorized_client")],
        "nobody logs in for a code that cannot be redeemed",
        OWN,
    ),
    step(
        ("authorize_early_errors", "unknown response mode"),
        &[("outcome", "302 <ui>/login")],
        "`jwt` is a mode of ours: an answer as one signed JWT",
        "JWT Secured Authorization Response Mode §2.3",
    ),
    step(
        ("authorize_early_errors", "response_type not registered"),
        &[
            ("location query error", "absent"),
            ("location query error_description", "absent"),
            ("location query state", "absent"),
            ("location fragment error", "unsupported_response_type"),
            ("location fragment error_description", "*"),
            ("location fragment state", "state-0123456789abcdef"),
        ],
        "an error goes where the response would have gone",
        "OAuth 2.0 Multiple Response Types §2.1",
    ),
    step(
        ("authorize_early_errors", "prompt=none login without session"),
        INVALID_REQUEST_TO_CLIENT,
        "`none` must stand alone, with a session and without one",
        OWN,
    ),
    step(
        ("authorize_early_errors", "request and request_uri"),
        INVALID_REQUEST_TO_CLIENT,
        "the redirect URI is known to be good, so that the client is told",
        OWN,
    ),
    step(
        ("authorize_early_errors", "request without client keys"),
        &[("outcome", "303 <rp>/callback invalid_request_object")],
        "the redirect URI is known to be good, so that the client is told",
        OWN,
    ),
    step(
        ("authorize_late_errors", "short nonce: refused when the code is redeemed"),
        ACCEPTED,
        "a nonce protects the client, which may choose how long it is; Hydra refuses it after the user logged in",
        "OpenID Connect Core 1.0 §15.5.2",
    ),
    step(
        ("authorize_post", "get login request*"),
        &[("/request_url", "<public>/oauth2/auth?*")],
        "parameters of the body are part of the request",
        OWN,
    ),
    step(
        ("authorize_post", "accept login"),
        &[
            ("/redirect_to query client_id", "gold-post"),
            ("/redirect_to query redirect_uri", "<rp>/callback"),
            ("/redirect_to query response_type", "code"),
            ("/redirect_to query scope", "openid"),
            ("/redirect_to query state", "state-0123456789abcdef"),
        ],
        "parameters of the body are part of the request",
        OWN,
    ),
    step(
        ("authorize_post", "login verifier"),
        &[("outcome", "302 <ui>/consent")],
        "parameters of the body are part of the request",
        OWN,
    ),
    step(
        ("authorize_post", "accept login #2"),
        &[("/redirect_to query x", "1")],
        "parameters of the body are part of the request",
        OWN,
    ),
    step(
        ("authorize_post", "get consent request"),
        &[("/request_url", "<public>/oauth2/auth?*")],
        "parameters of the body are part of the request",
        OWN,
    ),
    step(
        ("authorize_post", "accept consent"),
        &[("/redirect_to query x", "1")],
        "parameters of the body are part of the request",
        OWN,
    ),
    step(
        ("client_authentication", "basic wins over another client_id in the body"),
        INVALID_REQUEST,
        "two clients in one request are a contradiction",
        "RFC 6749 §2.3",
    ),
    step(
        ("client_authentication", "private_key_jwt, aud as array"),
        INVALID_CLIENT,
        "an assertion that is meant for others too could be used by them",
        OWN,
    ),
    step(
        ("client_authentication", "aud is the issuer"),
        ACCEPTED,
        "the issuer is the audience that assertions should have",
        OWN,
    ),
    step(
        ("client_authentication", "expired"),
        INVALID_CLIENT,
        "an assertion out of its time is a failed authentication",
        OWN,
    ),
    step(
        ("client_authentication", "nbf in the future"),
        INVALID_CLIENT,
        "an assertion out of its time is a failed authentication",
        OWN,
    ),
    step(
        ("client_authentication", "replay"),
        INVALID_CLIENT,
        "an assertion that was used before is a failed authentication",
        "RFC 6749 §5.2",
    ),
    step(
        ("client_authentication", "no assertion"),
        INVALID_CLIENT,
        "a client that brings half of an assertion failed to authenticate",
        "RFC 6749 §5.2",
    ),
    step(
        ("client_authentication", "unknown assertion type"),
        INVALID_CLIENT,
        "an authentication method that is not supported is a failed authentication",
        "RFC 6749 §5.2",
    ),
    step(("client_authentication", "unknown kid"), INVALID_CLIENT, "an unknown key is a failed authentication", OWN),
    step(("client_authentication", "key without use=sig"), ACCEPTED, "`use` is optional in a key", "RFC 7517 §4.2"),
    step(
        ("client_credentials", "userinfo with it: no sub"),
        &[("outcome", "403 *")],
        "without a user there is no UserInfo",
        OWN,
    ),
    step(
        ("code_redemption_errors", "no code"),
        INVALID_REQUEST,
        "a missing parameter is invalid_request",
        "RFC 6749 §5.2",
    ),
    step(
        ("consent_sessions", "list*"),
        &[("link first", "/admin/oauth2/auth/sessions/consent?*")],
        "an empty list has a first page too, as for clients",
        OWN,
    ),
    step(
        ("consent_sessions", "list, bad page token"),
        INVALID_REQUEST,
        "every list answers a bad page token in the same way",
        OWN,
    ),
    step(
        ("dcr_admin_interplay", "self-service PUT"),
        &[("/access_token_strategy", "\"jwt\""), ("/skip_consent", "true")],
        "what only administrators may set is kept",
        OWN,
    ),
    step(
        ("dcr_admin_interplay", "admin-only members after the self-service PUT"),
        &[("/access_token_strategy", "\"jwt\""), ("/metadata/tier", "\"gold\""), ("/skip_consent", "true")],
        "what only administrators may set is kept",
        OWN,
    ),
    step(
        ("dcr_admin_interplay", "admin PATCH ends it"),
        &[("/access_token_strategy", "\"jwt\""), ("/metadata/tier", "\"gold\""), ("/skip_consent", "true")],
        "what only administrators may set is kept",
        OWN,
    ),
    step(
        ("dcr_admin_interplay", "token is dead*"),
        ACCEPTED,
        "a change by an administrator keeps the registration access token",
        OWN,
    ),
    step(
        ("dcr_create_variants", "unknown auth method"),
        &[("/token_endpoint_auth_signing_alg", "\"HS256\"")],
        "the method works, with this algorithm where none is named",
        "OpenID Connect Core 1.0 §9",
    ),
    step(
        ("dcr_create_variants", "jwks_uri is not validated"),
        INVALID_METADATA,
        "an address that could never be fetched is not registered",
        "RFC 7591 §2",
    ),
    step(
        ("dcr_create_variants", "private_key_jwt*"),
        &[("/client_secret", "absent")],
        "a client that signs has no secret",
        "RFC 7591 §3.2.1",
    ),
    step(
        ("dcr_create_variants", "custom and relative redirect URIs"),
        &[("outcome", "400 invalid_redirect_uri")],
        "a redirect URI is absolute",
        "RFC 6749 §3.1.2",
    ),
    step(
        ("dcr_create_variants", "trailing data, no content type"),
        INVALID_METADATA,
        "the body is one JSON object and nothing after it",
        "RFC 7591 §3.1",
    ),
    step(("dcr_put_errors", "metadata null"), ACCEPTED, "the answer of a create may be sent back as it is", OWN),
    step(("dcr_put_errors", "metadata empty"), ACCEPTED, "the answer of a create may be sent back as it is", OWN),
    step(
        ("dcr_put_errors", "read: the token still works"),
        &[("/redirect_uris", "[]")],
        "follows from the two steps that are accepted",
        OWN,
    ),
    step(
        ("dcr_put_errors", "sending back the create answer is refused (it has metadata)"),
        ACCEPTED,
        "the answer of a create may be sent back as it is",
        OWN,
    ),
    step(
        ("dcr_put_errors", "other id in the body is ignored, created_at and registration_client_uri are echoed"),
        &[("/created_at", "2027-01-15T08:00:00Z")],
        "`created_at` is when the client was created, whatever a request says",
        OWN,
    ),
    step(("discovery", "get"), DISCOVERY, ADVERTISED, OWN),
    step(("discovery", "oauth twin"), DISCOVERY, ADVERTISED, OWN),
    step(("discovery", "trailing slash"), DISCOVERY, ADVERTISED, OWN),
    step(("discovery", "get"), REGISTRATION, "registration is advertised where it is switched on", OWN),
    step(("discovery", "oauth twin"), REGISTRATION, "registration is advertised where it is switched on", OWN),
    step(("discovery", "trailing slash"), REGISTRATION, "registration is advertised where it is switched on", OWN),
    step(("discovery_customised", "get"), DISCOVERY, ADVERTISED, OWN),
    step(
        ("discovery_customised", "jwks with an extra set"),
        &[("/keys", "* items")],
        "there is a key for each algorithm that a client may choose, and its successor",
        OWN,
    ),
    step(("health_version", "version, *"), &[("/version", "v*")], "the version is that of this server", OWN),
    step(
        ("jwks", "get"),
        &[("/keys", "* items")],
        "there is a key for each algorithm that a client may choose, and its successor",
        OWN,
    ),
    step(
        ("login_api", "consent: accept bad JSON"),
        INVALID_REQUEST,
        "the answer names the fault with an error code",
        OWN,
    ),
    step(("login_api", "consent: reject *"), INVALID_REQUEST, "the answer names the fault with an error code", OWN),
    step(
        ("login_api", "consent verifier with the cookie is spent"),
        &[("outcome", "303 <rp>/callback")],
        "a verifier that another browser showed is not spent",
        OWN,
    ),
    step(
        ("login_sessions", "server calls out on its own"),
        &[("call form logout_token/<jwt:1> header/typ", "logout+jwt"), ("call form logout_token/<jwt:1>/exp", "*")],
        "a logout token says what it is, and ends",
        "OpenID Connect Back-Channel Logout §2.4",
    ),
    step(
        ("logout_channels", "server calls out on its own"),
        &[("call form logout_token/<jwt:2> header/typ", "logout+jwt"), ("call form logout_token/<jwt:2>/exp", "*")],
        "a logout token says what it is, and ends",
        "OpenID Connect Back-Channel Logout §2.4",
    ),
    step(("logout_errors", "state without hint"), &[("outcome", "302 <ui>/logout")], "`state` alone is no fault", OWN),
    step(
        ("logout_errors", "hint of a deleted client"),
        &[("outcome", "302 <ui>/error invalid_request")],
        "the answer names the fault with an error code",
        OWN,
    ),
    step(
        ("logout_errors", "verifier that looks like a UUID"),
        &[("outcome", "302 <ui>/error Not Found")],
        "what we did not make is unknown, whatever it looks like",
        OWN,
    ),
    step(
        ("logout_errors", "*UUID challenge"),
        &[("outcome", "404 Not Found")],
        "what we did not make is unknown, whatever it looks like",
        OWN,
    ),
    step(
        ("pairwise_subjects", "discovery"),
        &[
            ("/claims_supported", "[\"sub\",*"),
            (
                "/scopes_supported",
                "[\"offline_access\",\"offline\",\"openid\",\"profile\",\"email\",\"address\",\"phone\"]",
            ),
            ("/acr_values_supported", "*"),
            ("/display_values_supported", "*"),
            ("/ui_locales_supported", "*"),
        ],
        "built-in accounts have standard claims",
        OWN,
    ),
    step(
        ("unconfigured_ui", "error"),
        &[("location query request_id", "*")],
        "the built-in error page names the request",
        OWN,
    ),
    step(("pairwise_subjects", "discovery"), DISCOVERY, ADVERTISED, OWN),
    step(("pkce_redemption", "*, then none"), BURNT, "a failed redemption burns the code", OWN),
    step(("pkce_redemption", "public client: again none"), BURNT, "a failed redemption burns the code", OWN),
    step(
        ("refresh_grace_period", "used refresh token within the window"),
        &[
            ("/active", "false"),
            ("/aud", "absent"),
            ("/client_id", "absent"),
            ("/exp", "absent"),
            ("/iat", "absent"),
            ("/iss", "absent"),
            ("/nbf", "absent"),
            ("/scope", "absent"),
            ("/sub", "absent"),
            ("/token_type", "absent"),
            ("/token_use", "absent"),
        ],
        "the window forgives a repeated request; it does not keep the old token alive",
        OWN,
    ),
    step(("refresh_tokens", "missing"), INVALID_REQUEST, "a missing parameter is invalid_request", "RFC 6749 §5.2"),
    step(
        ("remembered_session", "max_age that is no number"),
        INVALID_REQUEST_TO_CLIENT,
        "a malformed parameter is invalid_request",
        OWN,
    ),
    step(("revocation", "no token parameter"), INVALID_REQUEST, "`token` is required", "RFC 7009 §2.1"),
    step(
        ("token_request_errors", "no_such_grant"),
        UNSUPPORTED_GRANT,
        "a grant type that is not known has an error code of its own",
        "RFC 6749 §5.2",
    ),
    step(
        ("token_request_errors", "password"),
        UNSUPPORTED_GRANT,
        "a grant type that is not known has an error code of its own",
        "RFC 6749 §5.2",
    ),
    step(
        ("token_request_errors", "urn:*"),
        UNSUPPORTED_GRANT,
        "a grant type that is not known has an error code of its own",
        "RFC 6749 §5.2",
    ),
    step(
        ("token_request_errors", "unknown grant with a wrong secret"),
        UNSUPPORTED_GRANT,
        "a grant type that is not known has an error code of its own",
        "RFC 6749 §5.2",
    ),
    step(
        ("token_request_errors", "grant_type twice"),
        INVALID_REQUEST,
        "no parameter may be sent twice",
        "RFC 6749 §3.2",
    ),
    step(
        ("unconfigured_ui", "client credentials without scope: all client scopes"),
        &[("/c_nonce_draft_00", "absent"), ("/c_nonce_expires_in_draft_00", "absent")],
        "without a user there is no credential, and so no nonce",
        OWN,
    ),
    step(
        ("userinfo", "refresh token"),
        &[("outcome", "401 invalid_token")],
        "the error code is that of the challenge in the header",
        "RFC 6750 §3.1",
    ),
    step(
        ("userinfo", "random part altered, signature part known"),
        &[("outcome", "401 request_unauthorized")],
        "a sealed token has no part that could be known",
        OWN,
    ),
    step(
        ("verifiable_credentials", "client-credentials token: issued with an empty subject"),
        &[("outcome", "403 *")],
        "without a user there is no credential",
        OWN,
    ),
];
