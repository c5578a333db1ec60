//! Challenges: how a login or consent page, built in or headless, answers for a user. A login challenge is a sealed
//! request and costs nothing; from the login page's accept on a `flow` row carries the stage and the results, and
//! verifiers and the consent challenge are handles to it. The built-in pages and the admin API call the same functions
//! here. What the browser does with a verifier is in `authorization::resume`.

pub mod consent;
pub mod device;
pub mod flow;
pub mod login;

use symbolon_types::{FlowId, OidcContext, RedirectTo};

use crate::authorization::RawRequest;
use crate::authorization::validate::ValidRequest;
use crate::context::Context;
use crate::error::{ApiError, OAuthError};

/// Why a challenge cannot be answered.
#[derive(Debug)]
pub enum ChallengeFault {
    /// It was answered and used before: 410 with the address where the flow can be started again.
    Handled(RedirectTo),
    /// Anything else.
    Api(ApiError),
}

impl<E: Into<ApiError>> From<E> for ChallengeFault {
    fn from(error: E) -> Self {
        Self::Api(error.into())
    }
}

/// The endpoint of a request.
fn endpoint(context: &Context, raw: &RawRequest) -> String {
    if raw.device().is_some() { context.config.verification_uri() } else { context.config.authorization_url() }
}

/// The address that starts the request again.
pub(crate) fn request_url(context: &Context, raw: &RawRequest) -> String {
    format!("{}?{}", endpoint(context, raw), raw.shown())
}

/// The redirect URI of a request that was validated before: what it named, or the only registered one. `None` for a
/// device's.
pub(crate) fn flow_redirect_uri(
    context: &Context,
    request_url: &str,
    client: &symbolon_types::Client,
) -> Option<String> {
    let (endpoint, query) = request_url.split_once('?').unwrap_or((request_url, ""));
    if endpoint == context.config.verification_uri() {
        return None;
    }
    let named =
        form_urlencoded::parse(query.as_bytes()).find(|(name, value)| name == "redirect_uri" && !value.is_empty());
    Some(
        named
            .map_or_else(|| client.redirect_uris.first().cloned().unwrap_or_default(), |(_, value)| value.into_owned()),
    )
}

/// The address that takes the flow on: the request's parameters, sorted as Hydra sorts them, and the verifier.
pub(crate) fn continue_url(context: &Context, raw: &RawRequest, name: &'static str, verifier: &str) -> String {
    continue_with(context, raw, &[(name, verifier)])
}

fn continue_with(context: &Context, raw: &RawRequest, added: &[(&str, &str)]) -> String {
    let mut pairs: Vec<(String, String)> = form_urlencoded::parse(raw.shown().as_bytes()).into_owned().collect();
    pairs.extend(added.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    symbolon_types::redirect_uri::append_query(&endpoint(context, raw), &pairs)
}

/// The address that starts a request again with a real login, whatever session there is. A device's request leads
/// through the verifier of its user code once more, in the browser that is in this flow.
pub(crate) fn login_again_url(context: &Context, raw: &RawRequest, flow: FlowId) -> String {
    let raw = raw.without("prompt");
    let Some(device) = raw.device() else { return continue_with(context, &raw, &[("prompt", "login")]) };
    let verifier = device::DeviceVerifier { device, browser: flow }.seal(context);
    continue_with(context, &raw, &[("prompt", "login"), ("device_verifier", &verifier)])
}

/// The parts of a request that pages are told in `oidc_context`; none of a device's, as in Hydra.
pub(crate) fn oidc_context(request: &ValidRequest) -> Option<OidcContext> {
    request.reply.address()?;
    let list = |name: &str| -> Vec<String> {
        request.params.get(name).map(|value| value.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
    };
    let text = |name: &str| request.params.get(name).map(str::to_owned);
    // OpenID Connect Dynamic Client Registration §2: the client's own count where the request has none.
    let acr_values = match list("acr_values") {
        asked if asked.is_empty() => request.client.parsed.metadata.default_acr_values.clone(),
        asked => asked,
    };
    Some(OidcContext {
        acr_values,
        ui_locales: list("ui_locales"),
        display: text("display").unwrap_or_default(),
        id_token_hint_claims: request.id_token_hint.as_ref().map(|hint| hint.claims().clone()).unwrap_or_default(),
        login_hint: text("login_hint").unwrap_or_default(),
    })
}

/// A request inside a challenge was valid when it was sealed; if its client changed since, the page is told.
pub(crate) async fn revalidate(context: &Context, raw: &RawRequest) -> Result<ValidRequest, ApiError> {
    use crate::authorization::validate::{Refusal, validate};
    validate(context, raw).await.map_err(|refusal| match refusal {
        Refusal::Page(error) => error.into(),
        Refusal::Redirect(redirect) => redirect.error.into(),
    })
}

/// 401 once the flow is older than `ttl.login_consent_request`.
pub(crate) fn check_time(context: &Context, id: FlowId, step: &str) -> Result<(), ApiError> {
    if flow::expired(context, id) {
        return Err(OAuthError::new(
            symbolon_types::ErrorCode::RequestUnauthorized,
            format!("The {step} request has expired, please start again."),
        )
        .into());
    }
    Ok(())
}
