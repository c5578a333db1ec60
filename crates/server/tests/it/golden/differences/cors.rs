//! Differences in what pages of other origins may read.

use super::registration::unauthorized;
use super::steps::{ADVERTISED, DISCOVERY, REGISTRATION, step};
use super::{Difference, OWN};

const LISTED: &str = "discovery, origin https://spa.example";
const OF_A_CLIENT: &str = "discovery, origin https://client.example";
const UNKNOWN: &str = "discovery, origin https://evil.example";

/// The answer to a question about a POST from a page that the operator does not list.
const PASSES: &[(&str, &str)] = &[
    ("header access-control-allow-origin", "*"),
    ("header access-control-allow-methods", "POST"),
    ("header access-control-allow-headers", "authorization,content-type"),
];
const NO_CLIENT: &str = "a preflight names no client, so it passes for every origin without cookies, and the client decides who reads the answer";

const FOR_EVERYBODY: &[(&str, &str)] =
    &[("header access-control-allow-origin", "*"), ("header access-control-expose-headers", "Cache-Control, *")];
const MEANT_FOR_EVERYBODY: &str =
    "what is meant for every application answers every page, without cookies (`symbolon.cors.public_endpoints`)";

const REFUSAL: &str = "a page that holds a token reads why the token is refused, without cookies";

pub(super) const CORS: &[Difference] = &[
    step(("cors", "preflight /oauth2/token, unknown origin"), PASSES, NO_CLIENT, OWN),
    step(("cors", "preflight /userinfo, unknown origin"), PASSES, NO_CLIENT, OWN),
    step(
        ("cors", "preflight /oauth2/token, origin of a client"),
        PASSES,
        NO_CLIENT,
        "Hydra refuses it, and the client's own pages cannot call",
    ),
    step(
        ("cors", "preflight /userinfo, origin of a client"),
        PASSES,
        NO_CLIENT,
        "Hydra refuses it, and the client's own pages cannot call",
    ),
    step(("cors", "preflight /.well-known/openid-configuration, unknown origin"), PASSES, MEANT_FOR_EVERYBODY, OWN),
    step(
        ("cors", "OPTIONS without preflight headers"),
        &[
            ("header access-control-allow-origin", "absent"),
            ("header access-control-allow-credentials", "absent"),
            ("header access-control-expose-headers", "absent"),
        ],
        "`OPTIONS` that asks nothing names no client, so no client allows its origin",
        "Hydra answers every origin so, with credentials",
    ),
    step(("cors", "userinfo, *"), &[("outcome", "403 *")], "without a user there is no UserInfo", OWN),
    step(
        ("cors", "userinfo, origin https://client.example"),
        &[("header access-control-allow-origin", "*"), ("header access-control-allow-credentials", "absent")],
        REFUSAL,
        OWN,
    ),
    step(("cors", "userinfo, origin https://evil.example"), FOR_EVERYBODY, REFUSAL, OWN),
    step(("cors", LISTED), DISCOVERY, ADVERTISED, OWN),
    step(("cors", OF_A_CLIENT), DISCOVERY, ADVERTISED, OWN),
    step(("cors", UNKNOWN), DISCOVERY, ADVERTISED, OWN),
    step(("cors", LISTED), REGISTRATION, "registration is advertised where it is switched on", OWN),
    step(("cors", OF_A_CLIENT), REGISTRATION, "registration is advertised where it is switched on", OWN),
    step(("cors", UNKNOWN), REGISTRATION, "registration is advertised where it is switched on", OWN),
    step(("cors", OF_A_CLIENT), FOR_EVERYBODY, MEANT_FOR_EVERYBODY, OWN),
    step(("cors", UNKNOWN), FOR_EVERYBODY, MEANT_FOR_EVERYBODY, OWN),
    unauthorized("cors", "register, *"),
    step(
        ("cors", "admin, CORS off"),
        &[("outcome", "200")],
        "each path answers `OPTIONS` with its methods, and without a word about origins",
        "RFC 9110 §9.3.7",
    ),
];
