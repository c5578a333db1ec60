//! Tokens: issued, introspected, revoked.

use symbolon_types::{Introspection, TokenResponse};

use crate::openapi::operation::Content::{Empty, Json, JsonOrJwt};
use crate::openapi::operation::Kind::{Text, Url};
use crate::openapi::operation::{Body, CLIENT_ID, CLIENT_SECRET, Caller, Operation, of, optional, reply, required};
use crate::openapi::shapes;

const TAG: &str = "Tokens";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::public("POST", "/oauth2/token", "oauth2TokenExchange")
        .about(TAG, "Token endpoint (RFC 6749 §3.2). Clients authenticate by the Authorization header or in the body.")
        .caller(Caller::Client)
        .body(Body::Form(&[
            required("grant_type", Text, "How the client has a right to tokens."),
            optional("code", Text, "For `authorization_code`."),
            optional("redirect_uri", Url, "For `authorization_code`: that of the authorization request."),
            optional("code_verifier", Text, "For `authorization_code` (RFC 7636 §4.5)."),
            optional("refresh_token", Text, "For `refresh_token`."),
            optional("device_code", Text, "For `urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 §3.4)."),
            optional("auth_req_id", Text, "For `urn:openid:params:grant-type:ciba` (OpenID Connect CIBA §10.1)."),
            optional("assertion", Text, "For `urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523 §2.1)."),
            optional("subject_token", Text, "For `urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693 §2.1)."),
            optional("subject_token_type", Text, "What the `subject_token` is."),
            optional("actor_token", Text, "Who acts for the subject (RFC 8693 §2.1)."),
            optional("actor_token_type", Text, "What the `actor_token` is."),
            optional("requested_token_type", Text, "What the subject token is to be exchanged for."),
            optional("scope", Text, "What is asked for, with spaces between."),
            optional("audience", Text, "For which resource servers; may repeat."),
            optional("resource", Url, "For which protected resources (RFC 8707); may repeat."),
            optional("authorization_details", Text, "What is asked for in detail, as JSON (RFC 9396)."),
            CLIENT_ID,
            CLIENT_SECRET,
            optional("client_assertion", Text, "For `private_key_jwt` and `client_secret_jwt` (RFC 7523 §2.2)."),
            optional("client_assertion_type", Text, "`urn:ietf:params:oauth:client-assertion-type:jwt-bearer`."),
        ]))
        .replies(&[reply(200, "The tokens.", Json(of::<TokenResponse>))]),
    Operation::public("POST", "/oauth2/revoke", "revokeOAuth2Token")
        .about(TAG, "Ends a token and all that belongs to its grant (RFC 7009 §2).")
        .caller(Caller::Client)
        .body(Body::Form(&[
            required("token", Text, "An access or refresh token of this client."),
            optional("token_type_hint", Text, "`access_token` or `refresh_token`."),
            CLIENT_ID,
            CLIENT_SECRET,
        ]))
        .replies(&[reply(200, "It does not count any more, or never did.", Empty)]),
    Operation::public("POST", "/oauth2/introspect", "introspectTokenAsResourceServer")
        .about(TAG, "Whether a token counts for the resource server that asks (RFC 7662 §2, RFC 9701). Off by default.")
        .caller(Caller::Client)
        .body(Body::Form(&[
            required("token", Text, "An access token."),
            optional("token_type_hint", Text, "`access_token`."),
            optional("scope", Text, "Scopes that the token must have to count, with spaces between."),
            CLIENT_ID,
            CLIENT_SECRET,
        ]))
        .replies(&[reply(
            200,
            "What is known of it; only `active` where it does not count.",
            JsonOrJwt(of::<Introspection>, "application/token-introspection+jwt"),
        )]),
    Operation::public("POST", "/global-token-revocation", "globalTokenRevocation")
        .about(TAG, "Ends everything of a person (draft-parecki-oauth-global-token-revocation-05). Off by default.")
        .caller(Caller::TokenHolder)
        .body(Body::Json(shapes::global_revocation))
        .replies(&[reply(204, "Sessions, grants and tokens have ended.", Empty)]),
    Operation::admin("POST", "/admin/oauth2/introspect", "introspectOAuth2Token")
        .about(TAG, "Whether a token counts, and what for (RFC 7662 §2).")
        .body(Body::Form(&[
            required("token", Text, "An access or refresh token."),
            optional("token_type_hint", Text, "`access_token` or `refresh_token`."),
            optional("scope", Text, "Scopes that the token must have to count, with spaces between."),
        ]))
        .replies(&[reply(
            200,
            "What is known of it; only `active` where it does not count.",
            Json(of::<Introspection>),
        )]),
    Operation::admin("DELETE", "/admin/oauth2/tokens", "deleteOAuth2Token")
        .about(TAG, "Ends all tokens of a client; access tokens alone with `symbolon.compatibility.only_access_tokens_deleted`.")
        .query(&[required("client_id", Text, "The client.")])
        .replies(&[reply(204, "They do not count any more.", Empty)]),
];
