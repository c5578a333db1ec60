//! How long signatures take, by whichever library the features choose:
//!
//! `cargo run --release -p symbolon-jose --example speed`, and the same with `--no-default-features --features rust-crypto`.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::json;
use symbolon_jose::digest::{HmacKey, sha256};
use symbolon_jose::{Algorithm, Jws, SigningKey, VerifyingKey};

/// Microseconds of one call, the best of several rounds.
fn measured(mut action: impl FnMut()) -> f64 {
    let round = |action: &mut dyn FnMut()| {
        let started = Instant::now();
        let mut calls = 0_u32;
        while started.elapsed() < Duration::from_millis(100) {
            for _ in 0..8 {
                action();
            }
            calls += 8;
        }
        started.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
    };
    (0..8).map(|_| round(&mut action)).fold(f64::MAX, f64::min)
}

fn main() {
    println!("microseconds        sign     verify   parse key");
    let claims = json!({"iss": "https://op.example", "sub": "alice", "aud": "client", "exp": 1_800_000_000, "iat": 1_799_999_000});
    for algorithm in
        [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384, Algorithm::ES512, Algorithm::EdDSA]
    {
        let Ok(key) = SigningKey::generate(algorithm, "key".to_owned()) else { continue };
        let jwk = key.public_jwk();
        let public = VerifyingKey::from_jwk(&jwk).unwrap();
        let message = key.sign(Some("JWT"), &claims).unwrap();
        let sign = measured(|| drop(black_box(key.sign(Some("JWT"), &claims).unwrap())));
        let verify = measured(|| drop(black_box(Jws::parse(&message).unwrap().verify(&public).unwrap())));
        let parse = measured(|| drop(black_box(VerifyingKey::from_jwk(&jwk).unwrap())));
        println!("{:<12} {sign:>11.1} {verify:>10.1} {parse:>11.1}", algorithm.as_str());
    }
    let (block, key) = ([7; 1024], HmacKey::new(&[7; 32]));
    println!("SHA-256, 1 KiB      {:.2}", measured(|| _ = black_box(sha256(&block))));
    println!("HMAC-SHA256, 32 B   {:.2}", measured(|| _ = black_box(key.tag(&[&block[..32]]))));
    #[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
    sealing();
}

#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
fn sealing() {
    use symbolon_jose::{Kind, Rng, Sealer, Secret};

    const KIND: Kind = Kind { byte: 1, label: "kind" };
    let sealer = Sealer::new(&[Secret::new("a system secret of some length".to_owned())], &[KIND]).unwrap();
    let rng = Rng::system();
    let text = sealer.seal(&rng, KIND, &[7; 64]);
    println!("seal 64 B           {:.2}", measured(|| drop(black_box(sealer.seal(&rng, KIND, &[7; 64])))));
    println!("open 64 B           {:.2}", measured(|| drop(black_box(sealer.open(KIND, &text).unwrap()))));
}
