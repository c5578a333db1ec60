//! Differences in the device grant: what RFC 8628 asks for and Hydra leaves out.

use super::steps::step;
use super::{Difference, OWN};

const NO_HEADER: &[(&str, &str)] = &[("/Header", "absent")];
const ACCESS_DENIED: &[(&str, &str)] = &[("outcome", "400 access_denied")];
const REFUSED_ON_A_PAGE: &[(&str, &str)] = &[("outcome", "302 <ui>/error access_denied")];

const STRAY: &str = "a member that no specification knows is left out";
const PERSON: &str = "a person gets a page and no JSON";
const DEVICE: &str = "the device learns that its user refused";

pub(super) const DEVICES: &[Difference] = &[
    step(("device_flow", "device authorization"), NO_HEADER, STRAY, OWN),
    step(("device_flow", "public client"), NO_HEADER, STRAY, OWN),
    step(
        ("device_flow", "poll at once again: still pending, no slow_down"),
        &[("outcome", "400 slow_down")],
        "a hasty device is told so",
        "RFC 8628 §3.5",
    ),
    step(
        ("device_flow", "device verifier without the cookie"),
        &[("outcome", "302 <ui>/error request_forbidden")],
        PERSON,
        "RFC 8628 §3.3",
    ),
    step(
        ("device_errors", "no client_id in the body"),
        &[("outcome", "200")],
        "a client that authenticates otherwise need not repeat its id",
        "RFC 8628 §3.1",
    ),
    step(
        ("device_errors", "grant not registered"),
        &[("outcome", "400 unauthorized_client")],
        "the error code is that of the token endpoint",
        "RFC 6749 §5.2",
    ),
    step(("device_errors", "start"), NO_HEADER, STRAY, OWN),
    step(
        ("device_errors", "other client"),
        &[("outcome", "400 invalid_grant")],
        "the code of another client is invalid, also before anybody has accepted it",
        "RFC 6749 §5.2",
    ),
    step(
        ("device_errors", "missing"),
        &[("outcome", "400 invalid_request")],
        "a missing parameter is invalid_request",
        "RFC 6749 §5.2",
    ),
    step(("device_errors", "garbage verifier*"), REFUSED_ON_A_PAGE, PERSON, "RFC 8628 §3.3"),
    step(("device_errors", "login rejected: the browser gets JSON"), REFUSED_ON_A_PAGE, PERSON, "RFC 8628 §3.3"),
    step(("device_errors", "login rejected: the device stays pending"), ACCESS_DENIED, DEVICE, OWN),
    step(("device_errors", "consent rejected: the browser gets JSON"), REFUSED_ON_A_PAGE, PERSON, "RFC 8628 §3.3"),
    step(("device_errors", "consent rejected: the device stays pending"), ACCESS_DENIED, DEVICE, OWN),
    step(("device_expired", "start*"), NO_HEADER, STRAY, OWN),
    step(
        ("device_expired", "poll the one that nobody accepted"),
        &[("outcome", "400 expired_token")],
        "an expired code is told, accepted or not",
        "RFC 8628 §3.5",
    ),
];
