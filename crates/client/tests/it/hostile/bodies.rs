//! Bodies that are no answer, for every endpoint.

use std::io::Write as _;

use serde_json::{Value, json};
use symbolon_client::Error;

use super::{Operation, hostile_at, refusal};
use crate::server::{Server, answer};

const JSON: &str = "content-type: application/json\r\n";

fn answering(operation: Operation, status: u16, headers: &'static str, body: impl Into<String>) -> Server {
    let body = body.into();
    hostile_at(operation, move |_, stream| drop(stream.write_all(&answer(status, headers, &body))))
}

/// Those that read a body.
fn readers() -> impl Iterator<Item = Operation> {
    Operation::ALL.into_iter().filter(|operation| !operation.needs_no_body())
}

#[tokio::test]
async fn what_is_no_object_is_not_understood() {
    for operation in readers() {
        let mut bodies =
            vec!["", " ", "null", "true", "7", "\"hush\"", "[1]", "[null]", "{", "{\"a\":", "<html>hush</html>", "a=b"];
        if operation != Operation::AdminList {
            bodies.extend(["[]", "[{}]"]);
        }
        for body in bodies {
            for headers in [JSON, "content-type: text/html\r\n", ""] {
                let server = answering(operation, 200, headers, body);
                let error = refusal(operation, &server).await;
                assert!(matches!(error, Error::UnexpectedAnswer(_)), "{operation:?}: {body:?}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_not_understood() {
    for operation in readers() {
        for body in [&b"\xff\xfe{\0}\0"[..], b"{\"sub\":\"\xff\"}", b"\0\0\0\0", b"\x1f\x8b\x08\0\0\0\0\0"] {
            let server = hostile_at(operation, move |_, stream| {
                let head =
                    format!("HTTP/1.1 200 OK\r\nconnection: close\r\n{JSON}content-length: {}\r\n\r\n", body.len());
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
            });
            let error = refusal(operation, &server).await;
            assert!(matches!(error, Error::UnexpectedAnswer(_)), "{operation:?}: {body:?}: {error}");
        }
    }
}

/// Every member that any of the endpoints has, and none of them has a value.
#[tokio::test]
async fn null_everywhere_is_nothing() {
    const MEMBERS: [&str; 24] = [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "scopes_supported",
        "keys",
        "access_token",
        "token_type",
        "expires_in",
        "scope",
        "refresh_token",
        "id_token",
        "sub",
        "email",
        "email_verified",
        "address",
        "updated_at",
        "client_id",
        "client_secret",
        "registration_access_token",
        "registration_client_uri",
        "redirect_uris",
        "jwks",
    ];
    let nothing: Value =
        MEMBERS.iter().map(|name| ((*name).to_owned(), Value::Null)).collect::<serde_json::Map<_, _>>().into();
    for operation in readers() {
        // A registration without any member is one; what the client may do with it is its own affair.
        if matches!(operation, Operation::ReadRegistration | Operation::ReplaceRegistration | Operation::AdminGet) {
            continue;
        }
        let server = answering(operation, 200, JSON, nothing.to_string());
        let error = refusal(operation, &server).await;
        let is_no_answer = matches!(error, Error::UnexpectedAnswer(_) | Error::IssuerMismatch { .. });
        assert!(is_no_answer, "{operation:?}: {error}");
    }
}

#[tokio::test]
async fn deep_nesting_is_not_followed() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let depth = 100_000;
        let nested = format!("{}null{}", open.repeat(depth), close.repeat(depth));
        for operation in readers() {
            for body in [nested.clone(), format!("{{\"sub\":\"a\",\"access_token\":\"a\",\"x\":{nested}}}")] {
                let server = answering(operation, 200, JSON, body);
                let error = refusal(operation, &server).await;
                assert!(matches!(error, Error::UnexpectedAnswer(_)), "{operation:?}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn numbers_beyond_all_bounds_are_no_answer_or_no_matter() {
    for number in
        ["1e400", "-1e400", "99999999999999999999999999999999", "1e-400", "0.1e-300", "-0", "9223372036854775808"]
    {
        let body =
            format!("{{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":{number},\"x\":{number}}}");
        let server = answering(Operation::Refresh, 200, JSON, body);
        let outcome = Operation::Refresh.run(&server.url).await;
        assert!(matches!(outcome, Ok(()) | Err(Error::UnexpectedAnswer(_))), "{number}: {outcome:?}");
        let body = format!("{{\"sub\":\"a\",\"updated_at\":{number},\"address\":{number}}}");
        let server = answering(Operation::UserInfo, 200, JSON, body);
        let outcome = Operation::UserInfo.run(&server.url).await;
        assert!(matches!(outcome, Ok(()) | Err(Error::UnexpectedAnswer(_))), "{number}: {outcome:?}");
    }
}

/// RFC 8259 §4: what a name that comes twice means nobody can say, so at least nothing is compared that is not used then.
#[tokio::test]
async fn a_member_that_comes_twice_deceives_nobody() {
    let server = Server::start(|_, url| {
        let body =
            format!("{{\"issuer\":\"{url}\",\"token_endpoint\":\"{url}/token\",\"issuer\":\"https://evil.example\"}}");
        answer(200, JSON, &body)
    });
    let error = Operation::Discovery.run(&server.url).await.unwrap_err();
    assert!(matches!(error, Error::IssuerMismatch { .. } | Error::UnexpectedAnswer(_)), "{error}");
    let server = answering(Operation::UserInfo, 200, JSON, "{\"sub\":\"ada\",\"sub\":\"\"}");
    let error = refusal(Operation::UserInfo, &server).await;
    assert!(matches!(error, Error::UnexpectedAnswer(_)), "{error}");
}

#[tokio::test]
async fn a_refusal_is_told_by_its_status_whatever_stands_in_it() {
    for operation in Operation::ALL {
        for status in [300, 400, 401, 403, 404, 418, 429, 500, 503, 599, 999] {
            for body in
                ["", "<html>hush</html>", "null", "[]", "{\"error\":7}", "{\"error\":null}", "{\"error\":{\"a\":1}}"]
            {
                let server = answering(operation, status, "www-authenticate: Bearer error=\"\r\n", body);
                let error = refusal(operation, &server).await;
                assert_eq!(error.status(), Some(status), "{operation:?}: {body}: {error}");
                assert_eq!(error.code(), None, "{operation:?}: {body}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_keeps_its_code_and_description() {
    for operation in Operation::ALL {
        let body = json!({ "error": "invalid_request", "error_description": "No.", "error_uri": 7, "x": [] });
        let server = answering(operation, 400, JSON, body.to_string());
        let error = refusal(operation, &server).await;
        assert_eq!((error.code(), error.description()), (Some("invalid_request"), Some("No.")), "{operation:?}");
    }
}

#[tokio::test]
async fn nothing_is_enough_only_for_what_needs_nothing() {
    for operation in Operation::ALL {
        for status in [200, 201, 202, 204] {
            let server = answering(operation, status, "", "");
            let outcome = operation.run(&server.url).await;
            if operation.needs_no_body() {
                assert!(outcome.is_ok(), "{operation:?}: {outcome:?}");
            } else {
                assert!(matches!(outcome, Err(Error::UnexpectedAnswer(_))), "{operation:?}: {outcome:?}");
            }
        }
    }
}
