//! Requests and answers of the credential endpoint.

use serde::{Deserialize, Serialize};

/// A request for a credential; without a proof it asks for a nonce.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreateVerifiableCredentialRequestBody {
    /// `jwt_vc_json`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The proof of possession
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<Box<VerifiableCredentialProof>>,
    /// Which types the credential shall have
    #[serde(skip_serializing_if = "Option::is_none")]
    pub types: Option<Vec<String>>,
}

impl CreateVerifiableCredentialRequestBody {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

/// The proof that the sender holds a private key.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerifiableCredentialProof {
    /// Signed by the key in its header, with the nonce as a claim
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt: Option<String>,
    /// `jwt`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof_type: Option<String>,
}

impl VerifiableCredentialProof {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

/// An issued credential.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerifiableCredentialResponse {
    /// The signed credential, a JWT
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential_draft_00: Option<String>,
    /// `jwt_vc_json`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

impl VerifiableCredentialResponse {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

/// The answer with status 400 that comes before the credential, and every other refusal with that status.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerifiableCredentialPrimingResponse {
    /// What the proof has to sign
    #[serde(skip_serializing_if = "Option::is_none")]
    pub c_nonce: Option<String>,
    /// For how long, in seconds
    #[serde(skip_serializing_if = "Option::is_none")]
    pub c_nonce_expires_in: Option<i64>,
    /// The code, such as `invalid_request`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// For the server's developers
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_debug: Option<String>,
    /// What is wrong
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// What to do about it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_hint: Option<String>,
    /// The format of the credential to come
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The HTTP status
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<i64>,
}

impl VerifiableCredentialPrimingResponse {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}

/// A kind of credential that a provider issues.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
pub struct CredentialSupportedDraft00 {
    /// How it is bound to its holder
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cryptographic_binding_methods_supported: Option<Vec<String>>,
    /// With what it may be signed
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cryptographic_suites_supported: Option<Vec<String>>,
    /// `jwt_vc_json`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The types in it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub types: Option<Vec<String>>,
}

impl CredentialSupportedDraft00 {
    /// Without any member.
    pub fn new() -> Self {
        Self::default()
    }
}
