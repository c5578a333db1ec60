//! `fapi2-security-profile-final-test-plan` and `fapi2-message-signing-final-test-plan` with OpenID Connect, in the variants
//! in which clients authenticate with `private_key_jwt` or with a certificate, and tokens are bound with DPoP or to a
//! certificate; message signing with signed requests and signed answers.

use symbolon_server::config::Config;

use super::fapi_client::Plan;
use super::relying_party::{contains, discovery};
use crate::rfc8705::Authority;

/// The tests of what both plans have.
macro_rules! of_both {
    ($plan:expr) => {
        crate::conformance::tests_of! { $plan.all() =>
            fapi_flows::{
                happy_flow, user_rejects_authentication, ensure_authorization_request_without_state_success,
                ensure_authorization_request_without_nonce_success,
                ensure_authorization_request_with_64_char_nonce_success, ensure_authorization_request_with_long_nonce,
                ensure_authorization_request_with_long_state, ensure_other_scope_order_succeeds,
                test_claims_parameter_identity_claims, access_token_type_header_case_sensitivity,
                ensure_different_nonce_inside_and_outside_request_object,
                ensure_different_state_inside_and_outside_request_object, state_only_outside_request_object_not_used,
                refresh_token,
            },
            fapi_requests::{
                ensure_request_object_without_redirect_uri_fails, ensure_redirect_uri_in_authorization_request,
                plain_fapi_tolerate_unregistered_redirect_uri, ensure_response_type_code_idtoken_fails,
                ensure_response_type_token_fails, par_ensure_pkce_required, par_plain_pkce_rejected,
                ensure_unsigned_authorization_request_without_using_par_fails, par_without_duplicate_parameters,
                par_authorization_request_containing_request_uri_form_param, par_attempt_invalid_http_method,
                par_ensure_reused_request_uri_prior_to_auth_completion_succeeds, par_attempt_reuse_request_uri,
                par_attempt_to_use_expired_request_uri, par_attempt_to_use_request_uri_for_different_client,
            },
            fapi_clients::{
                ensure_authorization_code_is_bound_to_client, attempt_reuse_authorization_code_after_one_second,
                ensure_token_endpoint_fails_with_expired_auth_code, ensure_pkce_code_verifier_required,
                incorrect_pkce_code_verifier_rejected,
            },
            fapi_proofs::{ensure_holder_of_key_required},
        }
        crate::conformance::tests_of! { $plan.with_assertions() =>
            fapi_clients::{
                ensure_signed_client_assertion_with_rs256_fails, ensure_client_assertion_in_token_endpoint,
                ensure_client_assertion_with_exp_is_5_minutes_in_past_fails,
                ensure_client_assertion_with_wrong_aud_fails, ensure_client_assertion_with_no_sub_fails,
                ensure_client_id_in_token_endpoint,
                par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted,
                par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails,
                par_test_array_as_audience_fails, par_test_par_endpoint_url_as_audience_fails,
                par_test_token_endpoint_url_as_audience_fails,
            },
        }
        crate::conformance::tests_of! { $plan.with_proofs() =>
            fapi_proofs::{
                check_dpop_proof_nbf_exp, ensure_dpopproof_with_iat_10seconds_before_succeeds,
                ensure_dpopproof_with_iat_10seconds_after_succeeds, ensure_mismatched_dpop_jkt_fails,
                ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt,
                ensure_token_endpoint_fails_with_mismatched_dpop_jkt,
                ensure_dpopproof_at_par_endpoint_binding_success, ensure_dpop_auth_code_binding_success,
                dpop_negative_tests,
            },
        }
    };
}

mod security_profile {
    use super::Plan;

    of_both!(Plan::SECURITY_PROFILE);
}

mod message_signing {
    use super::Plan;

    of_both!(Plan::MESSAGE_SIGNING);

    crate::conformance::tests_of! { Plan::MESSAGE_SIGNING.all() =>
        fapi_objects::{
            ensure_request_object_with_multiple_aud_succeeds,
            ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted,
            ensure_request_object_without_exp_fails, ensure_request_object_without_nbf_fails,
            ensure_expired_request_object_fails, ensure_request_object_with_bad_aud_fails,
            ensure_request_object_with_exp_over_60_fails, ensure_request_object_with_nbf_over_60_fails,
            ensure_signed_request_object_with_rs256_fails, ensure_request_object_signature_algorithm_is_not_none,
            ensure_request_object_with_invalid_signature_fails, ensure_matching_key_in_authorization_request,
            ensure_unsigned_request_at_par_endpoint_fails, par_authorization_request_containing_request_uri,
        },
    }
}

/// Algorithms that the profile knows; the suite can use those.
const STRONG: [&str; 4] = ["PS256", "ES256", "EdDSA", "Ed25519"];

#[tokio::test]
async fn discovery_end_point_verification() {
    for plan in [Plan::SECURITY_PROFILE, Plan::MESSAGE_SIGNING] {
        let authority = Authority::new();
        let vouched = |config: &mut Config| config.symbolon.mtls.ca_file = Some(authority.path());
        let document = discovery(&plan.provider_with(vouched).await).await;
        super::config::assert_https(&document);
        super::config::assert_registered(&document);
        assert!(document["pushed_authorization_request_endpoint"].is_string());
        for name in [
            "require_pushed_authorization_requests",
            "authorization_response_iss_parameter_supported",
            "tls_client_certificate_bound_access_tokens",
        ] {
            assert_eq!(document[name], true, "{name}");
        }
        for (name, value) in [
            ("response_types_supported", "code"),
            ("code_challenge_methods_supported", "S256"),
            ("token_endpoint_auth_methods_supported", "private_key_jwt"),
            ("token_endpoint_auth_methods_supported", "tls_client_auth"),
            ("response_modes_supported", "jwt"),
        ] {
            assert!(contains(&document[name], value), "{name}: {}", document[name]);
        }
        for name in [
            "token_endpoint_auth_signing_alg_values_supported",
            "id_token_signing_alg_values_supported",
            "dpop_signing_alg_values_supported",
            "request_object_signing_alg_values_supported",
            "authorization_signing_alg_values_supported",
        ] {
            assert!(STRONG.iter().any(|strong| contains(&document[name], strong)), "{name}: {}", document[name]);
        }
    }
}
