//! Where the server is, and configurations of the generated crate for its two listeners.

use ory_client::apis::Error;
use ory_client::apis::configuration::Configuration;
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};

fn at(variable: &str) -> Configuration {
    let base_path =
        std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: see tests/external/serve"));
    Configuration { base_path, ..Configuration::default() }
}

pub fn public() -> Configuration {
    at("PUBLIC")
}

pub fn admin() -> Configuration {
    at("ADMIN")
}

/// For the management of a dynamic client.
pub fn with_registration_token(token: &str) -> Configuration {
    Configuration { bearer_access_token: Some(token.to_owned()), ..public() }
}

/// For userinfo, which looks into a field of its own.
pub fn with_access_token(token: &str) -> Configuration {
    Configuration { oauth_access_token: Some(token.to_owned()), ..public() }
}

/// For credentials, where the crate sends no token by itself: the HTTP client carries it.
pub fn with_authorization_header(token: &str) -> Configuration {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {token}")).unwrap());
    let client = reqwest::Client::builder().default_headers(headers).build().unwrap();
    Configuration { client, ..public() }
}

/// For the token endpoint, as a confidential client.
pub fn with_secret(client_id: &str, secret: &str) -> Configuration {
    Configuration { basic_auth: Some((client_id.to_owned(), Some(secret.to_owned()))), ..public() }
}

/// Status and decoded body of a refusal.
#[track_caller]
pub fn refusal<T: std::fmt::Debug>(error: Error<T>) -> (StatusCode, T) {
    match error {
        Error::ResponseError(answer) => {
            let entity = answer.entity.unwrap_or_else(|| panic!("no JSON: {}", answer.content));
            (answer.status, entity)
        }
        other => panic!("not a refusal: {other:?}"),
    }
}
