//! Published examples (RFC 7516 appendix A, RFC 7518 appendices B and C, RFC 7520 §5), and what an attacker would send.

use serde_json::{Value, json};

use super::content::{self, Sealed};
use super::key_agreement::{self, Parties};
use super::{ContentEncryption, DecryptionKey, EncryptionKey, Envelope, Jwe, JweError, KeyManagement, looks_encrypted};
use crate::digest::{base64url, base64url_decode};
use crate::{Algorithm, Jwk, Jws, KeyError, MAXIMUM_LENGTH, Secret, SigningKey};

/// RFC 7520 §5.4: ECDH-ES+A128KW on P-384 with A128GCM.
const PEREGRIN: &str = r#"{"kty":"EC","kid":"peregrin.took@tuckborough.example","use":"enc","crv":"P-384","x":"YU4rRUzdmVqmRtWOs2OpDE_T5fsNIodcG8G5FWPrTPMyxpzsSOGaQLpe2FpxBmu2","y":"A8-yxCHxkfBz3hKZfI1jUYMjUhsEveZ9THuwFjH2sCNdtksRJU7D5-SkgaFL1ETP","d":"iTx2pk7wW-GqJkHcEkFQb2EFyYcO7RugmaW3mRrQVAOUiPommT0IdnYK2xDlZh-j"}"#;
const TO_PEREGRIN: &str = "eyJhbGciOiJFQ0RILUVTK0ExMjhLVyIsImtpZCI6InBlcmVncmluLnRvb2tAdHVja2Jvcm91Z2guZXhhbXBsZSIsImVwayI6eyJrdHkiOiJFQyIsImNydiI6IlAtMzg0IiwieCI6InVCbzRrSFB3Nmtiang1bDB4b3dyZF9vWXpCbWF6LUdLRlp1NHhBRkZrYllpV2d1dEVLNml1RURzUTZ3TmROZzMiLCJ5Ijoic3AzcDVTR2haVkMyZmFYdW1JLWU5SlUyTW84S3BvWXJGRHI1eVBOVnRXNFBnRXdaT3lRVEEtSmRhWTh0YjdFMCJ9LCJlbmMiOiJBMTI4R0NNIn0.0DJjBXri_kBcC46IkU5_Jk9BqaQeHdv2.mH-G2zVqgztUtnW_.tkZuOO9h95OgHJmkkrfLBisku8rGf6nzVxhRM3sVOhXgz5NJ76oID7lpnAi_cPWJRCjSpAaUZ5dOR3Spy7QuEkmKx8-3RCMhSYMzsXaEwDdXta9Mn5B7cCBoJKB0IgEnj_qfo1hIi-uEkUpOZ8aLTZGHfpl05jMwbKkTe2yK3mjF6SBAsgicQDVCkcY9BLluzx1RmC3ORXaM0JaHPB93YcdSDGgpgBWMVrNU1ErkjcMqMoT_wtCex3w03XdLkjXIuEr2hWgeP-nkUZTPU9EoGSPj6fAS-bSz87RCPrxZdj_iVyC6QWcqAu07WNhjzJEPc4jVntRJ6K53NgPQ5p99l3Z408OUqj4ioYezbS6vTPlQ.WuGzxmcreYjpHGJoa17EBg";
/// RFC 7520 §5.5: ECDH-ES on P-256 with A128CBC-HS256.
const MERIADOC: &str = r#"{"kty":"EC","kid":"meriadoc.brandybuck@buckland.example","use":"enc","crv":"P-256","x":"Ze2loSV3wrroKUN_4zhwGhCqo3Xhu1td4QjeQ5wIVR0","y":"HlLtdXARY_f55A3fnzQbPcm6hgr34Mp8p-nuzQCE0Zw","d":"r_kHyZ-a06rmxM3yESK84r1otSg-aQcVStkRhA-iCM8"}"#;
const TO_MERIADOC: &str = "eyJhbGciOiJFQ0RILUVTIiwia2lkIjoibWVyaWFkb2MuYnJhbmR5YnVja0BidWNrbGFuZC5leGFtcGxlIiwiZXBrIjp7Imt0eSI6IkVDIiwiY3J2IjoiUC0yNTYiLCJ4IjoibVBVS1RfYkFXR0hJaGcwVHBqanFWc1AxclhXUXVfdndWT0hIdE5rZFlvQSIsInkiOiI4QlFBc0ltR2VBUzQ2ZnlXdzVNaFlmR1RUMElqQnBGdzJTUzM0RHY0SXJzIn0sImVuYyI6IkExMjhDQkMtSFMyNTYifQ..yc9N8v5sYyv3iGQT926IUg.BoDlwPnTypYq-ivjmQvAYJLb5Q6l-F3LIgQomlz87yW4OPKbWE1zSTEFjDfhU9IPIOSA9Bml4m7iDFwA-1ZXvHteLDtw4R1XRGMEsDIqAYtskTTmzmzNa-_q4F_evAPUmwlO-ZG45Mnq4uhM1fm_D9rBtWolqZSF3xGNNkpOMQKF1Cl8i8wjzRli7-IXgyirlKQsbhhqRzkv8IcY6aHl24j03C-AR2le1r7URUhArM79BY8soZU0lzwI-sD5PZ3l4NDCCei9XkoIAfsXJWmySPoeRb2Ni5UZL4mYpvKDiwmyzGd65KqVw7MsFfI_K767G9C9Azp73gKZD0DyUn1mn0WW5LmyX_yJ-3AROq8p1WZBfG-ZyJ6195_JGG2m9Csg.WCCkNa-x4BeB9hIDIfFuhg";
const FRODO: &str = "You can trust us to stick with you through thick and thin–to the bitter end. And you can trust us to keep any secret of yours–closer than you keep it yourself. But you cannot trust us to let you face trouble alone, and go off without a word. We are your friends, Frodo.";

/// RFC 7518 appendix C.
const ALICE: &str = r#"{"kty":"EC","crv":"P-256","x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0","y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps","d":"0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo"}"#;
const BOB: &str = r#"{"kty":"EC","crv":"P-256","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ","y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck","d":"VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"}"#;

/// RFC 7518 appendix B.
const KERCKHOFFS: &[u8] = b"A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without inconvenience";
const SECOND_PRINCIPLE: &[u8] = b"The second principle of Auguste Kerckhoffs";
const ITS_IV: [u8; 16] =
    [0x1a, 0xf3, 0x8c, 0x2d, 0xc2, 0xb9, 0x6f, 0xfd, 0xd8, 0x66, 0x94, 0x09, 0x23, 0x41, 0xbc, 0x04];

fn jwk(text: &str) -> Jwk {
    serde_json::from_str(text).unwrap()
}

fn private(text: &str) -> DecryptionKey {
    DecryptionKey::from_jwk(&jwk(text)).unwrap()
}

fn fresh(alg: KeyManagement) -> (DecryptionKey, EncryptionKey) {
    let key = DecryptionKey::generate(alg, "key".to_owned()).unwrap();
    let public = EncryptionKey::from_jwk(&key.public_jwk()).unwrap();
    (key, public)
}

fn bytes(text: &str) -> Vec<u8> {
    base64url_decode(text).unwrap()
}

fn opened(text: &str, key: &DecryptionKey) -> Result<Vec<u8>, JweError> {
    Jwe::parse(text)?.decrypt(key)
}

#[test]
fn rfc7520_section_5_4_and_5_5_open() {
    for (key, message) in [(PEREGRIN, TO_PEREGRIN), (MERIADOC, TO_MERIADOC)] {
        let key = private(key);
        assert_eq!(opened(message, &key).as_deref(), Ok(FRODO.as_bytes()));
        assert_eq!(Jwe::parse(message).unwrap().decrypt_with([&key]).as_deref(), Ok(FRODO.as_bytes()));
    }
    assert_eq!(opened(TO_PEREGRIN, &private(MERIADOC)), Err(JweError::Undecryptable));
    assert_eq!(Jwe::parse(TO_PEREGRIN).unwrap().decrypt_with([&private(MERIADOC)]), Err(JweError::NoMatchingKey));
}

#[test]
fn rfc7518_appendix_c_derives_the_key() {
    let family = crate::algorithm::Family::P256;
    let own = crate::backend::AgreementKey::from_scalar(family, &bytes(jwk(ALICE).d.unwrap().expose())).unwrap();
    let point = crate::verify::ec_point(&jwk(BOB), crate::algorithm::Family::P256).unwrap();
    let algorithms = (KeyManagement::EcdhEs, ContentEncryption::A128Gcm);
    let parties = Parties { producer: b"Alice", recipient: b"Bob" };
    let agreed = key_agreement::agree(&own, &point, algorithms, parties).unwrap();
    assert_eq!(base64url(agreed.expose()), "VqqN6vgjbSBcIijNcacQGg");
}

#[test]
fn rfc7518_appendix_b_tags() {
    for (enc, length, tag) in [
        (ContentEncryption::A128CbcHs256, 32, "ZSw_o2sKfFsyGfqzowvBxA"),
        (ContentEncryption::A256CbcHs512, 64, "TdO0wIin9FwhaDlkWyASvy5iaajFaoFtvBsmd2GVW8U"),
    ] {
        let key = Secret::new((0..length).collect::<Vec<u8>>());
        let sealed = content::seal_with(enc, &key, SECOND_PRINCIPLE, (KERCKHOFFS, &ITS_IV)).unwrap();
        assert_eq!(base64url(&sealed.tag), tag, "{enc}");
        assert_eq!(content::open(enc, &key, SECOND_PRINCIPLE, &sealed).unwrap(), KERCKHOFFS);
    }
}

#[test]
fn rfc7516_appendix_a1_and_a3_open_once_the_key_is_known() {
    let key = [
        177, 161, 244, 128, 84, 143, 225, 115, 63, 180, 3, 255, 107, 154, 212, 246, 138, 7, 110, 91, 112, 46, 34, 105,
        47, 130, 203, 46, 122, 234, 64, 252,
    ];
    let sealed = Sealed {
        iv: bytes("48V1_ALb6US04U3b"),
        ciphertext: bytes("5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A"),
        tag: bytes("XFBoMYUZodetZdvTiFvSkQ"),
    };
    let header = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ";
    let text =
        content::open(ContentEncryption::A256Gcm, &Secret::new(key.to_vec()), header.as_bytes(), &sealed).unwrap();
    assert_eq!(text, b"The true sign of intelligence is not knowledge but imagination.");

    let wrapping = Secret::new(bytes("GawgguFyGrWKav7AX4VKUg"));
    let wrapped = bytes("6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ");
    let key = key_agreement::unwrap(&wrapping, &wrapped).unwrap();
    assert_eq!(key_agreement::wrap(&wrapping, &key).unwrap(), wrapped);
    let sealed = Sealed {
        iv: bytes("AxY8DCtDaGlsbGljb3RoZQ"),
        ciphertext: bytes("KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY"),
        tag: bytes("U0m_YmjN04DJvceFICbCVQ"),
    };
    let header = "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0";
    let text = content::open(ContentEncryption::A128CbcHs256, &key, header.as_bytes(), &sealed).unwrap();
    assert_eq!(text, b"Live long and prosper.");
}

#[test]
fn what_was_encrypted_opens() {
    for &alg in KeyManagement::all() {
        let (key, public) = fresh(alg);
        let read_again = DecryptionKey::from_jwk(&key.to_private_jwk()).unwrap();
        for &enc in ContentEncryption::all() {
            for length in [0, 1, 15, 16, 17, 31, 32, 1_000, 40_000] {
                let plaintext: Vec<u8> = (0..length).map(|number: u32| number.to_be_bytes()[3]).collect();
                let message = public.encrypt(&Envelope { alg, enc, cty: Some("JWT") }, &plaintext).unwrap();
                let parsed = Jwe::parse(&message).unwrap();
                let header = parsed.header();
                assert_eq!((header.alg, header.enc), (alg, enc));
                assert_eq!((header.kid.as_deref(), header.cty.as_deref()), (Some("key"), Some("JWT")));
                assert_eq!(parsed.decrypt(&key).unwrap(), plaintext, "{alg} {enc} {length}");
                assert_eq!(parsed.decrypt(&read_again).unwrap(), plaintext);
                assert!(looks_encrypted(&message) && Jws::parse(&message).is_err());
            }
        }
    }
}

/// Made with the npm package `jose` 6.2.18, each with a key of its own; some name both parties (`apu`, `apv`).
#[test]
fn messages_of_another_implementation_open() {
    let made: Value = serde_json::from_str(include_str!("interop.json")).unwrap();
    let keys: Vec<DecryptionKey> = made["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|jwk| DecryptionKey::from_jwk(&serde_json::from_value(jwk.clone()).unwrap()).unwrap())
        .collect();
    let messages = made["messages"].as_array().unwrap();
    assert_eq!(messages.len(), KeyManagement::all().len() * ContentEncryption::all().len());
    for message in messages {
        let parsed = Jwe::parse(message["message"].as_str().unwrap()).unwrap();
        let inside: Value = serde_json::from_slice(&parsed.decrypt_with(&keys).unwrap()).unwrap();
        assert_eq!((&inside["alg"], &inside["enc"]), (&message["alg"], &message["enc"]));
        assert_eq!(parsed.header().cty.as_deref(), Some("JWT"));
    }
}

#[test]
fn the_same_text_never_looks_the_same_twice() {
    for &alg in KeyManagement::all() {
        let (_, public) = fresh(alg);
        let envelope = Envelope { alg, enc: ContentEncryption::A128Gcm, cty: None };
        let [one, other] = [(); 2].map(|()| public.encrypt(&envelope, b"the same").unwrap());
        let parts = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        let (one, other) = (parts(&one), parts(&other));
        assert!(one[2] != other[2] && one[3] != other[3] && one[4] != other[4]);
        assert!(one[0] != other[0] || one[1] != other[1]);
    }
}

#[test]
fn every_altered_character_is_refused() {
    for &alg in KeyManagement::all() {
        let (key, public) = fresh(alg);
        for &enc in ContentEncryption::all() {
            let message = public.encrypt(&Envelope { alg, enc, cty: Some("JWT") }, b"{\"sub\":\"alice\"}").unwrap();
            let step = if alg == KeyManagement::RsaOaep256 { 7 } else { 1 };
            for at in (0..message.len()).step_by(step) {
                let mut changed = message.clone().into_bytes();
                changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
                let changed = String::from_utf8(changed).unwrap();
                assert!(opened(&changed, &key).is_err(), "{alg} {enc} {at}");
            }
            for cut in [1, 2, 3, 4, 22, message.len() / 2] {
                assert!(opened(&message[..message.len() - cut], &key).is_err());
                assert!(opened(&message[cut..], &key).is_err());
            }
        }
    }
}

#[test]
fn parts_of_two_messages_do_not_fit_together() {
    for &alg in KeyManagement::all() {
        let (key, public) = fresh(alg);
        let envelope = Envelope { alg, enc: ContentEncryption::A128CbcHs256, cty: None };
        let [one, other] = [b"one", b"two"]
            .map(|text| public.encrypt(&envelope, text).unwrap().split('.').map(str::to_owned).collect::<Vec<_>>());
        for place in 0..5 {
            let mut mixed = one.clone();
            mixed[place].clone_from(&other[place]);
            if mixed != one {
                assert!(opened(&mixed.join("."), &key).is_err(), "{alg} {place}");
            }
        }
    }
}

/// A message with another header, of which the rest fits as far as it can.
fn with_header(header: &Value) -> String {
    format!("{}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA", base64url(header.to_string().as_bytes()))
}

#[test]
fn only_what_is_known_to_be_safe_is_read() {
    let refusal = |header: &Value| Jwe::parse(&with_header(header)).unwrap_err();
    for alg in [
        "RSA1_5",
        "RSA-OAEP",
        "RSA-OAEP-384",
        "dir",
        "A128KW",
        "A256GCMKW",
        "PBES2-HS256+A128KW",
        "ECDH-ES+A192KW",
        "none",
        "rsa-oaep-256",
    ] {
        let header = json!({ "alg": alg, "enc": "A128GCM", "p2c": 1_000_000_000, "p2s": "AAAA" });
        assert_eq!(refusal(&header), JweError::UnsupportedAlgorithm, "{alg}");
    }
    for enc in ["A192GCM", "A192CBC-HS384", "A128CBC", "none", "XC20P"] {
        assert_eq!(refusal(&json!({ "alg": "ECDH-ES", "enc": enc })), JweError::UnsupportedAlgorithm, "{enc}");
    }
    let good = json!({ "alg": "ECDH-ES", "enc": "A128GCM" });
    let with = |name: &str, value: Value| {
        let mut header = good.clone();
        header[name] = value;
        header
    };
    assert_eq!(refusal(&with("zip", json!("DEF"))), JweError::Compressed);
    assert_eq!(refusal(&with("crit", json!(["exp"]))), JweError::CriticalHeader);
    for (name, value) in [
        ("alg", json!(1)),
        ("enc", Value::Null),
        ("kid", json!(["a"])),
        ("cty", json!(1)),
        ("epk", json!("key")),
        ("epk", json!({ "crv": "P-256" })),
        ("epk", serde_json::from_str(BOB).unwrap()),
        ("apu", json!("not base64url!")),
        ("apv", json!(base64url(&[0; 513]))),
    ] {
        assert_eq!(refusal(&with(name, value)), JweError::BadHeader, "{name}");
    }
    let twice = format!("{}.....", base64url(br#"{"alg":"ECDH-ES","alg":"ECDH-ES","enc":"A128GCM"}"#));
    assert_eq!(Jwe::parse(&twice[..twice.len() - 1]).unwrap_err(), JweError::BadHeader);
    for text in ["", ".", "....", "a.b.c", "a.b.c.d", "a.b.c.d.e.f", &twice] {
        assert!(Jwe::parse(text).is_err(), "{text}");
    }
    assert_eq!(Jwe::parse(&"A".repeat(MAXIMUM_LENGTH + 1)).unwrap_err(), JweError::TooLarge);
    let padded = with_header(&good).replace(".AAAA.AAAAAAAAAAAAAAAA", ".AA==.AAAAAAAAAAAAAAAA");
    assert_eq!(Jwe::parse(&padded).unwrap_err(), JweError::NotBase64url("encrypted key"));
}

#[test]
fn a_point_off_the_curve_or_of_another_curve_agrees_on_nothing() {
    let key = private(MERIADOC);
    let bob: Value = serde_json::from_str(BOB).unwrap();
    let peregrin: Value = serde_json::from_str(PEREGRIN).unwrap();
    let zero = base64url(&[0; 32]);
    for epk in [
        Value::Null,
        json!({ "kty": "EC", "crv": "P-256", "x": bob["y"], "y": bob["x"] }),
        json!({ "kty": "EC", "crv": "P-256", "x": zero, "y": zero }),
        json!({ "kty": "EC", "crv": "P-256", "x": bob["x"] }),
        json!({ "kty": "EC", "crv": "P-384", "x": peregrin["x"], "y": peregrin["y"] }),
        json!({ "kty": "EC", "crv": "P-256", "x": peregrin["x"], "y": peregrin["y"] }),
        json!({ "kty": "OKP", "crv": "X25519", "x": zero }),
        json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" }),
    ] {
        let mut header = json!({ "alg": "ECDH-ES", "enc": "A128GCM" });
        if !epk.is_null() {
            header["epk"] = epk.clone();
        }
        let text = with_header(&header).replacen(".AAAA.", "..", 1);
        assert_eq!(opened(&text, &key), Err(JweError::Undecryptable), "{epk}");
    }
}

#[test]
fn a_wrapped_key_where_none_belongs_is_refused() {
    let (key, public) = fresh(KeyManagement::EcdhEs);
    let envelope = Envelope { alg: KeyManagement::EcdhEs, enc: ContentEncryption::A128Gcm, cty: None };
    let message = public.encrypt(&envelope, b"text").unwrap();
    assert!(opened(&message, &key).is_ok() && message.contains(".."));
    assert_eq!(opened(&message.replacen("..", ".AAAA.", 1), &key), Err(JweError::Undecryptable));
}

#[test]
fn a_key_is_for_what_it_says() {
    let numbers = |alg: Algorithm| SigningKey::generate(alg, "k".to_owned()).unwrap().to_private_jwk();
    let (rsa, ec) = (numbers(Algorithm::RS256), numbers(Algorithm::ES256));
    let plain = |jwk: &Jwk| Jwk { use_: None, alg: None, ..jwk.clone() };
    for signing in [&rsa, &ec] {
        assert_eq!(EncryptionKey::from_jwk(signing).unwrap_err(), KeyError::NotForEncryption);
        assert_eq!(DecryptionKey::from_jwk(signing).unwrap_err(), KeyError::NotForEncryption);
        assert!(EncryptionKey::from_jwk(&plain(signing)).is_ok());
    }
    let of = |jwk: &Jwk, alg: &str| EncryptionKey::from_jwk(&Jwk { alg: Some(alg.to_owned()), ..plain(jwk) });
    for (jwk, alg) in [(&rsa, "RSA-OAEP"), (&rsa, "ECDH-ES"), (&ec, "RSA-OAEP-256"), (&ec, "ES256"), (&rsa, "RS256")] {
        assert_eq!(of(jwk, alg).unwrap_err(), KeyError::UnsupportedAlgorithm, "{alg}");
    }
    let wraps = of(&ec, "ECDH-ES+A256KW").unwrap();
    assert!(wraps.accepts(KeyManagement::EcdhEsA256Kw) && !wraps.accepts(KeyManagement::EcdhEs));
    let envelope = Envelope { alg: KeyManagement::EcdhEs, enc: ContentEncryption::A128Gcm, cty: None };
    assert!(wraps.encrypt(&envelope, b"").is_err());
    let operations = |names: &[&str]| {
        let key_ops = Some(names.iter().map(|name| (*name).to_owned()).collect());
        EncryptionKey::from_jwk(&Jwk { key_ops, ..plain(&ec) })
    };
    assert!(operations(&["deriveBits"]).is_ok());
    assert_eq!(operations(&["verify"]).unwrap_err(), KeyError::NotForEncryption);
    for text in [r#"{"kty":"oct","k":"AAAA"}"#, r#"{"kty":"OKP","crv":"X25519","x":"AAAA"}"#] {
        assert_eq!(EncryptionKey::from_jwk(&jwk(text)).unwrap_err(), KeyError::UnsupportedKeyType);
    }
    let ed = plain(&numbers(Algorithm::EdDSA));
    assert_eq!(EncryptionKey::from_jwk(&ed).unwrap_err(), KeyError::UnsupportedKeyType);
    let swapped = Jwk { x: ec.y.clone(), y: ec.x.clone(), ..plain(&ec) };
    assert_eq!(EncryptionKey::from_jwk(&swapped).unwrap_err(), KeyError::Inconsistent);
    let foreign = Jwk { d: numbers(Algorithm::ES256).d, ..plain(&ec) };
    assert_eq!(DecryptionKey::from_jwk(&foreign).unwrap_err(), KeyError::Inconsistent);
    let small = Jwk { n: Some(base64url(&[0xff; 128])), ..plain(&rsa) };
    assert_eq!(EncryptionKey::from_jwk(&small).unwrap_err(), KeyError::UnsupportedSize);
}

#[test]
fn no_private_member_is_published_or_printed() {
    for &alg in KeyManagement::all() {
        let (key, public) = fresh(alg);
        let published = key.public_jwk();
        assert!(!published.is_private());
        let described = (published.use_.as_deref(), published.alg.as_deref(), published.kid.as_deref());
        assert_eq!(described, (Some("enc"), Some(alg.as_str()), Some("key")));
        let secret = key.to_private_jwk().d.unwrap();
        assert!(!format!("{key:?} {public:?}").contains(secret.expose().as_str()));
    }
}

#[test]
fn the_kid_says_which_key_is_meant() {
    let (first, public) = fresh(KeyManagement::EcdhEs);
    let other = DecryptionKey::generate(KeyManagement::EcdhEs, "other".to_owned()).unwrap();
    let rsa = DecryptionKey::generate(KeyManagement::RsaOaep256, "key".to_owned()).unwrap();
    let envelope = Envelope { alg: KeyManagement::EcdhEs, enc: ContentEncryption::A256Gcm, cty: None };
    let named = Jwe::parse(&public.encrypt(&envelope, b"text").unwrap()).unwrap();
    assert_eq!(named.decrypt_with([&other, &rsa, &first]).as_deref(), Ok(&b"text"[..]));
    assert_eq!(named.decrypt_with([&other, &rsa]), Err(JweError::NoMatchingKey));
    let unnamed = EncryptionKey::from_jwk(&Jwk { kid: None, ..first.public_jwk() }).unwrap();
    let unnamed = Jwe::parse(&unnamed.encrypt(&envelope, b"text").unwrap()).unwrap();
    assert_eq!(unnamed.decrypt_with([&other, &rsa, &first]).as_deref(), Ok(&b"text"[..]));
    assert_eq!(unnamed.decrypt_with([&other]), Err(JweError::Undecryptable));
}
