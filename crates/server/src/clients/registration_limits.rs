//! How many clients may be registered from one network.

use std::net::IpAddr;

use crate::clock::Clock;
use crate::config::{Config, Network};
use crate::minute_limit::MinuteLimit;

/// Counts registrations.
pub struct RegistrationLimits {
    of_minute: MinuteLimit,
    of_day: MinuteLimit,
    shared: Vec<Network>,
    shared_of_minute: MinuteLimit,
}

impl RegistrationLimits {
    /// As configured, with nothing counted yet.
    pub fn new(config: &Config, clock: &Clock) -> Self {
        let registration = &config.symbolon.registration;
        Self {
            of_minute: MinuteLimit::new(registration.limit_per_minute, clock),
            of_day: MinuteLimit::per_day(registration.limit_per_day, clock),
            shared: registration.shared_networks.clone(),
            shared_of_minute: MinuteLimit::new(registration.shared_limit_per_minute, clock),
        }
    }

    /// Counts one, or says in how many seconds the next may be made. A network of many people, as a hosted application's,
    /// registers once for each of them.
    pub fn count(&self, address: IpAddr) -> Result<(), i64> {
        if self.shared.iter().any(|network| network.contains(address)) {
            return self.shared_of_minute.count(address);
        }
        self.of_minute.count(address)?;
        self.of_day.count(address)
    }
}
