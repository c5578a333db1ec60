//! Who calls, and about whom they may: an issuer with the right to (everybody, or the people of its domains), the operator
//! with the token of the admin listener (everybody), or a person with an access token of the scope for it (that person). An
//! access token counts as at any other resource, so one that is bound to a key needs its proof.

use symbolon_store::Batch;
use symbolon_types::{ErrorCode, Subject, SubjectIdentifier};

use super::assertion::{self, CallerAssertion};
use super::{bearer_text, subject};
use crate::bearer::{self, Scheme};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::Request;
use crate::resource::{self, ResourceRequest};
use crate::subject_identifier;

/// A caller who has authenticated.
pub(super) enum Caller {
    /// An issuer, with a JWT that counts once.
    Issuer(CallerAssertion),
    /// The operator.
    Operator,
    /// A person, through a client.
    Person {
        /// The person.
        subject: Subject,
        /// As the token's client knows the person (OpenID Connect Core §8).
        seen: String,
        /// The client.
        client_id: String,
    },
}

/// Who calls. Each way is told apart by what was sent, before anything is verified, so that no kind of token is tried as another.
pub(super) async fn authenticate(context: &Context, request: &Request) -> Result<Caller, OAuthError> {
    let own = &context.config.symbolon.global_token_revocation;
    if let Some(text) = bearer_text(request) {
        if context.config.symbolon.admin.token.as_ref().is_some_and(|token| token.matches(text.as_bytes())) {
            return Ok(Caller::Operator);
        }
        if let Some(claimed) = assertion::claimed(&own.issuers, text) {
            return assertion::check(context, claimed).await.map(Caller::Issuer);
        }
    }
    let Some(scope) = &own.scope else { return Err(nobody(request)) };
    person(context, request, scope).await
}

/// Nothing that was sent can be of a caller.
fn nobody(request: &Request) -> OAuthError {
    match bearer::scheme(request) {
        Some(Scheme::Bearer) => OAuthError::new(ErrorCode::InvalidToken, "It is of nobody who may call this endpoint."),
        _ => OAuthError::new(ErrorCode::RequestUnauthorized, "Send 'Authorization: Bearer'."),
    }
}

async fn person(context: &Context, request: &Request, scope: &str) -> Result<Caller, OAuthError> {
    // An address is logged, whatever compatibility says of other resources.
    bearer::read(request, bearer::InQuery::Refused)?;
    let ResourceRequest { client, user, .. } = Box::pin(resource::open(context, request)).await?;
    if !user.scope.contains(scope) {
        let hint = format!("The access token needs the scope '{scope}'.");
        return Err(OAuthError::new(ErrorCode::InsufficientScope, hint));
    }
    // Whoever vouches for somebody with an assertion, or exchanged somebody's token, is not that person.
    if user.grant.body().auth_time == 0 || user.is_exchanged {
        let hint = "The access token is of no person who logged in.";
        return Err(OAuthError::new(ErrorCode::RequestForbidden, hint));
    }
    let subject = user.grant.subject().clone();
    let seen = subject_identifier::for_client(&context.config, &client, &subject, &user.grant.body().forced_subject)
        .map_err(OAuthError::server)?;
    Ok(Caller::Person { subject, seen, client_id: client.id().as_str().to_owned() })
}

impl Caller {
    /// For the log.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Issuer(assertion) => assertion.issuer(),
            Self::Operator => "operator",
            Self::Person { client_id, .. } => client_id,
        }
    }

    /// Whether the caller may name somebody so (draft 05 §6.1).
    pub(super) fn admit(&self, context: &Context, identifier: &SubjectIdentifier) -> Result<(), OAuthError> {
        let forbidden = |hint| Err(OAuthError::new(ErrorCode::RequestForbidden, hint));
        match self {
            Self::Operator => Ok(()),
            Self::Issuer(assertion) if assertion.may_name(identifier) => Ok(()),
            Self::Issuer(_) => forbidden("The issuer may name people by the e-mail addresses of its domains alone."),
            Self::Person { seen, .. } => match identifier {
                SubjectIdentifier::Opaque { id } if id == seen => Ok(()),
                SubjectIdentifier::IssSub { iss, sub } if iss == context.config.issuer() && sub == seen => Ok(()),
                _ => {
                    forbidden("An access token may end what is of its own subject, by the 'sub' that its client knows.")
                }
            },
        }
    }

    /// Whom the call is about; nobody where the identifier names nobody.
    pub(super) async fn subjects(
        &self,
        context: &Context,
        identifier: &SubjectIdentifier,
    ) -> Result<Vec<Subject>, OAuthError> {
        match self {
            Self::Person { subject, .. } => Ok(vec![subject.clone()]),
            Self::Issuer(_) | Self::Operator => subject::named(context, identifier).await,
        }
    }

    /// Uses up what counts once.
    pub(super) fn use_up(&self, batch: &mut Batch) {
        if let Self::Issuer(assertion) = self {
            assertion.use_up(batch);
        }
    }
}
