//! The error page: where a browser goes with an error that must not be sent to any client.

use symbolon_types::redirect_uri::append_query;

use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};

/// Sends the browser to the error page, which is told what happened and nothing else.
pub fn show(context: &Context, http: &Request, error: &OAuthError) -> Answer {
    error.log();
    let body = error.exposed_body(&context.config);
    let mut pairs = vec![("error", body.error.as_ref()), ("error_description", body.error_description.as_str())];
    // Our own page shows the id, so that a person can name the request to an operator.
    if context.config.urls.error.is_none() {
        pairs.push(("request_id", &http.id));
    }
    exchange::found(&append_query(&context.config.error_url(), &pairs))
}
