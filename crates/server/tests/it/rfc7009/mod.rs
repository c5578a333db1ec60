//! RFC 7009: a client gives its tokens back.

mod revocation;
