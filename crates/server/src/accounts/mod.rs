//! Accounts of the built-in login page. A username is compared in canonical form; the subject is random and never derived
//! from it. A login attempt is counted before the password is checked, and an unknown name takes as long as a wrong
//! password.

pub mod acr;
pub mod claims;
pub mod password;
pub mod throttle;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use symbolon_store::{Account, WriteError};
use symbolon_types::timestamp;

use crate::context::Context;
use crate::error::ApiError;
use crate::identifiers;

/// Shortest password, in characters (NIST SP 800-63B §3.1.1.2).
const SHORTEST_PASSWORD: usize = 8;
/// Longest password, in bytes: hashing more is work for nothing.
const LONGEST_PASSWORD: usize = 1024;
/// Longest username, in bytes.
const LONGEST_USERNAME: usize = 256;

/// What a new account needs.
pub struct NewAccount {
    /// As the person types it.
    pub username: String,
    /// In clear; only its hash is kept.
    pub password: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Full name.
    pub name: Option<String>,
}

/// What is kept beside the columns.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Profile {
    /// The username as it was given, for display.
    #[serde(default)]
    pub username: String,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Full name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When any of it changed last.
    #[serde(default)]
    pub updated_at: i64,
}

/// An account as the management API shows it.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// The subject in tokens.
    pub id: String,
    /// As given.
    pub username: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Full name.
    pub name: Option<String>,
    /// RFC 3339.
    pub created_at: String,
}

impl Shown {
    /// From the record.
    pub fn of(account: &Account) -> Self {
        let profile = profile(account);
        Self {
            id: account.id.clone(),
            username: profile.username,
            email: profile.email,
            name: profile.name,
            created_at: timestamp::format_seconds(account.created_at),
        }
    }
}

/// The profile in an account's body.
pub fn profile(account: &Account) -> Profile {
    serde_json::from_value(account.body.clone()).unwrap_or_default()
}

/// The form in which usernames are compared: trimmed, lower case.
pub fn canonical(username: &str) -> String {
    username.trim().to_lowercase()
}

/// Creates an account.
pub async fn create(context: &Context, new: NewAccount) -> Result<Shown, ApiError> {
    let username = canonical(&new.username);
    if username.is_empty() || username.len() > LONGEST_USERNAME || username.chars().any(char::is_control) {
        return Err(ApiError::malformed("Member 'username' must be 1 to 256 bytes of text."));
    }
    if new.password.chars().count() < SHORTEST_PASSWORD || new.password.len() > LONGEST_PASSWORD {
        return Err(ApiError::malformed("Member 'password' must have 8 characters or more, and at most 1024 bytes."));
    }
    let now = context.clock.now();
    let profile = Profile {
        username: new.username.trim().to_owned(),
        email: new.email.filter(|email| !email.is_empty()),
        name: new.name.filter(|name| !name.is_empty()),
        updated_at: now,
    };
    let account = Account {
        id: identifiers::uuid(&context.rng),
        username,
        password_hash: context.passwords.hash(new.password).await?,
        disabled_at: None,
        created_at: now,
        body: serde_json::to_value(&profile).map_err(|fault| ApiError::server(fault.to_string()))?,
    };
    match context.store.insert_account(&account).await {
        Ok(()) => {}
        Err(WriteError::Conflict(_)) => return Err(ApiError::conflict()),
        Err(fault) => return Err(fault.into()),
    }
    tracing::info!(target: "audit", event = "account_created", subject = account.id, "an account was created");
    Ok(Shown::of(&account))
}

/// The outcome of a login attempt.
#[derive(Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The subject.
    Authenticated(String),
    /// Unknown name, wrong password or disabled account: nobody learns which.
    WrongCredentials,
    /// Too many attempts; the next may be made after so many seconds.
    Throttled(u64),
}

/// Checks a username and password.
pub async fn authenticate(
    context: &Context,
    username: &str,
    password: String,
    address: IpAddr,
) -> Result<Attempt, ApiError> {
    let username = canonical(username);
    if username.len() > LONGEST_USERNAME {
        return Ok(Attempt::WrongCredentials);
    }
    let now = context.clock.now();
    if let Err(seconds) = context.throttle.attempt(&username, address, now) {
        tracing::warn!(target: "audit", event = "login_throttled", %address, "too many login attempts");
        return Ok(Attempt::Throttled(seconds));
    }
    let account = context.store.account_by_username(&username).await?;
    let usable = password.len() <= LONGEST_PASSWORD;
    let hash = account.as_ref().filter(|_| usable).map(|account| account.password_hash.clone());
    let right = context.passwords.verify(hash, if usable { password } else { String::new() }).await?;
    let Some(account) = account.filter(|account| right && account.disabled_at.is_none()) else {
        tracing::info!(target: "audit", event = "login_failed", %address, "wrong username or password");
        return Ok(Attempt::WrongCredentials);
    };
    context.throttle.succeeded(&username, address);
    tracing::info!(target: "audit", event = "login_succeeded", subject = account.id, %address, "login");
    Ok(Attempt::Authenticated(account.id))
}
