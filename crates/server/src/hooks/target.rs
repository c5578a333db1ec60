//! Calling one web hook: at once only as often as there are places, and for no longer than the configured time, in which
//! the wait for a place, all tries and the pauses between them must end. Clients that registered themselves share a part
//! of the places, so that they cannot keep the others from their tokens.

use std::time::Duration;

use bytes::Bytes;
use http::header::COOKIE;
use http::{HeaderName, HeaderValue};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::answer::failed;
use crate::clients::RegisteredClient;
use crate::config::{Config, Hook, HookKey, HookKeyPlace};
use crate::context::Context;
use crate::error::OAuthError;
use crate::outbound::{JsonPost, NamedAddress, NamedBy, OutboundError};

/// Calls of one hook at once for clients that an administrator made.
const AT_ONCE: usize = 64;
/// The same for clients that registered themselves.
const AT_ONCE_OF_SELF_REGISTERED: usize = 16;
/// Largest answer, in bytes: as much as a consent page may say.
const LARGEST_ANSWER: usize = 1024 * 1024;
/// Before each further try. With the first, that is as often as Hydra tries.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];

/// A web hook that can be called.
pub(super) struct Target {
    key: &'static str,
    address: NamedAddress,
    proof: Option<(HeaderName, HeaderValue)>,
    places: Semaphore,
    places_of_self_registered: Semaphore,
    within: Duration,
}

impl Target {
    /// The hook that the key of the configuration names.
    pub(super) fn new(config: &Config, key: &'static str, hook: &Hook) -> Result<Self, String> {
        let proof = hook.key.as_ref().map(proof).transpose();
        Ok(Self {
            key,
            address: NamedAddress::new(&hook.url, NamedBy::Operator),
            proof: proof.map_err(|fault| format!("{key}: {fault}"))?,
            places: Semaphore::new(AT_ONCE),
            places_of_self_registered: Semaphore::new(AT_ONCE_OF_SELF_REGISTERED),
            within: Duration::from_secs(config.symbolon.hooks.timeout_seconds.unsigned_abs()),
        })
    }

    /// The key of the configuration that names it.
    pub(super) fn key(&self) -> &'static str {
        self.key
    }

    /// Tells the hook what it shall judge; answers the status, with the body of a 200.
    pub(super) async fn call(
        &self,
        context: &Context,
        client: &RegisteredClient,
        told: &Value,
    ) -> Result<(u16, Vec<u8>), OAuthError> {
        let places = if client.is_self_registered() { &self.places_of_self_registered } else { &self.places };
        let calling = async {
            let _place = places.acquire().await.map_err(|fault| OutboundError(fault.to_string()))?;
            self.try_often(context, Bytes::from(told.to_string())).await
        };
        let key = self.key;
        match tokio::time::timeout(self.within, calling).await {
            Ok(outcome) => outcome.map_err(|fault| failed(format!("{key} could not be asked: {fault}"))),
            Err(_) => Err(failed(format!("{key} did not answer within {}s", self.within.as_secs()))),
        }
    }

    async fn try_often(&self, context: &Context, body: Bytes) -> Result<(u16, Vec<u8>), OutboundError> {
        let header = self.proof.as_ref().map(|(name, value)| (name, value));
        let post = JsonPost { body, header, limit_bytes: LARGEST_ANSWER, within: self.within };
        let mut outcome = context.outbound.post_json(&self.address, &post).await;
        for pause in PAUSES {
            if !is_passing(&outcome) {
                break;
            }
            tokio::time::sleep(pause).await;
            outcome = context.outbound.post_json(&self.address, &post).await;
        }
        outcome
    }
}

/// Whether the next try may come to something else: nobody answered, or with a fault that passes.
fn is_passing(outcome: &Result<(u16, Vec<u8>), OutboundError>) -> bool {
    match outcome {
        Err(_) => true,
        Ok((status, _)) => *status == 429 || (*status >= 500 && *status != 501),
    }
}

/// The header that proves that the call is ours.
fn proof(key: &HookKey) -> Result<(HeaderName, HeaderValue), String> {
    let secret = key.value.expose();
    let (name, text) = match key.place {
        HookKeyPlace::Header => {
            (HeaderName::from_bytes(key.name.as_bytes()).map_err(|fault| fault.to_string())?, secret.clone())
        }
        HookKeyPlace::Cookie => (COOKIE, format!("{}={secret}", key.name)),
    };
    let mut value = HeaderValue::try_from(text).map_err(|_| "the API key cannot be sent in a header".to_owned())?;
    value.set_sensitive(true);
    Ok((name, value))
}
