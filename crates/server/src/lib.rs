//! Symbolon's server: the rules of OAuth 2.0 and OpenID Connect, and their HTTP. [`Server::start`] opens the database,
//! brings it up to date and loads or makes keys; [`bind`] takes the two ports; [`Server::run`] serves until told to
//! stop and finishes what it began. The map of the modules is in `ARCHITECTURE.md`: `routes` is the edge,
//! `authorization`, `challenge`, `token` and `issue` are the path of a login, `context` is the one state.

mod access_log;
mod accounts;
mod address_block;
mod admin;
mod assertion;
mod at_rest;
pub mod audit;
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
pub mod diagnosis;
mod discovery;
mod dpop;
mod error;
mod error_page;
mod exchange;
pub mod explain;
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
mod line_file;
mod listen;
mod logout;
mod metrics;
mod minute_limit;
mod openapi;
mod outbound;
mod params;
mod pushed_authorization;
mod registration;
mod reload;
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
mod telemetry;
mod token;
mod token_state;
mod trail;
mod ui;
mod userinfo;
mod worker;

pub use in_process::{Authenticated, Holder, Order, OrderFault};
pub use listen::{
    CertificateFacts, Entrance, Forerunner, Listeners, MutualTlsListener, Port, bind, bind_one, certificates,
};
pub use reload::{LogSwitch, Reloading};
pub use routes::{AtWork, Routes, Sender};
pub use start::{Parts, Server, called, preflight, reach, warnings};
pub use start_error::StartError;
pub use symbolon_jose::Rng;
pub use symbolon_store::maintenance as database;
pub use telemetry::LogRecord;
pub use trail::LogReceiver;
