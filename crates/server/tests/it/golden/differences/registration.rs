//! Differences of the registration endpoints, which follow RFC 7591 and RFC 7592 where Hydra answers in the form of its
//! administration API. That API keeps the form, so nothing here is about its steps.

use super::Difference;

/// Members that Hydra always names, and that say nothing when they are empty.
const LEFT_OUT: &[(&str, &str)] = &[
    ("/allowed_cors_origins", "absent"),
    ("/audience", "absent"),
    ("/authorization_code_grant_access_token_lifespan", "absent"),
    ("/authorization_code_grant_id_token_lifespan", "absent"),
    ("/authorization_code_grant_refresh_token_lifespan", "absent"),
    ("/client_credentials_grant_access_token_lifespan", "absent"),
    ("/client_name", "absent"),
    ("/client_uri", "absent"),
    ("/contacts", "absent"),
    ("/device_authorization_grant_access_token_lifespan", "absent"),
    ("/device_authorization_grant_id_token_lifespan", "absent"),
    ("/device_authorization_grant_refresh_token_lifespan", "absent"),
    ("/implicit_grant_access_token_lifespan", "absent"),
    ("/implicit_grant_id_token_lifespan", "absent"),
    ("/jwks", "absent"),
    ("/jwt_bearer_grant_access_token_lifespan", "absent"),
    ("/logo_uri", "absent"),
    ("/metadata", "absent"),
    ("/owner", "absent"),
    ("/policy_uri", "absent"),
    ("/refresh_token_grant_access_token_lifespan", "absent"),
    ("/refresh_token_grant_id_token_lifespan", "absent"),
    ("/refresh_token_grant_refresh_token_lifespan", "absent"),
    ("/skip_logout_consent", "absent"),
    ("/tos_uri", "absent"),
];
/// What the server decided for a client that left it open.
const TOLD: &[(&str, &str)] = &[
    ("/application_type", "*"),
    ("/client_id_issued_at", "*"),
    ("/grant_types", "[\"authorization_code\"]"),
    ("/id_token_signed_response_alg", "\"RS256\""),
    ("/response_types", "[\"code\"]"),
];

const fn difference(
    (file, step): (&'static str, &'static str),
    instead: &'static [(&'static str, &'static str)],
    why: &'static str,
    source: &'static str,
) -> Difference {
    Difference { file, step, instead, why, source }
}

const fn left_out(file: &'static str) -> Difference {
    difference((file, "*"), LEFT_OUT, "libraries cannot read `\"\"` as an address, nor `{}` as keys", "RFC 7591 §2")
}

const fn told(file: &'static str) -> Difference {
    difference((file, "*"), TOLD, "the answer has what the server decided", "RFC 7591 §3.2.1")
}

const fn json_userinfo(file: &'static str) -> Difference {
    let why = "an algorithm, `none` too, promises a JWT, and userinfo is JSON";
    let source = "OpenID Connect Dynamic Client Registration §2";
    difference((file, "*"), &[("/userinfo_signed_response_alg", "absent")], why, source)
}

const fn no_secret(file: &'static str) -> Difference {
    let why = "client_secret_expires_at belongs to a secret in the answer";
    difference((file, "*"), &[("/client_secret_expires_at", "absent")], why, "RFC 7591 §3.2.1")
}

const fn metadata(file: &'static str, step: &'static str) -> Difference {
    let instead = &[("outcome", "400 invalid_client_metadata")];
    difference((file, step), instead, "`error` is a code", "RFC 7591 §3.2.2")
}

pub(super) const fn unauthorized(file: &'static str, step: &'static str) -> Difference {
    let instead = &[("outcome", "401 invalid_token")];
    difference((file, step), instead, "`error` is a code", "RFC 6750 §3.1, RFC 7592 §2")
}

pub(super) const REGISTRATION: &[Difference] = &[
    left_out("dcr_access_errors"),
    left_out("dcr_admin_interplay"),
    left_out("dcr_create_variants"),
    left_out("dcr_lifecycle"),
    left_out("dcr_put_errors"),
    told("dcr_access_errors"),
    told("dcr_admin_interplay"),
    told("dcr_create_variants"),
    told("dcr_lifecycle"),
    told("dcr_put_errors"),
    json_userinfo("dcr_access_errors"),
    json_userinfo("dcr_admin_interplay"),
    json_userinfo("dcr_create_variants"),
    json_userinfo("dcr_lifecycle"),
    json_userinfo("dcr_put_errors"),
    no_secret("dcr_admin_interplay"),
    no_secret("dcr_create_variants"),
    no_secret("dcr_lifecycle"),
    no_secret("dcr_put_errors"),
    difference(
        ("dcr_create_variants", "private_key_jwt with an empty key set"),
        &[("/token_endpoint_auth_signing_alg", "\"RS256\"")],
        "the answer has what the server decided",
        "RFC 7591 §3.2.1",
    ),
    metadata("dcr_create_errors", "chosen secret"),
    metadata("dcr_create_errors", "access token strategy"),
    metadata("dcr_create_errors", "broken JWK"),
    metadata("dcr_create_errors", "bad duration"),
    metadata("dcr_create_errors", "duration of the wrong type"),
    metadata("dcr_create_errors", "member of the wrong type"),
    metadata("dcr_create_errors", "array"),
    metadata("dcr_create_errors", "empty body"),
    metadata("dcr_create_errors", "cut off JSON"),
    metadata("dcr_create_errors", "two faults: the first check wins"),
    metadata("dcr_put_errors", "access token strategy"),
    metadata("dcr_put_errors", "broken JWK"),
    metadata("dcr_put_errors", "bad duration"),
    metadata("dcr_put_errors", "duration of the wrong type"),
    metadata("dcr_put_errors", "member of the wrong type"),
    metadata("dcr_put_errors", "empty body"),
    metadata("dcr_put_errors", "cut off JSON"),
    difference(
        ("dcr_put_errors", "chosen secret"),
        &[("outcome", "403 access_denied")],
        "`error` is a code",
        "RFC 7592 §2.2",
    ),
    unauthorized("dcr_access_errors", "GET *"),
    unauthorized("dcr_access_errors", "PUT *"),
    unauthorized("dcr_access_errors", "DELETE *"),
    unauthorized("dcr_lifecycle", "read *"),
    unauthorized("dcr_lifecycle", "delete again"),
];
