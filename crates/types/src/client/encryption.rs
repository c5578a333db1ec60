//! The members of client metadata that say how something is encrypted: pairs of one name (`OpenID` Connect Dynamic Client
//! Registration §2, JWT Secured Authorization Response Mode §3).

use super::Client;

/// What may be encrypted between a client and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncryptedContent {
    /// ID tokens, for the client.
    IdToken,
    /// Userinfo answers, for the client.
    Userinfo,
    /// Answers of the authorization endpoint, for the client.
    Authorization,
    /// Answers of introspection, for the client as a resource server.
    Introspection,
    /// Request objects, for the server.
    RequestObject,
}

/// A pair of members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncryptionMembers<'c> {
    /// Name and value of the one that says how the key reaches the reader.
    pub alg: (&'static str, &'c str),
    /// Name and value of the one that says how the content is encrypted.
    pub enc: (&'static str, &'c str),
}

impl EncryptedContent {
    /// What is encrypted for clients.
    pub const RESPONSES: [Self; 4] = [Self::IdToken, Self::Userinfo, Self::Authorization, Self::Introspection];
}

/// What a client that names only the algorithm of the key gets.
pub(super) const DEFAULT_CONTENT_ENCRYPTION: &str = "A128CBC-HS256";

impl<'c> EncryptionMembers<'c> {
    /// Whether the client asks for no encryption.
    pub fn are_empty(&self) -> bool {
        self.alg.1.is_empty() && self.enc.1.is_empty()
    }

    /// How the content is encrypted, by default where nothing is said.
    pub fn content_encryption(&self) -> &'c str {
        if self.enc.1.is_empty() { DEFAULT_CONTENT_ENCRYPTION } else { self.enc.1 }
    }
}

impl Client {
    /// What the client registered for a kind of content.
    pub fn encryption(&self, content: EncryptedContent) -> EncryptionMembers<'_> {
        let (alg, enc) = match content {
            EncryptedContent::IdToken => (
                ("id_token_encrypted_response_alg", &self.id_token_encrypted_response_alg),
                ("id_token_encrypted_response_enc", &self.id_token_encrypted_response_enc),
            ),
            EncryptedContent::Userinfo => (
                ("userinfo_encrypted_response_alg", &self.userinfo_encrypted_response_alg),
                ("userinfo_encrypted_response_enc", &self.userinfo_encrypted_response_enc),
            ),
            EncryptedContent::Authorization => (
                ("authorization_encrypted_response_alg", &self.authorization_encrypted_response_alg),
                ("authorization_encrypted_response_enc", &self.authorization_encrypted_response_enc),
            ),
            EncryptedContent::Introspection => (
                ("introspection_encrypted_response_alg", &self.introspection_encrypted_response_alg),
                ("introspection_encrypted_response_enc", &self.introspection_encrypted_response_enc),
            ),
            EncryptedContent::RequestObject => (
                ("request_object_encryption_alg", &self.request_object_encryption_alg),
                ("request_object_encryption_enc", &self.request_object_encryption_enc),
            ),
        };
        EncryptionMembers { alg: (alg.0, alg.1.as_str()), enc: (enc.0, enc.1.as_str()) }
    }

    /// Says how content is encrypted where the client left that open, so that it can be told.
    pub(super) fn provision_content_encryption(&mut self) {
        for (alg, enc) in [
            (&self.id_token_encrypted_response_alg, &mut self.id_token_encrypted_response_enc),
            (&self.userinfo_encrypted_response_alg, &mut self.userinfo_encrypted_response_enc),
            (&self.authorization_encrypted_response_alg, &mut self.authorization_encrypted_response_enc),
            (&self.introspection_encrypted_response_alg, &mut self.introspection_encrypted_response_enc),
            (&self.request_object_encryption_alg, &mut self.request_object_encryption_enc),
        ] {
            if !alg.is_empty() && enc.is_empty() {
                DEFAULT_CONTENT_ENCRYPTION.clone_into(enc);
            }
        }
    }
}
