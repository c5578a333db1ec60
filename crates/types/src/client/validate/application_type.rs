//! `application_type` (`OpenID` Connect Dynamic Client Registration §2): which redirect URIs a web
//! and a native application may have, and what a client is that does not say.

use url::{Host, Url};

use crate::client::{Client, MetadataFault};
use crate::{ApplicationType, GrantType};

/// A redirect URI as far as the rules look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Address {
    /// A scheme that belongs to an application of the device.
    PrivateScheme,
    /// `http` at the user's own machine.
    LoopbackHttp,
    /// `http` anywhere else.
    Http,
    /// `https` at the user's own machine.
    LoopbackHttps,
    /// `https` anywhere else.
    Https,
}

/// Checks what the client says; without a word about it there is no rule.
pub(super) fn check(client: &Client) -> Result<(), MetadataFault> {
    if client.application_type.is_empty() {
        return Ok(());
    }
    let Some(application_type) = ApplicationType::parse(&client.application_type) else {
        return Err(MetadataFault::metadata("The 'application_type' must be 'web' or 'native'."));
    };
    match client.redirect_uris.iter().find(|uri| !may_have(client, application_type, address(uri))) {
        None => Ok(()),
        Some(uri) => Err(MetadataFault::redirect_uri(match application_type {
            ApplicationType::Web => format!(
                "The URI '{uri}' in 'redirect_uris' must be https and not at localhost: the client has 'application_type' 'web' and uses the implicit grant."
            ),
            ApplicationType::Native => format!(
                "The URI '{uri}' in 'redirect_uris' must have a scheme of its own, be http at the loopback interface, or https elsewhere: the client has 'application_type' 'native'."
            ),
        })),
    }
}

/// The rules of §2, which for a web application concern the implicit grant only. A native
/// application may also have https addresses that the platform hands to it (RFC 8252 §7.2).
fn may_have(client: &Client, application_type: ApplicationType, address: Address) -> bool {
    match application_type {
        ApplicationType::Web => !uses_implicit_grant(client) || address == Address::Https,
        ApplicationType::Native => !matches!(address, Address::Http | Address::LoopbackHttps),
    }
}

fn uses_implicit_grant(client: &Client) -> bool {
    client.grant_types().contains(GrantType::Implicit)
        || client.response_types().iter().any(|kind| kind.has_token() || kind.has_id_token())
}

/// What a client is that does not say: native when nobody but an application of the device can
/// receive its answers, else web. `None` when its addresses break the rule for web applications, so
/// that what the server says of a client may be sent back by it.
pub(in crate::client) fn presumed(client: &Client) -> Option<ApplicationType> {
    let of_the_device = |uri: &String| matches!(address(uri), Address::PrivateScheme | Address::LoopbackHttp);
    if !client.redirect_uris.is_empty() && client.redirect_uris.iter().all(of_the_device) {
        return Some(ApplicationType::Native);
    }
    let keeps_the_rule = |uri: &String| may_have(client, ApplicationType::Web, address(uri));
    client.redirect_uris.iter().all(keeps_the_rule).then_some(ApplicationType::Web)
}

fn address(uri: &str) -> Address {
    let Ok(url) = Url::parse(uri) else {
        return Address::PrivateScheme;
    };
    match (url.scheme(), is_loopback(&url)) {
        ("http", true) => Address::LoopbackHttp,
        ("http", false) => Address::Http,
        ("https", true) => Address::LoopbackHttps,
        ("https", false) => Address::Https,
        _ => Address::PrivateScheme,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.') == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const URIS: [&str; 8] = [
        "https://a.example/cb",
        "http://a.example/cb",
        "http://localhost:3000/cb",
        "https://localhost/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:7/cb",
        "com.example.app:/cb",
        "cursor://anysphere.cursor-mcp/oauth/callback",
    ];

    fn client(application_type: &str, grant_types: &[&str], redirect_uris: &[&str]) -> Client {
        serde_json::from_value(json!({
            "application_type": application_type, "grant_types": grant_types, "redirect_uris": redirect_uris
        }))
        .unwrap()
    }

    fn accepted(application_type: &str, grant_types: &[&str]) -> Vec<&'static str> {
        let passes = |uri: &&str| check(&client(application_type, grant_types, &[*uri])).is_ok();
        URIS.into_iter().filter(passes).collect()
    }

    #[test]
    fn only_a_client_that_names_its_type_has_a_rule() {
        assert_eq!(accepted("", &["implicit"]), URIS);
        assert_eq!(accepted("web", &["authorization_code"]), URIS);
        assert_eq!(accepted("web", &["authorization_code", "implicit"]), [URIS[0]]);
        assert_eq!(accepted("native", &[]), [URIS[0], URIS[2], URIS[4], URIS[5], URIS[6], URIS[7]]);
        assert!(check(&client("desktop", &[], &[])).is_err());
        let mut hybrid = client("web", &[], &[URIS[2]]);
        hybrid.response_types = vec!["code id_token".to_owned()];
        assert!(check(&hybrid).is_err(), "what the authorization endpoint issues needs the implicit grant");
    }

    #[test]
    fn what_is_presumed_keeps_its_own_rule() {
        let native = Some(ApplicationType::Native);
        let web = Some(ApplicationType::Web);
        let table = [
            (&[][..], web, web),
            (&[URIS[0]], web, web),
            (&[URIS[0], URIS[4]], web, None),
            (&[URIS[1]], web, None),
            (&[URIS[2], URIS[5], URIS[6]], native, native),
            (&[URIS[3]], web, None),
        ];
        for (uris, of_code, of_implicit) in table {
            for (grant_types, expected) in [(&[][..], of_code), (&["implicit"], of_implicit)] {
                let mut client = client("", grant_types, uris);
                assert_eq!(presumed(&client), expected, "{uris:?} {grant_types:?}");
                client.application_type = expected.map_or("", ApplicationType::as_str).to_owned();
                assert!(check(&client).is_ok(), "{uris:?} {grant_types:?}");
            }
        }
    }
}
