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

use crate::minute_limit::MinuteLimit;
use user_code::UserCodes;

/// What the parts of the grant share.
pub struct DeviceState {
    /// Makes and recognises user codes.
    pub codes: UserCodes,
    /// Requests of public clients by address.
    pub requests: MinuteLimit,
    /// Entered user codes by address.
    pub entries_by_address: MinuteLimit,
    /// Entered user codes by challenge.
    pub entries_by_challenge: MinuteLimit<BrowserId>,
}

impl DeviceState {
    /// With these makers of codes, nothing counted.
    pub fn new(codes: UserCodes) -> Self {
        Self {
            codes,
            requests: MinuteLimit::default(),
            entries_by_address: MinuteLimit::default(),
            entries_by_challenge: MinuteLimit::default(),
        }
    }
}
