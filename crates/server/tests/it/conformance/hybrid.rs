//! `oidcc-hybrid-certification-test-plan`: a code, and more from the authorization endpoint. Each module runs with answers where they go by
//! default, and again in forms (`oidcc-formpost-hybrid-certification-test-plan`).

use super::relying_party::Run;

/// The tests of the plan, with a function that says where answers go.
macro_rules! plan {
    ($mode:expr) => {
        crate::conformance::tests_of! { [CODE_ID_TOKEN, CODE_TOKEN, CODE_ID_TOKEN_TOKEN].map($mode) =>
            flows::{
                server, server_client_secret_post, idtoken_signature, display_page, display_popup,
                ensure_request_with_unknown_parameter_succeeds, login_hint, ui_locales, claims_locales,
                ensure_request_with_acr_values_succeeds,
            },
            userinfo::{ userinfo_get, userinfo_post_header, userinfo_post_body },
            claims::{ scope_profile, scope_email, scope_address, scope_phone, scope_all, claims_essential },
            sessions::{
                prompt_login, prompt_none_not_logged_in, prompt_none_logged_in, max_age_1, max_age_10000,
                id_token_hint,
            },
            codes::{ codereuse, codereuse_30seconds, refresh_token },
            requests::{
                ensure_registered_redirect_uri, ensure_request_object_with_redirect_uri,
                request_uri_unsigned_supported_correctly_or_rejected_as_unsupported,
                unsigned_request_object_supported_correctly_or_rejected_as_unsupported,
            },
        }

        crate::conformance::tests_of! { [CODE_ID_TOKEN].map($mode) =>
            flows::{ response_type_missing },
            claims::{ alternate_happy_flow },
            codes::{ ensure_request_with_valid_pkce_succeeds },
        }

        crate::conformance::tests_of! { [CODE_TOKEN].map($mode) =>
            flows::{ ensure_request_without_nonce_succeeds_for_code_flow },
        }

        crate::conformance::tests_of! { [CODE_ID_TOKEN, CODE_ID_TOKEN_TOKEN].map($mode) =>
            flows::{ ensure_request_without_nonce_fails },
        }
    };
}

const CODE_ID_TOKEN: Run = Run::of("code id_token");
const CODE_TOKEN: Run = Run::of("code token");
const CODE_ID_TOKEN_TOKEN: Run = Run::of("code id_token token");

plan!(std::convert::identity);

mod form_post {
    use super::{CODE_ID_TOKEN, CODE_ID_TOKEN_TOKEN, CODE_TOKEN, Run};

    plan!(Run::in_forms);
}
