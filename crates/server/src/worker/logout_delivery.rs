//! Delivering one logout token: it is claimed, made and sent. A failure is tried again later, at growing distances, until
//! the delivery expires.

use symbolon_store::LogoutDelivery;

use crate::clients;
use crate::context::Context;
use crate::issue::logout_token;
use crate::logout::channels::Delivery;
use crate::telemetry::TraceContext;
use crate::trail;

/// Distance to the next attempt after so many, in seconds.
const DISTANCES: [i64; 6] = [10, 30, 120, 300, 900, 1800];

/// Takes a delivery and sends it; answers whether it arrived.
pub(super) async fn attempt(context: &Context, delivery: LogoutDelivery) -> bool {
    let index = usize::try_from(delivery.attempts).unwrap_or(0).min(DISTANCES.len() - 1);
    let next = context.clock.now().saturating_add(DISTANCES.get(index).copied().unwrap_or(1800));
    match context.store.claim_logout_delivery(delivery.id, delivery.attempts, next).await {
        Ok(true) => {}
        Ok(false) => return false,
        Err(fault) => {
            tracing::warn!(reason = fault.detail(), "a logout token could not be taken from the queue");
            return false;
        }
    }
    let done = match send(context, &delivery).await {
        Ok(()) => true,
        Err(Failure::Final(reason)) => {
            tracing::warn!(
                client_id = delivery.client_id.as_str(),
                reason,
                "a logout token was refused; it is not sent again"
            );
            false
        }
        Err(Failure::Later(reason)) => {
            tracing::warn!(
                client_id = delivery.client_id.as_str(),
                reason,
                "a logout token did not arrive; it is tried again"
            );
            return false;
        }
    };
    if let Err(fault) = context.store.finish_logout_delivery(delivery.id).await {
        tracing::warn!(reason = fault.detail(), "a delivered logout token stays in the queue");
    }
    done
}

enum Failure {
    Final(String),
    Later(String),
}

async fn send(context: &Context, delivery: &LogoutDelivery) -> Result<(), Failure> {
    let told: Delivery = serde_json::from_slice(&delivery.body).map_err(|fault| Failure::Final(fault.to_string()))?;
    let client =
        clients::find(context, &delivery.client_id).await.map_err(|fault| Failure::Later(fault.to_string()))?;
    let Some(client) = client else { return Err(Failure::Final("the client is gone".to_owned())) };
    let token = logout_token::issue(context, &client, told.session)
        .map_err(|fault| Failure::Later(fault.reason.unwrap_or_default()))?;
    let trace = told.trace.as_deref().and_then(TraceContext::of_traceparent);
    let form = [("logout_token", token.as_str())];
    let sending = context.outbound.post_form(&told.address, &form);
    let status = trail::follow(context.seeing.trail_within(trace), sending)
        .await
        .map_err(|fault| Failure::Later(fault.to_string()))?;
    match status {
        200..=299 => Ok(()),
        408 | 429 | 500..=599 => Err(Failure::Later(format!("status {status}"))),
        // Back-Channel Logout §2.8: 400 says that the token was understood and refused.
        _ => Err(Failure::Final(format!("status {status}"))),
    }
}
