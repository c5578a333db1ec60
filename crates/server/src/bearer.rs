//! The token of a request (RFC 6750 §2, RFC 9449 §7.1), wherever one is expected.

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

/// How a token was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Alone: whoever has it may use it.
    Bearer,
    /// With a proof of its key (RFC 9449 §7.1).
    Dpop,
}

/// A token, and how it was sent.
pub struct SentToken {
    /// The token.
    pub text: String,
    /// How it was sent.
    pub scheme: Scheme,
}

/// How the token of a request is sent, if it is in the header.
pub fn scheme(request: &Request) -> Option<Scheme> {
    let text = request.headers.get(AUTHORIZATION)?.to_str().ok()?;
    parse_scheme(text.split(' ').next().unwrap_or_default())
}

fn parse_scheme(name: &str) -> Option<Scheme> {
    let is = |scheme: &str| name.eq_ignore_ascii_case(scheme);
    is("bearer").then_some(Scheme::Bearer).or_else(|| is("dpop").then_some(Scheme::Dpop))
}

/// A token that is sent alone: in the header, or `access_token` in the form. In the query only where that is switched on. More
/// than one is an error.
pub fn token(config: &Config, request: &Request) -> Result<String, OAuthError> {
    let sent = sent(config, request)?;
    if sent.scheme == Scheme::Bearer { Ok(sent.text) } else { Err(unauthorized()) }
}

/// The same for a token that may come with a proof.
pub fn sent(config: &Config, request: &Request) -> Result<SentToken, OAuthError> {
    let switched_on = config.symbolon.compatibility.access_token_in_query;
    read(request, if switched_on { InQuery::Taken } else { InQuery::Refused })
}

fn unauthorized() -> OAuthError {
    OAuthError::new(ErrorCode::RequestUnauthorized, "Send an access token as 'Authorization: Bearer'.")
}

/// The same for one answer about the query.
pub fn read(request: &Request, in_query: InQuery) -> Result<SentToken, OAuthError> {
    let mut found: Vec<String> = Vec::new();
    let mut scheme = Scheme::Bearer;
    if let Some(value) = request.headers.get(AUTHORIZATION) {
        let text = value.to_str().map_err(|_| unauthorized())?;
        let (name, token) = text.split_once(' ').ok_or_else(unauthorized)?;
        scheme = parse_scheme(name).ok_or_else(unauthorized)?;
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
        1 => {
            let text = found.pop().filter(|token| !token.is_empty()).ok_or_else(unauthorized)?;
            Ok(SentToken { text, scheme })
        }
        _ => Err(OAuthError::invalid_request("The request has more than one access token.")),
    }
}
