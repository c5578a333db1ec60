//! Clients, as the operator sees them.

use symbolon_types::{Client, Lifespans};

use crate::openapi::operation::Content::{Empty, Json};
use crate::openapi::operation::Kind::Text;
use crate::openapi::operation::{Body, Operation, PAGE_SIZE, PAGE_TOKEN, Parameter, of, optional, reply};
use crate::openapi::shapes;

const TAG: &str = "Clients";

const FILTER: &[Parameter] = &[
    PAGE_SIZE,
    PAGE_TOKEN,
    optional("client_name", Text, "Only clients of exactly this name."),
    optional("owner", Text, "Only clients of exactly this owner."),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::admin("GET", "/admin/clients", "listOAuth2Clients")
        .about(TAG, "Clients in the order of their ids; the `Link` header names the next page.")
        .query(FILTER)
        .replies(&[reply(200, "Clients, without secrets.", Json(of::<Vec<Client>>))]),
    Operation::admin("POST", "/admin/clients", "createOAuth2Client")
        .about(TAG, "Creates a client.")
        .body(Body::Json(of::<Client>))
        .replies(&[reply(201, "The client, with its secret.", Json(of::<Client>))]),
    Operation::admin("GET", "/admin/clients/{id}", "getOAuth2Client").about(TAG, "One client.").replies(&[reply(
        200,
        "The client, without its secret.",
        Json(of::<Client>),
    )]),
    Operation::admin("PUT", "/admin/clients/{id}", "setOAuth2Client")
        .about(TAG, "Replaces all metadata; a secret that is not sent stays.")
        .body(Body::Json(of::<Client>))
        .replies(&[reply(200, "The client, with its secret where that was sent.", Json(of::<Client>))]),
    Operation::admin("PATCH", "/admin/clients/{id}", "patchOAuth2Client")
        .about(TAG, "Changes some metadata (JSON Patch, RFC 6902).")
        .body(Body::Patch("application/json", shapes::json_patch))
        .replies(&[reply(200, "The client, with its secret where that was sent.", Json(of::<Client>))]),
    Operation::admin("DELETE", "/admin/clients/{id}", "deleteOAuth2Client")
        .about(TAG, "Deletes the client and all that it was given.")
        .replies(&[reply(204, "It is gone.", Empty)]),
    Operation::admin("PUT", "/admin/clients/{id}/lifespans", "setOAuth2ClientLifespans")
        .about(TAG, "Replaces the thirteen lifespans; one that is not sent is that of the server.")
        .body(Body::Json(of::<Lifespans>))
        .replies(&[reply(200, "The client.", Json(of::<Client>))]),
    Operation::admin("POST", "/admin/clients/{id}/secrets/rotate", "rotateOAuth2ClientSecret")
        .about(TAG, "Gives the client another secret; the ones before still count, five at most.")
        .replies(&[reply(200, "The client, with its new secret.", Json(of::<Client>))]),
    Operation::admin("DELETE", "/admin/clients/{id}/secrets/rotate", "deleteRotatedOAuth2ClientSecrets")
        .about(TAG, "Ends the secrets of before.")
        .replies(&[reply(200, "The client.", Json(of::<Client>))]),
];
