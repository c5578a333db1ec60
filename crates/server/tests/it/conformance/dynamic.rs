//! `oidcc-dynamic-certification-test-plan`: clients with `private_key_jwt` that register themselves, once with each
//! response type.

use super::relying_party::{Method, Run};

const fn by_key(response_type: &'static str) -> Run {
    Run::of(response_type).by(Method::PrivateKeyJwt)
}

const ID_TOKEN: Run = by_key("id_token");
const ID_TOKEN_TOKEN: Run = by_key("id_token token");
const WITH_CODE: [Run; 4] =
    [by_key("code"), by_key("code id_token"), by_key("code token"), by_key("code id_token token")];
const ALL: [Run; 6] = [ID_TOKEN, ID_TOKEN_TOKEN, WITH_CODE[0], WITH_CODE[1], WITH_CODE[2], WITH_CODE[3]];
const WITH_ACCESS_TOKEN: [Run; 5] = [ID_TOKEN_TOKEN, WITH_CODE[0], WITH_CODE[1], WITH_CODE[2], WITH_CODE[3]];

super::tests_of! { ALL =>
    flows::{ server },
    registration::{
        idtoken_rs256, ensure_redirect_uri_in_authorization_request, redirect_uri_query_ok,
        redirect_uri_query_mismatch, redirect_uri_query_added, redirect_uri_regfrag, registration_logo_uri,
        registration_policy_uri, registration_tos_uri, registration_sector_uri, registration_sector_bad,
        server_rotate_keys, ensure_client_assertion_with_iss_aud_succeeds,
    },
    requests::{ request_uri_unsigned, request_uri_signed_rs256, ensure_request_object_with_redirect_uri },
}

super::tests_of! { WITH_ACCESS_TOKEN => userinfo::{ userinfo_rs256 } }

super::tests_of! { WITH_CODE =>
    registration::{ registration_jwks_uri, refresh_token_rp_key_rotation },
    codes::{ refresh_token },
}

super::tests_of! { [WITH_CODE[0], WITH_CODE[2]] => registration::{ idtoken_unsigned } }

#[tokio::test]
async fn discovery_endpoint_verification() {
    super::config::verify(&super::relying_party::provider().await).await;
}
