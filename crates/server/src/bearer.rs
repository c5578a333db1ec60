//! The access token of a request (RFC 6750 §2), wherever one is expected.

use http::header::AUTHORIZATION;
use symbolon_types::ErrorCode;

use crate::config::Config;
use crate::error::OAuthError;
use crate::exchange::Request;
use crate::params::Params;

/// What an access token in the query is: an address is logged and passed on (RFC 6750 §5.3, RFC 9700 §4.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InQuery {
    Taken,
    Refused,
}

/// The access token: in the header, or `access_token` in the form. In the query only where that is switched on. More
/// than one is an error.
pub fn token(config: &Config, request: &Request) -> Result<String, OAuthError> {
    let switched_on = config.symbolon.compatibility.access_token_in_query;
    read(request, if switched_on { InQuery::Taken } else { InQuery::Refused })
}

/// The same for one answer about the query.
pub fn read(request: &Request, in_query: InQuery) -> Result<String, OAuthError> {
    let unauthorized =
        || OAuthError::new(ErrorCode::RequestUnauthorized, "Send an access token as 'Authorization: Bearer'.");
    let mut found: Vec<String> = Vec::new();
    if let Some(value) = request.headers.get(AUTHORIZATION) {
        let text = value.to_str().map_err(|_| unauthorized())?;
        let (scheme, token) = text.split_once(' ').ok_or_else(unauthorized)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(unauthorized());
        }
        found.push(token.trim().to_owned());
    }
    let query = Params::parse(request.query.as_bytes())?;
    if query.get("access_token").is_some() && in_query == InQuery::Refused {
        return Err(OAuthError::invalid_request(
            "Parameter 'access_token' is not taken from the address, send it as 'Authorization: Bearer'.",
        ));
    }
    let body = if request.is_form() { Params::parse(&request.body)? } else { Params::default() };
    found.extend([query.get("access_token"), body.get("access_token")].into_iter().flatten().map(str::to_owned));
    match found.len() {
        0 => Err(unauthorized()),
        1 => found.pop().filter(|token| !token.is_empty()).ok_or_else(unauthorized),
        _ => Err(OAuthError::invalid_request("The request has more than one access token.")),
    }
}
