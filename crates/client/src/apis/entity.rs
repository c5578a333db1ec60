//! From a refusal's status and body to the typed error of an operation.
//!
//! The generated crate tries the variants in their order and takes the first that fits, whatever the status; here the
//! status decides, and the body is only read.

use serde_json::Value;

use crate::models::{
    ErrorOAuth2, GenericError, GenericErrorContent, OAuth2RedirectTo, VerifiableCredentialPrimingResponse,
};

/// A typed refusal: what the errors of all operations have in common.
pub trait Refusal: Sized {
    /// The variant for a status and a JSON body.
    fn from_answer(status: u16, body: Value) -> Self;

    /// The OAuth error code.
    fn code(&self) -> Option<&str>;

    /// The server's explanation.
    fn description(&self) -> Option<&str>;
}

/// A form that the body of a refusal may have.
pub(super) trait Form: Sized {
    fn read(status: u16, body: &Value) -> Option<Self>;
    fn code(&self) -> Option<&str>;
    fn description(&self) -> Option<&str>;
}

/// The members of RFC 6749 §5.2, where the body has them in the flat form.
impl Form for ErrorOAuth2 {
    fn read(_: u16, body: &Value) -> Option<Self> {
        let error = body.get("error").filter(|code| code.is_string())?;
        let mut refusal: Self = serde_json::from_value(body.clone()).unwrap_or_default();
        // Some other member may be ill-typed; the code is readable all the same.
        refusal.error = error.as_str().map(str::to_owned);
        Some(refusal)
    }

    fn code(&self) -> Option<&str> {
        self.error.as_deref()
    }

    fn description(&self) -> Option<&str> {
        self.error_description.as_deref()
    }
}

/// Servers send the flat form where the generated crate expects this one.
impl Form for GenericError {
    fn read(status: u16, body: &Value) -> Option<Self> {
        let Some(flat) = ErrorOAuth2::read(status, body) else {
            return serde_json::from_value(body.clone()).ok().filter(|_| body.is_object());
        };
        let message = flat.error_description.clone().or_else(|| flat.error.clone()).unwrap_or_default();
        Some(Self {
            code: Some(status.into()),
            id: flat.error.clone(),
            error: Some(Box::new(GenericErrorContent {
                error: flat.error,
                error_description: flat.error_description,
                debug: flat.error_debug,
                status_code: Some(status.into()),
                ..GenericErrorContent::new()
            })),
            ..Self::new(message)
        })
    }

    fn code(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn description(&self) -> Option<&str> {
        Some(&self.message)
    }
}

impl Form for VerifiableCredentialPrimingResponse {
    fn read(_: u16, body: &Value) -> Option<Self> {
        serde_json::from_value(body.clone()).ok().filter(|_| body.is_object())
    }

    fn code(&self) -> Option<&str> {
        self.error.as_deref()
    }

    fn description(&self) -> Option<&str> {
        self.error_description.as_deref()
    }
}

/// No error, but the way on.
impl Form for OAuth2RedirectTo {
    fn read(_: u16, body: &Value) -> Option<Self> {
        serde_json::from_value(body.clone()).ok().filter(|_| body.is_object())
    }

    fn code(&self) -> Option<&str> {
        None
    }

    fn description(&self) -> Option<&str> {
        None
    }
}

impl Form for Value {
    fn read(_: u16, body: &Value) -> Option<Self> {
        Some(body.clone())
    }

    fn code(&self) -> Option<&str> {
        self.get("error").and_then(Self::as_str)
    }

    fn description(&self) -> Option<&str> {
        self.get("error_description").and_then(Self::as_str)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::apis::o_auth2_api::{
        DeleteOAuth2ClientError, GetOAuth2LoginRequestError, RotateOAuth2ClientSecretError as Rotation,
    };
    use crate::apis::oidc_api::{
        CreateOidcDynamicClientError, CreateVerifiableCredentialError, DeleteOidcDynamicClientError,
        GetOidcUserInfoError,
    };

    #[test]
    fn status_decides_and_not_the_shape() {
        let body = json!({ "error": "request_unauthorized", "error_description": "No." });
        let credential = CreateVerifiableCredentialError::from_answer(401, body.clone());
        assert!(matches!(credential, CreateVerifiableCredentialError::DefaultResponse(_)));
        let credential = CreateVerifiableCredentialError::from_answer(400, json!({ "c_nonce": "n" }));
        assert!(matches!(credential, CreateVerifiableCredentialError::Status400(priming) if priming.c_nonce.is_some()));
        let create = CreateOidcDynamicClientError::from_answer(401, body.clone());
        assert!(matches!(create, CreateOidcDynamicClientError::DefaultResponse(_)));
        let create = CreateOidcDynamicClientError::from_answer(400, body.clone());
        assert!(matches!(create, CreateOidcDynamicClientError::Status400(_)));
        for (status, expected) in [(400, "Status400"), (404, "Status404"), (500, "DefaultResponse")] {
            let variant = match Rotation::from_answer(status, body.clone()) {
                Rotation::Status400(_) => "Status400",
                Rotation::Status404(_) => "Status404",
                Rotation::DefaultResponse(_) => "DefaultResponse",
                Rotation::UnknownValue(_) => "UnknownValue",
            };
            assert_eq!(variant, expected);
        }
        let deletion = DeleteOidcDynamicClientError::from_answer(401, body);
        assert_eq!((deletion.code(), deletion.description()), (Some("request_unauthorized"), Some("No.")));
    }

    #[test]
    fn way_on_is_no_error() {
        let used = json!({ "redirect_to": "https://as.example/oauth2/auth" });
        let gone = GetOAuth2LoginRequestError::from_answer(410, used.clone());
        assert!(matches!(&gone, GetOAuth2LoginRequestError::Status410(on) if on.redirect_to.contains("as.example")));
        assert_eq!((gone.code(), gone.description()), (None, None));
        let other = GetOAuth2LoginRequestError::from_answer(404, used);
        assert!(matches!(other, GetOAuth2LoginRequestError::UnknownValue(_)));
        let refused = GetOAuth2LoginRequestError::from_answer(410, json!({ "error": "gone" }));
        assert!(matches!(refused, GetOAuth2LoginRequestError::DefaultResponse(_)));
    }

    #[test]
    fn other_shapes_stay_readable() {
        let nested = json!({ "error": { "code": 404, "message": "gone" } });
        assert!(matches!(GetOidcUserInfoError::from_answer(404, nested), GetOidcUserInfoError::UnknownValue(_)));
        let generic = DeleteOAuth2ClientError::from_answer(404, json!({ "message": "gone" }));
        assert_eq!(generic.description(), Some("gone"));
        let ill_typed = json!({ "error": "invalid_token", "error_description": 7 });
        assert_eq!(GetOidcUserInfoError::from_answer(401, ill_typed).code(), Some("invalid_token"));
    }
}
