//! Accounts of the built-in login page. A username is compared in canonical form; the subject is random and never derived
//! from it. A login attempt is counted before the password is checked, and an unknown name takes as long as a wrong
//! password. What an account says about its person is in `profile` and `standard_claims`, how it goes to clients in
//! `claims`.

pub mod acr;
pub mod change;
pub mod claims;
pub mod password;
pub mod profile;
pub mod standard_claims;
pub mod throttle;
pub mod username;

use std::net::IpAddr;

use crate::context::Context;
use crate::error::ApiError;
use username::Username;

/// Longest text that is worth an attempt at the login page, in bytes.
const LONGEST_ATTEMPT: usize = 256;

/// The outcome of a login attempt.
#[derive(Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The subject, and its epoch when the attempt began.
    Authenticated(String, i64),
    /// Unknown name, wrong password or disabled account: nobody learns which.
    WrongCredentials,
    /// Too many attempts; the next may be made after so many seconds.
    Throttled(u64),
}

/// Checks a username and password.
pub async fn authenticate(
    context: &Context,
    username: &str,
    password: &str,
    address: IpAddr,
) -> Result<Attempt, ApiError> {
    let typed = username.trim();
    if typed.len() > LONGEST_ATTEMPT {
        return Ok(Attempt::WrongCredentials);
    }
    let parsed = Username::parse(typed);
    // What cannot be a username is counted and checked like an unknown one.
    let key = parsed.as_ref().map_or(typed, |name| &name.canonical);
    let now = context.clock.now();
    if let Err(seconds) = context.throttle.attempt(key, address, now) {
        tracing::warn!(target: "audit", event = "login_throttled", %address, "too many login attempts");
        return Ok(Attempt::Throttled(seconds));
    }
    let found = match &parsed {
        Some(name) => context.store.account_by_username(&name.canonical).await?,
        None => None,
    };
    let hash = found.as_ref().map(|(account, _)| account.password_hash.clone());
    let right = context.passwords.verify(hash, password).await?;
    let Some((account, epoch)) = found.filter(|(account, _)| right && account.disabled_at.is_none()) else {
        tracing::info!(target: "audit", event = "login_failed", %address, "wrong username or password");
        return Ok(Attempt::WrongCredentials);
    };
    context.throttle.succeeded(key, address);
    tracing::info!(target: "audit", event = "login_succeeded", subject = account.id, %address, "login");
    Ok(Attempt::Authenticated(account.id, epoch))
}
