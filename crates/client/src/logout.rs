//! Logout started by the application (`OpenID` Connect RP-Initiated Logout 1.0).
//!
//! The session that ends is the browser's, so the browser has to go there: [`Client::end_session_url`] gives the address
//! to send it to. [`Client::logout`] makes the same request without a browser and tells what the provider would do next;
//! front- and back-channel logout of other applications are the provider's part.

use std::fmt;

use http::header::COOKIE;
use symbolon_jose::Secret;
use url::Url;

use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::{ApiError, Error};
use crate::token::IdToken;

/// What an application says when it wants its user logged out. All of it is optional.
#[derive(Clone, Default)]
pub struct LogoutRequest {
    id_token_hint: Option<Secret<String>>,
    post_logout_redirect_uri: Option<String>,
    state: Option<String>,
    parameters: Vec<(&'static str, String)>,
    cookies: Option<Secret<String>>,
}

impl LogoutRequest {
    /// Asks for nothing in particular.
    pub fn new() -> Self {
        Self::default()
    }

    /// The ID token of the user who leaves. It may have expired; with it, providers need not ask whether it is true.
    #[must_use]
    pub fn id_token(self, id_token: &IdToken) -> Self {
        self.id_token_hint(id_token.raw.expose().clone())
    }

    /// The same from a token that was kept as text.
    #[must_use]
    pub fn id_token_hint(mut self, raw: impl Into<String>) -> Self {
        self.id_token_hint = Some(Secret::new(raw.into()));
        self
    }

    /// Where the browser goes afterwards; it must be registered, and needs the ID token or a registered client.
    #[must_use]
    pub fn post_logout_redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.post_logout_redirect_uri = Some(uri.into());
        self
    }

    /// Comes back with the browser, unchanged.
    #[must_use]
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.state = Some(state.into());
        self
    }

    /// Who leaves, in a form the provider knows, such as an e-mail address.
    #[must_use]
    pub fn logout_hint(mut self, hint: impl Into<String>) -> Self {
        self.parameters.push(("logout_hint", hint.into()));
        self
    }

    /// The languages of the provider's pages, separated by spaces, the best first.
    #[must_use]
    pub fn ui_locales(mut self, locales: impl Into<String>) -> Self {
        self.parameters.push(("ui_locales", locales.into()));
        self
    }

    /// The browser's cookies at the provider, as a `Cookie` header has them. Only for [`Client::logout`], and only for
    /// whoever really has them: tests, and programs that are the browser.
    #[must_use]
    pub fn cookies(mut self, header: impl Into<String>) -> Self {
        self.cookies = Some(Secret::new(header.into()));
        self
    }
}

/// An ID token tells who the user is, so only what is not about the user is shown.
impl fmt::Debug for LogoutRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LogoutRequest")
            .field("post_logout_redirect_uri", &self.post_logout_redirect_uri)
            .field("id_token_hint", &self.id_token_hint)
            .finish_non_exhaustive()
    }
}

/// What the end-session endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogoutOutcome {
    /// There is nobody left to log out: the provider sends the browser on to the application's own page.
    Done {
        /// The post-logout redirect URI, with `state`.
        return_to: Url,
    },
    /// The provider wants to hear it from the user first: the browser has to go there.
    NeedsConsent {
        /// The logout page.
        url: Url,
    },
    /// The provider sends the browser to a page of its own: its page after logout, or a step unknown to this crate.
    Redirect {
        /// That page.
        url: Url,
    },
    /// The provider answered with a page to show, such as the one that tells other applications (front-channel logout).
    Page,
}

impl Client {
    /// The address to send the browser to. The client's id goes along when there is one.
    ///
    /// ```no_run
    /// # async fn run(client: symbolon_client::Client, tokens: symbolon_client::TokenSet) -> Result<(), symbolon_client::Error> {
    /// use symbolon_client::LogoutRequest;
    ///
    /// let mut request = LogoutRequest::new().post_logout_redirect_uri("https://app.example.com/bye");
    /// if let Some(id_token) = &tokens.id_token {
    ///     request = request.id_token(id_token);
    /// }
    /// println!("{}", client.end_session_url(&request).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::MissingEndpoint`] when the provider has no logout; whatever discovery met with.
    pub async fn end_session_url(&self, request: &LogoutRequest) -> Result<Url, Error> {
        let metadata = self.metadata().await?;
        let mut url = endpoint(metadata.end_session_endpoint.as_deref(), "end_session_endpoint")?;
        let mut parameters: Vec<(&str, &str)> = Vec::new();
        parameters.extend(request.id_token_hint.as_ref().map(|hint| ("id_token_hint", hint.expose().as_str())));
        if !self.client_id().is_empty() {
            parameters.push(("client_id", self.client_id()));
        }
        parameters.extend(request.post_logout_redirect_uri.as_deref().map(|uri| ("post_logout_redirect_uri", uri)));
        parameters.extend(request.state.as_deref().map(|state| ("state", state)));
        parameters.extend(request.parameters.iter().map(|(name, value)| (*name, value.as_str())));
        // An endpoint without parameters must not end in a question mark.
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        Ok(url)
    }

    /// Asks the end-session endpoint without a browser, follows nothing, and tells what the provider would do.
    ///
    /// Without [`LogoutRequest::cookies`] and without an ID token this ends nobody's session.
    ///
    /// # Errors
    /// [`Error::Api`] when the provider refuses, with the `error` of its answer or of the page it redirects to.
    pub async fn logout(&self, request: &LogoutRequest) -> Result<LogoutOutcome, Error> {
        let url = self.end_session_url(request).await?;
        let http = &self.inner().http;
        let mut call = http.get(url.clone());
        if let Some(cookies) = &request.cookies {
            call = call.header(COOKIE, cookies.expose());
        }
        let answer = http.send(call).await?;
        if answer.status.is_success() {
            return Ok(LogoutOutcome::Page);
        }
        let Some(target) = answer.location(&url).filter(|_| answer.status.is_redirection()) else {
            return Err(Error::Api(ApiError::read(answer.status.as_u16(), &answer.headers, &answer.body)));
        };
        if let Some(refusal) = refusal_in(&target, answer.status.as_u16()) {
            return Err(Error::Api(refusal));
        }
        Ok(outcome(target, request.post_logout_redirect_uri.as_deref()))
    }
}

fn outcome(target: Url, post_logout_redirect_uri: Option<&str>) -> LogoutOutcome {
    if parameter(&target, "logout_challenge").is_some() {
        return LogoutOutcome::NeedsConsent { url: target };
    }
    let ours = post_logout_redirect_uri.and_then(|uri| Url::parse(uri).ok());
    if ours.is_some_and(|ours| target[..url::Position::AfterPath] == ours[..url::Position::AfterPath]) {
        return LogoutOutcome::Done { return_to: target };
    }
    LogoutOutcome::Redirect { url: target }
}

/// A redirect to an error page carries the error in its query.
pub(crate) fn refusal_in(target: &Url, status: u16) -> Option<ApiError> {
    let code = parameter(target, "error")?;
    Some(ApiError::redirected(status, code, parameter(target, "error_description").unwrap_or_default()))
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn target_tells_what_happened() {
        let ours = Some("https://app.example/bye?x=1");
        let consent = url("https://as.example/logout?logout_challenge=c");
        assert_eq!(outcome(consent.clone(), ours), LogoutOutcome::NeedsConsent { url: consent });
        let back = url("https://app.example/bye?x=1&state=s");
        assert_eq!(outcome(back.clone(), ours), LogoutOutcome::Done { return_to: back });
        let page = url("https://as.example/logged-out");
        assert_eq!(outcome(page.clone(), ours), LogoutOutcome::Redirect { url: page.clone() });
        assert_eq!(outcome(page.clone(), None), LogoutOutcome::Redirect { url: page });
    }

    #[test]
    fn error_page_is_a_refusal() {
        let target = url("https://as.example/error?error=invalid_request&error_description=No.");
        let refusal = refusal_in(&target, 302).unwrap();
        assert_eq!((refusal.code.as_deref(), refusal.description.as_str()), (Some("invalid_request"), "No."));
        assert!(refusal_in(&url("https://as.example/"), 302).is_none());
    }

    #[test]
    fn debug_hides_the_id_token() {
        let request = LogoutRequest::new().id_token_hint("hush").cookies("hush=1").logout_hint("hush@example.com");
        assert!(!format!("{request:?}").contains("hush"));
    }
}
