//! RFC 7662: what a resource server learns of a token. On the admin listener, as in Hydra.

mod introspection;
