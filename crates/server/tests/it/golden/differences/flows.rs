//! Differences in the course of a login: what the login and consent pages are told and may say, what single sign-on keeps,
//! and what a refresh does.

use super::steps::step;
use super::{Difference, OWN};

const DENIED: &[(&str, &str)] = &[("outcome", "303 <rp>/callback access_denied")];

const KEPT: &str = "single sign-on keeps how somebody was authenticated";
const CODE: &str = "`error` is a code of the specification and not a sentence";
const SAME_MOMENT: &str =
    "a refresh that is repeated at once is refused and no theft, as the client may have sent it twice";

pub(super) const FLOWS: &[Difference] = &[
    step(
        ("code_flow_pkce", "reuse killed the chain"),
        &[
            ("/active", "true"),
            ("/aud", "[\"https://api.example.com\"]"),
            ("/client_id", "\"gold-code\""),
            ("/exp", "*"),
            ("/ext", "{\"tier\":\"gold\"}"),
            ("/iat", "*"),
            ("/iss", "\"<public>\""),
            ("/nbf", "*"),
            ("/scope", "\"openid offline photos.read\""),
            ("/sub", "\"alice\""),
            ("/token_type", "\"Bearer\""),
            ("/token_use", "\"access_token\""),
        ],
        SAME_MOMENT,
        OWN,
    ),
    step(("code_flow_pkce", "new refresh token is dead too"), &[("outcome", "200")], SAME_MOMENT, OWN),
    step(
        ("code_flow_pkce", "again: get consent request"),
        &[("/acr", "urn:level:2"), ("/amr", "[\"pwd\",\"otp\"]")],
        KEPT,
        "OpenID Connect Core §2",
    ),
    step(
        ("code_flow_pkce", "token again"),
        &[("/id_token/<jwt:3>/acr", "\"urn:level:2\""), ("/id_token/<jwt:3>/amr", "[\"pwd\",\"otp\"]")],
        KEPT,
        "OpenID Connect Core §2",
    ),
    step(("login_api", "reject login, default: verifier"), DENIED, CODE, "RFC 6749 §4.1.2.1"),
    step(("login_api", "reject consent, default: verifier"), DENIED, CODE, "RFC 6749 §4.1.2.1"),
    step(
        ("refresh_tokens", "scope cannot be narrowed"),
        &[("/scope", "openid")],
        "a refresh may ask for less than was granted",
        "RFC 6749 §6",
    ),
    step(
        ("remembered_session", "second: get consent request"),
        &[("/acr", "1"), ("/amr", "[\"pwd\"]")],
        KEPT,
        "OpenID Connect Core §2",
    ),
    step(
        ("remembered_session", "second: token, acr and amr are not remembered"),
        &[("/id_token/<jwt:2>/acr", "\"1\""), ("/id_token/<jwt:2>/amr", "[\"pwd\"]")],
        KEPT,
        "OpenID Connect Core §2",
    ),
    step(
        ("remembered_session", "prompt=none: get consent request"),
        &[("/acr", "1"), ("/amr", "[\"pwd\"]")],
        KEPT,
        "OpenID Connect Core §2",
    ),
    step(
        ("remembered_session", "new scope: consent is not skipped"),
        &[("/acr", "1"), ("/amr", "[\"pwd\"]")],
        KEPT,
        "OpenID Connect Core §2",
    ),
    step(
        ("remembered_session", "prompt=consent: consent is not skipped"),
        &[("/acr", "1"), ("/amr", "[\"pwd\"]")],
        KEPT,
        "OpenID Connect Core §2",
    ),
];
