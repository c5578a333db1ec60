//! `oidcc-basic-certification-test-plan`: the authorization code flow. Each module runs with answers where they go by
//! default, and again in forms (`oidcc-formpost-basic-certification-test-plan`).

use super::relying_party::Run;

/// The tests of the plan, with a function that says where answers go.
macro_rules! plan {
    ($mode:expr) => {
        crate::conformance::tests_of! { RUNS.map($mode) =>
            flows::{
                server, server_client_secret_post, response_type_missing, idtoken_signature,
                ensure_request_without_nonce_succeeds_for_code_flow, display_page, display_popup,
                ensure_request_with_unknown_parameter_succeeds, login_hint, ui_locales, claims_locales,
                ensure_request_with_acr_values_succeeds,
            },
            registration::{ idtoken_unsigned },
            userinfo::{ userinfo_get, userinfo_post_header, userinfo_post_body },
            claims::{
                scope_profile, scope_email, scope_address, scope_phone, scope_all, alternate_happy_flow,
                claims_essential,
            },
            sessions::{
                prompt_login, prompt_none_not_logged_in, prompt_none_logged_in, max_age_1, max_age_10000,
                id_token_hint,
            },
            codes::{ codereuse, codereuse_30seconds, refresh_token, ensure_request_with_valid_pkce_succeeds },
            requests::{
                ensure_registered_redirect_uri, ensure_post_request_succeeds, ensure_request_object_with_redirect_uri,
                request_uri_unsigned_supported_correctly_or_rejected_as_unsupported,
                unsigned_request_object_supported_correctly_or_rejected_as_unsupported,
            },
        }
    };
}

const RUNS: [Run; 1] = [Run::of("code")];

plan!(std::convert::identity);

mod form_post {
    use super::{RUNS, Run};

    plan!(Run::in_forms);
}
