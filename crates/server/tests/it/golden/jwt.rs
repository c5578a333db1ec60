//! JWTs that a client made: signed again with the recorded keys and with times of the replay.

use std::collections::BTreeMap;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Map, Value};
use symbolon_jose::Rng;
use symbolon_jose::digest::{base64url, base64url_decode};

use super::recording::JwtContents;
use super::template::{Bindings, Typed};

/// Signs the recorded header and claims. The key is the one named `key`, or else the header's `kid`, or else the first;
/// placeholders for identifiers that are not known yet get random ones.
pub(super) fn sign(
    names: &mut Bindings,
    keys: &BTreeMap<String, Value>,
    contents: &JwtContents,
    key: Option<&str>,
) -> String {
    let header = Value::Object(contents.header.clone());
    let claims =
        Value::Object(contents.claims.iter().map(|(name, value)| (name.clone(), claim(names, value))).collect());
    let message = format!("{}.{}", base64url(header.to_string().as_bytes()), base64url(claims.to_string().as_bytes()));
    if contents.header["alg"] == "none" {
        return format!("{message}.");
    }
    let kid = key.or_else(|| contents.header.get("kid")?.as_str());
    let jwk = kid.and_then(|name| keys.get(name)).or_else(|| keys.values().next()).unwrap();
    format!("{message}.{}", base64url(&signature(jwk.as_object().unwrap(), message.as_bytes())))
}

/// Alters the last character of a part of a token, so that it is still well-formed.
pub(super) fn alter(token: &str, part: usize) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let index = part.min(parts.len() - 1);
    // The first character of a part: its bits all count, unlike those of the last one.
    let position = parts[index].rfind('_').filter(|_| index == 0).map_or(0, |prefix_end| prefix_end + 1);
    let old = parts[index].as_bytes()[position.min(parts[index].len() - 1)];
    let new = if old == b'A' { "B" } else { "A" };
    parts[index].replace_range(position..=position, new);
    parts.join(".")
}

fn claim(names: &mut Bindings, template: &Value) -> Value {
    match template {
        Value::String(text) => match Typed::parse(text) {
            Some(Typed::Epoch(offset)) => (names.now + offset).into(),
            Some(_) => panic!("{text} in a claim that a client makes"),
            None => fill_or_invent(names, text).into(),
        },
        Value::Array(items) => items.iter().map(|item| claim(names, item)).collect(),
        other => other.clone(),
    }
}

/// Fills a text; unknown identifiers are invented.
pub(super) fn fill_or_invent(names: &mut Bindings, text: &str) -> String {
    loop {
        match names.fill(text) {
            Ok(filled) => return filled,
            Err(placeholder) => {
                let number =
                    placeholder.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
                names.bind(&placeholder, invent_uuid(number));
            }
        }
    }
}

fn invent_uuid(number: u64) -> String {
    let hex = Rng::seeded(number).alphabet(b"0123456789abcdef", 32);
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

fn signature(jwk: &Map<String, Value>, message: &[u8]) -> Vec<u8> {
    let member = |name: &str| base64url_decode(jwk[name].as_str().unwrap()).unwrap();
    let point = [vec![4], member("x"), member("y")].concat();
    let pair = EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &member("d"), &point);
    pair.unwrap().sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
}
