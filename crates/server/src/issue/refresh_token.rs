//! The refresh token (RFC 6749 §1.5): a sealed pointer to one generation of one branch of a grant, and until when it
//! counts.

use symbolon_types::GrantId;

use crate::context::Context;
use crate::grant::access_token_content::GrantUse;
use crate::seal::{kinds, prefix};

/// A refresh token, opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshTokenContent {
    /// Which use of the grant it came with.
    pub used: GrantUse,
    /// Issued at, in Unix seconds.
    pub issued_at: i64,
    /// Valid until, in Unix seconds; `i64::MAX` never ends.
    pub expires_at: i64,
}

impl RefreshTokenContent {
    /// What is sealed.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut body = self.used.grant_id.as_bytes().to_vec();
        for number in [self.used.branch, self.used.generation, self.issued_at, self.expires_at] {
            body.extend_from_slice(&number.to_be_bytes());
        }
        body
    }

    /// The token.
    pub fn seal(&self, context: &Context) -> String {
        format!("{}{}", prefix::REFRESH, context.seal.seal(kinds::REFRESH, &self.to_bytes()))
    }

    /// Opens a token; the prefix is optional, as gateways may have cut it. Anything else is `None`.
    pub fn open(context: &Context, token: &str) -> Option<Self> {
        Self::from_bytes(&context.seal.open(kinds::REFRESH, token.strip_prefix(prefix::REFRESH).unwrap_or(token))?)
    }

    /// Reads what was sealed.
    pub fn from_bytes(body: &[u8]) -> Option<Self> {
        let (id, numbers) = body.split_first_chunk::<16>()?;
        let (numbers, rest) = numbers.as_chunks::<8>();
        let [branch, generation, issued_at, expires_at] = numbers else { return None };
        if !rest.is_empty() {
            return None;
        }
        let number = |number: &[u8; 8]| i64::from_be_bytes(*number);
        Some(Self {
            used: GrantUse { grant_id: GrantId::from(*id), branch: number(branch), generation: number(generation) },
            issued_at: number(issued_at),
            expires_at: number(expires_at),
        })
    }
}
