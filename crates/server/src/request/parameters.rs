//! The parameters of an authorization request: merged once, each with where it came from. The text of each source is
//! kept as it was sent, because addresses that lead back to the request show it so.

use symbolon_types::ErrorCode;

use crate::error::OAuthError;
use crate::params::Params;

/// Where a parameter came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The query of an address, which a browser showed.
    Query,
    /// A form: that of a browser's POST, or that of a device, which no browser has seen.
    Form,
}

/// How a request got here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrival {
    /// By whoever asks: a browser that a client sent, or a device.
    #[default]
    Directly,
    /// From the client itself, which had authenticated (RFC 9126).
    Pushed,
}

/// The merged parameters of one request. A parameter of the form counts before one of the query (OpenID Connect Core
/// §3.1.2.1), and none counts twice.
#[derive(Clone, Default)]
pub struct Parameters {
    form: String,
    query: String,
    /// What counts instead of the two: the parameters of a request object. Empty where there is none.
    object: String,
    arrival: Arrival,
    /// The thumbprint of the key that a client proved when it pushed.
    proven_key: Option<String>,
    merged: Params,
}

// The values may be hints and names.
impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.merged.fmt(f)
    }
}

impl Parameters {
    /// From two form-urlencoded texts, of which the query has no parameter that the form has.
    pub fn merge(form: String, query: String) -> Result<Self, OAuthError> {
        let joined = match (form.is_empty(), query.is_empty()) {
            (true, _) => Params::parse(query.as_bytes())?,
            (_, true) => Params::parse(form.as_bytes())?,
            _ => Params::parse(format!("{form}&{query}").as_bytes())?,
        };
        Ok(Self { form, query, merged: joined, ..Self::default() })
    }

    /// Those that a client pushed, form-urlencoded, with the thumbprint of the key that it proved to have.
    pub fn pushed(form: String, proven_key: Option<String>) -> Result<Self, OAuthError> {
        Ok(Self { arrival: Arrival::Pushed, proven_key, ..Self::merge(form, String::new())? })
    }

    /// How the request got here.
    pub fn arrival(&self) -> Arrival {
        self.arrival
    }

    /// The same request, of which these parameters count instead, form-urlencoded: those of its request object. Addresses
    /// still show what was sent.
    pub fn replaced(self, mut object: String) -> Result<Self, OAuthError> {
        let parse = |object: &str| {
            Params::parse(object.as_bytes())
                .map_err(|fault| OAuthError { code: ErrorCode::InvalidRequestObject, ..fault })
        };
        let mut merged = parse(&object)?;
        // RFC 9449 §10.1: a proof is no parameter, so that it binds the code where only the object counts, too.
        if let Some(key) = &self.proven_key {
            match merged.get("dpop_jkt") {
                Some(named) if named == key => {}
                Some(_) => {
                    let hint = "Parameter 'dpop_jkt' names another key than that of the DPoP proof.";
                    return Err(OAuthError::new(ErrorCode::InvalidDpopProof, hint));
                }
                None => {
                    object.push_str("&dpop_jkt=");
                    object.push_str(key);
                    merged = parse(&object)?;
                }
            }
        }
        Ok(Self { object, merged, ..self })
    }

    /// All that counts, form-urlencoded.
    pub fn counting(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.merged.iter()).finish()
    }

    /// What counts instead of what was sent; empty where nothing does.
    pub fn object(&self) -> &str {
        &self.object
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.merged.iter()
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.merged.get(name)
    }

    /// All values of `audience`.
    pub fn audience(&self) -> Vec<String> {
        self.merged.audience()
    }

    /// All values of `resource` as they were sent.
    pub fn resources(&self) -> Vec<&str> {
        self.merged.resources()
    }

    /// The words of a parameter that is a list with spaces.
    pub fn words(&self, name: &str) -> Vec<String> {
        self.get(name).map(|value| value.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// What came from one source, form-urlencoded, as it was sent.
    pub fn text_of(&self, source: Source) -> &str {
        match source {
            Source::Form => &self.form,
            Source::Query => &self.query,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_merged_and_their_sources_kept() {
        let both = Parameters::merge("scope=openid&state=".to_owned(), "client_id=a&nonce=n".to_owned()).unwrap();
        assert_eq!((both.get("scope"), both.get("client_id")), (Some("openid"), Some("a")));
        assert_eq!((both.get("state"), both.get("prompt")), (None, None), "a parameter without a value is absent");
        assert_eq!(both.text_of(Source::Form), "scope=openid&state=");
        assert_eq!(both.text_of(Source::Query), "client_id=a&nonce=n");
        assert!(Parameters::merge("scope=a".to_owned(), "scope=b".to_owned()).is_err());
    }
}
