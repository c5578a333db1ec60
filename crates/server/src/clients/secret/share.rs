//! How many slow checks of one client may run or wait at once. Without a bound, whoever attacks one client from many
//! networks takes all places, and the first secret of every other client is turned away.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use parking_lot::Mutex;

/// Most checks of one client, a quarter of the places.
const PER_CLIENT: usize = 16;

type Counts = Arc<Mutex<HashMap<String, usize>>>;

/// The checks that run or wait, by client.
#[derive(Default)]
pub(super) struct Shares(Counts);

/// One check. It goes with the work, which may last longer than the request.
pub(super) struct Share {
    counts: Counts,
    client_id: String,
}

impl Shares {
    /// Counts a check until what is returned is dropped; `None` when the client has its share already.
    pub(super) fn take(&self, client_id: &str) -> Option<Share> {
        let mut counts = self.0.lock();
        let count = counts.entry(client_id.to_owned()).or_insert(0);
        if *count >= PER_CLIENT {
            return None;
        }
        *count += 1;
        Some(Share { counts: self.0.clone(), client_id: client_id.to_owned() })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut counts = self.counts.lock();
        if let Entry::Occupied(mut count) = counts.entry(std::mem::take(&mut self.client_id)) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_its_share_and_no_more_and_others_have_theirs() {
        let shares = Shares::default();
        let mut taken: Vec<_> = (0..PER_CLIENT).map(|_| shares.take("one").unwrap()).collect();
        assert!(shares.take("one").is_none());
        assert!(shares.take("other").is_some());
        taken.pop();
        taken.push(shares.take("one").unwrap());
        assert!(shares.take("one").is_none());
        drop(taken);
        assert!(shares.0.lock().is_empty(), "what nobody uses any more is forgotten");
    }
}
