//! Sessions of browsers, and consents of users.

use symbolon_types::ConsentSession;

use crate::openapi::operation::Content::{Empty, Json};
use crate::openapi::operation::Kind::{Boolean, Text};
use crate::openapi::operation::{Operation, PAGE_SIZE, PAGE_TOKEN, of, optional, reply, required};
use crate::openapi::shapes;

const TAG: &str = "Sessions and consents";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::admin("DELETE", "/admin/oauth2/auth/sessions/login", "revokeOAuth2LoginSessions")
        .about(TAG, "Ends one login session, or all of a user. One of the two parameters is needed.")
        .query(&[
            optional("sid", Text, "The session; its clients are told by back channel."),
            optional("subject", Text, "The user."),
        ])
        .replies(&[reply(204, "They are over.", Empty)]),
    Operation::admin("GET", "/admin/oauth2/auth/sessions/login", "listOAuth2LoginSessions")
        .about(
            TAG,
            "The login sessions that count now; the `Link` header names the next page. Hydra has no such operation.",
        )
        .query(&[optional("subject", Text, "Only those of this user."), PAGE_SIZE, PAGE_TOKEN])
        .replies(&[reply(200, "Login sessions.", Json(shapes::login_sessions))]),
    Operation::admin("GET", "/admin/oauth2/auth/sessions/consent", "listOAuth2ConsentSessions")
        .about(TAG, "What a user granted; the `Link` header names the next page.")
        .query(&[
            required("subject", Text, "The user."),
            optional("login_session_id", Text, "Only what was granted in this session."),
            PAGE_SIZE,
            PAGE_TOKEN,
        ])
        .replies(&[reply(200, "Consents.", Json(of::<Vec<ConsentSession>>))]),
    Operation::admin("DELETE", "/admin/oauth2/auth/sessions/consent", "revokeOAuth2ConsentSessions")
        .about(TAG, "Takes consents back, and ends the tokens that rest on them.")
        .query(&[
            optional("consent_request_id", Text, "One consent; no other parameter then."),
            optional("subject", Text, "The user, together with one of the next two."),
            optional("client", Text, "What was granted to this client."),
            optional("all", Boolean, "What was granted to every client."),
        ])
        .replies(&[reply(204, "They do not count any more.", Empty)]),
    Operation::admin("POST", "/admin/subjects/{subject}/sign-out", "signOutSubject")
        .about(TAG, "Ends every session and token of a user at once. Hydra has no such operation.")
        .replies(&[reply(204, "Nothing that was issued before counts any more.", Empty)]),
    Operation::admin("GET", "/admin/signing-keys", "listSigningKeys")
        .about(
            "Keys",
            "Every signing key, its state, its age and when the next one follows. Hydra has no such operation.",
        )
        .replies(&[reply(200, "The signing keys.", Json(shapes::signing_keys))]),
    Operation::admin("POST", "/admin/signing-keys/rotate", "rotateSigningKeys")
        .about("Keys", "Gives one signing algorithm or all a new key. Hydra has no such operation.")
        .body(crate::openapi::operation::Body::OptionalJson(shapes::rotation_request))
        .replies(&[reply(200, "The new keys, and what they replace.", Json(shapes::rotation))]),
    Operation::admin("POST", "/admin/config/reload", "reloadConfiguration")
        .about(
            "Configuration",
            "Reads the configuration again and puts in force what may change. Hydra has no such operation.",
        )
        .replies(&[
            reply(200, "What is in force now, and what waits for a restart.", Json(shapes::reloaded)),
            reply(400, "Nothing changed: the configuration has faults.", Json(shapes::reload_problems)),
        ]),
];
