//! Our own protected resources, userinfo and credentials, from the side of the request: the access token, whoever may use
//! it, and what a refusal says (RFC 6750 §3, RFC 9449 §7, RFC 8705 §3). A token that is bound to a key counts only with a
//! proof of it, one that is bound to a certificate only over a connection with it, and one that is not bound does not
//! count with a proof.

use std::sync::Arc;

use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};
use symbolon_types::ErrorCode;

use crate::bearer::{self, Scheme, SentToken};
use crate::certificate::ClientCertificate;
use crate::clients::RegisteredClient;
use crate::confirmation::{Confirmation, Held};
use crate::context::Context;
use crate::dpop;
use crate::error::OAuthError;
use crate::exchange::{Answer, Request};
use crate::security_profile::Rule;
use crate::token_state::{ActiveUser, NoUser, user_of};

/// A request with an access token of a user.
pub struct ResourceRequest {
    /// The token's client.
    pub client: Arc<RegisteredClient>,
    /// The user, and what they granted.
    pub user: ActiveUser,
    /// The token.
    pub token: String,
}

/// Opens the access token of a request, with the proof that it needs.
pub async fn open(context: &Context, request: &Request) -> Result<ResourceRequest, NoUser> {
    let SentToken { text, scheme } = bearer::sent(&context.config, request)?;
    let proof = match scheme {
        Scheme::Bearer => None,
        Scheme::Dpop => {
            let missing = || dpop::invalid("A token with the scheme 'DPoP' needs a 'DPoP' header.");
            Some(dpop::read(context, request, Some(&text))?.ok_or_else(missing)?)
        }
    };
    let (client, user) = user_of(context, &text).await?;
    let key = proof.as_ref().map(dpop::Proof::key);
    let certificate = request.certificate.as_ref().map(ClientCertificate::thumbprint);
    // A token that was issued before the client was held to its profile is for nobody in particular (FAPI 2.0 §5.3.4).
    let unbound =
        user.confirmation == Confirmation::Bearer && client.is_held_to(&context.config, Rule::SenderConstrainedTokens);
    if unbound || !user.confirmation.admits(Held { key, certificate }) {
        return Err(NoUser::NotConfirmed);
    }
    if let Some(proof) = proof {
        proof.use_up_alone(context).await?;
    }
    Ok(ResourceRequest { client, user, token: text })
}

/// The answer to a request that was refused.
pub fn refuse(context: &Context, request: &Request, error: &OAuthError) -> Answer {
    let mut answer = error.bearer_answer();
    let of_proof = dpop::is_about_proof(error);
    if of_proof {
        *answer.status_mut() = StatusCode::UNAUTHORIZED;
    }
    if answer.status() == StatusCode::UNAUTHORIZED {
        challenge(&mut answer, error, of_proof || bearer::scheme(request) == Some(Scheme::Dpop));
    }
    if error.code == ErrorCode::UseDpopNonce {
        dpop::add_nonce(context, &mut answer);
    }
    answer
}

/// Takes the challenge for proofs out of an answer, of a resource where no token needs one.
pub fn only_bearer(answer: &mut Answer) {
    let bearer = |value: &HeaderValue| value.as_bytes().starts_with(b"Bearer");
    let kept: Vec<HeaderValue> =
        answer.headers().get_all(WWW_AUTHENTICATE).iter().filter(|v| bearer(v)).cloned().collect();
    answer.headers_mut().remove(WWW_AUTHENTICATE);
    for value in kept {
        answer.headers_mut().append(WWW_AUTHENTICATE, value);
    }
}

/// Both ways to send a token (RFC 9449 §7.1, §7.2): the one that was tried has the error.
fn challenge(answer: &mut Answer, error: &OAuthError, tried_dpop: bool) {
    let algorithms = dpop::algorithms();
    let headers = answer.headers_mut();
    let values = if tried_dpop {
        let body = error.body();
        let (code, description) = (body.error, body.error_description.replace(['\\', '"'], "'"));
        headers.remove(WWW_AUTHENTICATE);
        [
            format!("DPoP error=\"{code}\",error_description=\"{description}\",algs=\"{algorithms}\""),
            "Bearer".to_owned(),
        ]
        .to_vec()
    } else {
        vec![format!("DPoP algs=\"{algorithms}\"")]
    };
    for value in values {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(WWW_AUTHENTICATE, value);
        }
    }
}
