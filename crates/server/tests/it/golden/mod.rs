//! What a real Ory Hydra answered, replayed against our server: status, members and their types, `error`, headers,
//! cookies, and where redirects lead. The recordings are not part of this repository; without their folder the tests
//! pass with a notice, unless nothing may be left out. Where we answer differently on purpose, `differences` says so,
//! step by step and with the reason; everything else that differs is a failure, and so is an entry that no longer does.

mod compare;
mod differences;
mod early;
mod files;
mod jars;
mod jwt;
mod outcome;
mod page;
mod prepare;
mod prepare_credentials;
mod prepare_devices;
mod prepare_grants;
mod prepare_hooks;
mod prepare_sessions;
mod recording;
mod replay;
mod template;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use files::{FILES, Plan};
use recording::Recording;

use crate::support;

/// The folder of recordings; `None`, with a notice, when there is none.
fn folder() -> Option<PathBuf> {
    let folder = support::golden_folder();
    if folder.is_dir() {
        return Some(folder);
    }
    support::left_out(
        "what Hydra answered is not replayed: there is no folder of recorded exchanges (SYMBOLON_GOLDEN)",
    );
    None
}

/// Replays a file to its end, and fails with everything that differs without being meant to.
async fn replay(file: &str) {
    let Some(folder) = folder() else { return };
    let text = std::fs::read_to_string(folder.join(format!("{file}.json"))).unwrap();
    let recording: Recording = serde_json::from_str(&text).unwrap();
    let outcomes = replay::run(file, recording).await;
    let verdict = differences::judge(file, &outcomes);
    let mut report = String::new();
    for (step, mismatch) in &verdict.unexplained {
        writeln!(report, "  [{step}] {}: recorded {}, came {}", mismatch.place, mismatch.expected, mismatch.got)
            .unwrap();
    }
    for entry in &verdict.unneeded {
        writeln!(report, "  no longer differs: {entry}").unwrap();
    }
    let failed: BTreeSet<_> = verdict.unexplained.iter().map(|(step, _)| step).collect();
    assert!(report.is_empty(), "{file}: {} of {} exchanges differ\n{report}", failed.len(), outcomes.len());
}

#[test]
fn every_recording_has_a_plan() {
    let Some(folder) = folder() else { return };
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let found: BTreeSet<_> = names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).collect();
    let planned: BTreeSet<_> = FILES.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(found, planned);
}

#[test]
fn every_replayed_recording_has_a_test() {
    let replayed: BTreeSet<_> = FILES.iter().filter(|(_, plan)| *plan == Plan::Replay).map(|(file, _)| *file).collect();
    assert_eq!(replayed, TESTED.iter().copied().collect());
}

#[test]
fn a_file_without_exchanges_has_none() {
    let Some(folder) = folder() else { return };
    for (file, _) in FILES.iter().filter(|(_, plan)| matches!(plan, Plan::NoExchanges(_))) {
        let text = std::fs::read_to_string(folder.join(format!("{file}.json"))).unwrap();
        let contents: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(contents.get("exchanges"), None, "{file}");
    }
}

/// One test for each file.
macro_rules! replayed {
    ($($file:ident),+ $(,)?) => {
        const TESTED: &[&str] = &[$(stringify!($file)),+];
        $(
            #[tokio::test]
            async fn $file() {
                replay(stringify!($file)).await;
            }
        )+
    };
}

replayed!(
    admin_clients_crud,
    admin_clients_errors,
    admin_clients_lifespans,
    admin_clients_list,
    admin_clients_patch,
    admin_clients_secret_rotation,
    authorize_early_errors,
    authorize_late_errors,
    authorize_post,
    client_authentication,
    client_credentials,
    code_flow_minimal,
    code_flow_partial_consent,
    code_flow_pkce,
    code_redemption_errors,
    consent_sessions,
    cors,
    dcr_access_errors,
    dcr_admin_interplay,
    dcr_create_errors,
    dcr_create_variants,
    dcr_disabled,
    dcr_lifecycle,
    dcr_put_errors,
    device_errors,
    device_expired,
    device_flow,
    discovery,
    discovery_customised,
    expired_challenges,
    exposed_internal_errors,
    fallback_pages,
    health_version,
    hybrid_flow,
    implicit_flow,
    introspection,
    jwk_sets,
    jwks,
    jwt_access_tokens,
    jwt_bearer_grant,
    login_api,
    login_sessions,
    logout_channels,
    logout_errors,
    logout_op_initiated,
    logout_rp_initiated,
    not_found,
    pairwise_subjects,
    pkce_enforced,
    pkce_redemption,
    refresh_grace_period,
    refresh_token_hook,
    refresh_tokens,
    remembered_session,
    request_objects,
    response_modes,
    revocation,
    token_hook,
    token_request_errors,
    trust_issuers,
    unconfigured_ui,
    userinfo,
    verifiable_credential_errors,
    verifiable_credentials,
);
