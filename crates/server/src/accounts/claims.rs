//! Standard claims of built-in accounts by scope (OpenID Connect Core §5.4). They go to userinfo; what the consent page
//! set itself stands above them.

use serde_json::{Map, Value, json};
use symbolon_types::Scope;

use super::profile;
use crate::context::Context;
use crate::error::OAuthError;

/// Adds the claims of the granted scopes. Subjects of other login pages have no account and get nothing.
pub async fn add(
    context: &Context,
    subject: &str,
    scope: &Scope,
    claims: &mut Map<String, Value>,
) -> Result<(), OAuthError> {
    if !scope.contains("profile") && !scope.contains("email") {
        return Ok(());
    }
    let Some(account) = context.store.account(subject).await? else { return Ok(()) };
    let profile = profile(&account);
    let mut put = |name: &str, value: Value| {
        claims.entry(name.to_owned()).or_insert(value);
    };
    if scope.contains("profile") {
        put("preferred_username", json!(profile.username));
        put("updated_at", json!(profile.updated_at));
        if let Some(name) = &profile.name {
            put("name", json!(name));
        }
    }
    if scope.contains("email")
        && let Some(email) = &profile.email
    {
        put("email", json!(email));
        put("email_verified", json!(false));
    }
    Ok(())
}
