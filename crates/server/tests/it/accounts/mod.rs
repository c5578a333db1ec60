//! Accounts of the built-in login page: the management API, the standard claims, names and passwords in every way to type
//! them.

mod api;
mod change;
mod claims;
mod negative;
mod races;
mod typing;

use serde_json::{Value, json};

use crate::support::{Call, TestServer};

/// A password that fits.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Every standard claim but `updated_at` (OpenID Connect Core §5.1).
pub(crate) fn everything_about_a_person() -> Value {
    json!({
        "name": "Alice Åström", "given_name": "Alice", "family_name": "Åström", "middle_name": "B.", "nickname": "Al",
        "preferred_username": "al", "profile": "https://a.example/al", "picture": "https://a.example/al.png",
        "website": "https://al.example", "email": "alice@a.example", "email_verified": true, "gender": "female",
        "birthdate": "1990-02-28", "zoneinfo": "Europe/Stockholm", "locale": "sv-SE", "phone_number": "+46 8 123 456",
        "phone_number_verified": true,
        "address": {
            "formatted": "Gatan 1\n111 22 Stockholm\nSverige", "street_address": "Gatan 1", "locality": "Stockholm",
            "region": "Stockholms län", "postal_code": "111 22", "country": "Sverige",
        },
    })
}

/// Creates an account with more members; the answer.
async fn create(server: &TestServer, username: &str, members: &Value) -> Value {
    let account = crate::fixtures::with(members.clone(), &json!({ "username": username, "password": PASSWORD }));
    server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).json()
}

/// The path of an account.
fn path(account: &Value) -> String {
    format!("/admin/accounts/{}", crate::fixtures::text(account, "id"))
}
