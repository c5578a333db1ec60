//! Differences in request objects.

use super::Difference;
use super::steps::step;

const TO_CLIENT: &str = "the client is told what is wrong with its object, as its redirect URI is known to be good";
const INVALID_OBJECT: &[(&str, &str)] = &[("outcome", "303 <rp>/callback invalid_request_object")];
const INVALID_URI: &[(&str, &str)] = &[("outcome", "303 <rp>/callback invalid_request_uri")];

const fn refused(name: &'static str, instead: &'static [(&'static str, &'static str)]) -> Difference {
    step(("request_objects", name), instead, TO_CLIENT, "RFC 9101 §7; OpenID Connect Core §3.1.2.6")
}

pub(super) const REQUEST_OBJECTS: &[Difference] = &[
    step(
        ("request_objects", "outer scope without openid: the object is ignored: login request"),
        &[("/oidc_context/login_hint", "\"from the object\""), ("/requested_scope", "[\"openid\",\"photos.read\"]")],
        "an object that is sent counts, whatever stands beside it",
        "RFC 9101 §6.3",
    ),
    refused("expired", INVALID_OBJECT),
    refused("unknown kid", INVALID_OBJECT),
    refused("wrong key", INVALID_OBJECT),
    refused("garbage", INVALID_OBJECT),
    refused("client pins another algorithm", INVALID_OBJECT),
    refused("client pins an algorithm, alg none", INVALID_OBJECT),
    refused("reference that is not registered", INVALID_URI),
    refused("reference that gives 404", INVALID_URI),
];
