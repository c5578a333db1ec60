//! Clients that manage themselves.

use symbolon_types::{Client, ClientInformation};

use crate::openapi::operation::Content::{Empty, Json};
use crate::openapi::operation::{Body, Caller, Operation, of, reply};

const TAG: &str = "Registration of clients";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::public("POST", "/oauth2/register", "createOidcDynamicClient")
        .about(TAG, "Registers a client (RFC 7591 §3, OpenID Connect Dynamic Client Registration §3).")
        .caller(Caller::Registrar)
        .body(Body::Json(of::<Client>))
        .replies(&[reply(
            201,
            "What was registered, with its secret and its registration access token.",
            Json(of::<ClientInformation>),
        )]),
    Operation::public("GET", "/oauth2/register/{id}", "getOidcDynamicClient")
        .about(TAG, "What is registered (RFC 7592 §2.1).")
        .caller(Caller::RegisteredClient)
        .replies(&[reply(200, "The metadata, without the secret.", Json(of::<ClientInformation>))]),
    Operation::public("PUT", "/oauth2/register/{id}", "setOidcDynamicClient")
        .about(TAG, "Replaces all metadata (RFC 7592 §2.2).")
        .caller(Caller::RegisteredClient)
        .body(Body::Json(of::<Client>))
        .replies(&[reply(
            200,
            "What is registered now, with a new registration access token.",
            Json(of::<ClientInformation>),
        )]),
    Operation::public("DELETE", "/oauth2/register/{id}", "deleteOidcDynamicClient")
        .about(TAG, "Deletes the client and all that it was given (RFC 7592 §2.3).")
        .caller(Caller::RegisteredClient)
        .replies(&[reply(204, "It is gone.", Empty)]),
];
