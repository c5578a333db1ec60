//! The commands about one token: `introspect token` and `revoke token` (RFC 7662, RFC 7009). A token is an argument
//! as in Ory Hydra, or comes from standard input, where nobody else on the machine sees it. Obtaining one is `perform`.

pub(crate) mod introspect;
pub(crate) mod revoke;

use std::convert::Infallible;
use std::path::Path;
use std::str::FromStr;

use symbolon_client::Secret;

use crate::failure::Failure;
use crate::secret::{source, warn};

/// A token as an argument, as in Ory Hydra; `-` reads it from standard input.
#[derive(Debug, Clone)]
struct TokenArgument(Secret<String>);

impl FromStr for TokenArgument {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(Secret::new(text.to_owned())))
    }
}

impl TokenArgument {
    fn read(&self) -> Result<Secret<String>, Failure> {
        match self.0.expose().as_str() {
            "-" => source::read_line(Path::new("-"), "TOKEN"),
            "" => Err(Failure::message("the token is empty")),
            _ => {
                warn("TOKEN", "-, which reads it from standard input");
                Ok(self.0.clone())
            }
        }
    }
}
