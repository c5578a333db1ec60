//! An error that a login or consent page chose for the client (RFC 6749 §4.1.2.1).

use serde::{Deserialize, Serialize};
use symbolon_types::{ErrorBody, ErrorCode, RejectRequest};

use crate::error::{ApiError, OAuthError};

/// Longest `error`, in characters: the longest code of any registry is shorter.
const LONGEST_CODE: usize = 64;
/// Longest `error_description` with its hint, in characters.
const LONGEST_DESCRIPTION: usize = 1024;

/// What the client will hear.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rejection {
    error: String,
    description: String,
}

impl Rejection {
    /// From the page's words; without `error` it is `access_denied`. Characters that RFC 6749 §4.1.2.1 does not allow in
    /// a description are replaced, as a person wrote it; an `error` is a code, and a wrong one is a fault of the page.
    pub fn new(request: RejectRequest, default_description: &str) -> Result<Self, ApiError> {
        let error = match request.error.as_str() {
            "" => ErrorCode::AccessDenied.as_str().to_owned(),
            code if code.len() <= LONGEST_CODE && code.chars().all(allowed) => request.error,
            _ => {
                let hint = "Field 'error' must be an error code: at most 64 printable ASCII characters, no quotes and no backslash.";
                return Err(ApiError::oauth(ErrorCode::InvalidRequest, hint));
            }
        };
        let words = [request.error_description.trim(), request.error_hint.trim()];
        let mut description = words.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
        if description.is_empty() {
            default_description.clone_into(&mut description);
        }
        let description = description.chars().take(LONGEST_DESCRIPTION).map(presentable).collect();
        Ok(Self { error, description })
    }

    /// The `error` that the client will hear.
    pub fn error(&self) -> &str {
        &self.error
    }

    /// The error for the client.
    pub fn into_error(self) -> OAuthError {
        let mut error = OAuthError::bare(ErrorCode::AccessDenied).because("the login or consent page rejected");
        let (code, error_description) = (self.error.into(), self.description);
        error.custom = Some(Box::new(ErrorBody { error: code, error_description, ..ErrorBody::default() }));
        error
    }
}

/// `%x20-21 / %x23-5B / %x5D-7E`.
fn allowed(character: char) -> bool {
    matches!(character, ' '..='!' | '#'..='[' | ']'..='~')
}

fn presentable(character: char) -> char {
    match character {
        '"' => '\'',
        '\\' => '/',
        _ if allowed(character) => character,
        _ if character.is_whitespace() => ' ',
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejected(error: &str, description: &str) -> Option<(String, String)> {
        let request = RejectRequest {
            error: error.to_owned(),
            error_description: description.to_owned(),
            ..RejectRequest::default()
        };
        Rejection::new(request, "The login was refused.").ok().map(|rejection| (rejection.error, rejection.description))
    }

    #[test]
    fn a_client_hears_codes_and_characters_of_the_specification_only() {
        let pair = |error: &str, description: &str| Some((error.to_owned(), description.to_owned()));
        assert_eq!(rejected("", ""), pair("access_denied", "The login was refused."));
        assert_eq!(rejected("login_required", "a \"b\" \\ c"), pair("login_required", "a 'b' / c"));
        assert_eq!(rejected("x", "für\ndich"), pair("x", "f?r dich"));
        for code in ["zugriff\nverweigert", "für", "a\"b", "a\\b", &"x".repeat(65)] {
            assert_eq!(rejected(code, ""), None, "{code:?}");
        }
    }
}
