//! New identifiers: those that sort by time for what the server remembers, and random ones for everything else.

use symbolon_jose::Rng;
use symbolon_types::{FlowId, random_uuid};

use crate::context::Context;

/// An identifier that carries this instant (RFC 9562 §5.7).
pub fn now<T: From<[u8; 16]>>(context: &Context) -> T {
    let millis = u64::try_from(context.clock.now_millis()).unwrap_or(0);
    T::from(*FlowId::from_parts(millis, context.rng.bytes()).as_bytes())
}

/// A random UUID (RFC 9562 §5.4).
pub fn uuid(rng: &Rng) -> String {
    random_uuid(rng.bytes())
}
