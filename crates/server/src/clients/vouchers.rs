//! Who named the addresses of a client that this server calls. Those of a client that registered itself are a stranger's. An
//! administrator vouches for those of his clients, except for what such a client put in later, by its own update: that is
//! kept beside the metadata, and counts as a stranger's as long as the address stands there.

use std::collections::BTreeSet;

use serde_json::Value;
use symbolon_store::{ClientRecord, Origin};
use symbolon_types::Client;
use symbolon_types::client::Registrant;

use crate::outbound::{NamedAddress, NamedBy};

/// The member of what is stored of a client, unknown to its metadata.
const MEMBER: &str = "self_named_addresses";

/// Who vouches for which addresses of a client.
#[derive(Clone, Debug)]
pub(super) struct Vouchers {
    origin: Origin,
    /// Addresses of an administrator's client that it named itself.
    self_named: BTreeSet<String>,
}

impl Vouchers {
    /// For a new client.
    pub(super) fn first(registrant: Registrant) -> Self {
        let origin = match registrant {
            Registrant::Administrator => Origin::Administrator,
            _ => Origin::SelfService,
        };
        Self { origin, self_named: BTreeSet::new() }
    }

    /// For a client that there is.
    pub(super) fn of(record: &ClientRecord) -> Self {
        let listed = record.metadata.get(MEMBER).and_then(Value::as_array);
        let self_named = listed.into_iter().flatten().filter_map(|address| address.as_str().map(str::to_owned));
        Self { origin: record.origin, self_named: self_named.collect() }
    }

    /// For a client after a change. What stays keeps its voucher, also when an administrator sends it back with the rest.
    pub(super) fn after(mut self, current: &Client, changed: &Client, registrant: Registrant) -> Self {
        let (before, now) = (called(current), called(changed));
        if self.origin == Origin::Administrator && registrant != Registrant::Administrator {
            self.self_named.extend(now.difference(&before).map(|address| (*address).to_owned()));
        }
        self.self_named.retain(|address| now.contains(address.as_str()));
        self
    }

    /// One of the addresses, with who named it.
    pub(super) fn named(&self, address: &str) -> NamedAddress {
        let vouched = self.origin == Origin::Administrator && !self.self_named.contains(address);
        NamedAddress::new(address, if vouched { NamedBy::Administrator } else { NamedBy::Stranger })
    }

    /// Puts them beside the metadata that are stored.
    pub(super) fn keep_in(&self, stored: &mut Value) {
        if let Some(members) = stored.as_object_mut().filter(|_| !self.self_named.is_empty()) {
            members.insert(MEMBER.to_owned(), self.self_named.iter().cloned().collect());
        }
    }
}

/// The addresses in the metadata that are called.
fn called(client: &Client) -> BTreeSet<&str> {
    let single = [
        &client.jwks_uri,
        &client.backchannel_logout_uri,
        &client.sector_identifier_uri,
        &client.backchannel_client_notification_endpoint,
    ];
    single.into_iter().chain(&client.request_uris).map(String::as_str).collect()
}
