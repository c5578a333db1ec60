//! RFC 8628, the device authorization grant: the codes, the person's way through a browser, what the device hears
//! meanwhile, and what nobody can get out of it.

mod authorization;
mod built_in_pages;
pub(crate) mod flow;
mod guessing;
mod happy_path;
mod polling;
mod races;
mod refusals;
mod verification;

pub(crate) use flow::{DeviceFlow, GRANT_TYPE, device_client, public_device_client};
