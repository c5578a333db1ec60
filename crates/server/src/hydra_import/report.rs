//! What was brought, and what was not and why.

use std::collections::BTreeMap;

/// How many names of what was left out are kept for each reason.
const NAMES: usize = 5;

/// What became of the things of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counted {
    /// New here.
    pub taken: u64,
    /// Brought before, and changed in Hydra since: so it was here.
    pub followed: u64,
    /// Here already, as it is.
    pub known: u64,
    /// Ended here, because Hydra has it not any more.
    pub ended: u64,
    /// Not worth bringing: expired, redeemed or revoked by now.
    pub over: u64,
    /// Not taken although it is live, by reason: how many, and the names of the first ones.
    pub left_out: BTreeMap<String, (u64, Vec<String>)>,
}

impl Counted {
    pub(super) fn count(&mut self, is_new: bool) {
        if is_new { self.taken += 1 } else { self.known += 1 }
    }

    pub(super) fn leave_out(&mut self, reason: &str, name: &str) {
        let (count, names) = self.left_out.entry(reason.to_owned()).or_default();
        *count += 1;
        if names.len() < NAMES {
            names.push(name.to_owned());
        }
    }
}

/// What a run did, by kind of thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// The kinds by their names.
    pub kinds: BTreeMap<&'static str, Counted>,
}

impl ImportReport {
    pub(super) fn of(&mut self, kind: &'static str) -> &mut Counted {
        self.kinds.entry(kind).or_default()
    }

    /// Whether everything that is live was taken.
    pub fn is_complete(&self) -> bool {
        self.kinds.values().all(|counted| counted.left_out.is_empty())
    }
}
