//! Standard claims of built-in accounts by scope (OpenID Connect Core §5.4). They go to userinfo; what the consent page
//! set itself stands above them.

use serde_json::{Map, Value, json};
use symbolon_types::Scope;

use super::profile::Profile;
use super::standard_claims::{self, CLAIMS};
use crate::context::Context;
use crate::error::OAuthError;

/// Names of all claims that an account may have.
pub fn names() -> impl Iterator<Item = &'static str> {
    CLAIMS.iter().map(|claim| claim.name).chain(["updated_at"])
}

/// Scopes that ask for claims of an account.
pub const SCOPES: [&str; 4] = ["profile", "email", "address", "phone"];

/// Adds the claims of the granted scopes. Subjects of other login pages have no account and get nothing.
pub async fn add(
    context: &Context,
    subject: &str,
    scope: &Scope,
    claims: &mut Map<String, Value>,
) -> Result<(), OAuthError> {
    if !SCOPES.iter().any(|wanted| scope.contains(wanted)) {
        return Ok(());
    }
    let Some(account) = context.store.account(subject).await? else { return Ok(()) };
    let profile = Profile::of(&account).map_err(|fault| OAuthError::server(fault.reason.unwrap_or_default()))?;
    for claim in standard_claims::of_scope(scope) {
        let Some(value) = profile.claims.get(claim.name) else { continue };
        // Another address than the account's is not verified because the account's is.
        let verification = standard_claims::verification_of(claim.name);
        let is_other = claims.get(claim.name).is_some_and(|chosen| chosen != value);
        if let Some(name) = verification.filter(|name| !claims.contains_key(*name) && !is_other) {
            let verified = profile.claims.get(name).cloned().unwrap_or(json!(false));
            claims.insert(name.to_owned(), verified);
        }
        if !standard_claims::is_verification(claim.name) {
            claims.entry(claim.name).or_insert_with(|| value.clone());
        }
    }
    if scope.contains("profile") {
        claims.entry("preferred_username").or_insert_with(|| json!(profile.username));
        claims.entry("updated_at").or_insert_with(|| json!(profile.updated_at));
    }
    Ok(())
}
