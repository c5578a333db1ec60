//! What one library makes the other takes, in both directions, for every primitive.

use super::{PrivateNumbers, PublicNumbers, aws_lc, rust_crypto};
use crate::algorithm::{Algorithm, Family};
use crate::backend::{Hash, Refused, RsaNumbers};

const MESSAGE: &[u8] = b"Outline before you sign.";

/// Generates a test of each primitive in which `$maker` makes and `$taker` takes.
macro_rules! both_ways {
    ($($name:ident => |$maker:ident, $taker:ident| $test:block)*) => {
        $(
            mod $name {
                use super::*;

                #[test]
                fn from_aws_lc_to_rust_crypto() {
                    use aws_lc as $maker;
                    use rust_crypto as $taker;
                    $test
                }

                #[test]
                fn from_rust_crypto_to_aws_lc() {
                    use aws_lc as $taker;
                    use rust_crypto as $maker;
                    $test
                }
            }
        )*
    };
}

fn public_numbers(numbers: &PrivateNumbers) -> PublicNumbers<'_> {
    match numbers {
        PrivateNumbers::Rsa(RsaNumbers { n, e, .. }) => PublicNumbers::Rsa { n, e },
        PrivateNumbers::Curve { point, .. } | PrivateNumbers::Ed25519 { point, .. } => PublicNumbers::Point(point),
    }
}

const CURVES: [Family; 3] = [Family::P256, Family::P384, Family::P521];

#[test]
fn both_know_the_same_kinds_of_keys() {
    assert_eq!(aws_lc::FAMILIES, rust_crypto::FAMILIES);
}

both_ways! {
    hashes_and_macs => |maker, taker| {
        for length in [0, 1, 55, 64, 127, 128, 129, 1000] {
            let data = vec![0x5a; length];
            assert_eq!(maker::sha256(&data), taker::sha256(&data));
            assert_eq!(maker::sha384(&data), taker::sha384(&data));
            assert_eq!(maker::sha512(&data), taker::sha512(&data));
            for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
                let tag = maker::Mac::new(hash, &data).tag(&[MESSAGE, &data]);
                let other = taker::Mac::new(hash, &data).tag(&[MESSAGE, &data]);
                assert!(taker::constant_time_eq(tag.as_ref(), other.as_ref()), "{hash:?} {length}");
            }
        }
    }

    signatures => |maker, taker| {
        for &algorithm in Algorithm::all() {
            // One RSA key a test: they take long to make.
            let pair = maker::KeyPair::generate(algorithm, 2048).unwrap();
            let numbers = pair.numbers().unwrap();
            let signature = pair.sign(MESSAGE).unwrap();
            let public = taker::PublicKey::new(public_numbers(&numbers), &[algorithm]).unwrap();
            assert!(public.verify(algorithm, MESSAGE, &signature), "{algorithm}");
            assert!(!public.verify(algorithm, b"Another message", &signature), "{algorithm}");
            for at in [0, signature.len() / 2, signature.len() - 1] {
                let mut changed = signature.clone();
                changed[at] ^= 1;
                assert!(!public.verify(algorithm, MESSAGE, &changed), "{algorithm} {at}");
            }
            let moved = taker::KeyPair::from_numbers(algorithm, &numbers).unwrap();
            let signature = moved.sign(MESSAGE).unwrap();
            let public = maker::PublicKey::new(public_numbers(&numbers), &[algorithm]).unwrap();
            assert!(public.verify(algorithm, MESSAGE, &signature), "{algorithm}");
        }
    }

    private_keys_that_do_not_belong_to_the_public_ones => |maker, taker| {
        for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::ES512, Algorithm::EdDSA] {
            let [one, other] = [(); 2].map(|()| maker::KeyPair::generate(algorithm, 2048).unwrap().numbers().unwrap());
            let mixed = match (one, other) {
                (PrivateNumbers::Rsa(one), PrivateNumbers::Rsa(other)) => {
                    PrivateNumbers::Rsa(RsaNumbers { qi: other.qi, ..one })
                }
                (PrivateNumbers::Curve { family, scalar, .. }, PrivateNumbers::Curve { point, .. }) => {
                    PrivateNumbers::Curve { family, scalar, point }
                }
                (PrivateNumbers::Ed25519 { seed, .. }, PrivateNumbers::Ed25519 { point, .. }) => {
                    PrivateNumbers::Ed25519 { seed, point }
                }
                _ => panic!("two keys of two kinds"),
            };
            assert!(taker::KeyPair::from_numbers(algorithm, &mixed).is_err(), "{algorithm}");
        }
    }

    sealing => |maker, taker| {
        let (key, nonce) = ([7; 32], [9; 12]);
        for length in [0, 1, 15, 16, 17, 1000] {
            let plaintext = vec![3; length];
            let mut sealed = plaintext.clone();
            let tag = maker::SealingKey::new(&key).unwrap().seal(nonce, b"kind", &mut sealed).unwrap();
            sealed.extend_from_slice(&tag);
            let opening = taker::SealingKey::new(&key).unwrap();
            let mut opened = sealed.clone();
            assert_eq!(opening.open(nonce, b"kind", &mut opened), Ok(()));
            assert_eq!(opened, plaintext);
            for at in 0..sealed.len() {
                let mut changed = sealed.clone();
                changed[at] ^= 1;
                assert_eq!(opening.open(nonce, b"kind", &mut changed), Err(Refused), "{length} {at}");
            }
            assert_eq!(opening.open(nonce, b"other kind", &mut sealed), Err(Refused));
        }
        assert_eq!(taker::SealingKey::new(&key).unwrap().open(nonce, b"kind", &mut vec![0; 15]), Err(Refused));
    }

    rsa_oaep => |maker, taker| {
        let PrivateNumbers::Rsa(numbers) = maker::KeyPair::generate(Algorithm::RS256, 2048).unwrap().numbers().unwrap()
        else { panic!("an RSA key has another kind of numbers") };
        let encrypted = maker::OaepPublicKey::new(&numbers.n, &numbers.e).unwrap().encrypt(MESSAGE).unwrap();
        let private = taker::OaepPrivateKey::new(&numbers).unwrap();
        assert_eq!(private.decrypt(&encrypted).unwrap().expose(), MESSAGE);
        let mut changed = encrypted.clone();
        changed[100] ^= 1;
        assert!(private.decrypt(&changed).is_err());
        assert!(private.decrypt(&encrypted[1..]).is_err());
    }

    agreement => |maker, taker| {
        for family in CURVES {
            let (one, other) = (maker::AgreementKey::generate(family).unwrap(), taker::AgreementKey::generate(family).unwrap());
            let (point, other_point) = (one.point().unwrap(), other.point().unwrap());
            assert!(taker::is_on_curve(family, &point) && maker::is_on_curve(family, &other_point));
            let shared = one.agree(&other_point, <[u8]>::to_vec).unwrap();
            assert_eq!(other.agree(&point, <[u8]>::to_vec).unwrap(), shared);
            let mut off = point.clone();
            off[20] ^= 1;
            assert!(!taker::is_on_curve(family, &off));
            assert_eq!(other.agree(&off, <[u8]>::to_vec), Err(Refused));
            let PrivateNumbers::Curve { scalar, point, .. } =
                maker::KeyPair::generate(family.default_algorithm(), 0).unwrap().numbers().unwrap()
            else { panic!("a key on a curve has another kind of numbers") };
            assert_eq!(taker::public_point(family, scalar.expose()).unwrap(), point);
            assert_eq!(taker::AgreementKey::from_scalar(family, scalar.expose()).unwrap().point().unwrap(), point);
            assert!(taker::public_point(family, &vec![0; family.coordinate_bytes()]).is_err(), "zero is no scalar");
            assert!(taker::public_point(family, &vec![0xff; family.coordinate_bytes()]).is_err(), "beyond the order");
        }
        for family in [Family::Rsa, Family::Ed25519] {
            assert!(taker::AgreementKey::generate(family).is_err() && !taker::is_on_curve(family, &[4; 65]));
        }
    }

    key_wrap => |maker, taker| {
        for wrapping in [&[1; 16][..], &[2; 32]] {
            for length in [16, 32, 64] {
                let key = vec![5; length];
                let wrapped = maker::wrap_key(wrapping, &key).unwrap();
                assert_eq!(taker::unwrap_key(wrapping, &wrapped).unwrap().expose(), &key);
                let mut changed = wrapped.clone();
                changed[0] ^= 1;
                assert!(taker::unwrap_key(wrapping, &changed).is_err());
                for cut in [0, 1, 8, wrapped.len() - 1] {
                    assert!(taker::unwrap_key(wrapping, &wrapped[..cut]).is_err(), "{cut}");
                }
            }
        }
    }

    galois_counter_mode => |maker, taker| {
        for key in [&[1; 16][..], &[2; 32]] {
            for length in [0, 1, 16, 1000] {
                let plaintext = vec![3; length];
                let mut sealed = plaintext.clone();
                let tag = maker::gcm_seal(key, [4; 12], b"header", &mut sealed).unwrap();
                sealed.extend_from_slice(&tag);
                let mut opened = sealed.clone();
                assert_eq!(taker::gcm_open(key, [4; 12], b"header", &mut opened), Ok(()));
                assert_eq!(opened, plaintext);
                assert_eq!(taker::gcm_open(key, [4; 12], b"other", &mut sealed.clone()), Err(Refused));
                sealed[0] ^= 1;
                assert_eq!(taker::gcm_open(key, [4; 12], b"header", &mut sealed), Err(Refused));
            }
        }
    }

    cipher_block_chaining => |maker, taker| {
        for key in [&[1; 16][..], &[2; 32]] {
            for length in [0, 1, 15, 16, 17, 1000] {
                let plaintext = vec![3; length];
                let mut text = plaintext.clone();
                assert_eq!(maker::cbc_encrypt(key, [4; 16], &mut text), Ok(()));
                assert_eq!(text.len(), (length / 16 + 1) * 16);
                let mut short = text[1..].to_vec();
                assert_eq!(taker::cbc_decrypt(key, [4; 16], &mut short), Err(Refused));
                assert_eq!(taker::cbc_decrypt(key, [4; 16], &mut text), Ok(()));
                assert_eq!(text, plaintext);
            }
        }
        assert_eq!(taker::cbc_decrypt(&[1; 16], [4; 16], &mut Vec::new()), Err(Refused));
    }
}
