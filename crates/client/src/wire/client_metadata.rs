//! What is registered about an application (`OpenID` Connect Dynamic Client Registration 1.0 §2, RFC 7591 §2).

use std::fmt;

use super::members::members;

members! {
    /// The metadata of a client. What is not set is not sent, so that the server's defaults hold; members that have no
    /// field here stand in `extra`, and are sent back when a registration is read, changed and replaced.
    ///
    /// ```
    /// use symbolon_client::ClientMetadata;
    ///
    /// let mut metadata = ClientMetadata::new("My app").redirect_uri("https://app.example.com/callback");
    /// metadata.grant_types = vec!["authorization_code".into(), "refresh_token".into()];
    /// assert_eq!(serde_json::to_value(&metadata)?.as_object().map(|members| members.len()), Some(3));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct ClientMetadata {
        /// Given by the server; the body of a replacement has it too.
        client_id: Option<String>,
        /// Shown to users.
        client_name: Option<String>,
        /// Where answers of the authorization endpoint may go (RFC 6749 §3.1.2).
        redirect_uris: Vec<String>,
        /// How the client authenticates; left out it is `client_secret_basic`.
        token_endpoint_auth_method: Option<String>,
        /// How client assertions are signed.
        token_endpoint_auth_signing_alg: Option<String>,
        /// RFC 6749 §1.3; left out it is `authorization_code`.
        grant_types: Vec<String>,
        /// RFC 6749 §3.1.1; left out it is `code`.
        response_types: Vec<String>,
        /// What the client may ask for, separated by spaces.
        scope: Option<String>,
        /// E-mail addresses of those responsible.
        contacts: Vec<String>,
        /// Link to the home page.
        client_uri: Option<String>,
        /// Link to a logo.
        logo_uri: Option<String>,
        /// Link to the privacy policy.
        policy_uri: Option<String>,
        /// Link to the terms of service.
        tos_uri: Option<String>,
        /// Where the client publishes its keys.
        jwks_uri: Option<String>,
        /// The client's public keys, a JSON Web Key Set.
        jwks: Option<serde_json::Value>,
        /// Which software it is (RFC 7591 §2).
        software_id: Option<String>,
        /// Which version of it.
        software_version: Option<String>,
        /// What others say about it, a JWT (RFC 7591 §2.3).
        software_statement: Option<String>,
        /// `web` or `native`.
        application_type: Option<String>,
        /// Which clients know users by the same `sub` (`OpenID` Connect Core §8.1).
        sector_identifier_uri: Option<String>,
        /// `public` or `pairwise`.
        subject_type: Option<String>,
        /// How ID tokens are signed; left out it is `RS256`.
        id_token_signed_response_alg: Option<String>,
        /// How they are encrypted.
        id_token_encrypted_response_alg: Option<String>,
        /// How their content is encrypted.
        id_token_encrypted_response_enc: Option<String>,
        /// How userinfo is signed; left out it is plain JSON.
        userinfo_signed_response_alg: Option<String>,
        /// How it is encrypted.
        userinfo_encrypted_response_alg: Option<String>,
        /// How its content is encrypted.
        userinfo_encrypted_response_enc: Option<String>,
        /// How request objects are signed.
        request_object_signing_alg: Option<String>,
        /// How they are encrypted.
        request_object_encryption_alg: Option<String>,
        /// How their content is encrypted.
        request_object_encryption_enc: Option<String>,
        /// How answers of the authorization endpoint are signed (JARM §3).
        authorization_signed_response_alg: Option<String>,
        /// How they are encrypted.
        authorization_encrypted_response_alg: Option<String>,
        /// How their content is encrypted.
        authorization_encrypted_response_enc: Option<String>,
        /// How answers of introspection are signed (RFC 9701 §6).
        introspection_signed_response_alg: Option<String>,
        /// How they are encrypted.
        introspection_encrypted_response_alg: Option<String>,
        /// How their content is encrypted.
        introspection_encrypted_response_enc: Option<String>,
        /// Seconds after which a login is too old when the request has no `max_age`.
        default_max_age: Option<i64>,
        /// Whether ID tokens must have `auth_time`.
        require_auth_time: Option<bool>,
        /// `acr_values` of requests that have none.
        default_acr_values: Vec<String>,
        /// Where a third party may start a login (`OpenID` Connect Core §4).
        initiate_login_uri: Option<String>,
        /// What `request_uri` may be.
        request_uris: Vec<String>,
        /// Where the browser may go after logout.
        post_logout_redirect_uris: Vec<String>,
        /// What browsers load at logout (`OpenID` Connect Front-Channel Logout §2).
        frontchannel_logout_uri: Option<String>,
        /// Whether it is told `iss` and `sid`.
        frontchannel_logout_session_required: Option<bool>,
        /// What the provider calls at logout (`OpenID` Connect Back-Channel Logout §2.2).
        backchannel_logout_uri: Option<String>,
        /// Whether the logout token must have `sid`.
        backchannel_logout_session_required: Option<bool>,
        /// Whether the client pushes all its requests (RFC 9126 §6).
        require_pushed_authorization_requests: Option<bool>,
        /// Whether all its requests are signed (RFC 9101 §10.5).
        require_signed_request_object: Option<bool>,
        /// Whether all its access tokens are bound to a key (RFC 9449 §5.2).
        dpop_bound_access_tokens: Option<bool>,
        /// Whether all its access tokens are bound to its certificate (RFC 8705 §3.4).
        tls_client_certificate_bound_access_tokens: Option<bool>,
        /// The name in the certificate of a client of `tls_client_auth`: one of the five (RFC 8705 §2.1.2).
        tls_client_auth_subject_dn: Option<String>,
        /// A `dNSName` of it.
        tls_client_auth_san_dns: Option<String>,
        /// A `uniformResourceIdentifier` of it.
        tls_client_auth_san_uri: Option<String>,
        /// An `iPAddress` of it.
        tls_client_auth_san_ip: Option<String>,
        /// An `rfc822Name` of it.
        tls_client_auth_san_email: Option<String>,
        /// Types of authorization details that the client uses (RFC 9396 §10).
        authorization_details_types: Vec<String>,
        /// `poll`, `ping` or `push` (`OpenID` Connect CIBA §4).
        backchannel_token_delivery_mode: Option<String>,
        /// Where the client is told that there is an answer.
        backchannel_client_notification_endpoint: Option<String>,
        /// How its requests of the back channel are signed.
        backchannel_authentication_request_signing_alg: Option<String>,
        /// Whether it sends a `user_code`.
        backchannel_user_code_parameter: Option<bool>,
    }
}

/// Members that the server sets, and that the body of a replacement must not have (RFC 7592 §2.2).
const OF_THE_SERVER: [&str; 4] =
    ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

impl ClientMetadata {
    /// With the name that users see.
    pub fn new(client_name: impl Into<String>) -> Self {
        Self { client_name: Some(client_name.into()), ..Self::default() }
    }

    /// Adds a URI that answers of the authorization endpoint may go to.
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// As the body of a replacement (RFC 7592 §2.2): with the client id, without what only the server sets.
    pub(crate) fn as_replacement(&self, client_id: &str) -> Self {
        let mut body = self.clone();
        body.client_id = Some(client_id.to_owned());
        for name in OF_THE_SERVER {
            body.extra.remove(name);
        }
        body
    }
}

/// Without the values of members that may be secrets.
impl fmt::Debug for ClientMetadata {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut members = self.to_members();
        for (name, value) in &mut members {
            if name.contains("secret") || name.contains("token") && value.is_string() && !name.contains("endpoint") {
                *value = "[secret]".into();
            }
        }
        formatter.debug_tuple("ClientMetadata").field(&members).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_set_is_sent() {
        let metadata = ClientMetadata::new("App").redirect_uri("https://app.example/cb");
        assert_eq!(
            serde_json::to_value(&metadata).unwrap(),
            json!({"client_name": "App", "redirect_uris": ["https://app.example/cb"]})
        );
        assert_eq!(serde_json::to_value(ClientMetadata::default()).unwrap(), json!({}));
    }

    #[test]
    fn what_was_read_is_sent_back_without_what_only_the_server_sets() {
        let answer = json!({
            "client_id": "app", "client_id_issued_at": 1, "client_secret_expires_at": 0, "my_extension": {"a": 1},
            "registration_access_token": "t", "registration_client_uri": "https://as.example/r/app",
            "dpop_bound_access_tokens": true, "client_name#de": "Anwendung", "default_max_age": "60", "skip_consent": true,
        });
        let read: ClientMetadata = serde_json::from_value(answer).unwrap();
        assert_eq!((read.dpop_bound_access_tokens, read.default_max_age), (Some(true), Some(60)));
        let body = serde_json::to_value(read.as_replacement("app")).unwrap();
        assert_eq!(
            body,
            json!({
                "client_id": "app", "my_extension": {"a": 1}, "dpop_bound_access_tokens": true,
                "client_name#de": "Anwendung", "default_max_age": 60, "skip_consent": true,
            })
        );
    }

    #[test]
    fn debug_shows_no_secret() {
        let read: ClientMetadata =
            serde_json::from_value(json!({"client_secret": "hush", "registration_access_token": "hush"})).unwrap();
        assert!(!format!("{read:?}").contains("hush"));
    }
}
