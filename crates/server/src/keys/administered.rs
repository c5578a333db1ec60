//! Key sets at the administration API, whichever kind of set a name means: our own two, or one of the administrator's.
//! Private parts leave the server only where `symbolon.keys.export` allows it.

use symbolon_jose::Jwk;

use super::encryption;
use super::incoming::{self, NewKeyRequest};
use super::reserved_set::Others;
use super::set::SetName;
use super::{named_set, reserved_set};
use crate::audit::Event;
use crate::context::Context;
use crate::error::ApiError;
use crate::trail;

/// The keys of a set, the newest first; of our own sets those that sign come first. Empty when there is no such set.
pub async fn keys_of(context: &Context, set: &str) -> Result<Vec<Jwk>, ApiError> {
    let keys = match SetName::of(set) {
        Some(own) => reserved_set::keys(context, own).await?,
        None if set == encryption::SET => encryption::keys(context).await?,
        None => named_set::keys(context, set).await?,
    };
    Ok(keys.into_iter().map(|key| shown(context, key)).collect())
}

/// One key of a set.
pub async fn key_of(context: &Context, set: &str, kid: &str) -> Result<Option<Jwk>, ApiError> {
    let key = match SetName::of(set) {
        Some(own) => reserved_set::keys(context, own).await?.into_iter().find(|key| key.kid.as_deref() == Some(kid)),
        None if set == encryption::SET => {
            encryption::keys(context).await?.into_iter().find(|key| key.kid.as_deref() == Some(kid))
        }
        None => named_set::key(context, set, kid).await?,
    };
    Ok(key.map(|key| shown(context, key)))
}

/// Makes a key. In one of our own sets it signs at once.
pub async fn create_key(context: &Context, set: &str, request: NewKeyRequest) -> Result<Jwk, ApiError> {
    check_set(set)?;
    let key = match SetName::of(set) {
        Some(own) => reserved_set::create(context, own, request).await?,
        None => named_set::create(context, set, request).await?,
    };
    changed(context, set, &Event::KeyCreated { set, kid: key.kid.as_deref().unwrap_or_default() }).await?;
    Ok(shown(context, key))
}

/// Takes a key in; the one of its `kid` gives way. A key without `kid` gets the name `named`. In one of our own sets it
/// signs at once.
pub async fn put_key(context: &Context, set: &str, key: Jwk, named: String) -> Result<Jwk, ApiError> {
    check_set(set)?;
    let mut keys = incoming::complete(vec![key], Some(named)).await?;
    match SetName::of(set) {
        Some(own) => reserved_set::import(context, own, &keys, Others::Stay).await?,
        None => {
            for key in &keys {
                named_set::put(context, set, key).await?;
            }
        }
    }
    let key = keys.pop().ok_or_else(|| ApiError::server("a key was lost"))?;
    changed(context, set, &Event::KeyPut { set, kid: key.kid.as_deref().unwrap_or_default() }).await?;
    Ok(shown(context, key))
}

/// Puts keys in the place of a whole set; those that are not named are gone.
pub async fn replace_set(context: &Context, set: &str, keys: Vec<Jwk>) -> Result<Vec<Jwk>, ApiError> {
    check_set(set)?;
    let keys = incoming::complete(keys, None).await?;
    match SetName::of(set) {
        Some(own) => reserved_set::import(context, own, &keys, Others::Go).await?,
        None => named_set::replace(context, set, &keys).await?,
    }
    changed(context, set, &Event::KeySetReplaced { set }).await?;
    Ok(keys.into_iter().map(|key| shown(context, key)).collect())
}

/// Deletes a key or, without a `kid`, the whole set; whether or not they are there. Of our own keys one that signs is
/// followed by a new one, and what it signed does not count any more.
pub async fn delete_keys(context: &Context, set: &str, kid: Option<&str>) -> Result<(), ApiError> {
    match SetName::of(set) {
        Some(own) => reserved_set::delete(context, own, kid).await?,
        None if set == encryption::SET => encryption::delete(context, kid).await?,
        None => named_set::delete(context, set, kid).await?,
    }
    changed(context, set, &Event::KeyDeleted { set, kid: kid.unwrap_or("*") }).await
}

/// Tells of the change, and publishes the change where the set is published. Other nodes find it when they look again.
async fn changed(context: &Context, set: &str, event: &Event<'_>) -> Result<(), ApiError> {
    trail::tell(event);
    if context.config.webfinger.broadcast_keys.iter().any(|published| published == set) {
        let _turn = context.keys.turn.lock().await;
        super::reload(context).await?;
    }
    Ok(())
}

/// Keys for encryption are the server's own to make: an operator may only delete them.
fn check_set(set: &str) -> Result<(), ApiError> {
    incoming::check_name("name of a set", set)?;
    if set == encryption::SET {
        return Err(ApiError::malformed("The server makes the keys of this set itself: see symbolon.keys.encryption."));
    }
    Ok(())
}

fn shown(context: &Context, key: Jwk) -> Jwk {
    if context.config.symbolon.keys.export { key } else { key.to_public() }
}
