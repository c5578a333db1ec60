//! Standard claims of built-in accounts, by scope (OpenID Connect Core §5.4) and by name (§5.5). They go to userinfo; what the consent page
//! set itself stands above them.

use serde_json::{Map, Value, json};
use symbolon_types::{Scope, Subject};

use super::profile::Profile;
use super::standard_claims::{self, CLAIMS};
use crate::context::Context;
use crate::error::OAuthError;

/// When the account was changed last. The server keeps it itself.
const UPDATED_AT: &str = "updated_at";

/// Names of all claims that an account may have.
pub fn names() -> impl Iterator<Item = &'static str> {
    CLAIMS.iter().map(|claim| claim.name).chain([UPDATED_AT])
}

/// Scopes that ask for claims of an account.
pub const SCOPES: [&str; 4] = ["profile", "email", "address", "phone"];

/// Which claims of an account somebody may learn.
#[derive(Debug)]
pub struct Released<'a> {
    /// Those of these scopes.
    pub scope: &'a Scope,
    /// Those that were asked for and agreed to one by one.
    pub single: Vec<&'a str>,
}

impl Released<'_> {
    fn covers(&self, name: &str, scope: &str) -> bool {
        self.scope.contains(scope) || self.single.contains(&name)
    }
}

/// The scope that asks for a claim; `None` when accounts have none of that name.
pub fn scope_of(name: &str) -> Option<&'static str> {
    let claim = CLAIMS.iter().find(|claim| claim.name == name).map(|claim| claim.scope);
    claim.or_else(|| (name == UPDATED_AT).then_some("profile"))
}

/// Adds the claims that are released. Subjects of other login pages have no account and get nothing.
pub async fn add(
    context: &Context,
    subject: &Subject,
    released: &Released<'_>,
    claims: &mut Map<String, Value>,
) -> Result<(), OAuthError> {
    if released.single.is_empty() && !SCOPES.iter().any(|wanted| released.scope.contains(wanted)) {
        return Ok(());
    }
    let Some(account) = context.store.account(subject).await? else { return Ok(()) };
    let profile = Profile::of(&account).map_err(|fault| OAuthError::server(fault.reason.unwrap_or_default()))?;
    for claim in CLAIMS.iter().filter(|claim| released.covers(claim.name, claim.scope)) {
        if let Some(about) = standard_claims::verified_claim(claim.name) {
            add_verification((about, claim.name), &profile, claims);
        } else if let Some(value) = profile.claims.get(claim.name) {
            claims.entry(claim.name).or_insert_with(|| value.clone());
        }
    }
    if released.covers("preferred_username", "profile") {
        claims.entry("preferred_username").or_insert_with(|| json!(profile.username));
    }
    if released.covers(UPDATED_AT, "profile") {
        claims.entry(UPDATED_AT).or_insert_with(|| json!(profile.updated_at));
    }
    Ok(())
}

/// Another address than the account's is not verified because the account's is, and what is not there is not verified
/// either.
fn add_verification((about, name): (&str, &str), profile: &Profile, claims: &mut Map<String, Value>) {
    let Some(own) = profile.claims.get(about) else { return };
    if claims.contains_key(name) || claims.get(about).is_some_and(|chosen| chosen != own) {
        return;
    }
    claims.insert(name.to_owned(), profile.claims.get(name).cloned().unwrap_or(json!(false)));
}
