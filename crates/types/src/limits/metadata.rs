//! The size of client metadata: all of it, each list, each text by what it is.

use std::io;

use serde_json::Value;

use super::{Bound, CLIENT_ID_BYTES, LimitFault, SCOPE_TOKEN_BYTES, check_entries, check_text};
use crate::{Client, ClientId};

/// How large the metadata of a client may be. The length of single texts follows from who sends them: those of a client
/// that registers itself are shown to people and compared in every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetadataLimits {
    /// Most bytes of all members together, as JSON.
    pub bytes: usize,
    /// Most entries of a list. Scope-tokens, keys and translations are lists, too.
    pub list_entries: usize,
    /// Longest URI, in bytes.
    pub uri_bytes: usize,
    /// Longest name, address of a person or other short text, in bytes.
    pub name_bytes: usize,
}

impl MetadataLimits {
    /// Of a client that registers itself, with the default sizes.
    pub const SELF_REGISTERED: Self = Self::self_registered(32 * 1024, 32);
    /// Of an administrator's client, with the default sizes.
    pub const ADMINISTRATOR: Self = Self::administrator(256 * 1024, 1_000);

    /// Of a client that registers itself, with the sizes that the operator chose.
    pub const fn self_registered(bytes: usize, list_entries: usize) -> Self {
        Self { bytes, list_entries, uri_bytes: 2_048, name_bytes: 512 }
    }

    /// Of an administrator's client, with the sizes that the operator chose.
    pub const fn administrator(bytes: usize, list_entries: usize) -> Self {
        Self { bytes, list_entries, uri_bytes: 16 * 1024, name_bytes: 16 * 1024 }
    }

    /// Names the first member that is too large.
    pub fn check(&self, client: &Client) -> Result<(), LimitFault> {
        self.check_lists(client)?;
        self.check_texts(client)?;
        self.check_size(client)
    }

    /// Refuses metadata that are too large altogether. What the server adds to each client (its id, times, secret and
    /// registration access token) is not counted.
    pub fn check_size(&self, client: &Client) -> Result<(), LimitFault> {
        let chosen = Client {
            client_id: ClientId::default(),
            client_secret: None,
            registration_access_token: None,
            registration_client_uri: None,
            created_at: 0,
            updated_at: 0,
            ..client.clone()
        };
        let mut size = Size { left: self.bytes };
        match serde_json::to_writer(&mut size, &chosen) {
            Ok(()) => Ok(()),
            Err(_) => Err(LimitFault { member: "client metadata".into(), bound: Bound::Bytes(self.bytes) }),
        }
    }

    fn check_lists(&self, client: &Client) -> Result<(), LimitFault> {
        let none = Vec::new();
        let of_uris = [
            ("redirect_uris", &client.redirect_uris),
            ("request_uris", &client.request_uris),
            ("post_logout_redirect_uris", &client.post_logout_redirect_uris),
            ("allowed_cors_origins", &client.allowed_cors_origins),
            ("audience", &client.audience),
            ("allowed_resources", client.allowed_resources.as_ref().unwrap_or(&none)),
        ];
        let of_words = [
            ("grant_types", &client.grant_types),
            ("response_types", &client.response_types),
            ("contacts", &client.contacts),
            ("default_acr_values", &client.default_acr_values),
            ("authorization_details_types", &client.authorization_details_types),
        ];
        let lists = of_uris.into_iter().map(|(name, list)| (name, list, self.uri_bytes));
        for (name, list, longest) in lists.chain(of_words.into_iter().map(|(name, list)| (name, list, self.name_bytes)))
        {
            check_entries(name, self.list_entries, longest, list.iter().map(String::as_str))?;
        }
        check_entries("scope", self.list_entries, SCOPE_TOKEN_BYTES, client.scope.iter())?;
        let entries = |member, count: usize| {
            if count <= self.list_entries {
                return Ok(());
            }
            Err(LimitFault { member, bound: Bound::Entries(self.list_entries) })
        };
        let keys = client.jwks.get("keys").and_then(Value::as_array);
        entries("jwks".into(), keys.map_or(0, Vec::len))?;
        entries("translated members".into(), client.localized.0.len())
    }

    fn check_texts(&self, client: &Client) -> Result<(), LimitFault> {
        let uris = [
            ("policy_uri", &client.policy_uri),
            ("tos_uri", &client.tos_uri),
            ("client_uri", &client.client_uri),
            ("logo_uri", &client.logo_uri),
            ("sector_identifier_uri", &client.sector_identifier_uri),
            ("jwks_uri", &client.jwks_uri),
            ("frontchannel_logout_uri", &client.frontchannel_logout_uri),
            ("backchannel_logout_uri", &client.backchannel_logout_uri),
            ("initiate_login_uri", &client.initiate_login_uri),
            ("default_resource", &client.default_resource),
            ("backchannel_client_notification_endpoint", &client.backchannel_client_notification_endpoint),
        ];
        let names = [
            ("client_name", &client.client_name),
            ("owner", &client.owner),
            ("subject_type", &client.subject_type),
            ("token_endpoint_auth_method", &client.token_endpoint_auth_method),
            ("token_endpoint_auth_signing_alg", &client.token_endpoint_auth_signing_alg),
            ("request_object_signing_alg", &client.request_object_signing_alg),
            ("userinfo_signed_response_alg", &client.userinfo_signed_response_alg),
            ("id_token_signed_response_alg", &client.id_token_signed_response_alg),
            ("authorization_signed_response_alg", &client.authorization_signed_response_alg),
            ("introspection_signed_response_alg", &client.introspection_signed_response_alg),
            ("introspection_encrypted_response_alg", &client.introspection_encrypted_response_alg),
            ("introspection_encrypted_response_enc", &client.introspection_encrypted_response_enc),
            ("id_token_encrypted_response_alg", &client.id_token_encrypted_response_alg),
            ("id_token_encrypted_response_enc", &client.id_token_encrypted_response_enc),
            ("userinfo_encrypted_response_alg", &client.userinfo_encrypted_response_alg),
            ("userinfo_encrypted_response_enc", &client.userinfo_encrypted_response_enc),
            ("authorization_encrypted_response_alg", &client.authorization_encrypted_response_alg),
            ("authorization_encrypted_response_enc", &client.authorization_encrypted_response_enc),
            ("request_object_encryption_alg", &client.request_object_encryption_alg),
            ("request_object_encryption_enc", &client.request_object_encryption_enc),
            ("access_token_strategy", &client.access_token_strategy),
            ("application_type", &client.application_type),
            ("client_assertion_issuer", &client.client_assertion_issuer),
            ("client_assertion_subject", &client.client_assertion_subject),
            ("tls_client_auth_subject_dn", &client.tls_client_auth_subject_dn),
            ("tls_client_auth_san_dns", &client.tls_client_auth_san_dns),
            ("tls_client_auth_san_uri", &client.tls_client_auth_san_uri),
            ("tls_client_auth_san_ip", &client.tls_client_auth_san_ip),
            ("tls_client_auth_san_email", &client.tls_client_auth_san_email),
            ("backchannel_token_delivery_mode", &client.backchannel_token_delivery_mode),
            ("backchannel_authentication_request_signing_alg", &client.backchannel_authentication_request_signing_alg),
            ("software_id", &client.software_id),
            ("software_version", &client.software_version),
        ];
        for (name, text) in uris {
            check_text(name, self.uri_bytes, text)?;
        }
        for (name, text) in names {
            check_text(name, self.name_bytes, text)?;
        }
        check_text("client_id", CLIENT_ID_BYTES, client.client_id.as_str())?;
        check_text("client_secret", self.name_bytes, client.client_secret.as_deref().unwrap_or_default())?;
        for (name, text) in &client.localized.0 {
            // The name has a language tag that somebody chose.
            check_text("translated members", self.name_bytes, name)?;
            let longest = if name.starts_with("client_name") { self.name_bytes } else { self.uri_bytes };
            check_text("translated members", longest, text)?;
        }
        Ok(())
    }
}

/// Counts what is written, and fails when it is more than is left.
struct Size {
    left: usize,
}

impl io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self.left.checked_sub(bytes.len()).ok_or_else(|| io::Error::other("too large"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
