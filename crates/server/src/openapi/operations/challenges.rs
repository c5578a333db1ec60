//! What login, consent, device and logout pages ask and answer.

use symbolon_types::{
    AcceptBackchannelRequest, AcceptConsent, AcceptLogin, AcceptUserCode, BackchannelRequest, ConsentRequest,
    LoginRequest, LogoutRequest, RedirectTo, RejectBackchannelRequest, RejectRequest,
};

use crate::openapi::operation::Content::{Empty, Json};
use crate::openapi::operation::Kind::Text;
use crate::openapi::operation::{Body, Operation, Parameter, Reply, of, optional, reply, required};

const TAG: &str = "Login and consent pages";

const LOGIN: &[Parameter] =
    &[required("login_challenge", Text, "From the address of the page; `challenge` is the same.")];
const CONSENT: &[Parameter] =
    &[required("consent_challenge", Text, "From the address of the page; `challenge` is the same.")];
const DEVICE: &[Parameter] =
    &[required("device_challenge", Text, "From the address of the page; `challenge` is the same.")];
const LOGOUT: &[Parameter] =
    &[required("logout_challenge", Text, "From the address of the page; `challenge` is the same.")];

const BACKCHANNEL: &[Parameter] = &[
    optional("request_id", Text, "The number of the request; or `auth_req_id`."),
    optional("auth_req_id", Text, "What the client got for it."),
];

const ANSWERED: &[Reply] = &[reply(204, "The client may fetch the answer.", Empty)];

const GOES_ON: &[Reply] = &[
    reply(200, "Where the page sends the browser.", Json(of::<RedirectTo>)),
    reply(410, "It was answered and used before; where the browser can start again.", Json(of::<RedirectTo>)),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::admin("GET", "/admin/oauth2/auth/requests/login", "getOAuth2LoginRequest")
        .about(TAG, "Who wants a login, and for what.")
        .query(LOGIN)
        .replies(&[
            reply(200, "The request.", Json(of::<LoginRequest>)),
            reply(410, "It was answered and used before.", Json(of::<RedirectTo>)),
        ]),
    Operation::admin("PUT", "/admin/oauth2/auth/requests/login/accept", "acceptOAuth2LoginRequest")
        .about(TAG, "Says who logged in.")
        .query(LOGIN)
        .body(Body::Json(of::<AcceptLogin>))
        .replies(GOES_ON),
    Operation::admin("PUT", "/admin/oauth2/auth/requests/login/reject", "rejectOAuth2LoginRequest")
        .about(TAG, "Says that nobody logged in.")
        .query(LOGIN)
        .body(Body::Json(of::<RejectRequest>))
        .replies(GOES_ON),
    Operation::admin("GET", "/admin/oauth2/auth/requests/consent", "getOAuth2ConsentRequest")
        .about(TAG, "What a client wants of a user.")
        .query(CONSENT)
        .replies(&[
            reply(200, "The request.", Json(of::<ConsentRequest>)),
            reply(410, "It was answered and used before.", Json(of::<RedirectTo>)),
        ]),
    Operation::admin("PUT", "/admin/oauth2/auth/requests/consent/accept", "acceptOAuth2ConsentRequest")
        .about(TAG, "Says what the user granted.")
        .query(CONSENT)
        .body(Body::Json(of::<AcceptConsent>))
        .replies(GOES_ON),
    Operation::admin("PUT", "/admin/oauth2/auth/requests/consent/reject", "rejectOAuth2ConsentRequest")
        .about(TAG, "Says that the user refused.")
        .query(CONSENT)
        .body(Body::Json(of::<RejectRequest>))
        .replies(GOES_ON),
    Operation::admin("PUT", "/admin/oauth2/auth/requests/device/accept", "acceptUserCodeRequest")
        .about(TAG, "Says which code the user of a device typed.")
        .query(DEVICE)
        .body(Body::Json(of::<AcceptUserCode>))
        .replies(GOES_ON),
    Operation::admin("GET", "/admin/oauth2/auth/requests/backchannel", "listBackchannelRequests")
        .about(TAG, "What waits for a subject's answer (OpenID Connect CIBA). Hydra has no such operation.")
        .query(&[required("subject", Text, "Who is asked.")])
        .replies(&[reply(200, "The requests, the newest first.", Json(of::<Vec<BackchannelRequest>>))]),
    Operation::admin("PUT", "/admin/oauth2/auth/requests/backchannel/accept", "acceptBackchannelRequest")
        .about(TAG, "Says that the subject agreed. Hydra has no such operation.")
        .query(BACKCHANNEL)
        .body(Body::Json(of::<AcceptBackchannelRequest>))
        .replies(ANSWERED),
    Operation::admin("PUT", "/admin/oauth2/auth/requests/backchannel/reject", "rejectBackchannelRequest")
        .about(TAG, "Says that the subject refused. Hydra has no such operation.")
        .query(BACKCHANNEL)
        .body(Body::Json(of::<RejectBackchannelRequest>))
        .replies(ANSWERED),
    Operation::admin("GET", "/admin/oauth2/auth/requests/logout", "getOAuth2LogoutRequest")
        .about(TAG, "Who wants to log out.")
        .query(LOGOUT)
        .replies(&[
            reply(200, "The request.", Json(of::<LogoutRequest>)),
            reply(410, "It was answered and used before.", Json(of::<RedirectTo>)),
        ]),
    Operation::admin("PUT", "/admin/oauth2/auth/requests/logout/accept", "acceptOAuth2LogoutRequest")
        .about(TAG, "Says that the user agreed.")
        .query(LOGOUT)
        .replies(GOES_ON),
    Operation::admin("PUT", "/admin/oauth2/auth/requests/logout/reject", "rejectOAuth2LogoutRequest")
        .about(TAG, "Says that the user stays.")
        .query(LOGOUT)
        .replies(&[reply(204, "Nothing happened.", Empty)]),
];
