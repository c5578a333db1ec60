//! HTTP/1.1 (RFC 9112), and where HTTP/2 (RFC 9113) says the same in another way.

mod host;
