//! What a server says about itself (`OpenID` Connect Discovery 1.0 §3, RFC 8414 §2).

use std::fmt;

use super::members::members;

members! {
    /// The metadata of an authorization server or `OpenID` provider. Nothing but the issuer is certain to be there: an
    /// endpoint that is missing is told by the operation that needs it.
    ///
    /// ```
    /// use symbolon_client::ProviderMetadata;
    ///
    /// let mut metadata = ProviderMetadata::new("https://github.com");
    /// metadata.authorization_endpoint = Some("https://github.com/login/oauth/authorize".to_owned());
    /// metadata.token_endpoint = Some("https://github.com/login/oauth/access_token".to_owned());
    /// ```
    pub struct ProviderMetadata {
        /// Who the provider is, exactly as its tokens name it.
        issuer: String,
        /// Where the browser is sent (RFC 6749 §3.1).
        authorization_endpoint: Option<String>,
        /// Where tokens are issued (RFC 6749 §3.2).
        token_endpoint: Option<String>,
        /// The provider's public keys (RFC 7517 §5).
        jwks_uri: Option<String>,
        /// Claims about the user (`OpenID` Connect Core §5.3).
        userinfo_endpoint: Option<String>,
        /// Where applications register themselves (RFC 7591 §3).
        registration_endpoint: Option<String>,
        /// Where tokens are given back (RFC 7009).
        revocation_endpoint: Option<String>,
        /// Where resource servers ask about tokens (RFC 7662).
        introspection_endpoint: Option<String>,
        /// Where the browser is sent to log out (`OpenID` Connect RP-Initiated Logout §2.1).
        end_session_endpoint: Option<String>,
        /// Where devices start (RFC 8628 §4).
        device_authorization_endpoint: Option<String>,
        /// Where a user is asked on another device (`OpenID` Connect CIBA §4).
        backchannel_authentication_endpoint: Option<String>,
        /// Where authorization requests are pushed (RFC 9126 §5).
        pushed_authorization_request_endpoint: Option<String>,
        /// A page that tells whether the session changed (`OpenID` Connect Session Management §3.3).
        check_session_iframe: Option<String>,
        /// Where credentials about the user are issued (draft 00).
        credentials_endpoint_draft_00: Option<String>,
        /// RFC 6749 §3.1.1.
        response_types_supported: Vec<String>,
        /// How answers of the authorization endpoint travel.
        response_modes_supported: Vec<String>,
        /// RFC 6749 §1.3; when it is empty `authorization_code` and `implicit` (RFC 8414 §2).
        grant_types_supported: Vec<String>,
        /// Scopes that may be asked for; there may be others.
        scopes_supported: Vec<String>,
        /// Claims that may be given.
        claims_supported: Vec<String>,
        /// `public`, `pairwise` (`OpenID` Connect Core §8).
        subject_types_supported: Vec<String>,
        /// Authentication contexts.
        acr_values_supported: Vec<String>,
        /// Values of `prompt`.
        prompt_values_supported: Vec<String>,
        /// Values of `display`.
        display_values_supported: Vec<String>,
        /// How claims may be given (`OpenID` Connect Core §5.6).
        claim_types_supported: Vec<String>,
        /// Languages of claims.
        claims_locales_supported: Vec<String>,
        /// Languages of pages.
        ui_locales_supported: Vec<String>,
        /// PKCE methods (RFC 7636).
        code_challenge_methods_supported: Vec<String>,
        /// How clients authenticate; when it is empty `client_secret_basic` (RFC 8414 §2).
        token_endpoint_auth_methods_supported: Vec<String>,
        /// How client assertions may be signed.
        token_endpoint_auth_signing_alg_values_supported: Vec<String>,
        /// As for the token endpoint.
        revocation_endpoint_auth_methods_supported: Vec<String>,
        /// As for the token endpoint.
        revocation_endpoint_auth_signing_alg_values_supported: Vec<String>,
        /// As for the token endpoint.
        introspection_endpoint_auth_methods_supported: Vec<String>,
        /// As for the token endpoint.
        introspection_endpoint_auth_signing_alg_values_supported: Vec<String>,
        /// How signed answers of introspection may be signed (RFC 9701 §7).
        introspection_signing_alg_values_supported: Vec<String>,
        /// How they may be encrypted.
        introspection_encryption_alg_values_supported: Vec<String>,
        /// How their content may be encrypted.
        introspection_encryption_enc_values_supported: Vec<String>,
        /// How ID tokens may be signed.
        id_token_signing_alg_values_supported: Vec<String>,
        /// How ID tokens may be encrypted.
        id_token_encryption_alg_values_supported: Vec<String>,
        /// How their content may be encrypted.
        id_token_encryption_enc_values_supported: Vec<String>,
        /// How userinfo may be signed.
        userinfo_signing_alg_values_supported: Vec<String>,
        /// How userinfo may be encrypted.
        userinfo_encryption_alg_values_supported: Vec<String>,
        /// How its content may be encrypted.
        userinfo_encryption_enc_values_supported: Vec<String>,
        /// How request objects may be signed (RFC 9101).
        request_object_signing_alg_values_supported: Vec<String>,
        /// How request objects may be encrypted.
        request_object_encryption_alg_values_supported: Vec<String>,
        /// How their content may be encrypted.
        request_object_encryption_enc_values_supported: Vec<String>,
        /// How answers of the authorization endpoint may be signed (JARM §3).
        authorization_signing_alg_values_supported: Vec<String>,
        /// How they may be encrypted.
        authorization_encryption_alg_values_supported: Vec<String>,
        /// How their content may be encrypted.
        authorization_encryption_enc_values_supported: Vec<String>,
        /// How `DPoP` proofs may be signed (RFC 9449 §5.1).
        dpop_signing_alg_values_supported: Vec<String>,
        /// Types of authorization details (RFC 9396 §10).
        authorization_details_types_supported: Vec<String>,
        /// `poll`, `ping`, `push` (`OpenID` Connect CIBA §4).
        backchannel_token_delivery_modes_supported: Vec<String>,
        /// How such requests may be signed.
        backchannel_authentication_request_signing_alg_values_supported: Vec<String>,
        /// Resources that the server issues tokens for (RFC 9728 §4).
        protected_resources: Vec<String>,
        /// Whether every answer of the authorization endpoint has `iss` (RFC 9207 §3).
        authorization_response_iss_parameter_supported: Option<bool>,
        /// Whether the parameter `claims` works.
        claims_parameter_supported: Option<bool>,
        /// Whether the parameter `request` works.
        request_parameter_supported: Option<bool>,
        /// Whether the parameter `request_uri` works.
        request_uri_parameter_supported: Option<bool>,
        /// Whether a `request_uri` must be registered.
        require_request_uri_registration: Option<bool>,
        /// Whether all authorization requests must be pushed (RFC 9126 §5).
        require_pushed_authorization_requests: Option<bool>,
        /// Whether all authorization requests must be signed (RFC 9101 §10.5).
        require_signed_request_object: Option<bool>,
        /// Whether access tokens may be bound to certificates (RFC 8705 §3.3).
        tls_client_certificate_bound_access_tokens: Option<bool>,
        /// Whether the parameter `user_code` works (`OpenID` Connect CIBA §4).
        backchannel_user_code_parameter_supported: Option<bool>,
        /// Whether back-channel logout works.
        backchannel_logout_supported: Option<bool>,
        /// Whether logout tokens have `sid`.
        backchannel_logout_session_supported: Option<bool>,
        /// Whether front-channel logout works.
        frontchannel_logout_supported: Option<bool>,
        /// Whether front-channel logout tells `iss` and `sid`.
        frontchannel_logout_session_supported: Option<bool>,
        /// Whether a client id may be the URL of a metadata document.
        client_id_metadata_document_supported: Option<bool>,
        /// Endpoints for clients with a certificate, an object (RFC 8705 §5).
        mtls_endpoint_aliases: Option<serde_json::Value>,
        /// A page for developers.
        service_documentation: Option<String>,
        /// What the provider demands of applications.
        op_policy_uri: Option<String>,
        /// The terms of service.
        op_tos_uri: Option<String>,
        /// The metadata as a JWT (RFC 8414 §2.1), which this crate does not read.
        signed_metadata: Option<String>,
    }
}

impl ProviderMetadata {
    /// Nothing but the issuer.
    pub fn new(issuer: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), ..Self::default() }
    }
}

impl fmt::Debug for ProviderMetadata {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ProviderMetadata").field(&self.to_members()).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_odd_member_does_not_spoil_the_document() {
        let document = json!({
            "issuer": "https://as.example", "token_endpoint": "https://as.example/t",
            "claims_parameter_supported": "true", "subject_types_supported": "pairwise",
            "acr_values_supported": [0, 1], "jwks_uri": 7, "scopes_supported": null, "x_own": {"a": 1},
        });
        let read: ProviderMetadata = serde_json::from_value(document).unwrap();
        assert_eq!(read.token_endpoint.as_deref(), Some("https://as.example/t"));
        assert_eq!(
            (read.claims_parameter_supported, &*read.subject_types_supported),
            (Some(true), &["pairwise".to_owned()][..])
        );
        assert!(
            read.acr_values_supported.is_empty() && read.jwks_uri.is_none() && read.authorization_endpoint.is_none()
        );
        assert_eq!((&read.extra["acr_values_supported"], &read.extra["x_own"]), (&json!([0, 1]), &json!({"a": 1})));
    }
}
