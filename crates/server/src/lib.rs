//! Symbolon's server: the rules of OAuth 2.0 and OpenID Connect, and their HTTP. [`Server::start`] opens the database,
//! brings it up to date and loads or makes keys; [`bind`] takes the two ports; [`Server::run`] serves until told to
//! stop and finishes what it began. The map of the modules is in `ARCHITECTURE.md`: `routes` is the edge,
//! `authorization`, `challenge`, `token` and `issue` are the path of a login, `context` is the one state.

mod accounts;
mod address_block;
mod admin;
mod assertion;
mod at_rest;
mod authorization;
mod authorization_details;
mod backchannel;
mod bearer;
mod certificate;
mod challenge;
mod client_authentication;
mod clients;
pub mod clock;
pub mod config;
mod confirmation;
mod context;
mod control_characters;
mod cookies;
mod credentials;
mod device;
mod discovery;
mod dpop;
mod error;
mod error_page;
mod exchange;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod global_token_revocation;
mod grant;
mod health;
mod hooks;
mod hydra;
pub mod hydra_import;
mod identifiers;
mod in_process;
mod introspection;
mod issue;
mod keys;
mod listen;
mod logout;
mod metrics;
mod minute_limit;
mod openapi;
mod outbound;
mod params;
mod pushed_authorization;
mod registration;
mod request;
mod resource;
mod resource_indicators;
mod revocation;
mod routes;
mod seal;
pub mod security_profile;
mod session;
mod slow_hash;
mod start;
mod start_error;
mod subject_identifier;
mod token;
mod token_state;
mod ui;
mod userinfo;
mod worker;

pub use in_process::{Authenticated, Holder, Order, OrderFault};
pub use listen::{Entrance, Forerunner, Listeners, MutualTlsListener, Port, bind};
pub use routes::{AtWork, Routes, Sender};
pub use start::{Parts, Server, preflight, warnings};
pub use start_error::StartError;
pub use symbolon_jose::Rng;
pub use symbolon_store::maintenance as database;
