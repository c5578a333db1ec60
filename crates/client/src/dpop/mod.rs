//! Access tokens that only the holder of a key can use (`DPoP`, RFC 9449).
//!
//! A client with a [`DpopKey`] proves at the token endpoint that it has the key, demands that the token is bound to it, and
//! proves it again wherever the token is used: at the userinfo endpoint by itself, at any API with
//! [`Client::send_authorized`], or in requests of another library with [`Client::authorization_headers`]. Servers that hand
//! out nonces (§8, §9) are answered with the latest one of their origin, and asked once more when they wanted another.

mod key;
mod nonces;
mod proof;
mod send;

pub use key::DpopKey;

#[cfg(doc)]
use crate::client::Client;
pub(crate) use nonces::Nonces;
pub(crate) use send::Scheme;
