//! Differences without a place of their own.

use super::{General, OWN};
use crate::golden::compare::ABSENT;

pub(super) const EVERYWHERE: &[General] = &[
    General {
        applies: |it| it.place.ends_with("/rat") && it.got == ABSENT,
        why: "`rat` is no registered claim and stays away unless it is switched on",
        source: OWN,
        witness: ("code_flow_pkce", "token"),
    },
    General {
        applies: |it| it.place == "/login_challenge" && it.expected.starts_with("<hex32:") && it.got != ABSENT,
        why: "a consent request names the very login challenge that the login page was called with",
        source: OWN,
        witness: ("code_flow_minimal", "get consent request"),
    },
    General {
        applies: |it| {
            let deleted = ["0", "Thu, 01 Jan 1970 00:00:01 GMT"].contains(&it.expected.as_str());
            it.place.starts_with("cookie session ") && deleted && it.got == ABSENT
        },
        why: "a login that is not remembered is a session until the browser is closed, so that its clients hear of a logout",
        source: "OpenID Connect Back-Channel Logout §2.1",
        witness: ("code_flow_minimal", "login verifier"),
    },
    General {
        applies: |it| {
            let of_get = "private, no-cache, no-store, must-revalidate";
            it.place == "header cache-control" && it.expected == ABSENT && it.got == of_get
        },
        why: "HEAD has the headers of GET",
        source: "RFC 9110 §9.3.2",
        witness: ("jwks", "head"),
    },
    General {
        applies: |it| it.expected == "null" && it.got == "[]",
        why: "a list that is not set is empty, in each answer",
        source: OWN,
        witness: ("admin_clients_crud", "create generated"),
    },
    General {
        applies: |it| {
            let is_challenge = it.got.starts_with("Basic") || it.got.starts_with("Bearer");
            it.place == "header www-authenticate" && it.expected == ABSENT && is_challenge
        },
        why: "401 comes with a challenge",
        source: "RFC 9110 §15.5.2",
        witness: ("client_authentication", "wrong secret"),
    },
    General {
        applies: |it| {
            it.expected == ABSENT
                && matches!(
                    (it.place.as_str(), it.got.as_str()),
                    ("header cache-control", "no-store") | ("header pragma", "no-cache")
                )
        },
        why: "nobody may keep what introspection says",
        source: OWN,
        witness: ("introspection", "access token"),
    },
    General {
        applies: |it| ["cookie login_csrf", "cookie consent_csrf"].contains(&it.place.as_str()) && it.got == "deleted",
        why: "the cookies of a flow go with it, as there is a pair for each flow",
        source: OWN,
        witness: ("code_flow_minimal", "consent verifier"),
    },
    General {
        applies: |it| {
            let ours = it.got.trim_start_matches('"').starts_with("<public>/oauth2/register/");
            it.place == "/registration_client_uri" && it.expected != it.got && ours
        },
        why: "registration_client_uri is the server's own, complete, and part of each answer to the client",
        source: "RFC 7592 §3",
        witness: ("dcr_lifecycle", "read"),
    },
    General {
        applies: |it| {
            let theirs = it.expected.starts_with("admin/clients/");
            it.place == "location" && theirs && it.got.starts_with("<public>/oauth2/register/")
        },
        why: "Location of a client that registered itself is where it manages itself",
        source: OWN,
        witness: ("dcr_lifecycle", "create minimal"),
    },
    General {
        applies: |it| {
            it.place == "header content-type" && it.expected == ABSENT && it.got == "text/html; charset=utf-8"
        },
        why: "a redirect has a note for people after POST too",
        source: "RFC 9110 §15.4.3",
        witness: ("authorize_post", "POST, parameters in the body"),
    },
    General {
        applies: |it| {
            it.place.ends_with("/scope")
                && it.expected == "offline_access offline openid"
                && it.got == "offline_access offline openid profile email address phone"
        },
        why: "a client that was created without a scope may ask for every standard claim",
        source: "OpenID Connect Core 1.0 §5.4",
        witness: ("dcr_lifecycle", "create minimal"),
    },
    General {
        applies: |it| it.place == "/oidc_context/claims" && it.expected == ABSENT,
        why: "the pages are told which claims the client asks for",
        source: "OpenID Connect Core 1.0 §5.5",
        witness: ("code_flow_pkce", "get login request"),
    },
    General {
        applies: |it| it.place == "link first query page_token" && it.got == ABSENT,
        why: "the first page needs no token",
        source: OWN,
        witness: ("admin_clients_list", "by name"),
    },
];
