//! What Symbolon remembers: records, and the only SQL of the project.
//!
//! A [`Store`] is one database (`SQLite` embedded, or `PostgreSQL`). Everything that changes is written as a guarded
//! [`Batch`]: statements with expectations, one transaction, all or nothing. Whatever may happen only once (a code
//! redeemed, a refresh token rotated, a flow moved on) is decided by a condition in the statement and the number of
//! rows it changed, never by what was read before. Each record has its own module with its struct, its statements and
//! its functions; the drivers know nothing of them. Rules of OAuth live elsewhere; here, bodies are opaque.

mod account;
mod backchannel_request;
mod batch;
mod branch;
mod client;
mod client_cache;
mod client_deletion;
mod device_authorization;
mod dsn;
mod epoch;
mod error;
mod flow;
mod global_revocation;
mod grant;
mod grant_consent;
mod hydra;
mod json_web_key;
mod login_session;
mod logout_delivery;
pub mod maintenance;
mod migration;
mod postgres;
mod postgres_error;
mod postgres_session;
mod postgres_target;
mod postgres_tls;
mod postgres_value;
mod postgres_vouching;
mod postgres_writer;
mod purge;
#[cfg(feature = "raw")]
pub mod raw;
mod refresh;
mod requirement;
mod revoked_token;
mod signing_key;
mod sqlite;
mod sqlite_connection;
mod sqlite_writer;
mod store;
mod stored_request;
mod subject;
mod timing;
mod trusted_issuer;
mod used_identifier;
mod value;
mod voided_grants;

pub use account::Account;
pub use backchannel_request::{AskingLimit, BackchannelRequest, BackchannelStage};
pub use batch::{Batch, Condition, Expect};
pub use branch::{Branch, MOST_ROTATIONS, Rotations};
pub use client::{ClientFilter, ClientPage, ClientRecord, Origin};
pub use device_authorization::{DeviceAuthorization, DeviceStage};
pub use epoch::ClientEpoch;
pub use error::{OpenError, StoreError, WriteError};
pub use flow::{Flow, Handled};
pub use grant::{Grant, GrantState, LiveGrant, REVOKED_GRANT_KEPT_SECONDS};
pub use grant_consent::GrantPage;
pub use hydra::{
    GrantOutcome, HydraGrant, HydraSource, HydraTable, HydraToken, ImportedKind, LedgerEntry, Progress, SourceRow,
};
pub use json_web_key::JsonWebKey;
pub use login_session::{LoginSession, Persistence};
pub use logout_delivery::LogoutDelivery;
pub use purge::{EXPIRING_TABLES, PurgeReport};
pub use refresh::{MOST_BRANCHES, Repeatable, Rotation};
pub use revoked_token::ClientTokenState;
pub use signing_key::{SigningKey, SigningKeyState};
pub use store::{Statistics, Store, StoreOptions};
pub use stored_request::StoredRequest;
pub use subject::SubjectState;
pub use timing::{DURATION_BOUNDS_MICROSECONDS, DatabaseTime, Durations};
pub use trusted_issuer::TrustedIssuer;
pub use value::{Row, Value};
