//! Requests with a proof, and the second try with the nonce that the server wanted.

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use url::Url;

use super::nonces::wants_nonce;
use crate::client::Client;
use crate::error::Error;
use crate::http::{Answer, RequestBuilder, parse_url};
use crate::retry;
use crate::token::{Form, TokenSet};
use crate::wire::AccessToken;

/// How an access token is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// RFC 6750 §2.1.
    Bearer,
    /// RFC 9449 §7.1.
    Dpop,
}

impl Client {
    /// Posts a form to the token endpoint, with the client's authentication, and with a proof where tokens are bound.
    pub(crate) async fn send_for_tokens(&self, url: Url, form: Form) -> Result<Answer, Error> {
        if self.protection().dpop.is_none() {
            return self.send_authenticated(url, form).await;
        }
        let mut tried = false;
        loop {
            // The assertion of the client, too, is made anew: each may be used once.
            let (request, url) = self.authenticated(url.clone(), form.clone()).await?;
            let proof = self.dpop_proof(&Method::POST, &url, None).await?;
            let answer =
                self.inner().http.send(request.header("accept", "application/json").header("dpop", proof)).await?;
            if !self.should_send_again(&url, &answer, &mut tried) {
                return Ok(answer);
            }
        }
    }

    /// Sends a request with an access token. GET is tried again where that can help, each time with a proof of its own.
    pub(crate) async fn send_with_token(
        &self,
        request: RequestBuilder,
        token: &AccessToken,
        scheme: Scheme,
    ) -> Result<Answer, Error> {
        let http = &self.inner().http;
        if scheme == Scheme::Bearer {
            return http.send(request.bearer_auth(token.as_str())).await;
        }
        let (mut tried, mut attempt) = (false, 0);
        loop {
            let url = request.url().clone();
            let proof = self.dpop_proof(request.method(), &url, Some(token)).await?;
            let proved = request.clone().header("authorization", format!("DPoP {}", token.as_str()));
            let outcome = http.send_once(proved.header("dpop", proof)).await;
            if let Ok(answer) = &outcome
                && self.should_send_again(&url, answer, &mut tried)
            {
                continue;
            }
            let pause = (*request.method() == Method::GET).then(|| retry::pause(&outcome, attempt, http.retries()));
            let Some(pause) = pause.flatten() else { return outcome };
            http.runtime().sleep(pause).await;
            attempt += 1;
        }
    }

    /// Takes over the nonce of an answer; whether the request is worth a second try with it. There is only one.
    fn should_send_again(&self, url: &Url, answer: &Answer, tried: &mut bool) -> bool {
        let learned = self.inner().nonces.learn(url, &answer.headers);
        let again = learned && wants_nonce(answer) && !*tried;
        *tried |= again;
        again
    }

    /// How an access token is presented that comes without its type: one that is not bound is refused by a client with a
    /// key, so it has none.
    pub(crate) fn usual_scheme(&self) -> Scheme {
        if self.protection().dpop.is_some() { Scheme::Dpop } else { Scheme::Bearer }
    }

    /// How the tokens of a set are presented.
    pub(crate) fn scheme_of(&self, tokens: &TokenSet) -> Result<Scheme, Error> {
        if !tokens.token_type.eq_ignore_ascii_case("dpop") {
            return Ok(Scheme::Bearer);
        }
        if self.protection().dpop.is_some() {
            return Ok(Scheme::Dpop);
        }
        Err(Error::Configuration("the access token is bound to a key: call dpop on the builder".to_owned()))
    }

    /// Sends a request of the program's own to an API, with the access token of `tokens`: as a bearer token, or with a
    /// proof and a second try with the server's nonce where the token is bound to a key. An answer of any status is given
    /// back. Time-out, limit of size and certificate are those of this client; its additional headers are not sent, because
    /// they are meant for the provider. Redirects are not followed.
    ///
    /// ```no_run
    /// # async fn run(client: symbolon_client::Client, tokens: symbolon_client::TokenSet) -> Result<(), Box<dyn std::error::Error>> {
    /// let request = http::Request::get("https://api.example.com/orders").body("")?;
    /// let answer = client.send_authorized(request, &tokens).await?;
    /// println!("{}: {} bytes", answer.status(), answer.body().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Argument`] for a request without a whole http or https URL, [`Error::Configuration`] when the token is
    /// bound to a key and this client has none; whatever the request met with.
    pub async fn send_authorized<B: Into<Bytes>>(
        &self,
        request: Request<B>,
        tokens: &TokenSet,
    ) -> Result<Response<Bytes>, Error> {
        let url = request_url(&request.uri().to_string())?;
        let request = RequestBuilder::of(request.map(Into::into), url);
        let answer = self.send_with_token(request, &tokens.access_token, self.scheme_of(tokens)?).await?;
        let mut response = Response::new(answer.body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }

    /// The headers that present the access token of `tokens` in one request of another library: `Authorization`, and
    /// `DPoP` where the token is bound to a key. Show the answer to [`Client::learn_dpop_nonce`].
    ///
    /// # Errors
    /// As [`Client::dpop_proof`]; [`Error::Argument`] when the token cannot stand in a header.
    pub async fn authorization_headers(
        &self,
        method: &Method,
        url: &Url,
        tokens: &TokenSet,
    ) -> Result<HeaderMap, Error> {
        let token = &tokens.access_token;
        let mut headers = HeaderMap::new();
        let scheme = match self.scheme_of(tokens)? {
            Scheme::Bearer => "Bearer",
            Scheme::Dpop => {
                headers.insert("dpop", secret_value(self.dpop_proof(method, url, Some(token)).await?)?);
                "DPoP"
            }
        };
        headers.insert(AUTHORIZATION, secret_value(format!("{scheme} {}", token.as_str()))?);
        Ok(headers)
    }

    /// Takes over the nonce of an answer to a request that this client did not send itself (RFC 9449 §8.2). Whether the
    /// server refused the proof for want of this nonce, so that the request is to be sent again, with new headers.
    pub fn learn_dpop_nonce(&self, url: &Url, status: StatusCode, headers: &HeaderMap) -> bool {
        let learned = self.inner().nonces.learn(url, headers);
        learned && wants_nonce(&Answer { status, headers: headers.clone(), body: Bytes::new() })
    }
}

fn request_url(text: &str) -> Result<Url, Error> {
    parse_url(text, "the request's address").map_err(|error| match error {
        Error::Configuration(reason) => Error::Argument(reason),
        other => other,
    })
}

fn secret_value(text: String) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| Error::Argument("the access token has characters that no header can have".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}
