//! Differences in patches of clients. Hydra knows three of the six operations, and calls every fault of a patch an error
//! of its own.

use super::steps::step;
use super::{Difference, OWN};

const FILE: &str = "admin_clients_patch";
const APPLIED: &[(&str, &str)] = &[("outcome", "200")];
const MALFORMED: &[(&str, &str)] = &[("outcome", "400 The request was malformed or contained invalid parameters")];

/// A fault of whoever sent the patch.
const fn fault(name: &'static str, source: &'static str) -> Difference {
    step((FILE, name), MALFORMED, "the request is at fault and not the server, and the answer says where", source)
}

const fn applied(name: &'static str, source: &'static str) -> Difference {
    step((FILE, name), APPLIED, "every operation of JSON Patch can be used", source)
}

const fn kept(instead: &'static [(&'static str, &'static str)], name: &'static str) -> Difference {
    step((FILE, name), instead, "the answer shows what is stored, and this cannot be set", OWN)
}

pub(super) const CLIENTS: &[Difference] = &[
    kept(&[("/created_at", "2027-01-15T08:00:00Z")], "created_at is only echoed"),
    kept(&[("/registration_access_token", "absent")], "registration token is only echoed"),
    step((FILE, "client_id"), MALFORMED, "the client is there, and what is refused is its new name", OWN),
    fault("denied path", OWN),
    applied("test is refused", "RFC 6902 §4.6"),
    applied("move is refused", "RFC 6902 §4.4"),
    applied("copy is refused", "RFC 6902 §4.5"),
    fault("bad pointer", "RFC 5789 §2.2"),
    fault("remove of a missing member", "RFC 6902 §4.2"),
    fault("wrong type", "RFC 5789 §2.2"),
    fault("object instead of array", "RFC 6902 §3"),
    fault("not JSON", "RFC 5789 §2.2"),
    step(
        ("admin_clients_lifespans", "negative is accepted"),
        &[("outcome", "400 invalid_client_metadata")],
        "tokens that are over before they begin are of no use, and whoever sets that learns it at once",
        OWN,
    ),
    step((FILE, "read"), &[("/client_name", "")], "the name was moved away in a step before", OWN),
];
