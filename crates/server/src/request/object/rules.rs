//! To which of the two specifications an object is held. OpenID Connect Core §6 lets an object complete the parameters
//! around it; RFC 9101 §6.3 takes the object alone, and a client that signs its whole request relies on that.

use symbolon_types::ErrorCode;

use super::refused;
use crate::clients::RegisteredClient;
use crate::config::Config;
use crate::error::OAuthError;
use crate::request::parameters::{Arrival, Parameters};
use crate::security_profile::{Rule, STRONG_ALGORITHMS, is_strong};

/// What an object of one request is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    source: Source,
    signature: Signature,
    algorithms: Algorithms,
    pub(super) lifetime: Lifetime,
}

/// Which text the rules are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// The object completes the request, and says of itself what it likes.
    OpenIdConnect,
    /// The object is the request, and names whom it is for.
    Rfc9101,
}

/// What must be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signature {
    /// What the client registered to be signed.
    AsRegistered,
    /// Every object.
    OfObjects,
    /// Every request (RFC 9101 §10.5).
    OfRequests,
}

/// With what objects may be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithms {
    AsRegistered,
    Strong,
}

/// How long an object may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Until `exp` and from `nbf` on, where they are there.
    AsStated,
    /// Both are there; neither may `nbf` lie more than an hour back, nor `exp` more than an hour after it (FAPI 2.0 Message
    /// Signing §5.3.1).
    OneHour,
}

impl Rules {
    /// Those of a request.
    pub fn of(config: &Config, client: &RegisteredClient, outer: &Parameters) -> Self {
        let held = |rule| client.is_held_to(config, rule);
        let signed = config.symbolon.request_objects.required
            || client.metadata().require_signed_request_object
            || held(Rule::SignedRequests);
        let strict = signed || outer.arrival() == Arrival::Pushed || held(Rule::StrictRequestObjects);
        Self {
            source: if strict { Source::Rfc9101 } else { Source::OpenIdConnect },
            signature: match signed {
                true => Signature::OfRequests,
                false if held(Rule::SignatureOfRequestObjects) => Signature::OfObjects,
                false => Signature::AsRegistered,
            },
            algorithms: if held(Rule::StrongAlgorithms) { Algorithms::Strong } else { Algorithms::AsRegistered },
            lifetime: if held(Rule::BoundedRequestObjects) { Lifetime::OneHour } else { Lifetime::AsStated },
        }
    }

    /// Whether only the object counts, and it names its audience.
    pub fn is_strict(self) -> bool {
        self.source == Source::Rfc9101
    }

    /// A request without an object.
    pub fn check_absence(self) -> Result<(), OAuthError> {
        if self.signature != Signature::OfRequests {
            return Ok(());
        }
        let hint = "The request must be a signed request object: send it in the parameter 'request' (RFC 9101).";
        Err(OAuthError::new(ErrorCode::InvalidRequest, hint))
    }

    /// An object without a signature.
    pub fn check_unsigned(self) -> Result<(), OAuthError> {
        match self.signature {
            Signature::AsRegistered => Ok(()),
            Signature::OfObjects | Signature::OfRequests => Err(refused("The request object must be signed.")),
        }
    }

    /// An object with a signature.
    pub fn check_algorithm(self, algorithm: &str) -> Result<(), OAuthError> {
        if self.algorithms == Algorithms::AsRegistered || is_strong(algorithm) {
            return Ok(());
        }
        let names = STRONG_ALGORITHMS.join(", ");
        Err(refused(format!("The request object is signed with '{algorithm}'; it must be one of {names}.")))
    }
}
