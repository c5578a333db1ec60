//! argon2id with memory that goes back to the system. An allocator keeps blocks of 19 MiB that were freed, glibc's for
//! each thread, so that a storm of logins would leave hundreds of megabytes behind.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{self, Error, generate_salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

/// What is larger than this comes from the system and goes back to it at once: the most that glibc ever keeps
/// (`DEFAULT_MMAP_THRESHOLD_MAX`). Memory that is reserved and not touched costs nothing.
const GIVEN_BACK_BYTES: usize = (32 << 20) + 1;

/// Hashes now, in this thread (PHC string, 19 MiB and 2 passes).
pub fn argon2id(chosen: &str) -> Result<String, String> {
    let hash = || -> password_hash::Result<PasswordHash> {
        let (params, salt) = (Params::DEFAULT, Salt::new(&generate_salt())?);
        Ok(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(salt),
            hash: Some(output(Algorithm::Argon2id, Version::V0x13, params, (chosen, &salt))?),
        })
    };
    hash().map(|hash| hash.to_string()).map_err(|fault| fault.to_string())
}

/// Verifies now, in this thread, argon2 of any kind and cost, as the hash says.
pub fn argon2_matches(hash: &str, chosen: &str) -> bool {
    let computed = |hash: &PasswordHash| -> password_hash::Result<Output> {
        let algorithm = Algorithm::try_from(hash.algorithm.as_str())?;
        let version = hash.version.map(Version::try_from).transpose()?.unwrap_or_default();
        let salt = hash.salt.as_ref().ok_or(Error::PasswordInvalid)?;
        output(algorithm, version, Params::try_from(hash)?, (chosen, salt))
    };
    let Ok(parsed) = PasswordHash::new(hash) else { return false };
    // Outputs are compared in constant time.
    parsed.hash.is_some_and(|expected| computed(&parsed).is_ok_and(|output| output == expected))
}

fn output(
    algorithm: Algorithm,
    version: Version,
    params: Params,
    (chosen, salt): (&str, &Salt),
) -> password_hash::Result<Output> {
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let count = params.block_count();
    let mut blocks = Vec::with_capacity(count.max(GIVEN_BACK_BYTES.div_ceil(Block::SIZE)));
    blocks.resize(count, Block::new());
    let mut buffer = [0; Output::MAX_LENGTH];
    let out = buffer.get_mut(..length).ok_or(Error::OutputSize)?;
    Argon2::new(algorithm, version, params).hash_password_into_with_memory(chosen.as_bytes(), salt, out, blocks)?;
    Ok(Output::new(out)?)
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordHasher as _;

    use super::*;

    #[test]
    fn what_was_hashed_is_found_right_and_nothing_else() {
        let hash = argon2id("open sesame").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, argon2id("open sesame").unwrap(), "each has a salt of its own");
        assert!(argon2_matches(&hash, "open sesame") && !argon2_matches(&hash, "open sesamé"));
        let damaged = hash.replace("$m=19456,", "$m=19455,");
        for other in [damaged.as_str(), "", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1", "$2b$04$abc"] {
            assert!(!argon2_matches(other, "open sesame"), "{other}");
        }
    }

    #[test]
    fn hashes_of_the_library_itself_are_verified_with_their_own_cost() {
        for (algorithm, memory, passes) in
            [(Algorithm::Argon2id, 19_456, 2), (Algorithm::Argon2i, 512, 3), (Algorithm::Argon2d, 64, 1)]
        {
            let params = Params::new(memory, passes, 1, Some(24)).unwrap();
            let hash =
                Argon2::new(algorithm, Version::V0x13, params).hash_password(b"open sesame").unwrap().to_string();
            assert!(argon2_matches(&hash, "open sesame"), "{hash}");
            assert!(!argon2_matches(&hash, "another"), "{hash}");
        }
    }
}
