//! The order in which a request is judged: the token, the sender, what the route asks for.

use http::request::Parts;
use symbolon_jose::Jws;

use super::presented::{Presented, Scheme};
use super::{Binding, ClientCertificate, Refusal, RefusalReason, Requirements, ResourceServer, TokenCheck, dpop};
use crate::error::Error;
use crate::transport::{TransportError, TransportErrorKind};
use crate::verification::{AccessTokenClaims, AccessTokenFault, Expected, TokenForm, check_access_token};
use crate::wire::AccessToken;

impl ResourceServer {
    pub(super) async fn admit(
        &self,
        request: &Parts,
        presented: &Presented,
        requirements: &Requirements,
        nonce: &mut Option<String>,
    ) -> Result<AccessTokenClaims, RefusalReason> {
        let claims = self.verify_token(&presented.token).await.map_err(|error| match error {
            Error::AccessToken(fault) => RefusalReason::InvalidToken(fault),
            error => RefusalReason::Unavailable(error),
        })?;
        self.check_sender(request, (presented, requirements), &claims, nonce)?;
        self.check_requirements(&claims, requirements)?;
        Ok(claims)
    }

    /// What a route asks for, of a request that was let in before.
    #[cfg(all(feature = "tower", not(target_arch = "wasm32")))]
    pub(super) fn admit_again(
        &self,
        claims: &AccessTokenClaims,
        scheme: Scheme,
        requirements: &Requirements,
    ) -> Result<(), Refusal> {
        let verdict = self.check_requirements(claims, requirements);
        verdict.map_err(|reason| self.refusal(reason, Some(scheme), requirements, None))
    }

    pub(super) fn refusal(
        &self,
        reason: RefusalReason,
        scheme: Option<Scheme>,
        requirements: &Requirements,
        nonce: Option<String>,
    ) -> Refusal {
        #[cfg(feature = "tracing")]
        if let RefusalReason::Unavailable(error) = &reason {
            tracing::warn!(%error, "an access token could not be checked");
        }
        let challenges = self.0.challenges(&reason, scheme, requirements);
        Refusal::new(reason, challenges, nonce)
    }

    fn check_requirements(&self, claims: &AccessTokenClaims, requirements: &Requirements) -> Result<(), RefusalReason> {
        let inner = self.0.client.inner();
        requirements.check(claims, (inner.clock.now(), inner.rules.leeway_seconds))
    }

    /// What the token says, whoever sent it.
    pub(super) async fn verify_token(&self, token: &AccessToken) -> Result<AccessTokenClaims, Error> {
        let client = &self.0.client;
        let is_signed = || Jws::parse(token.as_str()).is_ok();
        let asks = match self.0.check {
            TokenCheck::Signature => false,
            TokenCheck::Introspection => true,
            TokenCheck::Either => !client.client_id().is_empty() && !is_signed() && self.can_ask().await?,
        };
        let (claims, typ, form) = if asks {
            let answer = self.0.introspections.ask(token).await?.ok_or(AccessTokenFault::Inactive)?;
            ((*answer).clone(), None, TokenForm::Introspection)
        } else {
            let signed = client.signed(token.as_str()).await?.map_err(AccessTokenFault::Signature)?;
            (signed.claims, signed.typ, self.0.form)
        };
        let expected = Expected {
            issuer: client.issuer(),
            rules: client.rules(),
            audiences: &self.0.audiences,
            audience_rule: self.0.audience_rule,
            form,
            now: client.inner().clock.now(),
        };
        Ok(check_access_token(claims, typ.as_deref(), &expected)?)
    }

    async fn can_ask(&self) -> Result<bool, Error> {
        Ok(self.0.client.metadata().await?.introspection_endpoint.is_some())
    }

    /// That the sender holds what the token is bound to (`cnf`).
    fn check_sender(
        &self,
        request: &Parts,
        (presented, requirements): (&Presented, &Requirements),
        claims: &AccessTokenClaims,
        nonce: &mut Option<String>,
    ) -> Result<(), RefusalReason> {
        use AccessTokenFault::{Certificate, NotSenderConstrained, OtherKey, SenderConstrained};
        let invalid = |fault| Err(RefusalReason::InvalidToken(fault));
        let key = claims.confirmation.as_ref().and_then(|confirmation| confirmation.key_thumbprint.as_deref());
        let certificate =
            claims.confirmation.as_ref().and_then(|confirmation| confirmation.certificate_thumbprint.as_deref());
        if let Some(expected) = certificate {
            let found = self.certificate(request);
            if found.is_none_or(|found| found.thumbprint() != expected) {
                return invalid(Certificate);
            }
        }
        match (key, presented.scheme) {
            (Some(thumbprint), Scheme::Dpop) => {
                let proofs = self.0.proofs.as_ref().ok_or(RefusalReason::InvalidToken(SenderConstrained))?;
                let request = dpop::Request {
                    method: request.method.as_str(),
                    path: format!("{}{}", requirements.mounted_at, request.uri.path()),
                    headers: &request.headers,
                    token: &presented.token,
                    key_thumbprint: thumbprint,
                    now: self.0.client.inner().clock.now(),
                };
                *nonce = proofs.verify(&request).or_else(|rejection| match rejection {
                    dpop::Rejection::Fault(fault) => Err(RefusalReason::InvalidProof(fault)),
                    dpop::Rejection::OtherKey => invalid(OtherKey).map(|()| None),
                    dpop::Rejection::Full => Err(RefusalReason::Unavailable(full())),
                    dpop::Rejection::Nonce(fresh) => {
                        *nonce = Some(fresh);
                        Err(RefusalReason::NonceRequired)
                    }
                })?;
                Ok(())
            }
            // RFC 9449 §7.2: as a bearer token it would be good for whoever stole it.
            (Some(_), Scheme::Bearer) => invalid(SenderConstrained),
            (None, Scheme::Dpop) => invalid(OtherKey),
            (None, Scheme::Bearer) => match self.0.binding {
                Binding::Any => Ok(()),
                Binding::KeyOrCertificate if certificate.is_some() => Ok(()),
                _ => invalid(NotSenderConstrained),
            },
        }
    }

    fn certificate(&self, request: &Parts) -> Option<ClientCertificate> {
        match &self.0.certificates {
            Some(find) => find(request),
            None => request.extensions.get::<ClientCertificate>().cloned(),
        }
    }
}

/// Proofs are remembered up to a number.
fn full() -> Error {
    let reason = "more DPoP proofs are in use than can be remembered";
    Error::Transport(TransportError::new(TransportErrorKind::Other, reason))
}
