//! Tests of redirect URIs: a table for each rule, and a generated table of mutations of which none
//! may pass but equality and the loopback port.

use std::collections::BTreeSet;

use super::*;

fn owned(uris: &[&str]) -> Vec<String> {
    uris.iter().map(|uri| (*uri).to_owned()).collect()
}

fn matches(registered: &str, requested: &str) -> bool {
    match_redirect_uri(&owned(&[registered]), requested, FreePort::OfAddresses).is_ok()
}

const REGISTERED: [&str; 8] = [
    "https://app.example.com/callback",
    "https://app.example.com/callback?tenant=blue&x=%2Fy",
    "https://app.example.com:8443/a/b/",
    "http://127.0.0.1/callback",
    "http://[::1]:8080/callback",
    "http://localhost:3000/callback",
    "com.example.app:/callback",
    "com.example.app://host/callback",
];

const HOSTS: [&str; 5] = ["app.example.com", "127.0.0.1", "[::1]", "localhost", "host"];

/// Everything that has once been a way around the comparison in some server.
fn mutations(uri: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    insert_and_cut_everywhere(uri, &mut all);
    change_case(uri, &mut all);
    encode_and_swap_characters(uri, &mut all);
    for host in HOSTS {
        change_host(uri, host, &mut all);
    }
    change_path(uri, &mut all);
    change_scheme(uri, &mut all);
    all.remove(uri);
    all
}

fn insert_and_cut_everywhere(uri: &str, all: &mut BTreeSet<String>) {
    for index in 0..=uri.len() {
        for piece in
            ["/", "\\", " ", "\t", "\r\n", "\0", "%00", "%0d%0a", ".", "@", "#", "*", "ü", "%2e%2e%2f", "\u{202e}"]
        {
            all.insert(format!("{}{piece}{}", &uri[..index], &uri[index..]));
        }
        if index < uri.len() {
            all.insert(format!("{}{}", &uri[..index], &uri[index + 1..]));
            all.insert(uri[..index].to_owned());
            all.insert(uri[index..].to_owned());
        }
    }
}

fn change_case(uri: &str, all: &mut BTreeSet<String>) {
    all.insert(uri.to_ascii_uppercase());
    for (index, letter) in uri.char_indices().filter(|(_, letter)| letter.is_ascii_alphabetic()) {
        let flipped =
            if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() };
        all.insert(format!("{}{flipped}{}", &uri[..index], &uri[index + 1..]));
    }
}

fn encode_and_swap_characters(uri: &str, all: &mut BTreeSet<String>) {
    for (index, letter) in uri.char_indices() {
        let (before, after) = (&uri[..index], &uri[index + 1..]);
        let code = u32::from(letter);
        all.insert(format!("{before}%{code:02x}{after}"));
        all.insert(format!("{before}%{code:02X}{after}"));
        all.insert(format!("{before}%25{code:02x}{after}"));
    }
    let swaps = [
        ("/", "\\"),
        ("/", "%5c"),
        (".", "\u{3002}"),
        (":", "\u{ff1a}"),
        ("l", "1"),
        ("a", "\u{430}"),
        ("//", "/"),
        ("://", ":///"),
        ("://", ":"),
        ("?", ";"),
    ];
    for (old, new) in swaps {
        all.insert(uri.replace(old, new));
        all.insert(uri.replacen(old, new, 1));
    }
}

fn change_host(uri: &str, host: &str, all: &mut BTreeSet<String>) {
    let others = [
        "evil.example",
        "app.example.com.evil.example",
        "app.example.com@evil.example",
        "evil.example@app.example.com",
        "user:password@app.example.com",
        "app.example.com.",
        "app.example.com:443",
        "app.example.com:80",
        "www.app.example.com",
        "xapp.example.com",
        "appXexample.com",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "127.0.0.1:80@evil.example",
        "127.0.0.2",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.0.0.01",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::1%25lo]",
        "[::1].evil.example",
        "localhost.evil.example",
        "localhost:1234",
        "localhost.",
        "LOCALHOST",
        "xn--app-example-com",
        "app\u{2024}example\u{2024}com",
        "app.example.com%2eevil.example",
        "app.example.com\\.evil.example",
        "app.example.com#.evil.example",
        "app.example.com?.evil.example",
        "evil.example/app.example.com",
        "",
        "*",
        "*.example.com",
    ];
    for other in others {
        all.insert(uri.replacen(host, other, 1));
    }
}

fn change_path(uri: &str, all: &mut BTreeSet<String>) {
    let endings = [
        "/",
        "/.",
        "/..",
        "/../",
        "/../callback/../evil",
        "/%2e%2e/evil",
        "/..;/evil",
        "/%252e%252e/evil",
        "//evil.example",
        "/evil",
        ".evil",
        "%2f..%2fevil",
        "?",
        "?x=1",
        "?code=evil",
        "&code=evil",
        "&tenant=blue",
        "&redirect_uri=https://evil.example",
        "#",
        "#x",
        "#@evil.example",
        "%23x",
        "%3fx",
        ";x",
        ":80",
        ":443",
        "\r\nLocation: https://evil.example",
        "%0d%0aX:y",
        "?x=1#y",
        "/?",
        "\u{85}",
    ];
    for ending in endings {
        all.insert(format!("{uri}{ending}"));
        all.insert(uri.replacen("/callback", &format!("/callback{ending}"), 1));
        all.insert(uri.replacen("/callback", ending, 1));
    }
    all.insert(uri.replacen("/callback", "//callback", 1));
    all.insert(uri.replacen("/callback", "/./callback", 1));
    all.insert(uri.replacen("/callback", "/x/../callback", 1));
}

fn change_scheme(uri: &str, all: &mut BTreeSet<String>) {
    let Some((_, rest)) = uri.split_once(':') else { return };
    for scheme in [
        "http",
        "https",
        "HTTPS",
        "Http",
        "ftp",
        "javascript",
        "data",
        "file",
        "ws",
        "com.example.evil",
        "",
        "view-source:https",
    ] {
        all.insert(format!("{scheme}:{rest}"));
    }
    all.insert(format!("javascript:alert(1)//{uri}"));
    all.insert(format!("https://evil.example/?{uri}"));
    all.insert(format!("https://evil.example#{uri}"));
    all.insert(format!("{uri} {uri}"));
    all.insert(format!("{uri},{uri}"));
    all.insert(rest.to_owned());
}

/// RFC 8252 §7.3: equal after removing `:` and one to five digits behind a loopback address.
fn differs_by_loopback_port_only(registered: &str, requested: &str) -> bool {
    fn without_port(uri: &str) -> Option<String> {
        let host = ["http://127.0.0.1", "http://[::1]"].into_iter().find(|host| uri.starts_with(host))?;
        let rest = &uri[host.len()..];
        let Some(rest) = rest.strip_prefix(':') else { return Some(uri.to_owned()) };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let port: u32 = rest[..digits].parse().ok()?;
        ((1..=65535).contains(&port)).then(|| format!("{host}{}", &rest[digits..]))
    }
    without_port(registered).is_some_and(|own| without_port(requested) == Some(own))
}

#[test]
fn only_byte_equality_and_the_loopback_port_match() {
    let mut tried = 0;
    for registered in REGISTERED {
        assert!(matches(registered, registered), "{registered}");
        for requested in mutations(registered) {
            tried += 1;
            if differs_by_loopback_port_only(registered, &requested) {
                continue;
            }
            assert!(!matches(registered, &requested), "{registered} must not match {requested:?}");
        }
    }
    assert!(tried >= 500, "only {tried} mutations");
}

#[test]
fn no_wildcards_in_registered_uris() {
    for (registered, requested) in [
        ("https://*.example.com/cb", "https://app.example.com/cb"),
        ("https://app.example.com/*", "https://app.example.com/cb"),
        ("https://app.example.com/.*", "https://app.example.com/cb"),
        ("http://127.0.0.1:*/cb", "http://127.0.0.1:80/cb"),
    ] {
        assert!(!matches(registered, requested), "{registered} {requested}");
    }
}

#[test]
fn dangerous_schemes_are_never_registered_nor_matched() {
    let uris = [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "DATA:,",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://a/b",
        "about:blank",
        "filesystem:https://a/b",
        "view-source:https://a/",
        "javascript://app.example/%0aalert(1)",
    ];
    for uri in uris {
        assert_eq!(check_registrable(uri), Err(RedirectUriFault::DangerousScheme), "{uri}");
        assert!(!matches(uri, uri), "{uri}");
    }
    for uri in [" javascript:alert(1)", "java\nscript:alert(1)", "javascript\t:alert(1)", "\u{1}javascript:alert(1)"] {
        assert_eq!(check_registrable(uri), Err(RedirectUriFault::Character), "{uri:?}");
    }
}

#[test]
fn loopback_port_may_vary_and_nothing_else() {
    let table = [
        ("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", true),
        ("http://127.0.0.1:8080/cb", "http://127.0.0.1/cb", true),
        ("http://127.0.0.1:8080/cb", "http://127.0.0.1:1/cb", true),
        ("http://127.9.8.7/cb?x=1", "http://127.9.8.7:65535/cb?x=1", true),
        ("http://[::1]/cb", "http://[::1]:5000/cb", true),
        ("http://127.0.0.1", "http://127.0.0.1:5000", true),
        ("http://127.0.0.1/cb", "http://127.0.0.1:/cb", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:0/cb", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:080/cb", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:65536/cb", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:80:80/cb", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb?x=1", false),
        ("http://127.0.0.1/cb?x=1", "http://127.0.0.1:5000/cb?x=2", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb/", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb#x", false),
        ("http://127.0.0.1/cb", "http://127.0.0.2:5000/cb", false),
        ("http://127.0.0.1/cb", "http://user@127.0.0.1:5000/cb", false),
        ("http://127.0.0.1/cb", "http://[::1]:5000/cb", false),
        ("http://127.0.0.1", "http://127.0.0.1:5000/", true),
        ("https://127.0.0.1/cb", "https://127.0.0.1:5000/cb", false),
        ("https://127.0.0.1/cb", "http://127.0.0.1:5000/cb", false),
        ("http://localhost/cb", "http://localhost:5000/cb", false),
        ("http://192.168.0.1/cb", "http://192.168.0.1:5000/cb", false),
    ];
    for (registered, requested, expected) in table {
        assert_eq!(matches(registered, requested), expected, "{registered} {requested}");
    }
}

#[test]
fn the_port_of_localhost_and_its_other_names_are_free_where_that_is_asked_for() {
    use FreePort::{OfAddresses, OfAnyName, OfLocalhostToo};
    let table = [
        ("http://localhost/cb", "http://localhost:5000/cb", [false, true, true]),
        ("http://localhost:1/cb", "http://localhost/cb", [false, true, true]),
        ("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb", [true, true, true]),
        ("http://127.0.0.1/cb", "http://localhost:5000/cb", [false, false, true]),
        ("http://localhost/cb", "http://[::1]:5000/cb", [false, false, true]),
        ("http://localhost/cb", "http://localhost:5000/other", [false, false, false]),
        ("http://localhost/cb", "https://localhost:5000/cb", [false, false, false]),
        ("http://localhost/cb", "http://localhost.evil.example:5000/cb", [false, false, false]),
        ("http://localhost/cb", "http://localhost@evil.example:5000/cb", [false, false, false]),
        ("http://localhost/cb", "http://evil.localhost:5000/cb", [false, false, false]),
        ("http://localhost/cb", "http://LOCALHOST:5000/cb", [false, false, false]),
    ];
    for (registered, requested, expected) in table {
        let found = [OfAddresses, OfLocalhostToo, OfAnyName]
            .map(|free| match_redirect_uri(&owned(&[registered]), requested, free).is_ok());
        assert_eq!(found, expected, "{registered} {requested}");
    }
    assert!(differ_in_loopback_name("http://127.0.0.1/cb", "http://localhost:7/cb"));
    assert!(!differ_in_loopback_name("http://127.0.0.1/cb", "http://localhost:7/x"));
}

#[test]
fn default_redirect_uri_needs_exactly_one() {
    assert_eq!(only_redirect_uri(&[]), None);
    assert_eq!(only_redirect_uri(&owned(&["https://a.example/", "https://b.example/"])), None);
    assert_eq!(only_redirect_uri(&owned(&["https://a.example/"])).unwrap().as_str(), "https://a.example/");
    assert_eq!(only_redirect_uri(&owned(&["/relative"])), None);
}

#[test]
fn plain_http_is_secure_on_this_machine_only() {
    for uri in [
        "https://a.example/",
        "com.example:/cb",
        "http://localhost/",
        "http://a.localhost:1/",
        "http://127.4.5.6/",
        "http://[::1]:9/",
    ] {
        assert!(is_secure_redirect(uri), "{uri}");
    }
    for uri in [
        "http://a.example/",
        "http://localhost.example/",
        "http://notlocalhost/",
        "http://10.0.0.1/",
        "http://[::2]/",
        "/x",
        "",
    ] {
        assert!(!is_secure_redirect(uri), "{uri}");
    }
}

#[test]
fn what_may_be_registered() {
    for uri in REGISTERED.into_iter().chain([
        "https://a.example",
        "urn:ietf:wg:oauth:2.0:oob",
        "myapp:cb",
        "https://a.example/~x/(y)?q=%C3%BC",
    ]) {
        assert_eq!(check_registrable(uri), Ok(()), "{uri}");
    }
    let table = [
        ("", RedirectUriFault::NotAbsolute),
        ("/relative", RedirectUriFault::NotAbsolute),
        ("app.example.com/cb", RedirectUriFault::NotAbsolute),
        ("https:", RedirectUriFault::NotAbsolute),
        ("https:/a.example/cb", RedirectUriFault::NotAbsolute),
        ("https:a.example/cb", RedirectUriFault::NotAbsolute),
        ("https://", RedirectUriFault::NotAbsolute),
        ("https:///cb", RedirectUriFault::NotAbsolute),
        ("http://a.example:99999/cb", RedirectUriFault::NotAbsolute),
        ("1app:/cb", RedirectUriFault::NotAbsolute),
        (":cb", RedirectUriFault::NotAbsolute),
        ("https://a.example/cb#", RedirectUriFault::Fragment),
        ("https://a.example/#x", RedirectUriFault::Fragment),
        ("not a uri", RedirectUriFault::Character),
        ("https://a.example/a b", RedirectUriFault::Character),
        ("https://a.example\\@b.example/", RedirectUriFault::Character),
        ("https://a.example/\r\nX: y", RedirectUriFault::Character),
        ("https://a.example/%zz", RedirectUriFault::Character),
        ("https://a.example/%2", RedirectUriFault::Character),
        ("https://ä.example/", RedirectUriFault::Character),
        ("https://a.example/<script>", RedirectUriFault::Character),
    ];
    for (uri, fault) in table {
        assert_eq!(check_registrable(uri), Err(fault), "{uri}");
    }
}

#[test]
fn parameters_are_appended_and_the_rest_is_kept() {
    let pairs: &[(&str, &str)] = &[("code", "a b&c"), ("state", "ü")];
    let table = [
        ("https://a.example/cb", "https://a.example/cb?code=a+b%26c&state=%C3%BC"),
        ("https://a.example/cb?", "https://a.example/cb?code=a+b%26c&state=%C3%BC"),
        ("https://a.example/cb?x=%2f&y", "https://a.example/cb?x=%2f&y&code=a+b%26c&state=%C3%BC"),
        ("https://a.example/cb?code=old&x=1&%63ode=o", "https://a.example/cb?x=1&code=a+b%26c&state=%C3%BC"),
        ("com.example:/cb", "com.example:/cb?code=a+b%26c&state=%C3%BC"),
        ("https://a.example/cb?x=1#f", "https://a.example/cb?x=1&code=a+b%26c&state=%C3%BC#f"),
    ];
    for (uri, expected) in table {
        assert_eq!(append_query(uri, pairs), expected, "{uri}");
    }
    assert_eq!(append_query("https://a.example/cb?x=1", &[]), "https://a.example/cb?x=1");
    assert_eq!(append_query("https://a.example/cb", &[]), "https://a.example/cb");
    assert_eq!(
        append_fragment("https://a.example/cb?x=1", pairs),
        "https://a.example/cb?x=1#code=a+b%26c&state=%C3%BC"
    );
    assert_eq!(append_fragment("https://a.example/cb#old", &[("a", "b")]), "https://a.example/cb#a=b");
}
