//! RFC 9207: whose answer it is.

mod issuer;
