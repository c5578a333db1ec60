//! The access token of a request: one `Authorization` header (RFC 6750 §2.1, RFC 9449 §7.1), and no other place. Tokens in
//! the query or the body end up in logs (RFC 9700 §4.3.2), so they are not looked for.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::refusal::RefusalReason;
use crate::wire::AccessToken;

/// How a token is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Bearer,
    Dpop,
}

#[derive(Debug)]
pub(super) struct Presented {
    pub(super) scheme: Scheme,
    pub(super) token: AccessToken,
}

impl Presented {
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, RefusalReason> {
        let mut fields = headers.get_all(AUTHORIZATION).iter();
        let field = fields.next().ok_or(RefusalReason::NoToken)?;
        if fields.next().is_some() {
            return Err(RefusalReason::Malformed("there is more than one Authorization header"));
        }
        let text = field.to_str().map_err(|_| RefusalReason::Malformed("the Authorization header is no text"))?;
        let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
        // The scheme is read without regard to case (RFC 9110 §11.1).
        let scheme = if scheme.eq_ignore_ascii_case("bearer") {
            Scheme::Bearer
        } else if scheme.eq_ignore_ascii_case("dpop") {
            Scheme::Dpop
        } else {
            return Err(RefusalReason::OtherScheme);
        };
        let token = token.trim_matches(' ');
        if !is_token68(token) {
            return Err(RefusalReason::Malformed("the Authorization header has no single token"));
        }
        Ok(Self { scheme, token: token.into() })
    }
}

/// The grammar of both schemes (RFC 6750 §2.1, RFC 9110 §11.2).
fn is_token68(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[&str]) -> Result<(Scheme, String), RefusalReason> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(AUTHORIZATION, field.parse().unwrap());
        }
        Presented::read(&headers).map(|presented| (presented.scheme, presented.token.as_str().to_owned()))
    }

    #[test]
    fn one_token_is_read_from_the_header() {
        for (field, scheme) in [
            ("Bearer a.b-c_d~e+f/g==", Scheme::Bearer),
            ("bearer  a.b-c_d~e+f/g== ", Scheme::Bearer),
            ("DPOP a.b-c_d~e+f/g==", Scheme::Dpop),
        ] {
            assert_eq!(read(&[field]).unwrap(), (scheme, "a.b-c_d~e+f/g==".to_owned()), "{field}");
        }
        assert_eq!(read(&[]), Err(RefusalReason::NoToken));
        for field in ["Basic YTpi", "a.b.c", "", "Bearera b", "Negotiate"] {
            assert_eq!(read(&[field]), Err(RefusalReason::OtherScheme), "{field}");
        }
        let wrong: [&[&str]; 9] = [
            &["Bearer a", "Bearer a"],
            &["Bearer a", "Basic b"],
            &["Bearer"],
            &["Bearer "],
            &["DPoP"],
            &["Bearer a b"],
            &["Bearer a, Bearer b"],
            &["Bearer =a"],
            &["Bearer \"a\""],
        ];
        for fields in wrong {
            assert!(matches!(read(fields), Err(RefusalReason::Malformed(_))), "{fields:?}");
        }
    }
}
