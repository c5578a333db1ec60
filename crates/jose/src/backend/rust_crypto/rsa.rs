//! RSA numbers into the library's keys and out of them.

use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BoxedUint, PrivateKey, PublicKey};

use crate::Secret;
use crate::backend::{Refused, RsaNumbers};

pub(super) fn public_key(n: &[u8], e: &[u8]) -> Result<PublicKey, Refused> {
    let number = BoxedUint::from_be_slice_vartime;
    PublicKey::new(number(n), number(e)).map_err(|_| Refused)
}

/// The private key, after all eight numbers were found to belong together.
pub(super) fn private_key(numbers: &RsaNumbers) -> Result<PrivateKey, Refused> {
    // The precision of each number is that of the modulus, so that it tells nothing about the secret ones.
    let bits = u32::try_from(numbers.n.len() * 8).map_err(|_| Refused)?;
    let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, bits).map_err(|_| Refused);
    let [n, d] = [number(&numbers.n)?, number(numbers.d.expose())?];
    let primes = vec![number(numbers.p.expose())?, number(numbers.q.expose())?];
    let e = BoxedUint::from_be_slice_vartime(&numbers.e);
    let key = PrivateKey::from_components(n, e, d, primes).map_err(|_| Refused)?;
    let computed = self::numbers(&key)?;
    let given = [&numbers.dp, &numbers.dq, &numbers.qi];
    let same = [&computed.dp, &computed.dq, &computed.qi]
        .into_iter()
        .zip(given)
        .all(|(computed, given)| computed.matches(without_zeros(given.expose())));
    if same { Ok(key) } else { Err(Refused) }
}

pub(super) fn numbers(key: &PrivateKey) -> Result<RsaNumbers, Refused> {
    let [p, q] = key.primes() else { return Err(Refused) };
    Ok(RsaNumbers {
        n: key.n_bytes().into_vec(),
        e: key.e_bytes().into_vec(),
        d: bytes(key.d()),
        p: bytes(p),
        q: bytes(q),
        dp: bytes(key.dp().ok_or(Refused)?),
        dq: bytes(key.dq().ok_or(Refused)?),
        qi: bytes(&key.crt_coefficient().ok_or(Refused)?),
    })
}

fn bytes(number: &BoxedUint) -> Secret<Vec<u8>> {
    let whole = Secret::new(number.to_be_bytes().into_vec());
    Secret::new(without_zeros(whole.expose()).to_vec())
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.iter().take_while(|&&byte| byte == 0).count()..]
}
