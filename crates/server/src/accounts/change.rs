//! Creating, changing and deleting accounts. A change names the revision it was made from and is made again when somebody
//! else was faster, so that two changes of different members are both kept. Disabling an account, another password and
//! deletion end what the person has: sessions, flows in progress and tokens.

use serde_json::{Map, Value};
use symbolon_store::{Account, WriteError};
use symbolon_types::Subject;

use super::profile::{Profile, shown};
use super::standard_claims;
use super::username::Username;
use crate::audit::Event;
use crate::context::Context;
use crate::error::ApiError;
use crate::identifiers;
use crate::trail;

/// Members of a request: those of an account, without the password.
pub type Members = Map<String, Value>;

/// How often a change is made again that others overtook.
const ATTEMPTS: usize = 128;
/// Longest subject, in characters of ASCII (OpenID Connect Core §2).
const LONGEST_SUBJECT: usize = 255;

/// Creates an account from its members and a password, and shows it. Without a member `id` the subject is random.
pub async fn create(context: &Context, mut members: Members, password: &str) -> Result<(String, Value), ApiError> {
    let id = match members.remove("id") {
        None | Some(Value::Null) => identifiers::uuid(&context.rng),
        Some(id) => subject(id)?,
    };
    if !members.contains_key("username") {
        return Err(ApiError::malformed("Member 'username' is missing."));
    }
    let now = context.clock.now();
    let mut account = Account {
        id: id.into(),
        username: String::new(),
        password_hash: String::new(),
        disabled_at: None,
        created_at: now,
        revision: 1,
        body: Profile { updated_at: now, ..Profile::default() }.to_body()?,
    };
    apply(&mut account, members, now)?;
    account.password_hash = context.accounts.passwords.hash(password).await?;
    match context.store.insert_account(&account).await {
        Ok(()) => {}
        Err(WriteError::Conflict(_)) => return Err(ApiError::conflict()),
        Err(fault) => return Err(fault.into()),
    }
    trail::tell(&Event::AccountCreated { subject: account.id.as_str() });
    Ok((account.id.as_str().to_owned(), shown(&account)?))
}

/// Changes the members that are given (JSON Merge Patch, RFC 7396) and shows the account.
pub async fn update(context: &Context, id: &str, members: &Members) -> Result<Value, ApiError> {
    for _ in 0..ATTEMPTS {
        let mut account = find(context, id).await?;
        let before = account.disabled_at;
        let mut members = members.clone();
        repeats(&mut members, &shown(&account)?)?;
        apply(&mut account, members, context.clock.now())?;
        match context.store.replace_account(&account).await {
            Ok(()) => {
                report(&account, before);
                return shown(&account);
            }
            Err(WriteError::Unmet(_)) => {}
            Err(WriteError::Conflict(_)) => return Err(ApiError::conflict()),
            Err(fault) => return Err(fault.into()),
        }
    }
    Err(ApiError::new(
        http::StatusCode::CONFLICT,
        "Conflict",
        "The account was changed by many other requests at the same time. Try again.",
    ))
}

fn report(account: &Account, disabled_before: Option<i64>) {
    let subject = account.id.as_str();
    trail::tell(&match (disabled_before, account.disabled_at) {
        (None, Some(_)) => Event::AccountDisabled { subject },
        (Some(_), None) => Event::AccountEnabled { subject },
        _ => Event::AccountChanged { subject },
    });
}

/// Gives an account another password and signs its person out everywhere.
pub async fn set_password(context: &Context, id: &str, password: &str) -> Result<(), ApiError> {
    // Before the slow hash, which is not made for nobody.
    find(context, id).await?;
    let hash = context.accounts.passwords.hash(password).await?;
    written(context.store.set_account_password(&Subject::from(id), &hash).await)?;
    trail::tell(&Event::PasswordChanged { subject: id });
    Ok(())
}

/// Deletes an account and ends everything of its subject, so that nothing is left for a later account with the same id.
pub async fn delete(context: &Context, id: &str) -> Result<(), ApiError> {
    written(context.store.delete_account(&Subject::from(id), context.clock.now()).await)?;
    trail::tell(&Event::AccountDeleted { subject: id });
    Ok(())
}

/// The account of this id, or 404.
pub async fn find(context: &Context, id: &str) -> Result<Account, ApiError> {
    context.store.account(&Subject::from(id)).await?.ok_or_else(ApiError::absent)
}

fn written(outcome: Result<(), WriteError>) -> Result<(), ApiError> {
    outcome.map_err(|fault| match fault {
        WriteError::Unmet(_) => ApiError::absent(),
        fault => fault.into(),
    })
}

/// Takes members out that the server keeps itself. What a read showed may be sent back; anything else is a mistake.
fn repeats(members: &mut Members, current: &Value) -> Result<(), ApiError> {
    for name in ["id", "created_at", "updated_at"] {
        if members.remove(name).is_some_and(|sent| sent != current[name]) {
            return Err(ApiError::malformed(format!("Member '{name}' cannot be changed.")));
        }
    }
    Ok(())
}

fn apply(account: &mut Account, mut members: Members, now: i64) -> Result<(), ApiError> {
    match members.remove("disabled") {
        None => {}
        Some(Value::Bool(true)) => account.disabled_at = account.disabled_at.or(Some(now)),
        Some(Value::Bool(false)) => account.disabled_at = None,
        Some(_) => return Err(ApiError::malformed("Member 'disabled' must be true or false.")),
    }
    let before = Profile::of(account)?;
    let mut profile = before.clone();
    if let Some(username) = members.remove("username") {
        let parsed = username.as_str().and_then(Username::parse).ok_or_else(|| {
            ApiError::malformed(
                "Member 'username' must be text of at most 256 bytes, without control characters and symbols (RFC 8265).",
            )
        })?;
        profile.username = parsed.shown;
        account.username = parsed.canonical;
    }
    standard_claims::merge(&mut profile.claims, members)
        .map_err(|fault| ApiError::malformed(format!("Member '{}' must be {}.", fault.name, fault.expected)))?;
    if profile != before {
        profile.updated_at = now;
    }
    account.body = profile.to_body()?;
    Ok(())
}

fn subject(id: Value) -> Result<String, ApiError> {
    let fits = |id: &str| (1..=LONGEST_SUBJECT).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    match id {
        // These two cannot stand in the path of an address.
        Value::String(id) if fits(&id) && id != "." && id != ".." => Ok(id),
        _ => Err(ApiError::malformed("Member 'id' must be 1 to 255 printable characters of ASCII without blanks.")),
    }
}
