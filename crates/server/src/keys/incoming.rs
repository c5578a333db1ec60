//! Keys that an administrator brings: what they must be before they are kept. A key is whole and strong, its private and
//! public parts belong together, and in the end it has all of `kid`, `use` and `alg`, without which some libraries do
//! not read it (RFC 7517 §4).

use symbolon_jose::{Algorithm, Jwk, KeyError, Secret, SigningKey, VerifyingKey};

use crate::error::ApiError;

/// Most keys in one set.
pub(super) const MOST_KEYS: u32 = 100;
/// Longest name of a set and longest `kid`, in bytes.
const LONGEST_NAME: usize = 256;
/// Longest `use` and longest `alg`, in bytes.
const LONGEST_WORD: usize = 64;
/// Fewest bits of a symmetric key (RFC 7518 §3.2 asks for at least the hash's output, 256 bits).
const FEWEST_SYMMETRIC_BITS: usize = 256;

/// What an administrator asks for: a new key.
pub struct NewKeyRequest {
    /// `alg`.
    pub algorithm: String,
    /// `kid`; one is chosen where it is empty.
    pub kid: String,
    /// `use`; `sig` where it is empty.
    pub purpose: String,
}

/// Refuses what is no name of a set or key.
pub(super) fn check_name(what: &str, name: &str) -> Result<(), ApiError> {
    if name.is_empty() || name.len() > LONGEST_NAME {
        return Err(ApiError::malformed(format!("The {what} must have between 1 and {LONGEST_NAME} bytes.")));
    }
    Ok(())
}

/// Refuses what is no word, such as `sig` or `RS256`.
pub(super) fn check_word(what: &str, word: &str) -> Result<(), ApiError> {
    if word.len() > LONGEST_WORD {
        return Err(ApiError::malformed(format!("Member '{what}' must have at most {LONGEST_WORD} bytes.")));
    }
    Ok(())
}

/// The algorithm of a new key; an error names those that there are.
pub(super) fn algorithm(name: &str) -> Result<Algorithm, ApiError> {
    Algorithm::parse(name).ok_or_else(|| {
        let known: Vec<&str> = Algorithm::all().iter().map(|algorithm| algorithm.as_str()).collect();
        let hint = format!("Unsupported key algorithm: 'alg' must be one of {}.", known.join(", "));
        ApiError::new(http::StatusCode::BAD_REQUEST, "Bad Request", hint)
    })
}

/// Checks keys that were brought and adds what they lack. `named` is the `kid` of one that has none; else its thumbprint
/// is. Checking RSA keys takes time, so it happens beside the async threads.
pub(super) async fn complete(keys: Vec<Jwk>, named: Option<String>) -> Result<Vec<Jwk>, ApiError> {
    if keys.len() > MOST_KEYS as usize {
        return Err(full());
    }
    let checked = tokio::task::spawn_blocking(move || {
        let keys: Result<Vec<Jwk>, ApiError> =
            keys.into_iter().map(|key| complete_one(key, named.as_deref())).collect();
        keys
    });
    let keys = checked.await.map_err(|fault| ApiError::server(fault.to_string()))??;
    let mut kids: Vec<&str> = keys.iter().filter_map(|key| key.kid.as_deref()).collect();
    kids.sort_unstable();
    if kids.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(ApiError::malformed("Two keys of the set have the same 'kid' (RFC 7517, section 4.5)."));
    }
    Ok(keys)
}

/// A set has as many keys as it may have.
pub(super) fn full() -> ApiError {
    ApiError::malformed(format!("A set has at most {MOST_KEYS} keys: delete some that are not used any more."))
}

/// Checks one key and adds what it lacks.
pub fn complete_one(mut key: Jwk, named: Option<&str>) -> Result<Jwk, ApiError> {
    let refused = |fault: KeyError| {
        ApiError::malformed(format!("The key cannot be used: {}.", fault.to_string().replace('"', "'")))
    };
    check_numbers(&key).map_err(refused)?;
    check_word("use", key.use_.as_deref().unwrap_or_default())?;
    check_word("alg", key.alg.as_deref().unwrap_or_default())?;
    if key.kid.as_deref().is_none_or(str::is_empty) {
        key.kid = Some(named.map_or_else(|| key.thumbprint(), str::to_owned));
    }
    check_name("'kid' of a key", key.kid.as_deref().unwrap_or_default())?;
    if key.use_.as_deref().is_none_or(str::is_empty) {
        key.use_ = Some("sig".to_owned());
    }
    if key.alg.as_deref().is_none_or(str::is_empty) {
        key.alg = None;
        let natural = key.signature_algorithm().filter(|_| key.use_.as_deref() == Some("sig"));
        let natural = natural.ok_or_else(|| ApiError::malformed("The key lacks 'alg', and nothing else says it."))?;
        key.alg = Some(natural.as_str().to_owned());
    }
    // A key for signatures that names an algorithm which its kind cannot have would never verify anything.
    if key.use_.as_deref() == Some("sig") && key.kty != "oct" && key.signature_algorithm().is_none() {
        return Err(refused(KeyError::UnsupportedAlgorithm));
    }
    Ok(key)
}

/// Whether the numbers make a key, whatever it is for.
fn check_numbers(key: &Jwk) -> Result<(), KeyError> {
    if key.kty == "oct" {
        let value = key.k.as_ref().map(Secret::expose).ok_or(KeyError::Missing("k"))?;
        let bytes = symbolon_jose::digest::base64url_decode(value).ok_or(KeyError::Malformed("k"))?;
        return if bytes.len() * 8 < FEWEST_SYMMETRIC_BITS { Err(KeyError::Malformed("k")) } else { Ok(()) };
    }
    let bare = Jwk { use_: None, key_ops: None, alg: None, ..key.clone() };
    if key.k.is_some() {
        return Err(KeyError::Inconsistent);
    }
    if key.is_private() { SigningKey::from_jwk(&bare).map(drop) } else { VerifyingKey::from_jwk(&bare).map(drop) }
}
