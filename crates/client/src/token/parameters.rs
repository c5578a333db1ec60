//! What a request says beyond what its grant fixes: scope, resources, and whatever a provider has of its own.

use std::borrow::Cow;
use std::fmt;

use url::Url;

use super::Form;
use crate::error::Error;
use crate::wire::Scope;

/// Set by this crate, whatever the grant.
const RESERVED: [&str; 5] = ["grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type"];
/// What may be there several times (RFC 8707 §2, RFC 8693 §2.1).
const REPEATED: [&str; 2] = ["resource", "audience"];

/// Parameters that the caller chose.
#[derive(Clone, Default)]
pub(crate) struct Parameters {
    scope: String,
    others: Vec<(Cow<'static, str>, String)>,
}

impl Parameters {
    pub(crate) fn set_scope(&mut self, scope: String) {
        self.scope = scope;
    }

    /// One more, beside those of the same name.
    pub(crate) fn add(&mut self, name: impl Into<Cow<'static, str>>, value: String) {
        self.others.push((name.into(), value));
    }

    /// A parameter whose latest value counts.
    pub(crate) fn set(&mut self, name: &'static str, value: String) {
        self.others.retain(|(set, _)| set != name);
        self.add(name, value);
    }

    /// Writes all of it behind what the grant fixed, and gives the scope that is asked for: empty when the server chooses.
    ///
    /// # Errors
    /// [`Error::Argument`] for what must not be sent: a parameter twice (RFC 6749 §3.2), one that is set already, a
    /// resource that is none (RFC 8707 §2).
    pub(crate) fn append_to(&self, form: &mut Form) -> Result<Scope, Error> {
        let scope = Scope::parse(&self.scope)?;
        if !scope.is_empty() {
            form.push(("scope".into(), scope.to_string()));
        }
        for (name, value) in &self.others {
            if RESERVED.contains(&&**name) || name == "scope" {
                return Err(Error::Argument(format!("the parameter '{name}' is set by this crate")));
            }
            if !REPEATED.contains(&&**name) && form.iter().any(|(set, _)| set == name) {
                return Err(Error::Argument(format!("the parameter '{name}' is there twice")));
            }
            if name == "resource" {
                check_resource(value)?;
            }
            form.push((name.clone(), value.clone()));
        }
        Ok(scope)
    }
}

/// RFC 8707 §2: an absolute URI without a fragment.
pub(crate) fn check_resource(value: &str) -> Result<(), Error> {
    match Url::parse(value) {
        Ok(url) if url.fragment().is_none() => Ok(()),
        _ => Err(Error::Argument(format!("the resource '{value}' is no absolute URI without a fragment"))),
    }
}

/// Only names: a value may be a token.
impl fmt::Debug for Parameters {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.others.iter().map(|(name, _)| name).collect();
        formatter.debug_struct("Parameters").field("scope", &self.scope).field("others", &names).finish()
    }
}

/// What every request type with a field `parameters` can be told.
macro_rules! common_setters {
    () => {
        /// What is asked for, a list separated by spaces. Without it the server chooses (RFC 6749 §3.3).
        #[must_use]
        pub fn scope(mut self, scope: impl Into<String>) -> Self {
            self.parameters.set_scope(scope.into());
            self
        }

        /// The API that the token is for, by its URI (RFC 8707 §2); once more for each further one.
        #[must_use]
        pub fn resource(mut self, uri: impl Into<String>) -> Self {
            self.parameters.add("resource", uri.into());
            self
        }

        /// The API that the token is for, by the name that it has at the server (the parameter `audience` of RFC 8693
        /// §2.1, Auth0 and Ory Hydra); once more for each further one.
        #[must_use]
        pub fn audience(mut self, name: impl Into<String>) -> Self {
            self.parameters.add("audience", name.into());
            self
        }

        /// Any other parameter. One that is set already, or there twice, is an error when the request is made.
        #[must_use]
        pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
            self.parameters.add(name.into(), value.into());
            self
        }
    };
}

pub(crate) use common_setters;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::form;

    #[test]
    fn what_is_fixed_cannot_be_said_again() {
        for name in ["grant_type", "client_id", "client_assertion", "scope", "assertion"] {
            let mut parameters = Parameters::default();
            parameters.add(name, "x".to_owned());
            let mut form = form([("grant_type", "x".to_owned()), ("assertion", "y".to_owned())]);
            assert!(matches!(parameters.append_to(&mut form), Err(Error::Argument(_))), "{name}");
        }
    }

    #[test]
    fn only_resources_and_audiences_repeat() {
        for (name, repeats) in [("resource", true), ("audience", true), ("acr_values", false)] {
            let mut parameters = Parameters::default();
            for value in ["https://a.example", "https://b.example"] {
                parameters.add(name, value.to_owned());
            }
            assert_eq!(parameters.append_to(&mut Form::new()).is_ok(), repeats, "{name}");
        }
    }

    #[test]
    fn resources_are_uris() {
        for (resource, fits) in [
            ("https://api.example/a?b", true),
            ("urn:api", true),
            ("https://api.example#a", false),
            ("/a", false),
            ("", false),
        ] {
            let mut parameters = Parameters::default();
            parameters.add("resource", resource.to_owned());
            assert_eq!(parameters.append_to(&mut Form::new()).is_ok(), fits, "{resource}");
        }
    }

    #[test]
    fn debug_shows_names() {
        let mut parameters = Parameters::default();
        parameters.add("user_token", "top-secret".to_owned());
        let text = format!("{parameters:?}");
        assert!(text.contains("user_token") && !text.contains("top-secret"), "{text}");
    }
}
