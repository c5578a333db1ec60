//! RFC 8414: authorization server metadata. What it says is tested in `oidc_discovery`; here is how it is served.

mod metadata;
