//! What of a document its metadata cannot hold: the methods with which its client may authenticate, and by what people know
//! it. That is kept beside the metadata.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use symbolon_jose::digest::{base64url, sha256};
use symbolon_store::{ClientRecord, Origin};
use symbolon_types::{Client, ClientAuthenticationMethod as Method};

/// The member of what is stored of a client, unknown to its metadata.
const MEMBER: &str = "metadata_document";

/// What is kept beside the metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::clients) struct DocumentIdentity {
    #[serde(rename = "methods")]
    words: Vec<String>,
}

impl DocumentIdentity {
    pub(super) fn new(methods: &[Method]) -> Self {
        Self { words: methods.iter().map(|method| method.as_str().to_owned()).collect() }
    }

    /// That of a record; `None` where it was not made of a document, also if it was one day.
    pub(in crate::clients) fn of(record: &ClientRecord) -> Option<Self> {
        if record.origin != Origin::Document {
            return None;
        }
        // What cannot be read has no method: nobody authenticates with it.
        let kept = record.metadata.get(MEMBER).and_then(|kept| serde_json::from_value(kept.clone()).ok());
        Some(kept.unwrap_or(Self { words: Vec::new() }))
    }

    /// The methods with which the client may authenticate.
    pub(in crate::clients) fn methods(&self) -> Vec<Method> {
        self.words.iter().filter_map(|word| Method::parse(word)).collect()
    }

    pub(super) fn keep_in(&self, stored: &mut Value) {
        if let (Some(members), Ok(own)) = (stored.as_object_mut(), serde_json::to_value(self)) {
            members.insert(MEMBER.to_owned(), own);
        }
    }
}

/// A short hash of that by which a person agreed to the client: where it is answered, how it authenticates, and where its
/// keys come from. Other keys at the same address are the same client's.
pub(in crate::clients) fn digest(client: &Client, methods: &[Method]) -> String {
    let mut redirect_uris: Vec<&String> = client.redirect_uris.iter().collect();
    redirect_uris.sort_unstable();
    let methods: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
    let keys = if client.jwks_uri.is_empty() { client.jwks.to_string() } else { client.jwks_uri.clone() };
    let all = serde_json::json!([redirect_uris, methods, keys]).to_string();
    base64url(&sha256(all.as_bytes())[..12])
}
