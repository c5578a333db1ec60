//! What has ended or was used up: sessions before their time, and what counts once.

use symbolon_jose::digest::{base64url, sha256};

use super::Record;
use super::keep::key_of;
use crate::login::Login;
use crate::login::pending::FormerSession;
use crate::login::stores::{EndedSessions, Revocation, StoreError};

/// Ends a session here, so that no copy of its cookie opens it.
pub(in crate::login) async fn end(login: &Login, session: &FormerSession) -> Result<(), StoreError> {
    match &login.store {
        Some(store) => store.remove(&key_of(&session.id)).await,
        // Another machine's clock may have been ahead when it began.
        None => revoke(login, session.began_at.max(login.now()), vec![session_key(&session.id)]).await,
    }
}

/// Ends the sessions that the provider names.
pub(in crate::login) async fn end_all(login: &Login, ended: &EndedSessions) -> Result<(), StoreError> {
    if let Some(store) = &login.store {
        return store.remove_all(ended).await;
    }
    let keys = match (&ended.provider_session_id, &ended.subject) {
        (None, Some(subject)) => vec![self::ended("sub", subject)],
        (Some(sid), Some(subject)) => vec![self::ended("sid", sid), self::ended("sub without sid", subject)],
        (Some(sid), None) => vec![self::ended("sid", sid)],
        (None, None) => Vec::new(),
    };
    revoke(login, login.now(), keys).await
}

/// Remembers that something was used that may be used once; whether it was the first time. `made_at` is when it was made,
/// `until` when it expires by itself.
pub(in crate::login) async fn use_once(
    login: &Login,
    (kind, text): (&str, &str),
    made_at: i64,
    until: i64,
) -> Result<bool, StoreError> {
    let key = used(kind, text);
    if was_used(login, (kind, text), made_at).await? {
        return Ok(false);
    }
    // By a clock that is ahead of this one it was made later than now; it counts as used all the same.
    login.revocations.revoke(Revocation { key, at: login.now().max(made_at), until }).await
}

pub(in crate::login) async fn was_used(
    login: &Login,
    (kind, text): (&str, &str),
    made_at: i64,
) -> Result<bool, StoreError> {
    let known = login.revocations.revoked_at(&[used(kind, text)]).await?;
    Ok(known.into_iter().flatten().any(|at| at >= made_at))
}

/// In which words a session may have been revoked (the reverse of [`end`] and [`end_all`]).
pub(super) async fn is_revoked(login: &Login, record: &Record) -> Result<bool, StoreError> {
    let of_session = match &record.provider_session_id {
        Some(sid) => ended("sid", sid),
        None => ended("sub without sid", &record.subject),
    };
    let keys = [session_key(&record.id), of_session, ended("sub", &record.subject)];
    let revoked = login.revocations.revoked_at(&keys).await?;
    if revoked.len() != keys.len() {
        return Err(StoreError::new("the revocation list has not answered for every key"));
    }
    Ok(revoked.into_iter().flatten().any(|at| at >= record.began_at))
}

async fn revoke(login: &Login, at: i64, keys: Vec<String>) -> Result<(), StoreError> {
    // No session that exists now lives longer.
    let until = at.saturating_add(login.lifetimes.absolute_seconds).saturating_add(1);
    for key in keys {
        login.revocations.revoke(Revocation { key, at, until }).await?;
    }
    Ok(())
}

fn session_key(id: &str) -> String {
    ended("session", id)
}

/// The key of what has ended.
fn ended(kind: &str, text: &str) -> String {
    format!("{}{}", Revocation::ENDED, hashed(kind, text))
}

/// The key of what was used.
fn used(kind: &str, text: &str) -> String {
    format!("{}{}", Revocation::USED, hashed(kind, text))
}

fn hashed(kind: &str, text: &str) -> String {
    base64url(&sha256(format!("{kind}\0{text}").as_bytes()))
}
