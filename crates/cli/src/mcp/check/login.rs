//! The part with a person: the browser goes to the login page and comes back (RFC 6749 §4.1.2, RFC 9207).

use std::sync::Arc;
use std::time::Duration;

use symbolon_client::Secret;
use tokio::sync::{mpsc, oneshot};

use super::Check;
use super::authorization::{Asked, request};
use super::server_metadata::ServerMetadata;
use crate::local_http;
use crate::perform::browser;
use crate::perform::callback::{Arrival, CallbackPages, StartPage};
use crate::report::{Finding, Party, shown};

const STEP: &str = "Login";

/// How long a person may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// A code, and what it is redeemed with.
pub(super) struct Authorized {
    pub(super) code: Secret<String>,
    pub(super) verifier: Secret<String>,
}

/// Sends a browser away and waits until it is back.
pub(super) async fn check(check: &mut Check, server: &ServerMetadata, asked: &Asked<'_>) -> Option<Authorized> {
    let pending = request(server, asked)?;
    let listener = check.listener.take()?;
    let (sender, mut arrivals) = mpsc::channel(8);
    let pages = CallbackPages {
        authorization_url: pending.url.to_string(),
        callback_path: super::CALLBACK_PATH.to_owned(),
        client_id: asked.client.id.clone(),
        start: StartPage::Skipped,
        arrivals: sender,
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let pages = tokio::spawn(local_http::serve(listener, Arc::new(pages), async move {
        let _ = stopped.await;
    }));
    announce(check);
    let arrived = tokio::time::timeout(PATIENCE, first(&mut arrivals, &pending.state)).await;
    let outcome = if let Ok(Some(arrival)) = arrived {
        let judged = judge(server, &Returned::read(arrival.parameters.expose()));
        let told = judged.as_ref().map(|_| ()).map_err(|_| "The terminal says what is wrong.".to_owned());
        // The browser may be gone already.
        let _ = arrival.outcome.send(told);
        judged
    } else {
        let text = format!("nobody came back within {} minutes", PATIENCE.as_secs() / 60);
        Err(Finding::new(Party::You, text, "Open the page in a browser, log in and allow it."))
    };
    let _ = stop.send(());
    let _ = pages.await;
    match outcome {
        Ok(code) => {
            check.report.good(STEP, "the browser came back with a code");
            Some(Authorized { code, verifier: pending.verifier })
        }
        Err(finding) => {
            check.report.fail(STEP, finding);
            None
        }
    }
}

/// The first browser that comes back from this request. Others get an answer and nothing else.
async fn first(arrivals: &mut mpsc::Receiver<Arrival>, state: &str) -> Option<Arrival> {
    loop {
        let arrival = arrivals.recv().await?;
        if arrival.callback.state() == Some(state) {
            return Some(arrival);
        }
        let _ = arrival.outcome.send(Err("This is not the login that was started here.".to_owned()));
    }
}

/// The parameters that a browser brought back.
#[derive(Default)]
struct Returned {
    code: Option<String>,
    issuer: Option<String>,
    error: Option<String>,
    description: String,
}

impl Returned {
    fn read(parameters: &str) -> Self {
        let mut returned = Self::default();
        for (name, value) in form_urlencoded::parse(parameters.as_bytes()) {
            let value = value.into_owned();
            match name.as_ref() {
                "code" => returned.code = Some(value),
                "iss" => returned.issuer = Some(value),
                "error" => returned.error = Some(value),
                "error_description" => returned.description = value,
                _ => {}
            }
        }
        returned
    }
}

/// The code, if the answer is from this server (RFC 9207 §2.4).
fn judge(server: &ServerMetadata, returned: &Returned) -> Result<Secret<String>, Finding> {
    let fault = |text: String, remedy: &str| Finding::new(Party::AuthorizationServer, text, remedy);
    match &returned.issuer {
        Some(issuer) if *issuer != server.issuer => {
            let text = format!("iss in the answer is {}, the issuer is {}", shown(issuer), shown(&server.issuer));
            return Err(fault(text, "Send the issuer byte for byte: clients stop here and show nothing."));
        }
        None if server.says("authorization_response_iss_parameter_supported") => {
            let text = "the answer has no iss, though the metadata promises it".to_owned();
            return Err(fault(text, "Send iss in every answer, errors included: clients stop here and show nothing."));
        }
        _ => {}
    }
    if let Some(error) = &returned.error {
        let text = format!("it was refused: {} {}", shown(error), shown(&returned.description));
        return Err(if error == "access_denied" {
            Finding::new(Party::You, text, "Allow it on the consent page.")
        } else {
            fault(text, "See the log of the authorization server.")
        });
    }
    let code = returned.code.clone().map(Secret::new);
    code.ok_or_else(|| fault("the answer has neither code nor error".into(), "Send one of them."))
}

/// On standard error, so that standard output has the report alone.
#[expect(clippy::print_stderr, reason = "this is what the person at the terminal waits for")]
fn announce(check: &Check) {
    let page = check.redirect_uri.trim_end_matches("callback");
    eprintln!("Open this page in a browser, log in and allow it: {page}");
    if !check.arguments.no_open {
        browser::open(page);
    }
}
