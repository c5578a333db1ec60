//! Whom a subject identifier (RFC 9493) names, for callers who may name anybody: a subject of this server by its public name,
//! or everybody whose verified address it is. What a pairwise client calls a person is no name here: it is a hash that leads
//! nowhere.

use symbolon_types::{Subject, SubjectIdentifier};

use crate::accounts::verified_email;
use crate::context::Context;
use crate::error::OAuthError;

/// The subjects that are named; none where the name is another server's or nobody's.
pub(super) async fn named(context: &Context, identifier: &SubjectIdentifier) -> Result<Vec<Subject>, OAuthError> {
    match identifier {
        SubjectIdentifier::Opaque { id } => Ok(vec![Subject::from(id.as_str())]),
        SubjectIdentifier::IssSub { iss, sub } if iss == context.config.issuer() => {
            Ok(vec![Subject::from(sub.as_str())])
        }
        SubjectIdentifier::IssSub { .. } => Ok(Vec::new()),
        SubjectIdentifier::Email { email } => verified_email::subjects(context, email).await,
    }
}
