//! Parameters of an OAuth 2.0 request: parsed once, duplicates refused once, limits applied once (RFC 6749 §3.1, §3.2).
//! A parameter without a value counts as absent, as the RFC says; one with a bad value never does.

use symbolon_types::audience::parse_audience;
use symbolon_types::limits;

use crate::control_characters;
use crate::error::OAuthError;
use crate::exchange::Request;

/// Most parameters in one request.
const MOST: usize = 128;
/// Longest name, in bytes.
const LONGEST_NAME: usize = 128;
/// Longest value, in bytes.
const LONGEST_VALUE: usize = 32 * 1024;
/// The parameters that may come more than once: `audience` as Hydra takes it, and `resource` (RFC 8707 §2).
const REPEATABLE: [&str; 2] = ["audience", RESOURCE];
/// Asks for a token for one place.
const RESOURCE: &str = "resource";
/// Restrictions are kept without a value, too: whoever sends one so does not want a token for everything.
const RESTRICTIONS: [&str; 4] = [RESOURCE, "authorization_details", "actor_token", "requested_token_type"];

/// The parameters of one request, in order, each at most once (but for those that may repeat).
#[derive(Clone, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
}

// Values may be secrets: only the names are shown.
impl std::fmt::Debug for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.pairs.iter().map(|(name, _)| name)).finish()
    }
}

impl Params {
    /// Parses `application/x-www-form-urlencoded` text.
    pub fn parse(text: &[u8]) -> Result<Self, OAuthError> {
        let mut pairs: Vec<(String, String)> = Vec::with_capacity(16);
        for (name, value) in form_urlencoded::parse(text) {
            control_characters::check_parameter(&name, &value)?;
            if value.is_empty() && !RESTRICTIONS.contains(&name.as_ref()) {
                continue;
            }
            if pairs.len() == MOST {
                return Err(OAuthError::invalid_request(format!("The request has more than {MOST} parameters.")));
            }
            if name.len() > LONGEST_NAME {
                return Err(OAuthError::invalid_request("A parameter name is too long."));
            }
            if value.len() > LONGEST_VALUE {
                return Err(OAuthError::invalid_request(format!("Parameter '{name}' is too long.")));
            }
            limits::check_words(&name, &value)?;
            pairs.push((name.into_owned(), value.into_owned()));
        }
        let params = Self { pairs };
        if let Some(name) = params.repeated() {
            return Err(OAuthError::invalid_request(format!("Parameter '{name}' is given more than once.")));
        }
        limits::check_audience("audience", &params.audience())?;
        limits::check_resources(&params.resources())?;
        Ok(params)
    }

    /// A parameter that is there more than once and may not be.
    fn repeated(&self) -> Option<&str> {
        let names = self.pairs.iter().map(|(name, _)| name.as_str());
        let mut singular: Vec<&str> = names.filter(|name| !REPEATABLE.contains(name)).collect();
        singular.sort_unstable();
        singular.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
    }

    /// The parameters of a POST; they count in the body only (RFC 6749 §3.2).
    pub fn of_form(request: &Request) -> Result<Self, OAuthError> {
        if request.body.is_empty() {
            return Err(OAuthError::invalid_request("The POST body must not be empty."));
        }
        if !request.is_form() {
            return Err(OAuthError::invalid_request(
                "The body must be a form; send the header 'Content-Type: application/x-www-form-urlencoded'.",
            ));
        }
        Self::parse(&request.body)
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that must be there.
    pub fn require(&self, name: &'static str) -> Result<&str, OAuthError> {
        self.get(name).ok_or_else(|| OAuthError::invalid_request(format!("Request parameter '{name}' is missing.")))
    }

    /// All values of `audience`.
    pub fn audience(&self) -> Vec<String> {
        parse_audience(&self.all_of("audience"))
    }

    /// All values of `resource` as they were sent, empty ones too.
    pub fn resources(&self) -> Vec<&str> {
        self.all_of(RESOURCE)
    }

    fn all_of(&self, name: &str) -> Vec<&str> {
        self.pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicates_are_refused_but_for_audience() {
        assert!(Params::parse(b"state=a&state=a").is_err());
        let params = Params::parse(b"audience=a&audience=b+c").unwrap();
        assert_eq!(params.audience(), ["a", "b", "c"]);
    }

    #[test]
    fn an_empty_value_is_an_absent_one() {
        let params = Params::parse(b"state=&scope=x").unwrap();
        assert_eq!(params.get("state"), None);
        assert_eq!(Params::parse(b"resource=&resource=a").unwrap().resources(), ["", "a"], "but for a restriction");
        assert!(Params::parse(b"state=&state=x").is_ok());
    }

    #[test]
    fn too_much_is_refused() {
        let many: Vec<String> = (0..200).map(|n| format!("p{n}=1")).collect();
        assert!(Params::parse(many.join("&").as_bytes()).is_err());
        assert!(Params::parse(format!("state={}", "x".repeat(40_000)).as_bytes()).is_err());
        let words = |count: usize| vec!["w"; count].join("+");
        for (name, most) in [("prompt", 8), ("acr_values", 32), ("ui_locales", 32), ("scope", 1_000)] {
            assert!(Params::parse(format!("{name}={}", words(most)).as_bytes()).is_ok(), "{name}");
            assert!(Params::parse(format!("{name}={}", words(most + 1)).as_bytes()).is_err(), "{name}");
        }
        let audience = |count: usize| (0..count).map(|n| format!("audience=a{n}+b{n}")).collect::<Vec<_>>().join("&");
        let resource = |count: usize| vec!["resource=a"; count].join("&");
        assert!(Params::parse(audience(50).as_bytes()).is_ok() && Params::parse(resource(100).as_bytes()).is_ok());
        for (name, text) in [("audience", audience(51)), ("resource", resource(101))] {
            let fault = Params::parse(text.as_bytes()).unwrap_err();
            assert_eq!(fault.hint, format!("Parameter '{name}' has more than 100 entries."));
        }
    }
}
