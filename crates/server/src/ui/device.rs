//! The pages where a person enters the code of a device, sees whose device it is, and agrees to go on (RFC 8628 §3.3).
//! A code in the address is only filled in: it takes two buttons, so that a link cannot connect somebody else's device.
//! The forms are bound to the cookie of the challenge.

use http::StatusCode;

use super::login::client_view;
use super::view::{DeviceCodeError, DeviceConfirmPage, DevicePage, Frame, NoticePage};
use super::{fault, page, texts};
use crate::challenge::ChallengeFault;
use crate::clients::RegisteredClient;
use crate::config::BuiltInPage;
use crate::context::Context;
use crate::cookies;
use crate::device::challenge::{self, CodeFault, DeviceChallenge};
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::params::Params;

/// `GET /oauth2/fallbacks/device`.
pub async fn device(context: &Context, request: Request) -> Answer {
    if !context.config.symbolon.ui.enabled {
        return super::home::not_configured(context, &request, "urls.device.verification");
    }
    let Some(sealed) = request.query_parameter("device_challenge") else {
        return super::home::home(context, request).await;
    };
    match open(context, &request, &sealed) {
        Ok(_) => {
            let user_code = request.query_parameter("user_code").unwrap_or_default();
            ask(context, &request, EnteredCode { sealed: &sealed, user_code: &user_code }, None)
        }
        Err(problem) => fault(context, &request, &problem),
    }
}

/// `GET /oauth2/fallbacks/device/done`.
pub async fn device_done(context: &Context, request: Request) -> Answer {
    if !context.config.symbolon.ui.enabled {
        return super::home::not_configured(context, &request, "urls.device.success");
    }
    let texts = texts(context, &request, &[]);
    let frame = Frame::new(&context.theme, &texts);
    page(context, StatusCode::OK, NoticePage::device_done(frame).render(), &[])
}

/// `POST /oauth2/fallbacks/device`.
pub async fn submit_device(context: &Context, request: Request) -> Answer {
    if !context.config.symbolon.ui.enabled {
        return super::home::not_configured(context, &request, "urls.device.verification");
    }
    match submit(context, &request).await {
        Ok(answer) => answer,
        Err(problem) => fault(context, &request, &problem),
    }
}

/// What the form of the device page sends.
#[derive(Clone, Copy)]
struct EnteredCode<'a> {
    sealed: &'a str,
    user_code: &'a str,
}

fn open(context: &Context, request: &Request, sealed: &str) -> Result<DeviceChallenge, ChallengeFault> {
    let opened = DeviceChallenge::open(context, sealed)?;
    cookies::same_device(context, request, opened.browser)?;
    Ok(opened)
}

async fn submit(context: &Context, request: &Request) -> Result<Answer, ChallengeFault> {
    let params = Params::parse(&request.body)?;
    let sealed = params.require("device_challenge")?;
    let opened = open(context, request, sealed)?;
    let entered = EnteredCode { sealed, user_code: params.get("user_code").unwrap_or_default() };
    let outcome = match params.get("action") {
        Some("continue") => challenge::describe(context, opened, entered.user_code)
            .await
            .map(|client| confirm(context, request, entered, &client)),
        Some("accept") => challenge::accept(context, opened, entered.user_code)
            .await
            .map(|next| exchange::redirect(StatusCode::SEE_OTHER, &next.redirect_to)),
        Some("reject") => {
            challenge::reject(context, opened, entered.user_code).await.map(|()| denied(context, request))
        }
        _ => {
            let hint = "Parameter 'action' must be 'continue', 'accept' or 'reject'.";
            return Err(OAuthError::invalid_request(hint).into());
        }
    };
    outcome.or_else(|problem| match problem {
        CodeFault::Unknown => Ok(ask(context, request, entered, Some(DeviceCodeError::Wrong))),
        CodeFault::TooMany(seconds) => {
            let seconds = u64::try_from(seconds).unwrap_or(1);
            Ok(ask(context, request, entered, Some(DeviceCodeError::Throttled { seconds })))
        }
        CodeFault::Api(error) => Err(error.into()),
    })
}

fn action(context: &Context) -> String {
    format!("{}{}", context.theme.base_path, BuiltInPage::DeviceVerification.path())
}

fn ask(context: &Context, request: &Request, entered: EnteredCode<'_>, error: Option<DeviceCodeError>) -> Answer {
    let texts = texts(context, request, &[]);
    let html = DevicePage {
        frame: Frame::new(&context.theme, &texts),
        action: &action(context),
        challenge: entered.sealed,
        user_code: entered.user_code,
        error,
    }
    .render();
    let status = match error {
        None => StatusCode::OK,
        Some(DeviceCodeError::Wrong) => StatusCode::BAD_REQUEST,
        Some(DeviceCodeError::Throttled { .. }) => StatusCode::TOO_MANY_REQUESTS,
    };
    let answer = page(context, status, html, &[]);
    match error {
        Some(DeviceCodeError::Throttled { seconds }) => exchange::after(answer, seconds),
        _ => answer,
    }
}

fn confirm(context: &Context, request: &Request, entered: EnteredCode<'_>, client: &RegisteredClient) -> Answer {
    let texts = texts(context, request, &[]);
    let html = DeviceConfirmPage {
        frame: Frame::new(&context.theme, &texts),
        client: client_view(client, "", &texts.language),
        action: &action(context),
        challenge: entered.sealed,
        user_code: entered.user_code,
    }
    .render();
    // The form leads to the login page, which may be somebody else's.
    page(context, StatusCode::OK, html, &[&context.config.login_url()])
}

fn denied(context: &Context, request: &Request) -> Answer {
    let texts = texts(context, request, &[]);
    let frame = Frame::new(&context.theme, &texts);
    page(context, StatusCode::OK, NoticePage::device_denied(frame).render(), &[])
}
