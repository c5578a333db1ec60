//! An API behind the bearer layer, asked over real HTTP, with a provider whose every answer the test decides.

mod api;
mod certificate;
mod challenges;
mod dpop;
mod dpop_nonce;
mod introspection;
mod layer;
mod metadata;
mod settings;
mod stub;
mod tokens;
