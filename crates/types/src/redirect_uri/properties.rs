//! Redirect URIs of any shape: what matches is what was registered, also as a browser reads it, and what is put onto one
//! leads nowhere else.

use proptest::prelude::*;
use url::Url;

use super::*;

const LOOPBACK: [&str; 3] = ["127.0.0.1", "127.9.8.7", "[::1]"];

/// Hosts that are like each other, in the ways in which comparisons have been deceived.
fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(&LOOPBACK[..]).prop_map(str::to_owned),
        prop::sample::select(vec![
            "app.example",
            "app.example.evil.example",
            "evil.example",
            "localhost",
            "127.0.0.1.evil.example",
            "127.1",
            "0x7f000001",
            "2130706433",
            "[::ffff:127.0.0.1]",
            "128.0.0.1",
            "APP.example",
            "app.example.",
            "",
            "*",
        ])
        .prop_map(str::to_owned),
        "[a-z.%@0-9\\[\\]:]{0,12}",
    ]
}

fn port() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just(String::new()),
        3 => (0_u32..70_000).prop_map(|port| format!(":{port}")),
        1 => Just(":".to_owned()),
        1 => Just(":080".to_owned()),
        1 => "[:@0-9a]{1,6}",
    ]
}

fn uri() -> impl Strategy<Value = String> {
    let scheme = prop::sample::select(vec!["http://", "https://", "HTTP://", "http:", "app:/", "javascript:", ""]);
    let user = prop::sample::select(vec!["", "", "", "user@", "127.0.0.1@", "app.example:80@"]);
    let end = prop_oneof![Just("/cb".to_owned()), Just(String::new()), "[/?#a-c=&.%2\\\\]{0,8}"];
    (scheme, user, host(), port(), end)
        .prop_map(|(scheme, user, host, port, end)| format!("{scheme}{user}{host}{port}{end}"))
}

/// A loopback address with its port taken away, as a browser reads it: scheme, host, and the rest.
fn as_read(uri: &str) -> Option<(String, String, String)> {
    let url = Url::parse(uri).ok()?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let loopback = url.scheme() == "http" && is_loopback_http(uri) && host != "localhost";
    let host = if loopback { host } else { format!("{host}:{:?}", url.port()) };
    let user = (url.username().to_owned(), url.password().map(str::to_owned));
    Some((url.scheme().to_owned(), host, format!("{user:?}{}{:?}{:?}", url.path(), url.query(), url.fragment())))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn what_matches_is_what_was_registered(registered in prop::collection::vec(uri(), 0..4), requested in uri()) {
        let equal = registered.contains(&requested);
        match match_redirect_uri(&registered, &requested, FreePort::OfAddresses) {
            Ok(matched) => {
                prop_assert_eq!(matched.as_str(), &requested);
                prop_assert!(check_registrable(&requested).is_ok());
                let read = as_read(&requested);
                prop_assert!(registered.iter().any(|own| *own == requested || (read.is_some() && as_read(own) == read)));
                let loopback = LOOPBACK.iter().any(|host| requested.starts_with(&format!("http://{host}")));
                prop_assert!(equal || loopback, "{requested} is no loopback address, and not equal to one");
            }
            // An equal one is only refused where nothing like it can be registered.
            Err(RedirectUriMismatch) => prop_assert!(!equal || check_registrable(&requested).is_err()),
        }
    }

    #[test]
    fn every_port_of_a_loopback_address_matches(
        host in prop::sample::select(&LOOPBACK[..]), own in 1_u16.., asked in 1_u16.., path in "(/[a-z]{0,4}){1,3}(\\?[a-z]=1)?",
    ) {
        let registered = [format!("http://{host}:{own}{path}")];
        let bare = format!("http://{host}{path}");
        for requested in [format!("http://{host}:{asked}{path}"), bare.clone()] {
            prop_assert!(match_redirect_uri(&registered, &requested, FreePort::OfAddresses).is_ok(), "{requested}");
            prop_assert!(match_redirect_uri(std::slice::from_ref(&bare), &requested, FreePort::OfAddresses).is_ok(), "{requested}");
            prop_assert_eq!(without_loopback_port(&requested, FreePort::OfAddresses), bare.clone());
        }
        let elsewhere = format!("http://{host}:{asked}{path}x");
        prop_assert!(match_redirect_uri(&registered, &elsewhere, FreePort::OfAddresses).is_err());
        // Of names and of https the port counts (RFC 8252 §8.3).
        for beginning in ["https://127.0.0.1", "http://localhost", "http://app.example"] {
            let registered = [format!("{beginning}:{own}{path}")];
            let matched = match_redirect_uri(&registered, &format!("{beginning}:{asked}{path}"), FreePort::OfAddresses).is_ok();
            prop_assert_eq!(matched, own == asked, "{}", beginning);
        }
    }

    #[test]
    fn an_answer_goes_where_the_uri_leads(uri in uri(), value in any::<String>(), state in "[ -~]{0,12}") {
        if check_registrable(&uri).is_ok() {
            let pairs = [("code", value.as_str()), ("state", state.as_str())];
            let parsed = Url::parse(&uri);
            let without = |uri: &str| Url::parse(uri).map(|mut url| {
                url.set_query(None);
                url.set_fragment(None);
                url
            });
            for (answer, in_query) in [(append_query(&uri, &pairs), true), (append_fragment(&uri, &pairs), false)] {
                prop_assert!(answer.bytes().all(|byte| byte.is_ascii_graphic()), "{answer:?} would be no header");
                prop_assert_eq!(without(&answer), without(&uri));
                let carried = if in_query { answer.split_once('?') } else { answer.split_once('#') }.unwrap().1;
                let got: Vec<_> = form_urlencoded::parse(carried.as_bytes())
                    .filter(|(name, _)| name == "code" || name == "state").collect();
                let expected = [("code".into(), value.as_str().into()), ("state".into(), state.as_str().into())];
                prop_assert_eq!(&got, &expected);
            }
            // Nothing of the query is lost but what would be there twice.
            let kept = parsed.ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default();
            let answer = append_query(&uri, &pairs);
            for part in kept.split('&').filter(|part| !part.starts_with('c') && !part.contains('%')) {
                prop_assert!(answer.contains(part), "{part} of {uri} is not in {answer}");
            }
        }
    }
}
