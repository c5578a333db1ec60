//! Sealed values open for their kind and their secret, unchanged, and for nothing else.

use super::*;

const CODE: Kind = Kind { byte: 1, label: "authorization_code" };
const TOKEN: Kind = Kind { byte: 2, label: "access_token" };
/// The byte of `CODE` under another label.
const IMPOSTOR: Kind = Kind { byte: 1, label: "refresh_token" };

fn sealer(secrets: &[&str]) -> Sealer {
    let secrets: Vec<_> = secrets.iter().map(|&secret| Secret::new(secret.to_owned())).collect();
    Sealer::new(&secrets, &[CODE, TOKEN]).unwrap()
}

#[test]
fn opens_what_it_sealed() {
    let (sealer, rng) = (sealer(&["first secret"]), Rng::seeded(1));
    for length in [0, 1, 2, 3, 16, 40, 1000] {
        let plaintext = vec![0x5a; length];
        let text = sealer.seal(&rng, CODE, &plaintext);
        assert_eq!(text.len(), ((length + 29) * 8).div_ceil(6));
        assert_eq!(kind_byte(&text), Some(1));
        assert_eq!(sealer.open(CODE, &text), Some(plaintext.clone()));
        let bytes = sealer.seal_bytes(&rng, TOKEN, &plaintext);
        assert_eq!(sealer.open_bytes(TOKEN, &bytes), Some(plaintext));
    }
    assert_ne!(sealer.seal(&rng, CODE, b"same"), sealer.seal(&rng, CODE, b"same"));
    assert_eq!(format!("{sealer:?}"), "Sealer(1 secrets)");
}

#[test]
fn first_secret_seals_and_all_open() {
    let rng = Rng::seeded(2);
    let (old, both, new) = (sealer(&["old"]), sealer(&["new", "old"]), sealer(&["new"]));
    let (before, after) = (old.seal(&rng, CODE, b"x"), both.seal(&rng, CODE, b"x"));
    assert!(both.open(CODE, &before).is_some() && both.open(CODE, &after).is_some());
    assert!(new.open(CODE, &after).is_some() && new.open(CODE, &before).is_none());
    assert!(old.open(CODE, &after).is_none());
}

#[test]
fn kinds_do_not_open_each_other() {
    let (sealer, rng) = (sealer(&["secret"]), Rng::seeded(3));
    let bytes = sealer.seal_bytes(&rng, CODE, b"x");
    assert!(sealer.open_bytes(TOKEN, &bytes).is_none());
    assert!(sealer.open_bytes(IMPOSTOR, &bytes).is_none());
    let mut relabelled = bytes.clone();
    relabelled[0] = TOKEN.byte;
    assert!(sealer.open_bytes(TOKEN, &relabelled).is_none());
    assert!(sealer.open_bytes(CODE, &relabelled).is_none());
    let own = sealer.seal_bytes(&rng, IMPOSTOR, b"y");
    assert_eq!(sealer.open_bytes(IMPOSTOR, &own).as_deref(), Some(&b"y"[..]), "an unprepared kind works");
}

#[test]
fn every_changed_character_is_refused() {
    let (sealer, rng) = (sealer(&["secret"]), Rng::seeded(4));
    let text = sealer.seal(&rng, CODE, b"grant and generation");
    for position in 0..text.len() {
        for replacement in ["A", "B", "_", "=", ".", " ", "é"] {
            let mut changed = text.clone();
            changed.replace_range(position..=position, replacement);
            if changed != text {
                assert!(sealer.open(CODE, &changed).is_none(), "{position} {replacement}");
            }
        }
    }
}

#[test]
fn every_flipped_bit_truncation_and_extension_is_refused() {
    let (sealer, rng) = (sealer(&["secret", "older"]), Rng::seeded(5));
    let bytes = sealer.seal_bytes(&rng, CODE, b"grant and generation");
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(sealer.open_bytes(CODE, &changed).is_none(), "bit {bit}");
    }
    for length in 0..bytes.len() {
        assert!(sealer.open_bytes(CODE, &bytes[..length]).is_none(), "first {length} bytes");
        assert!(sealer.open_bytes(CODE, &bytes[bytes.len() - length..]).is_none(), "last {length} bytes");
    }
    let text = base64url(&bytes);
    for length in 0..text.len() {
        assert!(sealer.open(CODE, &text[..length]).is_none(), "first {length} characters");
    }
    for extra in ["A", "AA", "AAAA", "=", "\n"] {
        assert!(sealer.open(CODE, &format!("{text}{extra}")).is_none());
        assert!(sealer.open(CODE, &format!("{extra}{text}")).is_none());
    }
}

#[test]
fn a_secret_is_required() {
    assert_eq!(Sealer::new(&[], &[CODE]).unwrap_err(), NoSecret);
    assert_eq!(Sealer::new(&[Secret::new(String::new())], &[CODE]).unwrap_err(), NoSecret);
}

#[test]
fn derived_keys_depend_on_secret_and_label_only() {
    let (one, two) = (Secret::new(String::from("one")), Secret::new(String::from("two")));
    assert_eq!(derive(&one, "cookie"), derive(&one, "cookie"));
    assert_ne!(derive(&one, "cookie"), derive(&one, "cursor"));
    assert_ne!(derive(&one, "cookie"), derive(&two, "cookie"));
    assert_ne!(derive(&one, "cookie"), expand(&one, SEAL_INFO, "cookie"));
}

#[test]
fn kind_byte_needs_a_possible_length() {
    assert_eq!(kind_byte(""), None);
    assert_eq!(kind_byte(&"A".repeat(38)), None);
    assert_eq!(kind_byte(&"A".repeat(39)), Some(0));
    assert_eq!(kind_byte(&"é".repeat(30)), None);
}

/// The values were computed with another implementation of the same construction: should this fail, every token and
/// every stored value out there becomes unreadable.
#[test]
fn the_format_is_stable() {
    let sealer = sealer(&["a system secret"]);
    let text = "AUbpv9j-OfcV2IgVIRFQ7L3rI3AM6zE9cYNDNoq5GTbxgmUS";
    assert_eq!(sealer.seal(&Rng::seeded(1), CODE, b"grant 7"), text);
    assert_eq!(sealer.open(CODE, text).as_deref(), Some(&b"grant 7"[..]));
    let derived = derive(&Secret::new(String::from("a system secret")), "cookie");
    assert_eq!(base64url(&derived), "kVT4Vr1H7sF4ZKt8_jxyZovk4cPHo_VId5Q9z8pr4xg");
}
