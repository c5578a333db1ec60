//! What the server reads of a request, and what it kept in sealed form.

use symbolon_server::fuzzing;

use super::text;
use crate::Target;

/// The parameters of a form or a query: each once, none lost.
pub const PARAMETERS: Target = Target {
    name: "parameters",
    run: fuzzing::parameters,
    seeds: &[
        "grant_type=authorization_code&code=a&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier=b",
        "scope=openid+offline&audience=a&audience=b&audience=&state=%F0%9F%92%A9&client_id=c",
    ],
};
/// The claims of a request object, as parameters.
pub const REQUEST_OBJECT: Target = Target {
    name: "request_object",
    run: fuzzing::request_object,
    seeds: &[
        r#"{"client_id":"a","response_type":"code","scope":"openid x","max_age":60,"audience":["a","b"],"prompt":"none"}"#,
        r#"{"claims":{"userinfo":{"email":null}},"acr_values":["a","b"],"iss":"a","exp":1,"x":true,"state":"&=%00"}"#,
    ],
};
/// Client credentials in a header (RFC 6749 §2.3.1).
pub const CLIENT_CREDENTIALS: Target = Target {
    name: "client_credentials",
    run: |bytes| fuzzing::client_credentials(&text(bytes)),
    seeds: &["Basic Y2xpZW50OnNlY3JldA==", "Basic YSUzQWI6Yys=", "Bearer abc"],
};
/// Header fields: cookies, `Forwarded` and its relatives, host and bearer token.
pub const HEADERS: Target = Target {
    name: "headers",
    run: fuzzing::headers,
    seeds: &[
        "cookie: a=b; ory_hydra_session=AAAA; ory_hydra_login_csrf_1=BBBB\nhost: op.example:443\nauthorization: Bearer x",
        "x-forwarded-for: 10.0.0.1, [2001:db8::1]:80, 192.0.2.1:99\nhost: [::1]\naccept: text/html;q=0.5, */*",
        "content-type: application/x-www-form-urlencoded; charset=utf-8\naccept-language: de, en;q=0.1\norigin: null",
    ],
};
/// What only this server can have sealed: read all the same as if a stranger had written it.
pub const SEALED_CONTENT: Target = Target {
    name: "sealed_content",
    run: fuzzing::sealed_content,
    seeds: &[
        "1800000000\nclients\nclient-000",
        "\0\u{7}{\"v\":1}\0\u{1}\u{1}\u{1}",
        "\u{1}\u{1}\0\u{10}0123456789abcdef\u{3}\0\u{8}\0\0\0\0\0\0\0\u{1}\u{8}\0\u{8}\0\0\0\0\0\0\0\u{1}",
    ],
};
