//! What the provider says of itself, and what it says of users.

use symbolon_types::ProviderMetadata;

use crate::openapi::operation::Content::{Empty, Json, JsonOrJwt};
use crate::openapi::operation::Kind::Text;
use crate::openapi::operation::{Body, Caller, Operation, Parameter, Reply, of, optional, reply};
use crate::openapi::shapes;

const TAG: &str = "OpenID Connect";

const ACCESS_TOKEN: &[Parameter] =
    &[optional("access_token", Text, "The access token, where it is not in the Authorization header (RFC 6750 §2.2).")];

const UNCHANGED: Reply = reply(304, "What `If-None-Match` names has not changed.", Empty);
const METADATA: &[Reply] = &[reply(200, "What is switched on.", Json(of::<ProviderMetadata>)), UNCHANGED];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::public("GET", "/.well-known/openid-configuration", "discoverOidcConfiguration")
        .about(TAG, "Metadata of the provider (OpenID Connect Discovery §4).")
        .replies(METADATA),
    Operation::public("GET", "/.well-known/oauth-authorization-server", "discoverAuthorizationServer")
        .about(TAG, "The same metadata under the name of RFC 8414 §3.")
        .replies(METADATA),
    Operation::public("GET", "/.well-known/jwks.json", "discoverJsonWebKeys")
        .about(TAG, "Public keys with which tokens are verified (RFC 7517 §5).")
        .replies(&[reply(200, "The keys.", Json(shapes::key_set)), UNCHANGED]),
    Operation::public("GET", "/userinfo", "getOidcUserInfo")
        .about(TAG, "Claims about the user of the access token in the Authorization header (OpenID Connect Core §5.3).")
        .caller(Caller::TokenHolder)
        .replies(&[reply(200, "The claims that were granted.", JsonOrJwt(shapes::user_info, "application/jwt"))]),
    Operation::public("POST", "/userinfo", "postOidcUserInfo")
        .about(TAG, "The same by POST (OpenID Connect Core §5.3.1).")
        .caller(Caller::TokenHolder)
        .body(Body::Form(ACCESS_TOKEN))
        .replies(&[reply(200, "The claims that were granted.", JsonOrJwt(shapes::user_info, "application/jwt"))]),
    Operation::public("POST", "/credentials", "createVerifiableCredential")
        .about(TAG, "A credential that binds the user of the access token to a key pair.")
        .caller(Caller::TokenHolder)
        .body(Body::Json(shapes::credential_request))
        .replies(&[
            reply(200, "The credential.", Json(shapes::credential)),
            reply(
                400,
                "The proof is missing or wrong; with a nonce for the next try.",
                Json(shapes::credential_priming),
            ),
        ]),
];
