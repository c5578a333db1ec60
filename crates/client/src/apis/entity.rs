//! From a refusal's status and body to the typed error of an operation.
//!
//! The generated crate tries the variants in their order and takes the first that fits, whatever the status; here the
//! status decides, and the body is only read.

use serde_json::Value;

use super::oidc_api::{
    CreateOidcDynamicClientError, CreateVerifiableCredentialError, DeleteOidcDynamicClientError,
    DiscoverOidcConfigurationError, GetOidcDynamicClientError, GetOidcUserInfoError, RevokeOidcSessionError,
    SetOidcDynamicClientError,
};
use crate::models::{ErrorOAuth2, GenericError, GenericErrorContent, VerifiableCredentialPrimingResponse};

/// A typed refusal: what the errors of all eight operations have in common.
pub trait Refusal: Sized {
    /// The variant for a status and a JSON body.
    fn from_answer(status: u16, body: Value) -> Self;

    /// The OAuth error code.
    fn code(&self) -> Option<&str>;

    /// The server's explanation.
    fn description(&self) -> Option<&str>;
}

/// The members of RFC 6749 §5.2, where the body has them in the flat form.
fn flat(body: &Value) -> Option<ErrorOAuth2> {
    let error = body.get("error").filter(|code| code.is_string())?;
    let mut refusal: ErrorOAuth2 = serde_json::from_value(body.clone()).unwrap_or_default();
    // Some other member may be ill-typed; the code is readable all the same.
    refusal.error = error.as_str().map(str::to_owned);
    Some(refusal)
}

fn text<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str)
}

/// Implements [`Refusal`] for an operation whose refusals have the form of OAuth; `$status => $variant` names a status
/// with a variant of its own.
macro_rules! oauth_refusal {
    ($name:ident $(, $status:literal => $variant:ident)?) => {
        impl Refusal for $name {
            fn from_answer(status: u16, body: Value) -> Self {
                let refusal = flat(&body);
                let _ = status;
                $(if let (Some(refusal), $status) = (&refusal, status) {
                    return Self::$variant(refusal.clone());
                })?
                refusal.map_or(Self::UnknownValue(body), Self::DefaultResponse)
            }

            fn code(&self) -> Option<&str> {
                match self {
                    $(Self::$variant(refusal) => refusal.error.as_deref(),)?
                    Self::DefaultResponse(refusal) => refusal.error.as_deref(),
                    Self::UnknownValue(body) => text(body, "error"),
                }
            }

            fn description(&self) -> Option<&str> {
                match self {
                    $(Self::$variant(refusal) => refusal.error_description.as_deref(),)?
                    Self::DefaultResponse(refusal) => refusal.error_description.as_deref(),
                    Self::UnknownValue(body) => text(body, "error_description"),
                }
            }
        }
    };
}

oauth_refusal!(CreateOidcDynamicClientError, 400 => Status400);
oauth_refusal!(DiscoverOidcConfigurationError);
oauth_refusal!(GetOidcDynamicClientError);
oauth_refusal!(GetOidcUserInfoError);
oauth_refusal!(SetOidcDynamicClientError, 404 => Status404);

impl Refusal for CreateVerifiableCredentialError {
    fn from_answer(status: u16, body: Value) -> Self {
        let priming = if status == 400 { serde_json::from_value(body.clone()).ok() } else { None };
        match (priming, flat(&body)) {
            (Some(priming), _) if body.is_object() => Self::Status400(priming),
            (_, Some(refusal)) => Self::DefaultResponse(refusal),
            (_, None) => Self::UnknownValue(body),
        }
    }

    fn code(&self) -> Option<&str> {
        match self {
            Self::Status400(refusal) => refusal.error.as_deref(),
            Self::DefaultResponse(refusal) => refusal.error.as_deref(),
            Self::UnknownValue(body) => text(body, "error"),
        }
    }

    fn description(&self) -> Option<&str> {
        match self {
            Self::Status400(refusal) => refusal.error_description.as_deref(),
            Self::DefaultResponse(refusal) => refusal.error_description.as_deref(),
            Self::UnknownValue(body) => text(body, "error_description"),
        }
    }
}

impl super::Error<CreateVerifiableCredentialError> {
    /// The answer to a request without a proof, which is the step that was wanted and no failure: it has the nonce that
    /// the proof needs.
    pub fn priming(&self) -> Option<&VerifiableCredentialPrimingResponse> {
        match self.entity()? {
            CreateVerifiableCredentialError::Status400(priming) if priming.c_nonce.is_some() => Some(priming),
            _ => None,
        }
    }
}

impl Refusal for DeleteOidcDynamicClientError {
    fn from_answer(status: u16, body: Value) -> Self {
        let Some(flat) = flat(&body) else {
            return serde_json::from_value(body.clone()).map_or(Self::UnknownValue(body), Self::DefaultResponse);
        };
        let message = flat.error_description.clone().or_else(|| flat.error.clone()).unwrap_or_default();
        Self::DefaultResponse(GenericError {
            code: Some(status.into()),
            id: flat.error.clone(),
            error: Some(Box::new(GenericErrorContent {
                error: flat.error,
                error_description: flat.error_description,
                debug: flat.error_debug,
                status_code: Some(status.into()),
                ..GenericErrorContent::new()
            })),
            ..GenericError::new(message)
        })
    }

    fn code(&self) -> Option<&str> {
        match self {
            Self::DefaultResponse(refusal) => refusal.id.as_deref(),
            Self::UnknownValue(body) => text(body, "error"),
        }
    }

    fn description(&self) -> Option<&str> {
        match self {
            Self::DefaultResponse(refusal) => Some(&refusal.message),
            Self::UnknownValue(body) => text(body, "error_description"),
        }
    }
}

impl Refusal for RevokeOidcSessionError {
    fn from_answer(_: u16, body: Value) -> Self {
        Self::UnknownValue(body)
    }

    fn code(&self) -> Option<&str> {
        let Self::UnknownValue(body) = self;
        text(body, "error")
    }

    fn description(&self) -> Option<&str> {
        let Self::UnknownValue(body) = self;
        text(body, "error_description")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
        let deletion = DeleteOidcDynamicClientError::from_answer(401, body);
        assert_eq!((deletion.code(), deletion.description()), (Some("request_unauthorized"), Some("No.")));
    }

    #[test]
    fn other_shapes_stay_readable() {
        let nested = json!({ "error": { "code": 404, "message": "gone" } });
        assert!(matches!(GetOidcUserInfoError::from_answer(404, nested), GetOidcUserInfoError::UnknownValue(_)));
        let generic = DeleteOidcDynamicClientError::from_answer(404, json!({ "message": "gone" }));
        assert_eq!(generic.description(), Some("gone"));
        let ill_typed = json!({ "error": "invalid_token", "error_description": 7 });
        assert_eq!(GetOidcUserInfoError::from_answer(401, ill_typed).code(), Some("invalid_token"));
    }
}
