//! Whom an ID-JAG is about. An identity provider knows people by its own names, so the operator says for each how they become
//! subjects here: a subject of their own by default, which nobody else has and no account, as two providers may use one name
//! for two people. No account is made of an assertion.

use serde_json::Value;
use symbolon_jose::digest::{base64url, sha256};
use symbolon_types::{Subject, limits};

use crate::accounts::verified_email;
use crate::assertion::Assertion;
use crate::config::{IdJagIssuer, IdJagSubject};
use crate::context::Context;
use crate::error::OAuthError;

/// The subject here.
pub(super) async fn of(
    context: &Context,
    (issuer, row): (&str, &IdJagIssuer),
    assertion: &Assertion<'_>,
) -> Result<Subject, OAuthError> {
    let named = text(assertion, "sub")?;
    match &row.subject {
        IdJagSubject::Derived => Ok(derived(issuer, named)),
        IdJagSubject::AudSub => known(context, Subject::from(text(assertion, "aud_sub")?)).await,
        IdJagSubject::Email => of_email(context, assertion).await,
        IdJagSubject::Linked(links) => match links.get(named) {
            Some(subject) => known(context, Subject::from(subject.as_str())).await,
            None => Err(nobody()),
        },
    }
}

fn nobody() -> OAuthError {
    OAuthError::invalid_grant("The 'assertion' is about nobody who is known here.")
}

fn text<'a>(assertion: &'a Assertion<'_>, claim: &str) -> Result<&'a str, OAuthError> {
    let text = assertion.text(claim)?;
    if text.len() > limits::SUBJECT_BYTES {
        return Err(assertion.fault(claim, "is too long."));
    }
    Ok(text)
}

/// The same for ever, and told apart from what any account can be called by its length and look.
fn derived(issuer: &str, subject: &str) -> Subject {
    let hash = sha256(format!("id_jag\0{issuer}\0{subject}").as_bytes());
    Subject::from(format!("id_jag_{}", base64url(&hash)))
}

/// A subject of the built-in login page has an account. Behind another login page its identity system knows its people, and
/// the operator takes the provider's word.
async fn known(context: &Context, subject: Subject) -> Result<Subject, OAuthError> {
    let elsewhere = context.config.urls.login.is_some();
    if elsewhere || context.store.account(&subject).await?.is_some() {
        return Ok(subject);
    }
    Err(nobody())
}

/// One account with the address, which both sides verified; with several nobody can say which.
async fn of_email(context: &Context, assertion: &Assertion<'_>) -> Result<Subject, OAuthError> {
    let address = text(assertion, "email")?;
    if assertion.claims.get("email_verified").is_some_and(|verified| *verified != Value::Bool(true)) {
        return Err(assertion.fault("email_verified", "must be true where it is there."));
    }
    let mut subjects = verified_email::subjects(context, address).await?.into_iter();
    match (subjects.next(), subjects.next()) {
        (Some(subject), None) => Ok(subject),
        _ => Err(nobody()),
    }
}

#[cfg(test)]
mod tests {
    use super::derived;

    #[test]
    fn derived_subjects_are_of_one_issuer_and_one_name() {
        let one = derived("https://a.example", "b");
        assert_eq!(one, derived("https://a.example", "b"));
        assert_eq!(one.as_str().len(), 7 + 43);
        for (issuer, subject) in [("https://a.example", "c"), ("https://c.example", "b"), ("https://a.example\0b", "")]
        {
            assert_ne!(one, derived(issuer, subject));
        }
    }
}
