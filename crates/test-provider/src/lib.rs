//! Symbolon inside the process of a test: an OpenID provider in memory, on ports that the system chose. The tests of
//! this crate are those of the client crate that need Symbolon, so that `symbolon-client` depends on no server, not even
//! for its own tests.
