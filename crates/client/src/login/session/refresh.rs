//! One refresh of one session, as a task of its own: what it brings is written where the session is kept.

use std::time::Duration;

use super::keep::{self, Stored};
use super::{Record, ending};
use crate::error::Error;
use crate::login::Login;
use crate::login::refreshes::Refreshed;
use crate::login::stores::StoreError;
use crate::token::TokenSet;

/// How often a write to the store is tried: what is written exists nowhere else.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// Refreshes `tokens`, the newest ones of the session `record` that this process knows.
pub(in crate::login) async fn refresh(login: &Login, record: Record, tokens: TokenSet) -> Result<Refreshed, Error> {
    if login.store.is_some() { stored(login, record, tokens).await } else { in_cookie(login, &record, &tokens).await }
}

/// The answer to the request carries the outcome to the browser.
async fn in_cookie(login: &Login, record: &Record, tokens: &TokenSet) -> Result<Refreshed, Error> {
    match login.client.refresh(tokens).await {
        Ok(tokens) => Ok(Refreshed::Tokens(Box::new(tokens))),
        Err(error) if ends_session(&error) => {
            ending::end(login, &record.into()).await.map_err(|fault| unavailable(&fault))?;
            Ok(Refreshed::Ended)
        }
        Err(error) => Err(error),
    }
}

async fn stored(login: &Login, record: Record, known: TokenSet) -> Result<Refreshed, Error> {
    let Some(kept) = keep::load_stored(login, &record.id).await.map_err(|fault| unavailable(&fault))? else {
        return Ok(Refreshed::Ended);
    };
    // What could not be written is in the memory of this process alone.
    let is_as_it_was = kept.record.tokens.access_token == record.tokens.access_token;
    let present = if is_as_it_was { known } else { login.refreshes.newest(&kept.record.tokens).tokens };
    if !is_as_it_was && is_newer(login, &present, &record.tokens) {
        // Another process was quicker.
        return Ok(Refreshed::Tokens(Box::new(present)));
    }
    match login.client.refresh(&present).await {
        Ok(tokens) => write(login, kept, tokens).await,
        Err(error) if ends_session(&error) => {
            let again = keep::load_stored(login, &record.id).await.map_err(|fault| unavailable(&fault))?;
            match again {
                Some(again) if is_newer(login, &again.record.tokens, &present) => {
                    Ok(Refreshed::Tokens(Box::new(again.record.tokens)))
                }
                _ => {
                    ending::end(login, &(&record).into()).await.map_err(|fault| unavailable(&fault))?;
                    Ok(Refreshed::Ended)
                }
            }
        }
        Err(error) => Err(error),
    }
}

/// Writes the new tokens over whatever the session has become meanwhile. A store that fails all the time leaves them in the
/// memory of this process.
async fn write(login: &Login, mut kept: Stored, tokens: TokenSet) -> Result<Refreshed, Error> {
    for _ in 0..ATTEMPTS {
        let record = Record { tokens: tokens.clone(), used_at: login.now(), ..kept.record.clone() };
        let written = keep::replace_stored(login, &kept.sealed, &record).await;
        if written == Ok(true) {
            break;
        }
        if written.is_err() {
            login.client.inner().http.runtime().sleep(PAUSE).await;
        }
        match keep::load_stored(login, &record.id).await {
            Ok(Some(again)) => kept = again,
            Ok(None) => return Ok(Refreshed::Ended),
            Err(_) => {}
        }
    }
    Ok(Refreshed::Tokens(Box::new(tokens)))
}

fn is_newer(login: &Login, kept: &TokenSet, known: &TokenSet) -> bool {
    kept.access_token != known.access_token && !kept.expires_within_of(Duration::ZERO, &login.client.inner().clock)
}

/// RFC 6749 §5.2: the refresh token is used up, expired or revoked. An ID token about somebody else, or one that must not
/// be believed, ends the session as well (`OpenID` Connect Core 1.0 §12.2).
fn ends_session(error: &Error) -> bool {
    error.code() == Some("invalid_grant") || matches!(error, Error::IdToken(_))
}

fn unavailable(fault: &StoreError) -> Error {
    Error::UnexpectedAnswer(fault.to_string())
}
