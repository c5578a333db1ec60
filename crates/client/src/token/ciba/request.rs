//! What is asked of whom (`OpenID` Connect CIBA §7.1).

use symbolon_jose::{Rng, Secret};

use crate::error::Error;
use crate::token::parameters::{Parameters, common_setters};
use crate::token::{Form, IdToken, form};
use crate::wire::{AccessToken, Scope};

/// How long the token is with which the provider proves itself, in bytes: 256 bits (§7.1 demands 128, advises 160).
const NOTIFICATION_TOKEN_BYTES: usize = 32;

/// Who is asked, and what. `Debug` shows no hint.
///
/// ```
/// use symbolon_client::BackchannelAuthenticationRequest;
///
/// let request = BackchannelAuthenticationRequest::for_login_hint("+1 555 0100")
///     .scope("openid payments")
///     .binding_message("K7-Q2")
///     .requested_expiry_seconds(120);
/// ```
#[derive(Debug, Clone)]
pub struct BackchannelAuthenticationRequest {
    hint: (&'static str, Secret<String>),
    delivery: Delivery,
    user_code: Option<Secret<String>>,
    parameters: Parameters,
}

/// How the client learns of the answer (§5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivery {
    Poll,
    Notified,
}

/// A request, ready to be sent.
pub(super) struct Prepared {
    pub(super) form: Form,
    pub(super) scope: Scope,
    pub(super) notification_token: Option<AccessToken>,
}

impl BackchannelAuthenticationRequest {
    /// Whom the provider knows under this name, address or number.
    pub fn for_login_hint(hint: impl Into<String>) -> Self {
        Self::with("login_hint", hint.into())
    }

    /// Whom this token is about, in a form that was agreed on with the provider.
    pub fn for_login_hint_token(token: impl Into<String>) -> Self {
        Self::with("login_hint_token", token.into())
    }

    /// Who logged in before.
    pub fn for_id_token(id_token: &IdToken) -> Self {
        Self::with("id_token_hint", id_token.raw.expose().clone())
    }

    /// Exactly one hint is sent (§7.1).
    fn with(name: &'static str, hint: String) -> Self {
        let mut parameters = Parameters::default();
        parameters.set_scope("openid".to_owned());
        Self { hint: (name, Secret::new(hint)), delivery: Delivery::Poll, user_code: None, parameters }
    }

    /// Shown on both devices, so that the user sees that they belong together: short, and without anything secret.
    #[must_use]
    pub fn binding_message(mut self, message: impl Into<String>) -> Self {
        self.parameters.set("binding_message", message.into());
        self
    }

    /// A secret that the user told the client, such as a PIN, so that not everybody can have them asked.
    #[must_use]
    pub fn user_code(mut self, code: impl Into<String>) -> Self {
        self.user_code = Some(Secret::new(code.into()));
        self
    }

    /// How long the user may take; the provider may allow less.
    #[must_use]
    pub fn requested_expiry_seconds(mut self, seconds: u32) -> Self {
        self.parameters.set("requested_expiry", seconds.to_string());
        self
    }

    /// The authentication contexts that are wished for, separated by spaces, the best first. Whether one was reached is
    /// told by `acr` of the ID token.
    #[must_use]
    pub fn acr_values(mut self, values: impl Into<String>) -> Self {
        self.parameters.set("acr_values", values.into());
        self
    }

    /// For a client that is registered for `ping` or `push`: a token is made with which the provider proves itself at the
    /// notification endpoint. [`BackchannelNotification`](crate::BackchannelNotification) says what happens there.
    #[must_use]
    pub fn notified(mut self) -> Self {
        self.delivery = Delivery::Notified;
        self
    }

    common_setters!();

    pub(super) fn prepare(&self, rng: &Rng) -> Result<Prepared, Error> {
        let mut form = form([(self.hint.0, self.hint.1.expose().clone())]);
        if self.hint.1.expose().is_empty() {
            return Err(Error::Argument(format!("the '{}' is empty", self.hint.0)));
        }
        form.extend(self.user_code.iter().map(|code| ("user_code".into(), code.expose().clone())));
        let notified = self.delivery == Delivery::Notified;
        let notification_token = notified.then(|| AccessToken::from(rng.token(NOTIFICATION_TOKEN_BYTES)));
        let token = notification_token.iter();
        form.extend(token.map(|token| ("client_notification_token".into(), token.as_str().to_owned())));
        let scope = self.parameters.append_to(&mut form)?;
        // §7.1: else it is no request of OpenID Connect, and no ID token would say who answered.
        if !scope.contains("openid") {
            return Err(Error::Argument("the scope of such a request must have 'openid'".to_owned()));
        }
        Ok(Prepared { form, scope, notification_token })
    }
}
