//! What browsers are sent to: authorization, device verification, logout; and where a device begins.

use symbolon_types::{BackchannelAuthentication, DeviceAuthorization, PushedAuthorization};

use crate::openapi::operation::Content::{Empty, Json, Page};
use crate::openapi::operation::Kind::{Integer, Text, Url};
use crate::openapi::operation::{
    Body, CLIENT_ID, CLIENT_SECRET, Caller, Operation, Parameter, Reply, of, optional, reply, required,
};

const TAG: &str = "Authorization";

const AUTHORIZATION_REQUEST: &[Parameter] = &[
    required("client_id", Text, "Who asks (RFC 6749 §4.1.1)."),
    required("response_type", Text, "What is asked for: `code`, `id_token`, `token`, several of them, or `none`."),
    optional("redirect_uri", Url, "Where the answer goes; one that is registered."),
    optional("scope", Text, "What is asked for, with spaces between."),
    optional("audience", Text, "For which resource servers, with spaces between; may repeat."),
    optional("resource", Url, "For which protected resources (RFC 8707); may repeat."),
    optional("authorization_details", Text, "What is asked for in detail, as JSON (RFC 9396)."),
    optional("state", Text, "Handed back as it came; at least 8 characters."),
    optional("nonce", Text, "Repeated in the ID token (OpenID Connect Core §3.1.2.1)."),
    optional("response_mode", Text, "`query`, `fragment` or `form_post`."),
    optional("code_challenge", Text, "RFC 7636 §4.3."),
    optional("code_challenge_method", Text, "`S256`, or `plain` where it is allowed."),
    optional("prompt", Text, "`none`, `login`, `consent`, `select_account`, `create`, with spaces between."),
    optional("max_age", Integer, "Seconds after which a login is too old."),
    optional("display", Text, "`page`, `popup`, `touch` or `wap`."),
    optional("ui_locales", Text, "Languages of the pages, with spaces between."),
    optional("claims_locales", Text, "Languages of claims, with spaces between."),
    optional("login_hint", Text, "What is known of the login name."),
    optional("id_token_hint", Text, "An earlier ID token of the user who is expected."),
    optional("acr_values", Text, "Authentication context classes in order of preference."),
    optional("claims", Text, "Single claims, as JSON (OpenID Connect Core §5.5)."),
    optional("request", Text, "A request object (RFC 9101)."),
    optional("request_uri", Url, "Where a request object is; one that is registered."),
];

const ON_ITS_WAY: &[Reply] = &[
    reply(200, "The answer as a form that posts itself (`response_mode=form_post`), or a built-in page.", Page),
    reply(302, "To the login or consent page, or to the error page.", Empty),
    reply(303, "The answer, back to the client.", Empty),
];

const LOGOUT: &[Parameter] = &[
    optional("id_token_hint", Text, "An ID token of the session (OpenID Connect RP-Initiated Logout §2)."),
    optional("client_id", Text, "Who asks, where there is no hint."),
    optional("post_logout_redirect_uri", Url, "Where the browser goes afterwards; one that is registered."),
    optional("state", Text, "Handed back as it came."),
    optional("ui_locales", Text, "Languages of the pages, with spaces between."),
    optional("logout_verifier", Text, "Says that the user agreed; the logout page's answer holds it."),
];

const LOGGED_OUT: &[Reply] = &[
    reply(200, "A page whose frames tell the clients (OpenID Connect Front-Channel Logout §3).", Page),
    reply(302, "To the logout page, or onward when it is done.", Empty),
    reply(303, "Onward when it is done.", Empty),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::public("GET", "/oauth2/auth", "oAuth2Authorize")
        .about(TAG, "Authorization endpoint (RFC 6749 §3.1, OpenID Connect Core §3.1.2).")
        .query(AUTHORIZATION_REQUEST)
        .replies(ON_ITS_WAY),
    Operation::public("POST", "/oauth2/auth", "postOAuth2Authorize")
        .about(TAG, "The same with the parameters in the body (OpenID Connect Core §3.1.2.1).")
        .body(Body::Form(AUTHORIZATION_REQUEST))
        .replies(ON_ITS_WAY),
    Operation::public("POST", "/oauth2/par", "pushAuthorizationRequest")
        .about(TAG, "Pushed authorization request endpoint (RFC 9126 §2).")
        .caller(Caller::Client)
        .body(Body::Form(AUTHORIZATION_REQUEST))
        .replies(&[reply(201, "What stands for the request.", Json(of::<PushedAuthorization>))]),
    Operation::public("POST", "/oauth2/device/auth", "oAuth2DeviceFlow")
        .about(TAG, "Device authorization endpoint (RFC 8628 §3.1).")
        .caller(Caller::Client)
        .body(Body::Form(&[
            required("client_id", Text, "Who asks."),
            CLIENT_SECRET,
            optional("scope", Text, "What is asked for, with spaces between."),
            optional("audience", Text, "For which resource servers; may repeat."),
            optional("resource", Url, "For which protected resources (RFC 8707); may repeat."),
            optional("authorization_details", Text, "What is asked for in detail, as JSON (RFC 9396)."),
        ]))
        .replies(&[reply(200, "The codes.", Json(of::<DeviceAuthorization>))]),
    Operation::public("POST", "/oauth2/backchannel-authentication", "backchannelAuthentication")
        .about(TAG, "Backchannel authentication endpoint (OpenID Connect CIBA §7). Hydra has no such operation.")
        .caller(Caller::Client)
        .body(Body::Form(&[
            optional("scope", Text, "What is asked for, with `openid` in it."),
            optional("login_hint", Text, "About whom: a username, or what `symbolon.ciba.login_hint` says."),
            optional("id_token_hint", Text, "About whom: an ID token that the client was given."),
            optional("binding_message", Text, "Shown at both ends, for the user to compare."),
            optional("requested_expiry", Integer, "Seconds that the client is ready to wait."),
            optional("acr_values", Text, "Authentication context classes in order of preference."),
            optional("client_notification_token", Text, "By which a client of the mode `ping` recognises the message."),
            optional("audience", Text, "For which resource servers; may repeat."),
            optional("request", Text, "All parameters in one signed JWT (§7.1.1)."),
            CLIENT_ID,
            CLIENT_SECRET,
            optional("client_assertion", Text, "For `private_key_jwt` and `client_secret_jwt` (RFC 7523 §2.2)."),
            optional("client_assertion_type", Text, "`urn:ietf:params:oauth:client-assertion-type:jwt-bearer`."),
        ]))
        .replies(&[reply(200, "What the client waits with.", Json(of::<BackchannelAuthentication>))]),
    Operation::public("GET", "/oauth2/device/verify", "performOAuth2DeviceVerificationFlow")
        .about(TAG, "Where the user of a device goes (RFC 8628 §3.3).")
        .query(&[
            optional("user_code", Text, "The code that the device shows."),
            optional("client_id", Text, "Present on the way back from the page that takes the code."),
            optional("device_verifier", Text, "Present on the way back from the page that takes the code."),
            optional("login_verifier", Text, "Present on the way back from the login page."),
            optional("consent_verifier", Text, "Present on the way back from the consent page."),
        ])
        .replies(&[
            reply(302, "To the next page.", Empty),
            reply(303, "To the page that says that it is done.", Empty),
        ]),
    Operation::public("GET", "/oauth2/sessions/check", "checkOidcSession")
        .about(
            TAG,
            "The page `check_session_iframe` (OpenID Connect Session Management §3.3), for a frame of an application.",
        )
        .replies(&[reply(200, "A page that answers messages of the window around it.", Page)]),
    Operation::public("GET", "/oauth2/sessions/logout", "revokeOidcSession")
        .about(TAG, "Begins and completes a logout (OpenID Connect RP-Initiated Logout §2).")
        .query(LOGOUT)
        .replies(LOGGED_OUT),
    Operation::public("POST", "/oauth2/sessions/logout", "postRevokeOidcSession")
        .about(TAG, "The same with the parameters in the body.")
        .body(Body::Form(LOGOUT))
        .replies(LOGGED_OUT),
];
