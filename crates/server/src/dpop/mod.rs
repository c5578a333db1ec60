//! Proofs that a sender holds a key (DPoP, RFC 9449). [`read`] verifies the proof of a request and gives a [`Proof`], which
//! nothing else can make; its holder binds tokens to the key or compares it with a token's, and uses the proof up in the
//! batch of what it is for, as each counts once (§11.1). What a proof is compared with comes from configuration, never from
//! the `Host` of a request.

mod memory;
pub mod nonce;
pub(crate) mod proof;

use std::sync::OnceLock;

use http::{HeaderName, HeaderValue};
use symbolon_jose::Algorithm;
use symbolon_store::Batch;
use symbolon_types::ErrorCode;

pub use memory::Memory;

use crate::clients::RegisteredClient;
use crate::confirmation::{Confirmation, KeyThumbprint};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{Answer, Request};
use crate::params::Params;
use crate::security_profile::Rule;

/// The header of a proof (RFC 9449 §4.1).
pub const HEADER: HeaderName = HeaderName::from_static("dpop");
/// The header of a nonce (RFC 9449 §8.1).
pub const NONCE_HEADER: HeaderName = HeaderName::from_static("dpop-nonce");
/// The algorithms in which a proof may be signed: small signatures with keys that are made in no time, and PS256 for those
/// who have nothing else.
pub const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::EdDSA, Algorithm::PS256];

/// A proof that was verified.
#[derive(Debug)]
pub struct Proof {
    key: KeyThumbprint,
    identifier: [u8; 32],
    remembered_until: i64,
    /// Whether this was its first use, where that is kept in memory. A request may try its write again.
    first_use: OnceLock<bool>,
}

impl Proof {
    /// The key that the sender holds.
    pub fn key(&self) -> KeyThumbprint {
        self.key
    }

    /// Tokens that are issued to the sender are for this holder alone.
    pub fn confirmation(&self) -> Confirmation {
        Confirmation::DpopKey(self.key)
    }

    /// Uses the proof up in the batch of what it is for. Where it was used before, the batch has an unmet
    /// `Condition::Proof`; where proofs are kept in memory, this fails at once.
    pub fn use_up(&self, context: &Context, batch: &mut Batch) -> Result<(), OAuthError> {
        let Some(memory) = &context.dpop else {
            batch.use_proof(&self.identifier, self.remembered_until);
            return Ok(());
        };
        let first = *self.first_use.get_or_init(|| memory.use_up(self.identifier, context.clock.now()));
        if first { Ok(()) } else { Err(used_before()) }
    }

    /// Uses the proof up where nothing else is written.
    pub async fn use_up_alone(&self, context: &Context) -> Result<(), OAuthError> {
        let mut batch = Batch::new();
        self.use_up(context, &mut batch)?;
        if batch.is_empty() { Ok(()) } else { context.store.write(batch).await.map_err(refusal) }
    }
}

/// The proof of a request (RFC 9449 §4.3); `None` where it has none. With `access_token` the proof must be for that one.
/// Fails with `invalid_dpop_proof` or `use_dpop_nonce`.
pub fn read(context: &Context, request: &Request, access_token: Option<&str>) -> Result<Option<Proof>, OAuthError> {
    let mut lines = request.headers.get_all(&HEADER).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    if lines.next().is_some() {
        return Err(invalid("The request has more than one 'DPoP' header."));
    }
    let text = line.to_str().map_err(|_| invalid("The 'DPoP' header is no JSON Web Token."))?;
    proof::verify(context, request, text, access_token).map(Some)
}

/// RFC 9449 §5.2: a client that registered `dpop_bound_access_tokens` gets no others. Under a profile that wants bound tokens
/// those that are bound to a certificate are as good.
pub fn demand(context: &Context, client: &RegisteredClient, proof: Option<&Proof>) -> Result<(), OAuthError> {
    if proof.is_some() || client.metadata().tls_client_certificate_bound_access_tokens {
        return Ok(());
    }
    if client.is_held_to(&context.config, Rule::SenderConstrainedTokens) {
        return Err(invalid("The security profile wants access tokens to be bound: send a 'DPoP' header."));
    }
    if client.metadata().dpop_bound_access_tokens {
        return Err(invalid("The client registered 'dpop_bound_access_tokens', so its requests need a 'DPoP' header."));
    }
    Ok(())
}

/// The error for a batch with a proof in it: it may have been used before.
pub fn refusal(fault: symbolon_store::WriteError) -> OAuthError {
    match fault {
        symbolon_store::WriteError::Unmet(symbolon_store::Condition::Proof) => used_before(),
        fault => fault.into(),
    }
}

fn used_before() -> OAuthError {
    invalid("The DPoP proof was used before.")
}

/// What `dpop_jkt` is to be added to a request that came with a proof (RFC 9449 §10.1); both must name one key.
pub fn key_to_name(params: &Params, proof: Option<&Proof>) -> Result<Option<String>, OAuthError> {
    let Some(proof) = proof else { return Ok(None) };
    let key = proof.key().to_string();
    match params.get("dpop_jkt") {
        None => Ok(Some(key)),
        Some(named) if named == key => Ok(None),
        Some(_) => Err(invalid("Parameter 'dpop_jkt' names another key than that of the DPoP proof.")),
    }
}

/// `invalid_dpop_proof` (RFC 9449 §5).
pub fn invalid(hint: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidDpopProof, hint)
}

/// Whether an error is about a proof, and not about what came with it.
pub fn is_about_proof(error: &OAuthError) -> bool {
    matches!(error.code, ErrorCode::InvalidDpopProof | ErrorCode::UseDpopNonce)
}

/// The answer of an endpoint where clients authenticate, with a nonce where one is asked for (RFC 9449 §8).
pub fn answer(context: &Context, error: &OAuthError) -> Answer {
    let mut answer = error.answer(&context.config);
    if error.code == ErrorCode::UseDpopNonce {
        add_nonce(context, &mut answer);
    }
    answer
}

/// A nonce for the next proof, in an answer that asks for one (RFC 9449 §8, §9).
pub fn add_nonce(context: &Context, answer: &mut Answer) {
    if let Ok(nonce) = HeaderValue::from_str(&nonce::issue(context)) {
        answer.headers_mut().insert(NONCE_HEADER, nonce);
    }
}

/// The algorithms as `algs` of a challenge (RFC 9449 §7.1).
pub fn algorithms() -> String {
    ALGORITHMS.map(Algorithm::as_str).join(" ")
}
