//! Which secrets a client may choose for itself. A person invents them at times, and whoever knows a client's id may try
//! to guess (RFC 6749 §2.3.1, §10.10), so that short ones and monotonous ones are refused.

use std::collections::HashSet;

use symbolon_types::client::MetadataFault;

/// Fewest characters.
const SHORTEST: usize = 16;
/// Most characters: the hash of a longer one costs more than it adds.
const LONGEST: usize = 512;
/// Fewest different characters.
const VARIETY: usize = 8;

/// Refuses secrets that are too short, too long, or made of too few different characters.
pub(super) fn check(secret: &str) -> Result<(), MetadataFault> {
    let length = secret.chars().count();
    let different = secret.chars().collect::<HashSet<_>>().len();
    if (SHORTEST..=LONGEST).contains(&length) && different >= VARIETY {
        return Ok(());
    }
    Err(MetadataFault::metadata(format!(
        "Member 'client_secret' must have {SHORTEST} to {LONGEST} characters, of which at least {VARIETY} are different."
    )))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn short_long_and_monotonous_secrets_are_refused() {
        for refused in
            ["", "short", "fifteen-chars-1", "aaaaaaaaaaaaaaaaaaaaaaaa", "abababababababababab", &"abcdefgh".repeat(65)]
        {
            assert!(check(refused).is_err(), "{refused}");
        }
        for accepted in ["sixteen-chars-12", "correct horse battery staple", &"abcdefgh".repeat(64)] {
            assert!(check(accepted).is_ok(), "{accepted}");
        }
    }
}
