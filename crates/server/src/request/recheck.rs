//! What may have changed since a request was validated: its client. It is asked whether it is still registered for what it
//! asked for, whatever its revision: another client may have its id by now, at the same revision. Whether the subject may
//! still sign in is a condition of the statements that rest on it.

use symbolon_types::{GrantType, ResponseType};

use super::loopback::CodeIs;
use super::validate::TokensInQuery;
use super::{Asker, EffectiveRequest, Refusal, loopback};
use crate::authorization_details;
use crate::clients::{self, RegisteredClient};
use crate::config::Config;
use crate::error::OAuthError;
use crate::resource_indicators;
use crate::security_profile::Rule;

impl EffectiveRequest {
    /// Compares the request with its client as it is now.
    pub fn recheck(&self, config: &Config, client: &RegisteredClient) -> Result<(), Refusal> {
        if let Some(address) = self.reply.address()
            && client
                .own_redirect_uri(
                    address.redirect_uri.as_str(),
                    loopback::free_port(config, client, CodeIs::by(self.code_challenge.as_ref())),
                )
                .is_err()
        {
            return Err(Refusal::Page(OAuthError::invalid_request(
                "Parameter 'redirect_uri' is none of the client's registered redirect URIs any more.",
            )));
        }
        self.still_allowed(config, client).map_err(|error| self.refusal(error))
    }

    /// The client may be held to a stricter profile by now.
    fn still_fits_profile(&self, config: &Config, client: &RegisteredClient) -> Result<(), OAuthError> {
        if self.asker != Asker::Browser {
            return Ok(());
        }
        let other = self.response_type != Some(ResponseType::CODE) && client.is_held_to(config, Rule::CodeOnly);
        let unbound = self.code_challenge.is_none() && client.is_held_to(config, Rule::PkceS256);
        let straight = self.pushed.is_none() && client.is_held_to(config, Rule::PushedRequests);
        if other || unbound || straight {
            let hint = "The request is not as the client's security profile wants it by now. Start again.";
            return Err(OAuthError::invalid_request(hint));
        }
        Ok(())
    }

    fn still_allowed(&self, config: &Config, client: &RegisteredClient) -> Result<(), OAuthError> {
        let polling = match self.asker {
            Asker::Browser => None,
            Asker::Device(_) => Some(GrantType::DeviceCode),
            Asker::Backchannel(_) => Some(GrantType::Ciba),
        };
        let mut needed = self.response_type.into_iter().flat_map(ResponseType::grant_types).chain(polling);
        if let Some(grant_type) = needed.find(|grant_type| !client.allows_grant(*grant_type)) {
            let hint = format!("The client is no longer registered for the grant_type '{}'.", grant_type.as_str());
            return Err(OAuthError::new(symbolon_types::ErrorCode::UnauthorizedClient, hint));
        }
        if self.response_type.is_some_and(|response_type| !client.allows_response_type(response_type)) {
            let hint = "The client is no longer registered for the response_type.";
            return Err(OAuthError::new(symbolon_types::ErrorCode::UnsupportedResponseType, hint));
        }
        self.still_fits_profile(config, client)?;
        if let (Some(address), Some(response_type)) = (self.reply.address(), self.response_type)
            && !TokensInQuery::of(client).allow(address.mode(), response_type.default_mode())
        {
            let hint = "The client is no longer registered for encrypted answers, and tokens do not go into a query.";
            return Err(OAuthError::new(symbolon_types::ErrorCode::UnsupportedResponseMode, hint));
        }
        if let Some(foreign) = clients::first_foreign_scope(config, client, &self.scope) {
            return Err(OAuthError::new(
                symbolon_types::ErrorCode::InvalidScope,
                format!("The client is no longer registered for the scope '{foreign}'."),
            ));
        }
        resource_indicators::check_audience(config, client, &self.audience)?;
        authorization_details::check_still_registered(config, client, &self.authorization_details)
    }
}
