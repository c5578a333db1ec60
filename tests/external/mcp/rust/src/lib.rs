//! The official SDK for Rust, from the first request without a token to a step-up, a refresh and a revocation. The tests
//! find the server and what is around it through the environment (`../beside.mjs`).
#![cfg(test)]

mod application;
mod flows;
