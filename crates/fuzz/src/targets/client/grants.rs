//! Answers of the grants without a browser of the program's own, and what is said about a token.

use symbolon_client::{
    BackchannelAuthenticationRequest, DeviceAuthorizationRequest, TokenExchangeRequest, Url, token_type,
};

use super::{Answering, check_error, client, run, whole_answer};
use crate::Target;

/// What the introspection endpoint says (RFC 7662 §2.2), plain or signed (RFC 9701).
pub const INTROSPECTION_ANSWER: Target = Target {
    name: "introspection_answer",
    run: check_introspection_answer,
    seeds: &[
        r#"{"active":true,"scope":"a b","client_id":"app","sub":"ada","exp":1800000900,"aud":["x"],"cnf":{"jkt":"y"}}"#,
        r#"{"active":"true","exp":"soon","scope":["a"],"aud":7}"#,
        "200\ncontent-type: application/token-introspection+jwt\n\neyJhbGciOiJub25lIn0.eyJhY3RpdmUiOnRydWV9.",
    ],
};
/// The start of a device flow (RFC 8628 §3.2).
pub const DEVICE_ANSWER: Target = Target {
    name: "device_answer",
    run: check_device_answer,
    seeds: &[
        r#"{"device_code":"d","user_code":"WDJB-MJHT","verification_uri":"https://as.example/device","verification_uri_complete":"https://as.example/device?user_code=WDJB-MJHT","expires_in":1800,"interval":5}"#,
        r#"{"device_code":"d","user_code":"\u001b[2J","verification_url":"javascript:alert(1)","expires_in":"-1","interval":1e300}"#,
    ],
};
/// The start of a request on another device (`OpenID` Connect CIBA §7.3).
pub const BACKCHANNEL_ANSWER: Target = Target {
    name: "backchannel_answer",
    run: check_backchannel_answer,
    seeds: &[
        r#"{"auth_req_id":"1c266114-a1be-4252-8ad1-04986c5b9ac1","expires_in":120,"interval":2}"#,
        r#"{"auth_req_id":"","expires_in":9223372036854775807,"interval":-1}"#,
    ],
};
/// What an exchange of tokens gives (RFC 8693 §2.2.1).
pub const EXCHANGE_ANSWER: Target = Target {
    name: "exchange_answer",
    run: check_exchange_answer,
    seeds: &[
        r#"{"access_token":"t","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":60}"#,
        r#"{"access_token":"t","issued_token_type":"urn:ietf:params:oauth:token-type:jwt","token_type":"N_A","scope":[]}"#,
    ],
};

fn check_introspection_answer(bytes: &[u8]) {
    let answering = Answering::hostile_at("/introspect", whole_answer(bytes));
    let Some(client) = client(&answering) else { return };
    for outcome in [run(client.introspect("t", None)), run(client.introspect_signed("t", None))].into_iter().flatten() {
        match outcome {
            Ok(told) if !told.active => {
                assert!(told.scope.is_empty() && told.subject.is_none() && told.extra.is_empty(), "it says more");
            }
            Ok(_) => {}
            Err(error) => check_error(&error),
        }
    }
    if let Some(outcome) = run(client.introspect_signed("t", None)) {
        assert!(outcome.is_err(), "nobody signed it");
    }
}

fn check_device_answer(bytes: &[u8]) {
    let answering = Answering::hostile_at("/device", whole_answer(bytes));
    let Some(client) = client(&answering) else { return };
    match run(client.authorize_device(&DeviceAuthorizationRequest::new("openid"))) {
        Some(Ok(mut device)) => {
            let shown = format!("{}{}", device.user_code, device.verification_uri);
            assert!(!shown.contains(char::is_control), "{shown:?}");
            let scheme = Url::parse(&device.verification_uri).map(|url| url.scheme().to_owned());
            assert!(matches!(scheme.as_deref(), Ok("http" | "https")), "{}", device.verification_uri);
            assert!(device.interval_seconds() > 0, "the server would be asked without a pause");
            let _ = run(client.poll_device(&mut device));
            drop(serde_json::to_string(&device).expect("it can be kept"));
        }
        Some(Err(error)) => check_error(&error),
        None => {}
    }
}

fn check_backchannel_answer(bytes: &[u8]) {
    let answering = Answering::hostile_at("/backchannel", whole_answer(bytes));
    let Some(client) = client(&answering) else { return };
    match run(client.authenticate_backchannel(&BackchannelAuthenticationRequest::for_login_hint("ada"))) {
        Some(Ok(mut pending)) => {
            assert!(!pending.id().is_empty());
            assert!(pending.interval_seconds() > 0, "the server would be asked without a pause");
            let _ = run(client.poll_backchannel(&mut pending));
        }
        Some(Err(error)) => check_error(&error),
        None => {}
    }
}

fn check_exchange_answer(bytes: &[u8]) {
    let answering = Answering::hostile_at("/token", whole_answer(bytes));
    let Some(client) = client(&answering) else { return };
    match run(client.exchange_token(&TokenExchangeRequest::new("t", token_type::ACCESS_TOKEN))) {
        Some(Ok(exchanged)) => {
            assert!(!exchanged.token.expose().is_empty() && !exchanged.issued_token_type.is_empty());
            assert!(exchanged.id_token.is_none(), "nobody signed it");
            if let Ok(tokens) = exchanged.into_token_set() {
                assert!(tokens.token_type.eq_ignore_ascii_case("bearer"), "{}", tokens.token_type);
            }
        }
        Some(Err(error)) => check_error(&error),
        None => {}
    }
}
