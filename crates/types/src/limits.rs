//! How much may be sent in lists and texts: client metadata, parameters of requests that are lists, and what login and
//! consent pages say.
//!
//! All bounds are here, and one error names the member and the bound. They are far above what applications need and far
//! below what hurts. Bounds of whole requests (bytes of a body, parameters in a form) are the server's.

mod metadata;
mod pages;

use std::borrow::Cow;
use std::fmt;

pub use metadata::MetadataLimits;
pub use pages::{check_accepted_consent, check_accepted_login, check_accepted_request};

use crate::Scope;

/// Most scope-tokens in one request.
pub const SCOPE_TOKENS: usize = 1_000;
/// Longest scope-token, in bytes.
pub const SCOPE_TOKEN_BYTES: usize = 512;
/// Most values of `audience`, or of `resource`, in one request.
pub const AUDIENCES: usize = 100;
/// Longest value of `audience` or `resource`, in bytes.
pub const AUDIENCE_BYTES: usize = 2_048;
/// Most elements of `authorization_details` (RFC 9396).
pub const AUTHORIZATION_DETAILS: usize = 16;
/// Most bytes of `authorization_details`.
pub const AUTHORIZATION_DETAILS_BYTES: usize = 16 * 1024;
/// How many objects and lists of `authorization_details` may stand inside of each other, an element counted.
pub const AUTHORIZATION_DETAILS_DEPTH: usize = 8;
/// Most words of `prompt`.
pub const PROMPTS: usize = 8;
/// Most words of `acr_values`.
pub const ACR_VALUES: usize = 32;
/// Most words of `ui_locales` and of `claims_locales`.
pub const LOCALES: usize = 32;
/// Longest word of `acr_values`, `ui_locales` and the like, in bytes.
pub const WORD_BYTES: usize = 512;
/// Most claims that one member of the `claims` parameter names.
pub const CLAIMS: usize = 128;
/// Longest name of a claim, in bytes.
pub const CLAIM_NAME_BYTES: usize = 256;

/// Most entries of `amr` (RFC 8176 §2 has a good dozen).
pub const AMR_VALUES: usize = 32;
/// Longest subject, and `force_subject_identifier` and `identity_provider_session_id` of a login page, in bytes. OpenID
/// Connect Core §2 has 255 characters for `sub`. Together with a client's id it is an entry of an index, of which
/// `PostgreSQL` takes 2,704 bytes.
pub const SUBJECT_BYTES: usize = 2_048;
/// Longest id of a client, in bytes.
pub const CLIENT_ID_BYTES: usize = 512;

/// Something has more than it may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitFault {
    member: Cow<'static, str>,
    bound: Bound,
}

/// What may not be exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Entries(usize),
    EntryBytes(usize),
    Bytes(usize),
}

impl LimitFault {
    /// The parameter or member that is too large.
    pub fn member(&self) -> &str {
        &self.member
    }
}

impl fmt::Display for LimitFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let member = &self.member;
        match self.bound {
            Bound::Entries(most) => write!(f, "'{member}' has more than {most} entries"),
            Bound::EntryBytes(most) => write!(f, "'{member}' has an entry of more than {most} bytes"),
            Bound::Bytes(most) => write!(f, "'{member}' has more than {most} bytes"),
        }
    }
}

impl std::error::Error for LimitFault {}

/// Refuses a scope with too many scope-tokens, or with one that is too long.
pub fn check_scope(member: &'static str, scope: &Scope) -> Result<(), LimitFault> {
    check_entries(member, SCOPE_TOKENS, SCOPE_TOKEN_BYTES, scope.iter())
}

/// Refuses too many values of `audience`, and too long ones.
pub fn check_audience(member: &'static str, values: &[String]) -> Result<(), LimitFault> {
    check_entries(member, AUDIENCES, AUDIENCE_BYTES, values.iter().map(String::as_str))
}

/// The same for `resource` (RFC 8707 §2), whose repetitions count.
pub fn check_resources(values: &[&str]) -> Result<(), LimitFault> {
    check_entries("resource", AUDIENCES, AUDIENCE_BYTES, values.iter().copied())
}

/// Refuses a parameter that is a list of words with spaces when there are too many or too long ones. Parameters that are
/// no such lists pass; `audience` and `claims` are checked where they are read.
pub fn check_words(parameter: &str, text: &str) -> Result<(), LimitFault> {
    let (member, most) = match parameter {
        "scope" => ("scope", SCOPE_TOKENS),
        "prompt" => ("prompt", PROMPTS),
        "acr_values" => ("acr_values", ACR_VALUES),
        "ui_locales" => ("ui_locales", LOCALES),
        "claims_locales" => ("claims_locales", LOCALES),
        _ => return Ok(()),
    };
    check_entries(member, most, WORD_BYTES, text.split_ascii_whitespace())
}

/// Refuses too many names of claims, and too long ones.
pub fn check_claims<'a>(member: &'static str, names: impl Iterator<Item = &'a str>) -> Result<(), LimitFault> {
    check_entries(member, CLAIMS, CLAIM_NAME_BYTES, names)
}

fn check_entries<'a>(
    member: impl Into<Cow<'static, str>>,
    most: usize,
    longest: usize,
    entries: impl Iterator<Item = &'a str>,
) -> Result<(), LimitFault> {
    for (index, entry) in entries.enumerate() {
        let bound = if index >= most {
            Bound::Entries(most)
        } else if entry.len() > longest {
            Bound::EntryBytes(longest)
        } else {
            continue;
        };
        return Err(LimitFault { member: member.into(), bound });
    }
    Ok(())
}

fn check_text(member: impl Into<Cow<'static, str>>, longest: usize, text: &str) -> Result<(), LimitFault> {
    if text.len() <= longest {
        return Ok(());
    }
    Err(LimitFault { member: member.into(), bound: Bound::Bytes(longest) })
}

#[cfg(test)]
mod tests;
