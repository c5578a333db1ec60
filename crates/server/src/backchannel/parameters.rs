//! The parameters that only this endpoint has (OpenID Connect CIBA §7.1): what is shown at both ends, how long the client
//! waits, and by what it recognises a ping. Known parameters that are not supported are refused, as each asks for something.

use symbolon_types::{ErrorCode, TokenDeliveryMode};

use super::Demands;
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::error::OAuthError;
use crate::params::Params;

/// Longest text that two screens show side by side, in characters.
const LONGEST_MESSAGE: usize = 64;
/// Longest `client_notification_token`, in bytes (§7.1).
const LONGEST_TOKEN: usize = 1_024;
/// Parameters of other requests that ask for something which this one cannot keep.
const UNSUPPORTED: [&str; 6] =
    ["user_code", "request_uri", "code_challenge", "code_challenge_method", "prompt", "redirect_uri"];

/// What was asked beyond the scope.
pub(super) struct Asked {
    /// Until the request ends, in seconds.
    pub(super) expires_in: i64,
    /// What the server shows to the client when there is an answer; only where it is told of one.
    pub(super) notification_token: Option<String>,
}

impl Asked {
    pub(super) fn read(
        context: &Context,
        client: &RegisteredClient,
        params: &Params,
        demands: Demands,
    ) -> Result<Self, OAuthError> {
        if let Some(name) = UNSUPPORTED.into_iter().find(|name| params.get(name).is_some()) {
            return Err(OAuthError::invalid_request(format!("Parameter '{name}' is not supported here.")));
        }
        check_message(params.get("binding_message"), demands)?;
        Ok(Self {
            expires_in: expires_in(context, params.get("requested_expiry"))?,
            notification_token: notification_token(client, params)?,
        })
    }
}

/// §7.1: short and plain, as a person compares it on two screens. FAPI-CIBA §5.2.2 wants one in every request, because
/// nothing else tells two requests apart.
fn check_message(message: Option<&str>, demands: Demands) -> Result<(), OAuthError> {
    let refused = |hint: String| Err(OAuthError::new(ErrorCode::InvalidBindingMessage, hint));
    match message {
        None if demands == Demands::Fapi => {
            Err(OAuthError::invalid_request("Parameter 'binding_message' is required."))
        }
        Some(message) if message.chars().count() > LONGEST_MESSAGE => {
            refused(format!("It may have {LONGEST_MESSAGE} characters."))
        }
        Some(message) if message.trim().is_empty() || message.contains(is_unseen) => {
            refused("It has characters that nobody sees.".to_owned())
        }
        None | Some(_) => Ok(()),
    }
}

/// Characters that change how others look, or that look like nothing: with them, two messages that look alike differ.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// §7.1: a positive number of seconds, which the answer need not keep to.
fn expires_in(context: &Context, requested: Option<&str>) -> Result<i64, OAuthError> {
    let settings = &context.config.symbolon.ciba;
    let longest = settings.longest_lifetime_seconds;
    let Some(text) = requested else { return Ok(settings.lifetime_seconds.min(longest)) };
    let seconds = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match seconds.map(|text| text.parse::<u64>().unwrap_or(u64::MAX)) {
        None | Some(0) => Err(OAuthError::invalid_request("Parameter 'requested_expiry' must be a number of seconds.")),
        Some(seconds) => Ok(i64::try_from(seconds).unwrap_or(i64::MAX).min(longest)),
    }
}

/// §7.1: required for pings, and a token as the header `Authorization` takes it (RFC 6750 §2.1).
fn notification_token(client: &RegisteredClient, params: &Params) -> Result<Option<String>, OAuthError> {
    const NAME: &str = "client_notification_token";
    if client.metadata().token_delivery_mode() == TokenDeliveryMode::Poll {
        return Ok(None);
    }
    let token = params.require(NAME)?;
    let letters = token.trim_end_matches('=');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/');
    if token.len() > LONGEST_TOKEN || letters.is_empty() || !letters.bytes().all(plain) {
        return Err(OAuthError::invalid_request(format!(
            "Parameter '{NAME}' must be a Bearer token of {LONGEST_TOKEN} characters at most."
        )));
    }
    Ok(Some(token.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_short_and_seen() {
        for good in ["1234", "K7-Q2", "Z\u{fc}rich \u{2192} 40 \u{20ac}", &"x".repeat(64), "\u{1f9a9}"] {
            assert!(check_message(Some(good), Demands::Fapi).is_ok(), "{good}");
        }
        for bad in [" ", &"x".repeat(65), "12\u{200b}34", "\u{202e}4321", "a\u{0}b", "\u{feff}", "a\u{e0041}"] {
            assert!(check_message(Some(bad), Demands::Core).is_err(), "{bad:?}");
        }
        assert!(check_message(None, Demands::Core).is_ok() && check_message(None, Demands::Fapi).is_err());
    }
}
