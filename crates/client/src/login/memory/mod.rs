//! Sessions and revocations in the memory of one process, with an upper bound each. Both look through what they have only
//! when it has doubled, so that a request costs the same however many there are.

mod revocations;
mod sessions;

pub use revocations::MemoryRevocations;
pub use sessions::MemorySessions;

/// Below this number nothing is looked through for what has expired.
const FEW: usize = 1024;
