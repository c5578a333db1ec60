//! Differences in assertions as grants (RFC 7523 §2.1) and in whom they are trusted from.

use super::steps::step;
use super::{Difference, OWN};

const LOCATION: &[(&str, &str)] = &[("location", "/admin/trust/grants/jwt-bearer/issuers/*")];
const MALFORMED: &[(&str, &str)] = &[("outcome", "400 The request was malformed or contained invalid parameters")];

pub(super) const GRANTS: &[Difference] = &[
    step(
        ("jwt_bearer_grant", "scope that only the grant has"),
        &[("outcome", "400 invalid_scope")],
        "a client gets no scope that it is not registered for, whoever vouches",
        "RFC 6749 §3.3; Hydra does not look at the client's scope here",
    ),
    step(
        ("jwt_bearer_grant", "audience that is not allowed is dropped"),
        &[("outcome", "400 invalid_request")],
        "what is asked for and not allowed is refused, as with client_credentials, and not passed over in silence",
        OWN,
    ),
    step(
        ("jwt_bearer_grant", "introspect dropped audience"),
        &[("request", "not given out before")],
        "there is no token of the step before",
        OWN,
    ),
    step(
        ("jwt_bearer_grant", "expired grant, kid given"),
        &[("outcome", "400 invalid_grant")],
        "a trust that has ended issues nothing",
        "Hydra looks at the end only where the assertion names no key",
    ),
    step(
        ("jwt_bearer_grant", "aud is the issuer"),
        &[("outcome", "200")],
        "an assertion may be meant for the issuer, which is the server's name",
        "RFC 7523 §3, rule 3",
    ),
    step(
        ("trust_issuers", "create"),
        LOCATION,
        "`Location` leads to what was created",
        "RFC 9110 §10.2.2; Hydra leaves the first segment of the path out",
    ),
    step(
        ("trust_issuers", "same key, other subject"),
        LOCATION,
        "`Location` leads to what was created",
        "RFC 9110 §10.2.2; Hydra leaves the first segment of the path out",
    ),
    step(
        ("trust_issuers", "any subject"),
        LOCATION,
        "`Location` leads to what was created",
        "RFC 9110 §10.2.2; Hydra leaves the first segment of the path out",
    ),
    step(
        ("trust_issuers", "expiry in the past is accepted"),
        LOCATION,
        "`Location` leads to what was created",
        "RFC 9110 §10.2.2; Hydra leaves the first segment of the path out",
    ),
    step(
        ("trust_issuers", "no scope"),
        LOCATION,
        "`Location` leads to what was created",
        "RFC 9110 §10.2.2; Hydra leaves the first segment of the path out",
    ),
    step(
        ("trust_issuers", "bad expiry"),
        MALFORMED,
        "a malformed request is called so, in the sentence of all others",
        "Hydra answers with the words of its decoder",
    ),
    step(
        ("trust_issuers", "broken key"),
        MALFORMED,
        "a malformed request is called so, in the sentence of all others",
        "Hydra answers with the words of its decoder",
    ),
    step(
        ("trust_issuers", "bad JSON"),
        MALFORMED,
        "a malformed request is called so, in the sentence of all others",
        "Hydra answers with the words of its decoder",
    ),
    step(
        ("trust_issuers", "list"),
        &[("/*", "*")],
        "the order is that of the ids, which are random here and there",
        OWN,
    ),
    step(
        ("trust_issuers", "list, page of two"),
        &[("/1/*", "*")],
        "the order is that of the ids, which are random here and there",
        OWN,
    ),
    step(
        ("trust_issuers", "the keys appear as a key set named like the issuer"),
        &[("outcome", "404 Not Found")],
        "whom to trust is decided here alone: no change of a key set can put another key in its place",
        OWN,
    ),
    step(
        ("trust_issuers", "list: every grant that shared the key is gone too"),
        &[("", "4 items")],
        "deleting a trust ends that one, and no other with the same key",
        "Hydra deletes the key, and what names it",
    ),
];
