//! Drives the client crate against real providers, each of which `beside.mjs` and `../serve` have started: one module for each
//! provider, with [`browser`] in place of the person and [`setting`] for what all of them need.

mod browser;
mod listener;
mod node_oidc;
mod oauth2_mock_server;
mod oidc_mock;
mod pages;
mod setting;
mod symbolon;
