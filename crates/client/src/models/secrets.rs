//! `Debug` of models that carry secrets: what is there, and of the secrets only that they are.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// Members that are secret wherever they are text: credentials, tokens, and the private members of keys (RFC 7518 §6).
const SECRET: [&str; 14] = [
    "access_token",
    "client_secret",
    "d",
    "device_code",
    "dp",
    "dq",
    "id_token",
    "k",
    "p",
    "q",
    "qi",
    "refresh_token",
    "registration_access_token",
    "user_code",
];

/// Implements `Debug` for a model, without its secrets.
macro_rules! without_secrets {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                crate::models::secrets::show(formatter, stringify!($name), self)
            }
        }
    };
}

pub(super) use without_secrets;

/// Shows the members that are there as they would be sent.
pub(super) fn show<T: Serialize>(formatter: &mut fmt::Formatter<'_>, name: &str, model: &T) -> fmt::Result {
    let mut members = serde_json::to_value(model).unwrap_or_default();
    hide(&mut members);
    let mut shown = formatter.debug_struct(name);
    for (name, value) in members.as_object().into_iter().flatten() {
        shown.field(name, value);
    }
    shown.finish()
}

fn hide(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if value.is_string() && SECRET.contains(&name.as_str()) {
                    *value = "[secret]".into();
                }
                hide(value);
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(hide),
        _ => {}
    }
}
