//! The built-in pages: home, login, consent, logout, devices, errors. They have no private door: they call the same functions of
//! `challenge` as the management API, so everything they do a login application of one's own can do. `view` and its
//! templates own how pages look; the files here read requests and fill them. One page shows nothing and is for the pages
//! of applications: `check_session`.

mod account;
pub mod assets;
mod check_session;
mod consent;
mod device;
mod form_post;
mod home;
pub(crate) mod locales;
mod login;
mod logout;
mod phrase;
pub mod policy;
pub mod texts;
pub mod view;

use http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderValue, StatusCode};
use symbolon_types::Display;
use url::Url;

use crate::challenge::ChallengeFault;
use crate::config::Config;
use crate::context::Context;
use crate::error::{OAuthError, in_log};
use crate::exchange::{self, Answer, Request, SEC_FETCH_SITE};
use crate::request::EffectiveRequest;
use crate::trail;
use policy::{PagePolicy, Submission, content_security_policy};
use texts::Texts;
use view::{ErrorPage, Frame, NoticePage, Theme, destination};

pub use account::submit_home;
pub use check_session::check_session;
pub use consent::{consent, decide_consent};
pub use device::{device, device_done, submit_device};
pub use form_post::render_form_post;
pub use home::{asset, error, home, unconfigured};
pub use login::{login, submit_login};
pub use logout::{logout, render_front_channel, submit_logout};

/// How pages look, from the configuration.
pub fn theme(config: &Config) -> Theme {
    let path = url::Url::parse(config.public_url()).map(|url| url.path().trim_end_matches('/').to_owned());
    Theme {
        title: config.symbolon.ui.title.clone(),
        logo_url: config.symbolon.ui.logo_url.clone(),
        stylesheet_url: config.symbolon.ui.stylesheet_url.clone(),
        base_path: path.unwrap_or_default(),
        languages: Texts::languages(&config.symbolon.ui.texts),
    }
}

/// The words of a page for this authorization request. The wishes are read from the request itself, so that the pages
/// of a device's flow know them as well.
fn texts_for(context: &Context, http: &Request, request: &EffectiveRequest) -> Texts {
    texts(context, http, &request.parameters().words("ui_locales"))
}

/// The frame of a page for this authorization request.
fn frame_for<'a>(context: &'a Context, request: &EffectiveRequest, texts: &'a Texts) -> Frame<'a> {
    let display = request.parameters().get("display").and_then(Display::parse).unwrap_or_default();
    Frame::new(&context.theme, texts).shown_as(display)
}

/// The words of a page, in the languages that the request and the browser ask for.
fn texts(context: &Context, request: &Request, ui_locales: &[String]) -> Texts {
    let asked = ui_locales.join(" ");
    let wanted = locales::preferred(Some(&asked), Some(&request.list(&ACCEPT_LANGUAGE)));
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    Texts::for_locales(&wanted, &context.config.symbolon.ui.texts)
}

/// A page with its headers. `form_targets` are the addresses where its forms may end up.
fn page(context: &Context, status: StatusCode, html: String, form_targets: &[&str]) -> Answer {
    let policy = PagePolicy {
        form_targets,
        stylesheet_url: context.config.symbolon.ui.stylesheet_url.as_deref(),
        submission: Submission::Button,
    };
    with_headers(exchange::html(status, html), &content_security_policy(&policy))
}

fn with_headers(mut answer: Answer, policy: &str) -> Answer {
    let headers = answer.headers_mut();
    // The answer to a form shows names as well, and says nothing of its own about caches.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache, no-store, must-revalidate"));
    if let Ok(value) = HeaderValue::from_str(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, value);
    }
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}

/// Whether a page of somebody else's sent the form: what it has to carry may be known
/// elsewhere, and the session's cookie may be one that goes along with every request (`SameSite=None`).
fn from_another_page(context: &Context, http: &Request) -> bool {
    let site = http.header(&SEC_FETCH_SITE);
    match (site, http.header(&ORIGIN)) {
        (Some(site), _) => site != "same-origin",
        (None, Some(origin)) => {
            Url::parse(context.config.public_url()).is_ok_and(|own| own.origin().ascii_serialization() != origin)
        }
        (None, None) => false,
    }
}

/// Where a flow ends: what to call it on a page, and the address. A device's flow ends on a page of its own, without a name.
fn end_of(context: &Context, request: &EffectiveRequest) -> (String, String) {
    match request.reply().address() {
        Some(address) => {
            let uri = address.redirect_uri().as_str();
            (destination(uri), uri.to_owned())
        }
        None => (String::new(), context.config.device_success_url()),
    }
}

/// A request that no page looks at, as a page.
pub fn refuse(context: &Context, request: &Request, error: OAuthError) -> Answer {
    fault(context, request, &error.into())
}

/// A challenge that cannot be answered, as a page.
fn fault(context: &Context, request: &Request, fault: &ChallengeFault) -> Answer {
    let texts = texts(context, request, &[]);
    let frame = Frame::new(&context.theme, &texts);
    match fault {
        ChallengeFault::StartAgain(redirect) => exchange::found(&redirect.redirect_to),
        ChallengeFault::Handled(_) => page(context, StatusCode::GONE, NoticePage::already_done(frame).render(), &[]),
        ChallengeFault::Api(error) => {
            if error.status.is_server_error() {
                tracing::error!(error = &*error.error, reason = error.reason, "a page could not be shown");
            } else {
                tracing::info!(error = &*error.error, reason = error.reason, "a page could not be shown");
            }
            trail::note_refusal(|| trail::Refusal {
                error: in_log(&error.error).into_owned(),
                description: in_log(&error.description).into_owned(),
                reason: in_log(error.reason.as_deref().unwrap_or_default()).into_owned(),
            });
            let html = ErrorPage {
                frame,
                code: &error.error,
                description: &error.description,
                hint: "",
                request_id: &request.id,
            }
            .render();
            page(context, error.status, html, &[])
        }
    }
}
