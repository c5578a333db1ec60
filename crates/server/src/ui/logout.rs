//! The built-in logout page. It asks, unless a client that the operator trusts (`skip_logout_consent`) showed its ID
//! token. Its form only works in the browser of the session that it ends, and only there the page names its person:
//! whoever has an ID token can open the page anywhere. Where the session is over, the page asks nothing and goes on to
//! where the logout would have led.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use symbolon_types::Subject;

use super::policy::front_channel_policy;
use super::view::{Frame, FrontChannelPage, LogoutPage, NoticePage};
use super::{fault, from_another_page, page, texts, with_headers};
use crate::accounts;
use crate::challenge::ChallengeFault;
use crate::config::BuiltInPage;
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::logout::channels::FrontChannel;
use crate::logout::request;
use crate::params::Params;
use crate::session;

/// `GET /oauth2/fallbacks/logout`.
pub async fn logout(context: &Context, http: Request) -> Answer {
    if !context.config.symbolon.ui.enabled {
        return super::home::not_configured(context, &http, "urls.logout");
    }
    let Some(challenge) = http.query_parameter("logout_challenge") else {
        return super::home::home(context, http).await;
    };
    match show(context, &http, &challenge).await {
        Ok(answer) => answer,
        Err(problem) => fault(context, &http, &problem),
    }
}

async fn show(context: &Context, http: &Request, sealed: &str) -> Result<Answer, ChallengeFault> {
    let opened = request::open(context, sealed)?;
    let described = request::describe(context, sealed).await?;
    let trusted = described.client.as_ref().is_some_and(|client| client.skip_logout_consent == Some(true));
    let own = opened.is_of(context, http);
    if session::by_id(context, opened.session).await?.is_none() {
        return Ok(exchange::found(&opened.then));
    }
    if described.rp_initiated && trusted && own {
        return Ok(exchange::found(&request::accept(context, sealed)?.redirect_to));
    }
    let name = if own { Some(name(context, &described.subject).await?) } else { None };
    let texts = texts(context, http, &opened.ui_locales);
    let html = LogoutPage {
        frame: Frame::new(&context.theme, &texts),
        action: &format!("{}{}", context.theme.base_path, BuiltInPage::Logout.path()),
        challenge: sealed,
        subject_name: name.as_deref(),
    }
    .render();
    Ok(page(context, StatusCode::OK, html, &[&opened.then]))
}

async fn name(context: &Context, subject: &Subject) -> Result<String, ChallengeFault> {
    let account = context.store.account(subject).await?;
    Ok(account.as_ref().map_or_else(|| subject.as_str().to_owned(), accounts::profile::display_name))
}

/// `POST /oauth2/fallbacks/logout`.
pub async fn submit_logout(context: &Context, http: Request) -> Answer {
    if !context.config.symbolon.ui.enabled {
        return super::home::not_configured(context, &http, "urls.logout");
    }
    match submit(context, &http).await {
        Ok(answer) => answer,
        Err(problem) => fault(context, &http, &problem),
    }
}

async fn submit(context: &Context, http: &Request) -> Result<Answer, ChallengeFault> {
    let params = Params::parse(&http.body)?;
    let sealed = params.require("logout_challenge")?;
    let challenge = request::open(context, sealed)?;
    let anywhere = challenge.rp_initiated && context.config.symbolon.compatibility.logout_in_any_browser;
    let own = challenge.is_of(context, http);
    let elsewhere = from_another_page(context, http);
    // Whoever goes back after the logout has lost the cookie with it. There is nothing left to end, and nobody to tell.
    if !elsewhere && session::by_id(context, challenge.session).await?.is_none() {
        return Ok(exchange::redirect(StatusCode::SEE_OTHER, &challenge.then));
    }
    if !(own || anywhere) || elsewhere {
        return Err(OAuthError::new(
            symbolon_types::ErrorCode::RequestForbidden,
            "This page belongs to another browser, or cookies are blocked.",
        )
        .into());
    }
    match params.get("action") {
        Some("accept") => {
            let next = if own { request::accept_here(context, challenge) } else { request::accept(context, sealed)? };
            Ok(exchange::redirect(StatusCode::SEE_OTHER, &next.redirect_to))
        }
        Some("reject") => {
            let texts = texts(context, http, &challenge.ui_locales);
            let frame = Frame::new(&context.theme, &texts);
            Ok(page(context, StatusCode::OK, NoticePage::still_signed_in(frame).render(), &[]))
        }
        _ => Err(OAuthError::invalid_request("Parameter 'action' must be 'accept' or 'reject'.").into()),
    }
}

/// Renders the frames in an answer that carries some; any other answer passes unchanged.
pub fn render_front_channel(context: &Context, http: &Request, mut answer: Answer) -> Answer {
    let Some(front_channel) = answer.extensions_mut().remove::<FrontChannel>() else { return answer };
    let texts = texts(context, http, &[]);
    let page = FrontChannelPage {
        frame: Frame::new(&context.theme, &texts),
        frames: &front_channel.frames,
        then: &front_channel.then,
    };
    *answer.body_mut() = Bytes::from(page.render());
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let policy = front_channel_policy(&front_channel.frames, context.config.symbolon.ui.stylesheet_url.as_deref());
    with_headers(answer, &policy)
}
