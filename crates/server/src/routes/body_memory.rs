//! How much memory unfinished request bodies hold. A body that is there when its head was read is never counted: an
//! ordinary request costs nothing here. What comes later is counted byte for byte as it comes, whatever length was
//! announced.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::address_block::AddressBlock;
use crate::config::Config;

/// At the public listener a network has one part in so many of the memory.
const NETWORK_PART: usize = 4;

/// The memory of a listener's unfinished bodies.
pub(super) struct BodyMemory {
    most: usize,
    most_of_network: usize,
    /// Longest time for a client to send a body.
    timeout: Duration,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    total: usize,
    networks: HashMap<AddressBlock, usize>,
}

impl BodyMemory {
    /// Of the public listener.
    pub(super) fn of_public(config: &Config) -> Self {
        Self { most_of_network: config.symbolon.connections.body_memory_bytes / NETWORK_PART, ..Self::of_admin(config) }
    }

    /// Of the admin listener, whose callers are few and known.
    pub(super) fn of_admin(config: &Config) -> Self {
        let connections = &config.symbolon.connections;
        Self {
            most: connections.body_memory_bytes,
            most_of_network: connections.body_memory_bytes,
            timeout: Duration::from_secs(u64::try_from(connections.body_timeout_seconds).unwrap_or(0)),
            held: Mutex::default(),
        }
    }

    /// Room for one body of this size at most. Nothing is held yet.
    pub(super) fn room_for(self: &Arc<Self>, sender: IpAddr, bound: usize) -> Room {
        Room { memory: Arc::clone(self), sender: sender.into(), bound, held: 0 }
    }
}

/// What one body holds; given back when this is dropped.
pub(super) struct Room {
    memory: Arc<BodyMemory>,
    sender: AddressBlock,
    /// Largest size of this body, in bytes.
    pub(super) bound: usize,
    held: usize,
}

impl Room {
    /// Longest time for this body.
    pub(super) fn timeout(&self) -> Duration {
        self.memory.timeout
    }

    /// Takes so many bytes more, unless there are none left.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        if bytes == 0 {
            return true;
        }
        let mut held = self.memory.held.lock();
        let of_network = held.networks.get(&self.sender).copied().unwrap_or(0) + bytes;
        let total = held.total + bytes;
        if total > self.memory.most || of_network > self.memory.most_of_network {
            return false;
        }
        held.total = total;
        held.networks.insert(self.sender, of_network);
        self.held += bytes;
        true
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.held == 0 {
            return;
        }
        let mut held = self.memory.held.lock();
        held.total -= self.held;
        if let Some(of_network) = held.networks.get_mut(&self.sender) {
            *of_network -= self.held;
            if *of_network == 0 {
                held.networks.remove(&self.sender);
            }
        }
    }
}
