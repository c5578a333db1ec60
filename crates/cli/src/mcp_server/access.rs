//! Who may come in: the bearer token of a request (RFC 6750 §2.1), checked (RFC 9068 §4).

use symbolon_client::{AccessToken, AccessTokenFault, Client, Error, Scope};

use crate::local_http::Request;

/// What a token allows, and to whom.
#[derive(Debug, Clone)]
pub(super) struct Access {
    /// The user, as the authorization server names them.
    pub(super) subject: String,
    pub(super) scope: Scope,
}

/// Why nobody is let in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There is no token.
    None,
    /// There are several, or something that is none.
    Malformed,
    /// The token is not good, or not for us.
    Invalid(AccessTokenFault),
    /// The token is good for less: these scopes are needed.
    Scope(&'static [&'static str]),
    /// The token could not be checked.
    Unavailable,
}

/// The access that a request has at `resource`. Tokens in the address or the body do not count (MCP authorization
/// 2026-07-28).
pub(super) async fn of(request: &Request, authorization_server: &Client, resource: &str) -> Result<Access, Refusal> {
    let token = AccessToken::from(bearer_token(request)?);
    match authorization_server.verify_access_token(&token, resource).await {
        Ok(claims) => Ok(Access { subject: claims.subject, scope: claims.scope }),
        Err(Error::AccessToken(fault)) => Err(Refusal::Invalid(fault)),
        Err(error) => {
            tracing::warn!(%error, "an access token could not be checked");
            Err(Refusal::Unavailable)
        }
    }
}

fn bearer_token(request: &Request) -> Result<&str, Refusal> {
    let mut fields = request.headers.get_all("authorization").iter();
    let (Some(field), None) = (fields.next(), fields.next()) else {
        return Err(if request.headers.contains_key("authorization") { Refusal::Malformed } else { Refusal::None });
    };
    let (scheme, token) = field.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Refusal::Malformed)?;
    // The scheme is read without regard to case (RFC 9110 §11.1).
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.contains(' ') {
        return Err(Refusal::Malformed);
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::*;

    fn token(fields: &[&str]) -> Result<String, Refusal> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append("authorization", field.parse().unwrap());
        }
        let request = Request {
            method: Method::POST,
            path: "/mcp".into(),
            query: "access_token=q".into(),
            headers,
            body: "access_token=b".into(),
        };
        bearer_token(&request).map(str::to_owned)
    }

    #[test]
    fn one_bearer_token_is_read_from_the_header() {
        assert_eq!(token(&["Bearer a.b.c"]).unwrap(), "a.b.c");
        assert_eq!(token(&["bearer a.b.c"]).unwrap(), "a.b.c");
        assert_eq!(token(&[]), Err(Refusal::None));
        let wrong: [&[&str]; 7] = [
            &["Bearer a", "Bearer a"],
            &["Bearer"],
            &["Bearer "],
            &["Bearer a b"],
            &["Basic YTpi"],
            &["DPoP a"],
            &[""],
        ];
        for fields in wrong {
            assert_eq!(token(fields), Err(Refusal::Malformed), "{fields:?}");
        }
    }

    #[tokio::test]
    async fn token_that_cannot_be_checked_is_no_invalid_one() {
        let away = Client::unregistered("http://127.0.0.1:1").without_proxy().build().unwrap();
        let key = symbolon_client::SigningKey::generate(symbolon_client::Algorithm::ES256, "k".into()).unwrap();
        let token = key.sign(Some("at+jwt"), &serde_json::Map::new()).unwrap();
        for (presented, refusal) in [(token.as_str(), Some(Refusal::Unavailable)), ("not-a-token", None)] {
            let mut headers = HeaderMap::new();
            headers.insert("authorization", format!("Bearer {presented}").parse().unwrap());
            let request = Request {
                method: Method::POST,
                path: "/mcp".into(),
                query: String::new(),
                headers,
                body: String::new(),
            };
            let found = of(&request, &away, "http://127.0.0.1:2/mcp").await.unwrap_err();
            match refusal {
                Some(expected) => assert_eq!(found, expected),
                None => assert!(matches!(found, Refusal::Invalid(AccessTokenFault::Signature(_))), "{found:?}"),
            }
        }
    }
}
