//! Authentication over the back channel (OpenID Connect CIBA): a client asks for a person who is somewhere else
//! ([`authentication`]), the person answers at the home page or at an authentication device of the operator's ([`answer`]),
//! and the client fetches tokens at the token endpoint (`token::ciba`), either by asking again and again or once it was
//! told ([`ping`]). Tokens are never pushed: whoever misses a push has lost them. No browser of the client's takes part, so
//! nothing here redirects.

pub mod answer;
pub mod auth_req_id;
pub mod authentication;
mod hint;
mod kept;
mod parameters;
pub mod ping;
mod request_object;

use symbolon_jose::Algorithm;
use symbolon_types::{ProviderMetadata, TokenDeliveryMode};

use crate::clients::RegisteredClient;
use crate::config::Config;
use crate::context::Context;
use crate::security_profile::{Rule, is_strong};

/// How much is demanded of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demands {
    /// What OpenID Connect CIBA says.
    Core,
    /// What FAPI-CIBA adds (§5.2.2): requests are signed, and name what the person is to compare.
    Fapi,
}

impl Demands {
    /// What is demanded of this client.
    fn of(context: &Context, client: &RegisteredClient) -> Self {
        if client.is_held_to(&context.config, Rule::SignedBackchannelRequests) { Self::Fapi } else { Self::Core }
    }
}

/// What discovery says of the back channel (OpenID Connect CIBA §4); nothing where nobody may ask.
pub fn advertise(config: &Config, document: &mut ProviderMetadata) {
    if !config.symbolon.ciba.enabled {
        return;
    }
    let all = !Rule::StrongAlgorithms.holds_under(config.symbolon.security_profile);
    document.backchannel_authentication_endpoint = Some(config.backchannel_authentication_url());
    document.backchannel_token_delivery_modes_supported =
        TokenDeliveryMode::ALL.iter().map(|mode| mode.as_str().to_owned()).collect();
    document.backchannel_authentication_request_signing_alg_values_supported = Algorithm::all()
        .iter()
        .map(|algorithm| algorithm.as_str())
        .filter(|name| all || is_strong(name))
        .map(str::to_owned)
        .collect();
    document.backchannel_user_code_parameter_supported = Some(false);
}
