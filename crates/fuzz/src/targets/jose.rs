//! Signed and sealed text.

use std::sync::LazyLock;

use symbolon_jose::jwe::{DecryptionKey, EncryptionKey, Jwe, KeyManagement};
use symbolon_jose::{Jwk, JwkSet, Jws, Kind, Rng, Sealer, Secret, VerifyingKey, unsecured_claims};
use symbolon_server::fuzzing;

use super::text;
use crate::Target;

/// Signed messages (RFC 7515): nothing that was not signed verifies.
pub const JWS: Target = Target {
    name: "jws",
    run: check_jws,
    seeds: &[
        "eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ.eyJzdWIiOiJhIn0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
        "eyJhbGciOiJFUzI1NiIsImNyaXQiOlsiYiJdLCJqd2siOnsia3R5IjoiRUMifX0.e30.AA",
    ],
};
/// Encrypted messages (RFC 7516): nothing opens that was not encrypted for the key.
pub const JWE: Target = Target {
    name: "jwe",
    run: check_jwe,
    seeds: &[
        "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTEyOEdDTSIsImVwayI6eyJrdHkiOiJFQyIsImNydiI6IlAtMjU2IiwieCI6IndlTkp5MkhzY0NTTTZBRURURGcwNGJpT3ZoRmh5eVd2T0hRZmVGX1B4TVEiLCJ5IjoiZThsbkNPLUFsU3RULU5KVlgtY3JoQjdRUlloaWl4MDNpbGxKT1ZBT3ljayJ9fQ..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA",
        "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiYSIsImN0eSI6IkpXVCJ9.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA",
        "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIn0....",
    ],
};
/// Keys (RFC 7517, RFC 8037).
pub const JWK_SET: Target = Target { name: "jwk_set", run: check_keys, seeds: &[KEYS] };
/// Keys as somebody else publishes them, and keys in PEM.
pub const PUBLISHED_KEYS: Target = Target {
    name: "published_keys",
    run: check_published_keys,
    seeds: &[
        KEYS,
        r#"{"keys":[{"kty":"RSA","n":"AK5Hvg==","e":"AAEAAQ","x5t":7},{"kty":7},{"kty":"EC","crv":"P-256","x":"AQ","y":"+/8="}]}"#,
        concat!(
            r#"{"keys":[{"kty":"OKP","x5c":[""#,
            "MIIBPzCB8qADAgECAgEBMAUGAytlcDAPMQ0wCwYDVQQDDAR0ZXN0MB4XDTI2MTEyOTAwMDAwMFoXDTM2MTEyNjAwMDAwMFowDzENMAsGA1UEAwwEdGVzdDAqMAUGAytlcAMhABm/RAlphM3+hUG6wWfcO5bIUIaqMLa2ywxcOK1wMWbh",
            r#""]}]}"#
        ),
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
    ],
};
/// Sealed values: nothing that was not sealed opens, whatever is changed.
pub const SEALED: Target =
    Target { name: "sealed", run: check_sealed, seeds: &["", "a", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"] };
/// A key that an administrator brings, as one of a set or of a trusted issuer.
pub const IMPORTED_KEY: Target = Target {
    name: "imported_key",
    run: fuzzing::imported_key,
    seeds: &[
        r#"{"kty":"EC","crv":"P-256","kid":"a","use":"sig","alg":"ES256",
            "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
        r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#,
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","key_ops":["verify"]}"#,
        r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow","alg":"HS256"}"#,
    ],
};
/// The claims of an assertion (RFC 7523 §3).
pub const ASSERTION: Target = Target {
    name: "assertion",
    run: fuzzing::assertion,
    seeds: &[
        r#"{"iss":"a","sub":"a","aud":["https://op.example"],"exp":1800000060,"iat":1799999999.5,"nbf":1,"jti":"b"}"#,
        r#"{"iss":"","exp":1e300,"iat":-1,"jti":7,"sub":"a\u0000"}"#,
    ],
};

const KEYS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","kid":"a","use":"sig",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
    {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    {"kty":"RSA","n":"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHyXss8UDprecbAYxknTcQkhslANGRUZmdTOQ5qTRsLAt6BTYuyvVRdhS8exSZEy_c4gs_7svlJJQ4H9_NxsiIoLwAEk7-Q3UXERGYw_75IDrGA84-lA_-Ct4eTlXHBIY2EaV7t7LjJaynVJCpkv4LKjTTAumiGUIuQhrNhZLuF_RJLqHpM2kgWFLU7-VTdL1VbC2tejvcI2BlMkEpk1BzBZI0KQB0GaDWFLN-aEAw3vRw","e":"AQAB"}]}"#;

static VERIFYING_KEYS: LazyLock<Vec<VerifyingKey>> =
    LazyLock::new(|| serde_json::from_str::<JwkSet>(KEYS).map(|set| set.verifying_keys()).unwrap_or_default());

static SEALER: LazyLock<Option<Sealer>> =
    LazyLock::new(|| Sealer::new(&[Secret::new("a system secret for hostile input".to_owned())], &[KIND, OTHER]).ok());

const KIND: Kind = Kind { byte: 1, label: "kind" };
const OTHER: Kind = Kind { byte: 2, label: "other" };

fn check_jws(bytes: &[u8]) {
    let message = text(bytes);
    assert_eq!(VERIFYING_KEYS.len(), 3);
    if let Ok(parsed) = Jws::parse(&message) {
        assert!(parsed.verify_with(&VERIFYING_KEYS).is_err(), "{message:?} verifies");
        drop(parsed.unverified_claims());
        // A proof of possession brings its key (OpenID Connect UserInfo Verifiable Credentials, draft 00).
        let own = parsed.header().jwk.as_deref().and_then(|jwk| VerifyingKey::from_jwk(jwk).ok());
        let _ = own.map(|key| parsed.verify(&key).map(drop));
    }
    drop(unsecured_claims(&message));
}

static DECRYPTION_KEYS: LazyLock<Vec<DecryptionKey>> = LazyLock::new(|| {
    let kinds = [KeyManagement::EcdhEs, KeyManagement::RsaOaep256];
    kinds.iter().filter_map(|alg| DecryptionKey::generate(*alg, "a".to_owned()).ok()).collect()
});

fn check_jwe(bytes: &[u8]) {
    let message = text(bytes);
    assert_eq!(DECRYPTION_KEYS.len(), 2);
    if let Ok(parsed) = Jwe::parse(&message) {
        assert!(Jws::parse(&message).is_err(), "{message:?} is signed and encrypted at once");
        assert!(parsed.decrypt_with(&*DECRYPTION_KEYS).is_err(), "{message:?} opens");
    }
}

fn check_keys(bytes: &[u8]) {
    if let Ok(set) = serde_json::from_slice::<JwkSet>(bytes) {
        drop(set.verifying_keys());
        set.keys.iter().for_each(|key| drop(EncryptionKey::from_jwk(key)));
    }
    if let Ok(key) = serde_json::from_slice::<Jwk>(bytes) {
        assert!(!key.to_public().is_private());
        let _ = key.thumbprint();
    }
}

fn check_published_keys(bytes: &[u8]) {
    if let Some(set) = JwkSet::from_published(bytes) {
        drop(set.verifying_keys());
        for key in &set.keys {
            // What is normal stays as it is, and whoever can use the key as it was written sees the same one.
            let again = key.normalized().map(|again| again.thumbprint());
            assert_eq!(again.as_ref(), Ok(&key.thumbprint()), "a normalized key is not normal");
        }
    }
    if let Ok(key) = serde_json::from_slice::<Jwk>(bytes)
        && let (Ok(strict), Ok(normalized)) = (VerifyingKey::from_jwk(&key), key.normalized())
    {
        assert_eq!(strict.thumbprint(), normalized.thumbprint(), "a canonical key became another one");
    }
    if let Ok(key) = Jwk::from_pem(&text(bytes)) {
        assert_eq!(key.is_private(), key.d.is_some());
        drop(VerifyingKey::from_jwk(&key));
    }
}

fn check_sealed(bytes: &[u8]) {
    let Some(sealer) = &*SEALER else { return };
    assert_eq!(sealer.open(KIND, &text(bytes)), None);
    assert_eq!(sealer.open_bytes(KIND, bytes), None);
    let closed = sealer.seal_bytes(&Rng::seeded(1), KIND, bytes);
    assert_eq!(sealer.open_bytes(KIND, &closed).as_deref(), Some(bytes));
    assert_eq!(sealer.open_bytes(OTHER, &closed), None);
    let at = bytes.iter().fold(0_usize, |sum, byte| sum + usize::from(*byte)) % closed.len();
    let mut changed = closed;
    changed[at] ^= 1;
    assert_eq!(sealer.open_bytes(KIND, &changed), None, "a changed byte at {at} is not noticed");
}
