//! The device authorization grant (RFC 8628): a device without a browser asks for codes ([`authorization`]), a person
//! enters the short one in a browser and goes through the ordinary login and consent ([`verification`]), and the device
//! polls the token endpoint with the long one (`token::device_code`). What pages and the management API do with a user
//! code is in [`challenge`].

pub mod authorization;
pub mod challenge;
pub mod device_code;
pub mod user_code;
pub mod verification;

use symbolon_types::BrowserId;

use crate::clock::Clock;
use crate::minute_limit::MinuteLimit;
use user_code::UserCodes;

/// Requests of public clients that one sender may make in a minute: each is written down.
const REQUESTS_PER_MINUTE: u32 = 60;
/// Codes that one sender may enter in a minute: many people may share an address.
const ENTRIES_PER_MINUTE: u32 = 60;
/// Codes that may be entered with one challenge in a minute.
const ENTRIES_PER_CHALLENGE: u32 = 10;

/// What the parts of the grant share.
pub struct DeviceState {
    /// Makes and recognises user codes.
    pub codes: UserCodes,
    /// Requests of public clients by sender.
    pub requests: MinuteLimit,
    /// Entered user codes by sender.
    pub entries_by_address: MinuteLimit,
    /// Entered user codes by challenge.
    pub entries_by_challenge: MinuteLimit<BrowserId>,
}

impl DeviceState {
    /// With these makers of codes, nothing counted.
    pub fn new(codes: UserCodes, clock: &Clock) -> Self {
        Self {
            codes,
            requests: MinuteLimit::new(REQUESTS_PER_MINUTE, clock),
            entries_by_address: MinuteLimit::new(ENTRIES_PER_MINUTE, clock),
            entries_by_challenge: MinuteLimit::new(ENTRIES_PER_CHALLENGE, clock),
        }
    }
}
