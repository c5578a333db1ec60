//! The pages of `perform authorization-code` and of `mcp check`: one that starts, one that receives the browser again.
//!
//! The callback's path is that of the redirect URI. Each callback is handed to the command through a channel together
//! with a way to tell the browser how it ended; what a callback is worth is decided there.

use askama::Template;
use http::{Method, StatusCode};
use symbolon_client::{Callback, Secret};
use tokio::sync::{mpsc, oneshot};

use crate::local_http::{Answer, Pages, Request, not_found, page, see_other, style_sheet};

/// A browser that came back, and how to answer it.
pub(crate) struct Arrival {
    pub(crate) callback: Callback,
    /// What the callback was read from, for whoever judges each parameter apart.
    pub(crate) parameters: Secret<String>,
    /// What to show: `Ok` for "you can close this page", else the reason.
    pub(crate) outcome: oneshot::Sender<Result<(), String>>,
}

/// What the start page does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StartPage {
    /// Shows a link.
    Shown,
    /// Sends the browser on at once (`--skip`).
    Skipped,
}

pub(crate) struct CallbackPages {
    pub(crate) authorization_url: String,
    pub(crate) callback_path: String,
    pub(crate) client_id: String,
    pub(crate) start: StartPage,
    pub(crate) arrivals: mpsc::Sender<Arrival>,
}

#[derive(Template)]
#[template(path = "perform/start.html")]
struct StartTemplate<'a> {
    client_id: &'a str,
    authorization_url: &'a str,
}

#[derive(Template)]
#[template(path = "perform/end.html")]
struct EndTemplate<'a> {
    problem: Option<&'a str>,
}

impl Pages for CallbackPages {
    async fn answer(&self, request: Request) -> Answer {
        // The redirect URI may be `/` itself; then only a callback has parameters.
        let is_callback = request.path == self.callback_path && !(request.query.is_empty() && request.body.is_empty());
        if is_callback {
            let parameters = if request.method == Method::POST { &request.body } else { &request.query };
            return self.receive(parameters).await;
        }
        match (request.path.as_str(), self.start) {
            ("/", StartPage::Skipped) => see_other(&self.authorization_url),
            ("/", StartPage::Shown) => {
                let start = StartTemplate { client_id: &self.client_id, authorization_url: &self.authorization_url };
                page(StatusCode::OK, &start)
            }
            ("/style.css", _) => style_sheet(),
            _ => not_found(),
        }
    }
}

impl CallbackPages {
    async fn receive(&self, parameters: &str) -> Answer {
        let (outcome, told) = oneshot::channel();
        let parameters = Secret::new(parameters.to_owned());
        let arrival = Arrival { callback: Callback::parse(parameters.expose()), parameters, outcome };
        if self.arrivals.send(arrival).await.is_err() {
            let problem = "The command has ended already.";
            return page(StatusCode::GONE, &EndTemplate { problem: Some(problem) });
        }
        match told.await {
            Ok(Ok(())) => page(StatusCode::OK, &EndTemplate { problem: None }),
            Ok(Err(problem)) => page(StatusCode::BAD_REQUEST, &EndTemplate { problem: Some(&problem) }),
            Err(_) => page(StatusCode::GONE, &EndTemplate { problem: Some("The command has ended.") }),
        }
    }
}
