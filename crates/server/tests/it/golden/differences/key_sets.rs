//! Differences in the key sets of the admin API.

use super::steps::step;
use super::{Difference, OWN};

const LOCATION: &[(&str, &str)] = &[("location", "/admin/keys/gold-set")];
const LEADS_THERE: &str = "`Location` leads to the set";
const COMPLETE: &str = "a key lacks nothing in the end, as some libraries do not read it otherwise";

pub(super) const KEY_SETS: &[Difference] = &[
    step(("jwk_sets", "create RS256"), LOCATION, LEADS_THERE, OWN),
    step(("jwk_sets", "create PS256"), LOCATION, LEADS_THERE, OWN),
    step(("jwk_sets", "create ES*"), LOCATION, LEADS_THERE, OWN),
    step(("jwk_sets", "create EdDSA"), LOCATION, LEADS_THERE, OWN),
    step(("jwk_sets", "create without kid and use"), LOCATION, LEADS_THERE, OWN),
    step(("jwk_sets", "create use=enc"), LOCATION, LEADS_THERE, OWN),
    step(("jwk_sets", "key without kid"), &[("/kid", "\"x\"")], COMPLETE, OWN),
    step(("jwk_sets", "key without alg and use"), &[("/alg", "\"ES256\""), ("/use", "\"sig\"")], COMPLETE, OWN),
    step(
        ("jwk_sets", "read that set"),
        &[("/keys/0/alg", "\"ES256\""), ("/keys/0/use", "\"sig\""), ("/keys/1/kid", "\"x\"")],
        COMPLETE,
        OWN,
    ),
    step(
        ("jwk_sets", "the server's own set"),
        &[("/keys", "* items")],
        "there is a key for each algorithm that a client may choose, and its successor",
        OWN,
    ),
];
