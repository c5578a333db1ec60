//! What the operator does with key sets (RFC 7517).

use crate::openapi::operation::Content::{Empty, Json};
use crate::openapi::operation::{Body, Operation, reply};
use crate::openapi::shapes;

const TAG: &str = "Keys";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::admin("GET", "/admin/keys/{set}", "getJsonWebKeySet")
        .about(TAG, "A key set, newest first; with private parts where `symbolon.keys.export` is on.")
        .replies(&[reply(200, "The set.", Json(shapes::key_set))]),
    Operation::admin("POST", "/admin/keys/{set}", "createJsonWebKeySet")
        .about(TAG, "Makes a key in a set; in a set of the server it signs at once.")
        .body(Body::Json(shapes::key_request))
        .replies(&[reply(201, "The new key.", Json(shapes::key_set))]),
    Operation::admin("PUT", "/admin/keys/{set}", "setJsonWebKeySet")
        .about(TAG, "Replaces a set.")
        .body(Body::Json(shapes::key_set))
        .replies(&[reply(200, "The set.", Json(shapes::key_set))]),
    Operation::admin("DELETE", "/admin/keys/{set}", "deleteJsonWebKeySet")
        .about(TAG, "Deletes a set.")
        .replies(&[reply(204, "It is gone.", Empty)]),
    Operation::admin("GET", "/admin/keys/{set}/{kid}", "getJsonWebKey")
        .about(TAG, "One key, in a set of its own.")
        .replies(&[reply(200, "The key.", Json(shapes::key_set))]),
    Operation::admin("PUT", "/admin/keys/{set}/{kid}", "setJsonWebKey")
        .about(TAG, "Replaces a key.")
        .body(Body::Json(shapes::key))
        .replies(&[reply(200, "The key.", Json(shapes::key))]),
    Operation::admin("DELETE", "/admin/keys/{set}/{kid}", "deleteJsonWebKey")
        .about(TAG, "Deletes a key.")
        .replies(&[reply(204, "It is gone.", Empty)]),
];
