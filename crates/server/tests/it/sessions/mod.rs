//! Login sessions and consents over the admin API: listing them, and ending exactly those that were named.

mod consent_list;
mod consent_revocation;
mod login;
mod login_list;

use serde_json::Value;

use crate::support::{Call, TestServer};

pub(crate) const CONSENTS: &str = "/admin/oauth2/auth/sessions/consent";
pub(crate) const LOGINS: &str = "/admin/oauth2/auth/sessions/login";

/// The consents of a subject.
pub(crate) async fn consents(server: &TestServer, subject: &str) -> Vec<Value> {
    let answer = server.admin(Call::get(CONSENTS).query(&[("subject", subject)])).await.expect(200);
    answer.json().as_array().unwrap().clone()
}
