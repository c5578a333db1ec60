//! Differences in what web hooks are told and in what their answers do.

use super::steps::step;
use super::{Difference, OWN};

const TOO_EARLY: &str = "a web hook is told what is granted, for every grant type";
const ASKED_TOO_EARLY: &str = "our own choice; Hydra asks before it has looked what the code grants";
const WITH_SESSION: &str = "a hook that replaces the claims of ID tokens does not take `sid` away";
const NEEDED_FOR_LOGOUT: &str = "OpenID Connect Back-Channel Logout §2.1: the client must know its session";

pub(super) const HOOKS: &[Difference] = &[
    step(
        ("token_hook", "server calls out during: code grant, claims replaced"),
        &[
            ("call/request/granted_audience", "[\"https://api.example.com\"]"),
            ("call/request/granted_scopes", "[\"openid\",\"offline\",\"photos.read\"]"),
        ],
        TOO_EARLY,
        ASKED_TOO_EARLY,
    ),
    step(
        ("token_hook", "server calls out during: device grant"),
        &[("call/request/granted_scopes", "[\"openid\",\"offline\"]")],
        TOO_EARLY,
        ASKED_TOO_EARLY,
    ),
    step(
        ("token_hook", "refresh grant: refresh hook 204, then token hook"),
        &[("/id_token/<jwt:2>/sid", "*")],
        WITH_SESSION,
        NEEDED_FOR_LOGOUT,
    ),
    step(
        ("refresh_token_hook", "server calls out during: *"),
        &[("call/session/id_token/id_token_claims/ext/sid", "*")],
        WITH_SESSION,
        OWN,
    ),
    step(("refresh_token_hook", "claims replaced"), &[("/id_token/<jwt:1>/sid", "*")], WITH_SESSION, NEEDED_FOR_LOGOUT),
    step(("refresh_token_hook", "204: kept"), &[("/id_token/<jwt:2>/sid", "*")], WITH_SESSION, NEEDED_FOR_LOGOUT),
];
