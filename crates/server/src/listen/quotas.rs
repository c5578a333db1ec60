//! Who is connected, how many may be, and who has to go when there are too many. The server gives up connections that
//! it does not work for before it refuses a new one: first those that never said anything, then idle ones, then those
//! whose body or answer is under way.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::connection::{CoarseClock, Connection, Order};
use super::deadlines::Deadlines;
use crate::address_block::AddressBlock;
use crate::config::{Connections, Network};

/// One in so many connections is given up at a time, so that finding them costs little for each.
const PART: usize = 32;
/// How long a visitor waits before looking again whether somebody may be given up.
const WAIT: Duration = Duration::from_millis(100);

/// The connections of a listener.
pub(super) struct Quotas {
    places: usize,
    per_network: Option<usize>,
    /// Networks that bring many people's requests.
    proxies: Vec<Network>,
    deadlines: Deadlines,
    clock: Arc<CoarseClock>,
    /// Those that were not given up.
    inside: Mutex<Inside>,
    /// All that are open, with those that were given up and have not gone yet.
    open: Arc<AtomicUsize>,
    left: Notify,
    warning: Once,
}

#[derive(Default)]
struct Inside {
    networks: HashMap<AddressBlock, BTreeMap<u64, Arc<Connection>>>,
    count: usize,
    next_number: u64,
}

/// What becomes of a visitor.
pub(super) enum Admission {
    /// It is connected.
    Admitted(Place),
    /// Its network has as many connections as it may, and the server works for all of them.
    Refused,
    /// The server works for everybody who is connected, or those that were given up have not gone yet.
    Full,
    /// What others sent has to be looked at first, and then there may be somebody to give up.
    TooFast,
}

/// Whether connections were given up.
#[derive(PartialEq, Eq)]
enum GivenUp {
    Some,
    None,
    /// None yet: there are some that were only just accepted.
    NotYet,
}

/// A connection's place. It is free again when this is dropped.
pub(super) struct Place {
    pub(super) connection: Arc<Connection>,
    quotas: Arc<Quotas>,
}

impl Quotas {
    /// Quotas without a bound per network.
    pub(super) fn new(places: usize, config: &Connections) -> Self {
        let deadlines = Deadlines::new(config);
        Self {
            places,
            per_network: None,
            proxies: Vec::new(),
            clock: Arc::new(CoarseClock::new(deadlines.span())),
            deadlines,
            inside: Mutex::default(),
            open: Arc::default(),
            left: Notify::new(),
            warning: Once::new(),
        }
    }

    /// Counts the open connections where others see the number.
    pub(super) fn counted_in(mut self, open: &Arc<AtomicUsize>) -> Self {
        self.open = Arc::clone(open);
        self
    }

    /// Adds the bound per network, which does not hold for proxies.
    pub(super) fn per_network(mut self, most: usize, proxies: &[Network]) -> Self {
        self.per_network = (most > 0).then(|| most.min(self.places / 2).max(1));
        self.proxies = proxies.to_vec();
        self
    }

    /// Lets a visitor in, if need be in another one's place.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr) -> Admission {
        let peer = peer.to_canonical();
        let network = AddressBlock::from(peer);
        let mut inside = self.inside.lock();
        match self.make_room(&mut inside, peer) {
            GivenUp::Some => {}
            GivenUp::None => return Admission::Refused,
            GivenUp::NotYet => return Admission::TooFast,
        }
        if self.open.load(Ordering::Relaxed) >= self.places {
            // Otherwise enough were given up already, and are on their way out.
            if inside.count >= self.places && inside.give_up(None) == GivenUp::NotYet {
                return Admission::TooFast;
            }
            return Admission::Full;
        }
        self.open.fetch_add(1, Ordering::Relaxed);
        inside.count += 1;
        inside.next_number += 1;
        let number = inside.next_number;
        let connection = Arc::new(Connection::new(number, network, Arc::clone(&self.clock)));
        inside.networks.entry(network).or_default().insert(number, Arc::clone(&connection));
        Admission::Admitted(Place { connection, quotas: Arc::clone(self) })
    }

    /// Counts a connection for the network that a proxy names; `false` when that has as many as it may, or the connection
    /// was given up meanwhile.
    fn counts_for(&self, connection: &Arc<Connection>, sender: IpAddr) -> bool {
        let sender = sender.to_canonical();
        let mut inside = self.inside.lock();
        if self.make_room(&mut inside, sender) != GivenUp::Some || !inside.remove(connection) {
            return false;
        }
        let network = AddressBlock::from(sender);
        connection.comes_from(network);
        inside.networks.entry(network).or_default().insert(connection.number, Arc::clone(connection));
        inside.count += 1;
        true
    }

    /// Gives up connections of the peer's network if it has as many as it may; `Some` when there is room.
    fn make_room(&self, inside: &mut Inside, peer: IpAddr) -> GivenUp {
        let bound = self.per_network.filter(|_| !self.proxies.iter().any(|proxies| proxies.contains(peer)));
        let Some(bound) = bound else { return GivenUp::Some };
        let network = AddressBlock::from(peer);
        if inside.networks.get(&network).is_none_or(|connections| connections.len() < bound) {
            return GivenUp::Some;
        }
        self.warn(peer, bound);
        inside.give_up(Some(network))
    }

    /// Waits until somebody has left, or a moment.
    pub(super) async fn changed(&self) {
        let _ = tokio::time::timeout(WAIT, self.left.notified()).await;
    }

    /// Gives up some connections: descriptors are scarce.
    pub(super) fn relieve(&self) {
        self.inside.lock().give_up(None);
    }

    /// Ends the connections that have waited too long.
    pub(super) fn sweep(&self) {
        self.clock.advance();
        let now = self.clock.now();
        self.each(|connection| self.deadlines.order(connection, now));
    }

    /// Ends all connections; returns when they are gone.
    pub(super) async fn end_all(&self, order: Order) {
        self.each(|_| Some(order));
        while self.open.load(Ordering::Relaxed) > 0 {
            self.left.notified().await;
        }
        // Two listeners may have the same connections, and only one of them heard that the last has left.
        self.left.notify_one();
    }

    fn each(&self, order: impl Fn(&Connection) -> Option<Order>) {
        for connection in self.inside.lock().networks.values().flat_map(BTreeMap::values) {
            if let Some(order) = order(connection) {
                connection.end(order);
            }
        }
    }

    /// An operator whose proxy is not named learns why its requests get lost.
    fn warn(&self, peer: IpAddr, bound: usize) {
        self.warning.call_once(|| {
            tracing::warn!(
                %peer,
                bound,
                "one network has as many connections as symbolon.connections.per_network allows; if it is your proxy, \
                 name it in symbolon.trusted_proxies"
            );
        });
    }

    fn leave(&self, connection: &Connection) {
        self.inside.lock().remove(connection);
        self.open.fetch_sub(1, Ordering::Relaxed);
        self.left.notify_one();
    }
}

impl Inside {
    /// Cuts one in [`PART`] of the connections, of all or of one network, and of those the ones that the server needs
    /// least.
    fn give_up(&mut self, network: Option<AddressBlock>) -> GivenUp {
        let all = self.networks.iter().filter(|(each, _)| network.is_none_or(|network| network == **each));
        let all = all.flat_map(|(_, connections)| connections.values());
        let (mut total, mut unread) = (0, 0);
        let mut waiting: Vec<_> = all
            .inspect(|connection| {
                total += 1;
                unread += usize::from(!connection.is_read());
            })
            .filter_map(|connection| {
                let (waiting, since) = connection.waiting()?;
                Some(((waiting, since, connection.number), Arc::clone(connection)))
            })
            .collect();
        let count = (total / PART).max(1).min(waiting.len());
        if count == 0 {
            return if unread > 0 { GivenUp::NotYet } else { GivenUp::None };
        }
        waiting.select_nth_unstable_by_key(count - 1, |(rank, _)| *rank);
        for (_, connection) in waiting.drain(..count) {
            connection.end(Order::Cut);
            self.remove(&connection);
        }
        GivenUp::Some
    }

    /// Whether it was there.
    fn remove(&mut self, connection: &Connection) -> bool {
        let network = connection.network();
        let Some(connections) = self.networks.get_mut(&network) else { return false };
        let found = connections.remove(&connection.number).is_some();
        self.count -= usize::from(found);
        if connections.is_empty() {
            self.networks.remove(&network);
        }
        found
    }
}

impl Place {
    /// Counts the connection for the network that a proxy names; `false` when it has to go.
    pub(super) fn counts_for(&self, sender: IpAddr) -> bool {
        self.quotas.counts_for(&self.connection, sender)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.quotas.leave(&self.connection);
    }
}
