//! Issuers whose assertions are taken (RFC 7523 §2.1).

use crate::openapi::operation::Content::{Empty, Json};
use crate::openapi::operation::Kind::Text;
use crate::openapi::operation::{Body, Operation, PAGE_SIZE, PAGE_TOKEN, optional, reply};
use crate::openapi::shapes;

const TAG: &str = "Trusted issuers";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::admin("GET", "/admin/trust/grants/jwt-bearer/issuers", "listTrustedOAuth2JwtGrantIssuers")
        .about(TAG, "Trusted issuers; the `Link` header names the next page.")
        .query(&[optional("issuer", Text, "Only this issuer."), PAGE_SIZE, PAGE_TOKEN])
        .replies(&[reply(200, "Trusted issuers.", Json(shapes::trusted_issuers))]),
    Operation::admin("POST", "/admin/trust/grants/jwt-bearer/issuers", "trustOAuth2JwtGrantIssuer")
        .about(TAG, "Trusts an issuer's key, for one subject or for all.")
        .body(Body::Json(shapes::trust_request))
        .replies(&[reply(201, "What is trusted.", Json(shapes::trusted_issuer))]),
    Operation::admin("GET", "/admin/trust/grants/jwt-bearer/issuers/{id}", "getTrustedOAuth2JwtGrantIssuer")
        .about(TAG, "One trusted issuer.")
        .replies(&[reply(200, "What is trusted.", Json(shapes::trusted_issuer))]),
    Operation::admin("DELETE", "/admin/trust/grants/jwt-bearer/issuers/{id}", "deleteTrustedOAuth2JwtGrantIssuer")
        .about(TAG, "Ends the trust.")
        .replies(&[reply(204, "It is trusted no more.", Empty)]),
];
