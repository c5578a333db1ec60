//! Addresses that lead back into a request: where it can be started again, and where a browser goes on with a verifier.
//! They show what a browser sent, never what a device asked for.

use std::borrow::Cow;

use symbolon_types::redirect_uri::append_query;
use symbolon_types::{BrowserId, DeviceId, FlowId, OidcContext};

use super::{Asker, EffectiveRequest, Source};
use crate::clients::RegisteredClient;
use crate::context::Context;
use crate::seal::kinds;

/// What stands for the user code once it was entered: it is no use to anybody who reads an address.
pub const MASKED: &str = "****";

/// A device verifier, opened: a user code was entered in a browser.
#[derive(Clone, Copy, Debug)]
pub struct DeviceVerifier {
    /// The device authorization.
    pub device: DeviceId,
    /// The browser: of the challenge, or in the flow that starts again.
    pub browser: BrowserId,
}

impl DeviceVerifier {
    /// The sealed text that the browser carries in an address.
    pub fn seal(&self, context: &Context) -> String {
        let ids = [*self.device.as_bytes(), *self.browser.as_bytes()].concat();
        context.seal.seal(kinds::DEVICE_VERIFIER, &ids)
    }

    /// Opens a verifier; anything else is `None`.
    pub fn open(context: &Context, sealed: &str) -> Option<Self> {
        let bytes = context.seal.open(kinds::DEVICE_VERIFIER, sealed)?;
        let (device, browser) = bytes.split_first_chunk::<16>()?;
        let browser: [u8; 16] = browser.try_into().ok()?;
        Some(Self { device: DeviceId::from(*device), browser: BrowserId::from(browser) })
    }
}

impl EffectiveRequest {
    fn endpoint(&self, context: &Context) -> String {
        match self.asker {
            Asker::Browser => context.config.authorization_url(),
            Asker::Device(_) => context.config.verification_uri(),
            Asker::Backchannel(_) => context.config.backchannel_authentication_url(),
        }
    }

    /// The parameters as addresses show them. Of a pushed request nobody has seen any: what stands for it leads back as
    /// long as its flow may take.
    fn shown(&self, context: &Context) -> Cow<'_, str> {
        if let Some(id) = self.pushed {
            return Cow::Owned(super::pushed::address_of(context, self, id));
        }
        let (form, query) = (self.parameters.text_of(Source::Form), self.parameters.text_of(Source::Query));
        match self.asker {
            Asker::Device(_) | Asker::Backchannel(_) => Cow::Borrowed(query),
            Asker::Browser if form.is_empty() => Cow::Borrowed(query),
            Asker::Browser if query.is_empty() => Cow::Borrowed(form),
            Asker::Browser => Cow::Owned(format!("{form}&{query}")),
        }
    }

    /// The address that starts the request again.
    pub fn url(&self, context: &Context) -> String {
        format!("{}?{}", self.endpoint(context), self.shown(context))
    }

    /// The address that takes the flow on: the request's parameters, sorted as Hydra sorts them, and the verifier.
    pub fn continue_url(&self, context: &Context, name: &'static str, verifier: &str) -> String {
        self.with(context, &[], &[(name, verifier)])
    }

    /// The address that starts a browser's request again with a real login, for another account.
    pub fn other_account_url(&self, context: &Context) -> String {
        self.with(context, &["prompt"], &[("prompt", "login")])
    }

    /// The address that starts the request again with a real login, whatever session there is. A device's request leads
    /// through the verifier of its user code once more, in the browser that is in this flow.
    pub fn login_again_url(&self, context: &Context, flow: FlowId) -> String {
        let Asker::Device(device) = self.asker else {
            return self.other_account_url(context);
        };
        let verifier = DeviceVerifier { device, browser: BrowserId::from(*flow.as_bytes()) }.seal(context);
        self.with(context, &["prompt"], &[("prompt", "login"), ("device_verifier", &verifier)])
    }

    fn with(&self, context: &Context, left_out: &[&str], added: &[(&str, &str)]) -> String {
        let shown = self.shown(context);
        let mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> =
            form_urlencoded::parse(shown.as_bytes()).filter(|(name, _)| !left_out.contains(&name.as_ref())).collect();
        pairs.extend(added.iter().map(|(name, value)| (Cow::Borrowed(*name), Cow::Borrowed(*value))));
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (key.as_ref(), value.as_ref())).collect();
        append_query(&self.endpoint(context), &pairs)
    }

    /// What pages are told in `oidc_context`; nothing of a device's request, as in Hydra, unless the device says what the
    /// login must be.
    pub fn oidc_context(&self, client: &RegisteredClient) -> Option<OidcContext> {
        if self.reply.address().is_none() && !self.device_speaks_of_login() {
            return None;
        }
        let text = |name: &str| self.parameters.get(name).map(str::to_owned).unwrap_or_default();
        // OpenID Connect Dynamic Client Registration §2: the client's own count where the request has none.
        let acr_values = match self.parameters.words("acr_values") {
            asked if asked.is_empty() => client.metadata().default_acr_values.clone(),
            asked => asked,
        };
        Some(OidcContext {
            acr_values,
            ui_locales: self.parameters.words("ui_locales"),
            display: text("display"),
            id_token_hint_claims: self.id_token_hint().map(|hint| hint.claims().clone()).unwrap_or_default(),
            login_hint: text("login_hint"),
            claims_locales: self.parameters.words("claims_locales"),
            claims: self.claims.to_object(),
        })
    }

    /// Hydra keeps none of these of a device. They are in the body of its request; what the person's address adds is not.
    fn device_speaks_of_login(&self) -> bool {
        let posted = form_urlencoded::parse(self.parameters.text_of(Source::Form).as_bytes());
        posted.into_iter().any(|(name, _)| ["acr_values", "claims", "id_token_hint"].contains(&name.as_ref()))
    }
}
