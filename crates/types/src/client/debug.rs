//! What may be seen of a client in logs: who it is and how it behaves, no secret, and nothing that
//! an administrator has put into `metadata`.

use std::fmt;

use super::Client;

struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("client_id", &self.client_id)
            .field("client_name", &self.client_name)
            .field("client_secret", &self.client_secret.as_ref().map(|_| Redacted))
            .field("redirect_uris", &self.redirect_uris)
            .field("grant_types", &self.grant_types)
            .field("response_types", &self.response_types)
            .field("scope", &self.scope)
            .field("token_endpoint_auth_method", &self.token_endpoint_auth_method)
            .field("registration_access_token", &self.registration_access_token.as_ref().map(|_| Redacted))
            .finish_non_exhaustive()
    }
}
