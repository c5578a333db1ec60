//! Authentication over the back channel (`OpenID` Connect Client-Initiated Backchannel Authentication 1.0): a user who is
//! somewhere else is asked on a device of their own, and no browser of the client's takes part.
//!
//! [`Client::authenticate_backchannel`] asks for somebody. The tokens are then fetched in turns (poll), fetched when the
//! provider says that there is an answer (ping), or come with what it says (push, [`notification`]).

mod notification;
mod pending;
mod request;

pub use notification::{BackchannelNotification, NotificationFault};
pub use pending::BackchannelAuthentication;
pub use request::BackchannelAuthenticationRequest;

use pending::Checked;

use super::{Form, TokenAnswer, TokenSet, form};
use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;
use crate::verification::{Expectations, IdTokenFault, check_id_token, text};

/// The grant type of §10.1.
const GRANT_TYPE: &str = "urn:openid:params:grant-type:ciba";
/// The claim that ties an ID token to the request (§10.3.1).
const REQUEST_CLAIM: &str = "urn:openid:params:jwt:claim:auth_req_id";
/// The claim that ties it to the refresh token beside it (§10.3.1).
const REFRESH_TOKEN_CLAIM: &str = "urn:openid:params:jwt:claim:rt_hash";

impl Client {
    /// Asks for a user (§7).
    ///
    /// ```no_run
    /// # async fn run(client: symbolon_client::Client) -> Result<(), symbolon_client::Error> {
    /// use symbolon_client::BackchannelAuthenticationRequest;
    ///
    /// let request = BackchannelAuthenticationRequest::for_login_hint("alice").binding_message("K7-Q2");
    /// let mut pending = client.authenticate_backchannel(&request).await?;
    /// let tokens = client.backchannel_tokens(&mut pending).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::MissingEndpoint`] when the provider does not offer it; [`Error::Api`] with one of the codes of §13, such as
    /// `unknown_user_id` or `invalid_binding_message`.
    pub async fn authenticate_backchannel(
        &self,
        request: &BackchannelAuthenticationRequest,
    ) -> Result<BackchannelAuthentication, Error> {
        let metadata = self.metadata().await?;
        let member = "backchannel_authentication_endpoint";
        let url = endpoint(metadata.backchannel_authentication_endpoint.as_deref(), member)?;
        let prepared = request.prepare(&self.inner().rng)?;
        let answer = self.send_authenticated(url, prepared.form).await?.success()?;
        BackchannelAuthentication::read(&answer, self, prepared.scope, prepared.notification_token)
    }

    /// Asks until the user has answered, as often as the server allows (§7.3, §11). Servers that cannot be reached are
    /// asked again, less often each time. After a ping the first question is asked at once.
    ///
    /// Dropping the future ends the asking and loses nothing: a later call goes on, also with a value that was kept by
    /// serde meanwhile. A program that does something in between uses [`Client::poll_backchannel`].
    ///
    /// # Errors
    /// [`Error::Api`] with `access_denied` when the user refused and `expired_token` when nobody answered
    /// ([`Error::AuthorizationExpired`], which has the same code, when this client's clock says so);
    /// [`Error::ForeignAuthorization`] for a request of another client; [`Error::IdToken`] for an ID token that must not be
    /// believed.
    pub async fn backchannel_tokens(&self, pending: &mut BackchannelAuthentication) -> Result<TokenSet, Error> {
        loop {
            if let Some(tokens) = self.poll_backchannel(pending).await? {
                return Ok(tokens);
            }
        }
    }

    /// Waits for the next turn and asks once: `None` when the user has not answered yet.
    ///
    /// # Errors
    /// As [`Client::backchannel_tokens`].
    pub async fn poll_backchannel(&self, pending: &mut BackchannelAuthentication) -> Result<Option<TokenSet>, Error> {
        self.check_started_here(&pending.issuer, &pending.client_id)?;
        let checked = pending.checked();
        let form = form([("grant_type", GRANT_TYPE.to_owned()), ("auth_req_id", checked.id.expose().clone())]);
        self.ask_once(&mut pending.pace, form, |client, form| async move { client.redeem_request(form, checked).await })
            .await
    }

    async fn redeem_request(&self, form: Form, checked: Checked) -> Result<TokenSet, Error> {
        let answer = self.request_tokens(form).await?;
        self.checked_answer(answer, &checked, Binding::WhereNamed).await
    }

    /// The tokens of an answer that belongs to this request. An ID token is always there: `openid` was asked for (§7.1).
    async fn checked_answer(
        &self,
        answer: TokenAnswer,
        request: &Checked,
        binding: Binding,
    ) -> Result<TokenSet, Error> {
        let raw = answer.id_token.as_deref().ok_or(IdTokenFault::Missing)?;
        let expected = Expectations { access_token: Some(answer.access_token.as_str()), ..self.expectations()? };
        let opened = self.opened_id_token(raw)?;
        let signed = self.signed_id_token(&opened).await?;
        let refresh_token = answer.refresh_token.as_ref();
        let refresh_token_hash = refresh_token.map(|token| signed.half_hash(token.as_str()));
        let claims = check_id_token(signed, &expected)?;
        let named = |name| claims.all.contains_key(name) || binding == Binding::Demanded;
        if named("at_hash") {
            // Whether it is the right one was checked above.
            text(&claims.all, "at_hash")?;
        }
        if named(REQUEST_CLAIM) && !request.id.matches(text(&claims.all, REQUEST_CLAIM)?.as_bytes()) {
            return Err(IdTokenFault::AuthenticationRequest.into());
        }
        if let Some(hash) = refresh_token_hash
            && named(REFRESH_TOKEN_CLAIM)
            && text(&claims.all, REFRESH_TOKEN_CLAIM)? != hash
        {
            return Err(IdTokenFault::RefreshTokenHash.into());
        }
        let id_token = super::IdToken { raw: opened.into_owned().into(), claims };
        self.token_set(answer, &request.scope, Some(id_token))
    }
}

/// Whether an ID token must name the request and the tokens beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Binding {
    /// It came in answer to a question of this client: what it names must be right.
    WhereNamed,
    /// Somebody brought it (push): it must name them (§10.3.1).
    Demanded,
}
