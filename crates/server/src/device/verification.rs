//! The verification URI (RFC 8628 §3.3): where a person goes who was shown a user code. First the browser is sent to the
//! page that takes the code; with the verifier of that page the ordinary login and consent begin, for what the device
//! asked for; their verifiers come back here, too. No error leaves for a client: the person sees a page, and the device
//! learns of a refusal at its next poll.

use http::{Method, StatusCode};
use symbolon_types::redirect_uri::append_query;
use symbolon_types::{BrowserId, DeviceId, ErrorCode, FlowId};

use super::authorization::asked_for;
use super::challenge::{DeviceChallenge, waits};
use crate::authorization::after_consent::{after_consent, device_expired};
use crate::authorization::after_login::after_login;
use crate::authorization::refuse::refuse;
use crate::authorization::return_visit::ReturnVisit;
use crate::authorization::{self, Endpoint, Visit};
use crate::challenge::flow;
use crate::context::Context;
use crate::cookies::{self, Lifetime, NewCookie};
use crate::error::OAuthError;
use crate::error_page;
use crate::exchange::{self, Answer, Request};
use crate::identifiers;
use crate::request::{Asker, DeviceVerifier, EffectiveRequest, MASKED, Parameters, Refusal, Source};
use crate::seal::kinds;

/// Parameters of the login page that the address may add to what the device asked for.
const ADDED: [&str; 8] =
    ["acr_values", "display", "id_token_hint", "identity_schema", "login_hint", "max_age", "prompt", "ui_locales"];

/// `GET /oauth2/device/verify`. A `HEAD` of a link checker is answered with nothing.
pub async fn verify(context: &Context, http: Request) -> Answer {
    if http.method == Method::HEAD {
        return exchange::empty(StatusCode::OK);
    }
    let (parameters, visit) = match authorization::read(&http) {
        Ok(read) => read,
        Err(error) => return error_page::show(context, &http, &error),
    };
    let returned = |verifier| ReturnVisit { parameters: &parameters, verifier, endpoint: Endpoint::DeviceVerification };
    let outcome = match (&visit, http.query_parameter("device_verifier")) {
        (Visit::Login(verifier), None) => after_login(context, &http, &returned(verifier)).await,
        (Visit::Consent(verifier), None) => after_consent(context, &http, &returned(verifier)).await,
        (Visit::Start, None) => Ok(ask_for_code(context, &http)),
        (Visit::Start, Some(verifier)) => log_in(context, &http, &verifier).await,
        (Visit::Login(_) | Visit::Consent(_), Some(_)) => {
            Err(Refusal::Page(OAuthError::invalid_request("The request has more than one verifier.")))
        }
    };
    match outcome {
        Ok(answer) => answer,
        Err(refusal) => refuse(context, &http, &refusal).await,
    }
}

/// Sends the browser to the page that takes the code. A browser that was here before keeps its challenge, so that
/// several tabs go on.
fn ask_for_code(context: &Context, http: &Request) -> Answer {
    let name = cookies::device_csrf_name(&context.config);
    let known: Option<BrowserId> = cookies::open(context, http, kinds::DEVICE_COOKIE, &name);
    let browser =
        known.filter(|id| !flow::expired(context, id.unix_seconds())).unwrap_or_else(|| identifiers::now(context));
    let challenge = DeviceChallenge { browser, address: http.address }.seal(context);
    let user_code = http.query_parameter("user_code").filter(|code| code != MASKED);
    let mut parameters = vec![("device_challenge", challenge.as_str())];
    parameters.extend(user_code.as_deref().map(|code| ("user_code", code)));
    let mut answer = exchange::found(&append_query(&context.config.device_verification_url(), &parameters));
    cookies::set(
        context,
        &mut answer,
        NewCookie {
            name,
            value: context.seal.seal_id(kinds::DEVICE_COOKIE, browser.as_bytes()),
            path: "/".to_owned(),
            lifetime: Lifetime::Seconds(context.config.ttl.login_consent_request),
        },
    );
    answer
}

/// A code was entered: from here on it is a login like any other. What the device asked for was validated then, and is
/// validated once more with what the address adds to it.
async fn log_in(context: &Context, http: &Request, verifier: &str) -> Result<Answer, Refusal> {
    let (device, parameters) = request(context, http, verifier).await.map_err(Refusal::Page)?;
    authorization::start(context, http, Asker::Device(device), parameters).await
}

async fn request(context: &Context, http: &Request, verifier: &str) -> Result<(DeviceId, Parameters), OAuthError> {
    let denied = |hint: &'static str| OAuthError::new(ErrorCode::AccessDenied, hint);
    let opened = DeviceVerifier::open(context, verifier)
        .ok_or_else(|| denied("The device verifier was not granted or is not valid."))?;
    if flow::expired(context, opened.browser.unix_seconds()) {
        return Err(OAuthError::new(ErrorCode::RequestUnauthorized, "The page has expired. Enter the code again."));
    }
    // In the browser of the challenge, or in that of the flow which starts again.
    cookies::same_device(context, http, opened.browser).or_else(|error| {
        cookies::same_login(context, http, FlowId::from(*opened.browser.as_bytes())).map_err(|_| error)
    })?;
    let row = context.store.device_authorization(opened.device).await?.ok_or_else(device_expired)?;
    if row.expires_at <= context.clock.now() {
        return Err(device_expired());
    }
    if !waits(&row, context.clock.now()) {
        return Err(denied("The code on the device was used before."));
    }
    if http.query_parameter("client_id").is_some_and(|named| named != row.client_id.as_str()) {
        return Err(OAuthError::new(ErrorCode::InvalidClient, "The 'client_id' is not the one of the device."));
    }
    Ok((opened.device, with_additions(&asked_for(context, &row)?, http)?))
}

/// What the device asked for, with what the address adds to it. Where both speak, the device does: whoever typed the code
/// may not ask for less than it wants.
fn with_additions(asked: &EffectiveRequest, http: &Request) -> Result<Parameters, OAuthError> {
    let posted = asked.parameters().text_of(Source::Form).to_owned();
    let added = |name: &str| ADDED.contains(&name) && asked.parameters().get(name).is_none();
    let mut shown = form_urlencoded::Serializer::new(asked.parameters().text_of(Source::Query).to_owned());
    shown.extend_pairs(form_urlencoded::parse(http.query.as_bytes()).filter(|(name, _)| added(name)));
    // Every character escaped, as Hydra writes it.
    Parameters::merge(posted, shown.finish() + "&user_code=%2A%2A%2A%2A")
}
