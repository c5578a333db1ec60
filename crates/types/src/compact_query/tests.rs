//! Tests of the compact form: exactness for any string, totality for any bytes, and the size of
//! ordinary requests.

use proptest::prelude::*;

use super::*;

const STATE: &str = "Q3VyaW91cz8gR29vZC4gS2VlcCByZWFkaW5nIDopISE";
const NONCE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn ordinary() -> String {
    format!(
        "response_type=code&client_id=3f2504e0-4f89-41d3-9a0c-0305e82c3301\
         &redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&scope=openid+offline_access\
         &state={STATE}&nonce={NONCE}&code_challenge={CHALLENGE}&code_challenge_method=S256"
    )
}

fn round_trip(query: &str) -> Vec<u8> {
    let packed = encode(query);
    assert_eq!(decode(&packed).as_deref(), Some(query), "{packed:?}");
    packed
}

#[test]
fn an_ordinary_request_is_small() {
    let packed = round_trip(&ordinary());
    assert!(packed.len() <= 165, "{} bytes", packed.len());
}

#[test]
fn every_writing_of_the_same_request_comes_back() {
    let redirects = [
        "https%3A%2F%2Fapp.example.com%2Fcallback",
        "https%3a%2f%2fapp.example.com%2fcallback",
        "https://app.example.com/callback",
        "https%3A//app.example.com/callback",
        "https%3A%2F%2Fapp.example.com/callback",
        "https%3a%2F%2fapp.example.com%2Fcallback",
        "http%3A%2F%2F127.0.0.1%3A4000%2Fcb%3Fx%3D1%26y%3D2",
        "com.example.app%3A%2Fcb",
        "%",
        "%4",
        "%zz",
        "%e2%82%ac",
        "%FF%fe",
        "%68ttps%3A%2F%2Fapp.example.com",
    ];
    for redirect in redirects {
        round_trip(&format!("client_id=a&redirect_uri={redirect}"));
    }
    for scope in [
        "openid+offline_access+profile",
        "openid%20offline_access",
        "openid%20a+b",
        "+",
        "++",
        "%20",
        "openid+",
        "a%2Bb",
    ] {
        round_trip(&format!("scope={scope}&scope"));
    }
    for odd in [
        "",
        "&",
        "&&",
        "=",
        "==",
        "a",
        "a=",
        "=a",
        "a=b=c",
        "scope",
        "client_id",
        "client_id=&",
        "&state=x",
        "ü=ü",
        "a=\0",
        "?x#y",
    ] {
        round_trip(odd);
    }
}

#[test]
fn special_values_take_few_bytes() {
    let table = [
        ("client_id=3f2504e0-4f89-41d3-9a0c-0305e82c3301", 19),
        ("client_id=3F2504E0-4F89-41D3-9A0C-0305E82C3301", 19),
        ("client_id=3f2504e04f8941d39a0c0305e82c3301", 19),
        ("state=deadbeefdeadbeefdeadbeefdeadbeefdeadbeef", 24),
        ("scope=openid+profile+email+offline_access", 8),
        ("scope=openid%20profile%20email", 7),
        ("response_type=code%20id_token%20token", 7),
        ("redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback", 18),
        ("max_age=3600", 3),
        ("custom=x", 11),
    ];
    for (query, most) in table {
        let packed = round_trip(query);
        assert!(packed.len() <= most, "{query}: {} bytes", packed.len());
    }
}

#[test]
fn a_token_hint_loses_a_quarter() {
    let hint = format!("id_token_hint=eyJhbGciOiJSUzI1NiJ9.{}.{}", NONCE.repeat(4), CHALLENGE.repeat(8));
    let packed = round_trip(&hint);
    assert!(packed.len() * 100 < hint.len() * 80, "{} of {}", packed.len(), hint.len());
}

#[test]
fn cut_or_foreign_bytes_are_refused_or_harmless() {
    let packed = encode(&ordinary());
    for length in 0..packed.len() {
        let _ = decode(&packed[..length]);
    }
    assert_eq!(decode(&[]), None);
    assert_eq!(decode(&[0]), None);
    assert_eq!(decode(&[2, 0, 0]), None);
    assert_eq!(decode(&[VERSION]).as_deref(), Some(""));
    // A length beyond the end, and a list that promises more words than there are bytes.
    assert_eq!(decode(&[VERSION, names::WHOLE_SEGMENT, 0xff, 0xff, 0xff, 0x7f]), None);
    assert_eq!(decode(&[VERSION, 1, atom::LIST << 4, 0xff, 0xff, 0xff, 0x7f, 0x80]), None);
}

/// Bytes that other versions have written must stay readable.
#[test]
fn the_format_does_not_change() {
    let packed = encode("response_type=code&client_id=app&scope=openid+x.y&state=%2Fa%20b&z=1");
    assert_eq!(
        packed,
        [
            1, 2, 0x80, 1, 0x03, b'a', b'p', b'p', 4, 0x50, 2, 0x8e, 0x03, b'x', b'.', b'y', 5, 0x24, 1, b'/', b'a',
            b' ', b'b', 0xff, 0x01, b'z', 0xa1
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_string_comes_back(query in any::<String>()) {
        prop_assert_eq!(decode(&encode(&query)), Some(query));
    }

    #[test]
    fn any_query_like_string_comes_back(query in "([a-z_]{0,6}(=[-A-Za-z0-9+%._~/:!*é]{0,24}){0,2}&?){0,6}") {
        prop_assert_eq!(decode(&encode(&query)), Some(query));
    }

    #[test]
    fn any_percent_encoding_comes_back(value in "(%[0-9a-fA-F]{2}|\\+|%20|[a-z.]){0,40}") {
        let query = format!("redirect_uri={value}&{value}={value}");
        prop_assert_eq!(decode(&encode(&query)), Some(query));
    }

    #[test]
    fn packing_never_costs_more_than_a_few_bytes(query in any::<String>()) {
        let segments = query.split('&').count();
        prop_assert!(encode(&query).len() <= query.len() + 8 * segments + 1);
    }

    #[test]
    fn any_bytes_decode_without_panic_and_within_bounds(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let with_version: Vec<u8> = std::iter::once(VERSION).chain(bytes).collect();
        if let Some(text) = decode(&with_version) {
            prop_assert!(text.len() <= with_version.len() * 64);
        }
    }
}
