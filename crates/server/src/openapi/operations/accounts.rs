//! Accounts of the built-in login page. Hydra has none.

use crate::openapi::operation::Content::{Empty, Json};
use crate::openapi::operation::Kind::Text;
use crate::openapi::operation::{Body, Operation, PAGE_SIZE, PAGE_TOKEN, optional, reply};
use crate::openapi::shapes;

const TAG: &str = "Accounts";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::admin("GET", "/admin/accounts", "listAccounts")
        .about(TAG, "Accounts; the `Link` header names the next page.")
        .query(&[optional("username", Text, "Only the account of this name."), PAGE_SIZE, PAGE_TOKEN])
        .replies(&[reply(200, "Accounts.", Json(shapes::accounts))]),
    Operation::admin("POST", "/admin/accounts", "createAccount")
        .about(TAG, "Creates an account: `username`, `password`, and standard claims.")
        .body(Body::Json(shapes::new_account))
        .replies(&[reply(201, "The account.", Json(shapes::account))]),
    Operation::admin("GET", "/admin/accounts/{id}", "getAccount").about(TAG, "One account.").replies(&[reply(
        200,
        "The account.",
        Json(shapes::account),
    )]),
    Operation::admin("PATCH", "/admin/accounts/{id}", "patchAccount")
        .about(TAG, "Changes an account (JSON Merge Patch, RFC 7396).")
        .body(Body::Patch("application/merge-patch+json", shapes::account_change))
        .replies(&[reply(200, "The account.", Json(shapes::account))]),
    Operation::admin("DELETE", "/admin/accounts/{id}", "deleteAccount")
        .about(TAG, "Deletes an account, and ends all that its person was given.")
        .replies(&[reply(204, "It is gone.", Empty)]),
    Operation::admin("PUT", "/admin/accounts/{id}/password", "setAccountPassword")
        .about(TAG, "Gives an account another password.")
        .body(Body::Json(shapes::password))
        .replies(&[reply(204, "It counts from now on.", Empty)]),
];
