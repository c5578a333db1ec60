//! Accounts by e-mail address. An address names a person only where it was verified; and as several accounts may have one
//! address, whoever it is about has all of them.

use serde_json::Value;
use symbolon_types::Subject;

use super::profile::Profile;
use crate::context::Context;
use crate::error::{ApiError, OAuthError};

/// Most accounts that are looked at more closely.
const MOST: u32 = 256;

/// The subjects of all accounts with this address, verified. Capitals do not matter, as no provider of mail tells addresses
/// apart by them.
pub async fn subjects(context: &Context, address: &str) -> Result<Vec<Subject>, OAuthError> {
    let mut subjects = Vec::new();
    for account in context.store.accounts_like(&pattern(address), MOST).await? {
        let profile = Profile::of(&account).map_err(unreadable)?;
        let claim = |name: &str| profile.claims.get(name);
        let verified = claim("email_verified").and_then(Value::as_bool) == Some(true);
        let same = claim("email").and_then(Value::as_str).is_some_and(|own| own.eq_ignore_ascii_case(address));
        if verified && same {
            subjects.push(account.id);
        }
    }
    Ok(subjects)
}

fn unreadable(fault: ApiError) -> OAuthError {
    OAuthError::server(fault.reason.unwrap_or_default())
}

/// A pattern that the stored form of an account with this address is like. What may be written in several ways stands for
/// anything.
fn pattern(address: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-' | '+');
    let mut like: String = address.chars().map(|c| if plain(c) { c.to_ascii_lowercase() } else { '%' }).collect();
    like.insert_str(0, "%\"email\":\"");
    like + "\"%"
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn a_pattern_has_nothing_of_the_address_that_databases_read_in_their_own_ways() {
        assert_eq!(pattern("Alice.B+x@Example.com"), "%\"email\":\"alice.b+x@example.com\"%");
        assert_eq!(pattern("a_b%c\\d\"e'f\u{c4}@x"), "%\"email\":\"a%b%c%d%e%f%@x\"%");
    }
}
