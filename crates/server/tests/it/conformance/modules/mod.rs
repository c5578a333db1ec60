//! Modules that several plans run, each with the response types of the plan.

pub(super) mod claims;
pub(super) mod codes;
pub(super) mod fapi_clients;
pub(super) mod fapi_flows;
pub(super) mod fapi_objects;
pub(super) mod fapi_proofs;
pub(super) mod fapi_requests;
pub(super) mod flows;
pub(super) mod registration;
pub(super) mod requests;
pub(super) mod sessions;
pub(super) mod userinfo;
