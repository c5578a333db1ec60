//! Accounts of the built-in login page. A username is compared in canonical form; the subject is random and never derived
//! from it. A login attempt is counted before the password is checked, apart where the browser is known to the account, and
//! an unknown name takes as long as a wrong password. What an account says about its person is in `profile` and `standard_claims`, how it goes to clients in
//! `claims`.

pub mod acr;
pub mod change;
pub mod claims;
pub mod known_browser;
pub mod password;
pub mod profile;
pub mod standard_claims;
pub mod throttle;
pub mod username;
pub mod verified_email;

use std::sync::Arc;

use symbolon_types::Subject;

use crate::audit::Event;
use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::Request;
use crate::slow_hash::{Purpose, SlowHashes};
use crate::trail;
use password::Passwords;
use throttle::{Throttle, Who};
use username::Username;

/// Longest text that is worth an attempt at the login page, in bytes.
const LONGEST_ATTEMPT: usize = 256;

/// What is kept in memory about accounts.
pub struct AccountState {
    /// Attempts at the login page.
    pub throttle: Throttle,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
}

impl AccountState {
    /// No attempt yet. An error is one line for the operator.
    pub fn new(slow: Arc<SlowHashes>) -> Result<Self, String> {
        Ok(Self { throttle: Throttle::default(), passwords: Passwords::new(slow)? })
    }
}

/// The outcome of a login attempt.
#[derive(Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The subject, and its epoch when the attempt began.
    Authenticated(Subject, i64),
    /// Unknown name, wrong password or disabled account: nobody learns which.
    WrongCredentials,
    /// Too many attempts; the next may be made after so many seconds.
    Throttled(u64),
}

/// Checks a username and password that came with this request.
pub async fn authenticate(
    context: &Context,
    request: &Request,
    username: &str,
    password: &str,
) -> Result<Attempt, ApiError> {
    let typed = username.trim();
    if typed.len() > LONGEST_ATTEMPT {
        return Ok(Attempt::WrongCredentials);
    }
    let address = request.address;
    let parsed = Username::parse(typed);
    let found = match &parsed {
        Some(name) => context.store.account_by_username(&name.canonical).await?,
        None => None,
    };
    let browser = found.as_ref().and_then(|(account, _)| known_browser::of(context, request, &account.id));
    // What cannot be a username is counted and checked like an unknown one.
    let name = parsed.as_ref().map_or(typed, |name| &name.canonical);
    let (who, purpose) = match browser {
        Some(browser) => (Who::KnownBrowser(browser), Purpose::KnownBrowser),
        None => (Who::Stranger { account: name, sender: address.into() }, Purpose::Login),
    };
    let known_id = found.as_ref().map(|(account, _)| account.id.clone());
    let known = known_id.as_ref().map(Subject::as_str);
    if let Err(seconds) = context.accounts.throttle.attempt(who, context.clock.now()) {
        trail::tell(&Event::LoginThrottled { subject: known });
        return Ok(Attempt::Throttled(seconds));
    }
    let hash = found.as_ref().map(|(account, _)| account.password_hash.clone());
    let right = context.accounts.passwords.verify(purpose, hash, password).await?;
    let Some((account, epoch)) = found.filter(|(account, _)| right && account.disabled_at.is_none()) else {
        trail::tell(&Event::LoginFailed { subject: known });
        return Ok(Attempt::WrongCredentials);
    };
    context.accounts.throttle.succeeded(who);
    trail::tell(&Event::LoginSucceeded { subject: account.id.as_str() });
    Ok(Attempt::Authenticated(account.id, epoch))
}
