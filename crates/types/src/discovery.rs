//! The provider's description of itself (`OpenID` Connect Discovery §3, RFC 8414 §2).
//!
//! One type for both sides: the server fills it from what is switched on, the client crate reads
//! the documents of any provider with it. The first 32 members are those of Hydra's document, in
//! its order. Members that are unset are left out; members that are not known are kept in `extra`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lenient::null_as_default;

/// A kind of credential that the provider issues (`OpenID` Connect `UserInfo` Verifiable Credentials,
/// draft 00).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "credentialSupportedDraft00"))]
pub struct CredentialSupported {
    /// `jwt_vc_json`.
    #[serde(deserialize_with = "null_as_default")]
    pub format: String,
    /// The types in the credential.
    #[serde(deserialize_with = "null_as_default")]
    pub types: Vec<String>,
    /// How the credential is bound to its holder.
    #[serde(deserialize_with = "null_as_default")]
    pub cryptographic_binding_methods_supported: Vec<String>,
    /// With what it may be signed.
    #[serde(deserialize_with = "null_as_default")]
    pub cryptographic_suites_supported: Vec<String>,
}

/// Provider metadata. What is `None` is left out, and so are empty lists. Whether a document
/// without a member means "no" or the default of the standard is told in the section named.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(rename = "oidcConfiguration"))]
pub struct ProviderMetadata {
    /// The issuer, verbatim.
    pub issuer: String,
    /// RFC 6749 §3.1.
    pub authorization_endpoint: String,
    /// RFC 8628 §4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_authorization_endpoint: Option<String>,
    /// `OpenID` Connect Dynamic Client Registration §3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    /// RFC 6749 §3.2.
    pub token_endpoint: String,
    /// The public keys, a JSON Web Key Set.
    pub jwks_uri: String,
    /// `OpenID` Connect Core §8.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub subject_types_supported: Vec<String>,
    /// RFC 6749 §3.1.1.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub response_types_supported: Vec<String>,
    /// Claims that may be given.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub claims_supported: Vec<String>,
    /// RFC 6749 §1.3.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub grant_types_supported: Vec<String>,
    /// OAuth 2.0 Multiple Response Type Encoding Practices §2.1.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub response_modes_supported: Vec<String>,
    /// `OpenID` Connect Core §5.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    /// Scopes that may be requested.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<String>,
    /// `OpenID` Connect Core §9.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// `none` stands for plain JSON.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub userinfo_signing_alg_values_supported: Vec<String>,
    /// `OpenID` Connect Core §2.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub id_token_signing_alg_values_supported: Vec<String>,
    /// Not of any standard; Ory's SDKs need it.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub id_token_signed_response_alg: Vec<String>,
    /// Not of any standard; Ory's SDKs need it.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub userinfo_signed_response_alg: Vec<String>,
    /// RFC 9101 §5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_parameter_supported: Option<bool>,
    /// RFC 9101 §5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_uri_parameter_supported: Option<bool>,
    /// Whether `request_uris` must list what is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_request_uri_registration: Option<bool>,
    /// `OpenID` Connect Core §5.5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims_parameter_supported: Option<bool>,
    /// RFC 7009.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    /// `OpenID` Connect Back-Channel Logout §2.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_supported: Option<bool>,
    /// `OpenID` Connect Back-Channel Logout §2.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_supported: Option<bool>,
    /// `OpenID` Connect Front-Channel Logout §3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_supported: Option<bool>,
    /// `OpenID` Connect Front-Channel Logout §3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_session_supported: Option<bool>,
    /// `OpenID` Connect RP-Initiated Logout §2.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    /// RFC 9101 §6.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub request_object_signing_alg_values_supported: Vec<String>,
    /// RFC 8414 §2.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub code_challenge_methods_supported: Vec<String>,
    /// `OpenID` Connect `UserInfo` Verifiable Credentials, draft 00.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials_endpoint_draft_00: Option<String>,
    /// `OpenID` Connect `UserInfo` Verifiable Credentials, draft 00.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub credentials_supported_draft_00: Vec<CredentialSupported>,
    /// RFC 7662.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<String>,
    /// RFC 8414 §2.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_methods_supported: Vec<String>,
    /// RFC 8414 §2.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// RFC 9701 §7.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub introspection_signing_alg_values_supported: Vec<String>,
    /// RFC 9701 §7.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub introspection_encryption_alg_values_supported: Vec<String>,
    /// RFC 9701 §7.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub introspection_encryption_enc_values_supported: Vec<String>,
    /// RFC 8414 §2.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub revocation_endpoint_auth_methods_supported: Vec<String>,
    /// RFC 8414 §2.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub revocation_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// RFC 8414 §2.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// RFC 9207 §3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_response_iss_parameter_supported: Option<bool>,
    /// RFC 9126 §5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_authorization_request_endpoint: Option<String>,
    /// RFC 9126 §5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_pushed_authorization_requests: Option<bool>,
    /// RFC 9101 §10.5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_signed_request_object: Option<bool>,
    /// JWT Secured Authorization Response Mode §3.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub authorization_signing_alg_values_supported: Vec<String>,
    /// JWT Secured Authorization Response Mode §4.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub authorization_encryption_alg_values_supported: Vec<String>,
    /// JWT Secured Authorization Response Mode §4.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub authorization_encryption_enc_values_supported: Vec<String>,
    /// RFC 9396 §10.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub authorization_details_types_supported: Vec<String>,
    /// Identity and Authorization Chaining Across Domains, OAuth Authorization Server Metadata.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub identity_chaining_requested_token_types_supported: Vec<String>,
    /// RFC 9449 §5.1.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub dpop_signing_alg_values_supported: Vec<String>,
    /// RFC 8705 §3.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_client_certificate_bound_access_tokens: Option<bool>,
    /// RFC 8705 §5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtls_endpoint_aliases: Option<Value>,
    /// `OpenID` Connect CIBA §4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_authentication_endpoint: Option<String>,
    /// `OpenID` Connect CIBA §4.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub backchannel_token_delivery_modes_supported: Vec<String>,
    /// `OpenID` Connect CIBA §4.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub backchannel_authentication_request_signing_alg_values_supported: Vec<String>,
    /// `OpenID` Connect CIBA §4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_user_code_parameter_supported: Option<bool>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub acr_values_supported: Vec<String>,
    /// Initiating User Registration via `OpenID` Connect §4.1.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub prompt_values_supported: Vec<String>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub display_values_supported: Vec<String>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub claim_types_supported: Vec<String>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub claims_locales_supported: Vec<String>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub ui_locales_supported: Vec<String>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub id_token_encryption_alg_values_supported: Vec<String>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub id_token_encryption_enc_values_supported: Vec<String>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub userinfo_encryption_alg_values_supported: Vec<String>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub userinfo_encryption_enc_values_supported: Vec<String>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub request_object_encryption_alg_values_supported: Vec<String>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub request_object_encryption_enc_values_supported: Vec<String>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_documentation: Option<String>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op_policy_uri: Option<String>,
    /// `OpenID` Connect Discovery §3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op_tos_uri: Option<String>,
    /// `OpenID` Connect Session Management §3.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_session_iframe: Option<String>,
    /// OAuth Client ID Metadata Document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id_metadata_document_supported: Option<bool>,
    /// RFC 9728 §4.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub protected_resources: Vec<String>,
    /// Identity Assertion Authorization Grant, draft 04.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub authorization_grant_profiles_supported: Vec<String>,
    /// Global Token Revocation, draft 05 §4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub global_token_revocation_endpoint: Option<String>,
    /// Global Token Revocation, draft 05 §4.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub global_token_revocation_endpoint_auth_methods_supported: Vec<String>,
    /// RFC 8414 §2.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_metadata: Option<String>,
    /// Whatever else the document has.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unset_members_are_left_out_and_unknown_ones_kept() {
        let text = r#"{"issuer":"i","authorization_endpoint":"a","token_endpoint":"t","jwks_uri":"j"}"#;
        let document: ProviderMetadata = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&document).unwrap(), text);
        let text = text.replace('}', r#","scopes_supported":null,"x":1}"#);
        let document: ProviderMetadata = serde_json::from_str(&text).unwrap();
        assert!(document.scopes_supported.is_empty());
        assert_eq!(document.extra["x"], 1);
    }

    #[test]
    fn a_document_without_the_four_basic_members_is_refused() {
        assert!(serde_json::from_str::<ProviderMetadata>(r#"{"issuer":"i"}"#).is_err());
    }
}
