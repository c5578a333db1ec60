//! RFC 6750: presenting an access token. The userinfo endpoint is the one that takes them.

mod bearer;
