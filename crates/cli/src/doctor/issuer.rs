//! Whether clients reach the server through the address that they know, as browsers do: names, certificates, proxies and the
//! metadata behind them. Also whether somebody reaches through it what is not meant for them.

use serde_json::Value;
use symbolon_client::{Error, ProbeAnswer, Url};

use super::{Examination, PATIENCE, span};
use crate::report::{Finding, Findings, Party, shown};

const STEP: &str = "issuer";
const CLOCK: &str = "clock in front";
/// The step that looks for the admin API.
pub(super) const ADMIN: &str = "admin API from outside";
/// How far the clock of whoever answers may be from this machine's, in seconds.
const TOLERANCE: i64 = 30;

/// Whether the server can be asked more.
pub(super) async fn examine(examination: &mut Examination) -> bool {
    // Clients look below the issuer, wherever the other endpoints are (OpenID Connect Discovery 1.0 §4).
    let address = format!("{}/.well-known/openid-configuration", examination.config.issuer().trim_end_matches('/'));
    let Ok(url) = Url::parse(&address) else { return false };
    let answer = examination.caller.get(&url).header("accept", "application/json").send().await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(fault) => {
            examination.report.fail(STEP, no_answer(&url, &fault));
            return false;
        }
    };
    let mut findings = Findings::default();
    let issuer = examination.config.issuer();
    match metadata(&url, &answer) {
        Err(finding) => findings.fail_if(true, || finding),
        Ok(metadata) => {
            let told = metadata["issuer"].as_str().unwrap_or_default();
            findings.fail_if(told != issuer, || {
                let detail = format!("{} answers as {}, and not as {issuer}", shown(url.as_str()), shown(told));
                let remedy = "Another server, or one with another configuration, is behind this address: see where the \
                              proxy leads, and restart the server if its configuration changed.";
                Finding::new(Party::Network, detail, remedy)
            });
        }
    }
    let is_reached = !findings.has_failure();
    examination.report.conclude(STEP, "clients reach the server under its name", findings);
    compare_clocks(examination, &answer);
    is_reached
}

fn no_answer(url: &Url, fault: &Error) -> Finding {
    let place = url.origin().ascii_serialization();
    let text = fault.to_string();
    let remedy = match fault {
        Error::Timeout => "See that nothing drops the packets on the way, and that the server is not overloaded.",
        _ if text.to_ascii_lowercase().contains("certificate") => {
            "The certificate that is shown there is not trusted: renew it, send the certificates of the authorities \
             between along, and use one for this host. An authority of your own must be known to this machine, too \
             (SSL_CERT_FILE)."
        }
        _ => "See that the server runs, that the name leads to it (DNS), and that the port is open.",
    };
    let detail = match fault {
        Error::Timeout => format!("{place} does not answer within {} seconds", PATIENCE.as_secs()),
        _ => format!("{place} does not answer: {}", shown(&text)),
    };
    Finding::new(Party::Network, detail, remedy)
}

fn metadata(url: &Url, answer: &ProbeAnswer) -> Result<Value, Finding> {
    let place = shown(url.as_str());
    match answer.status {
        200 => serde_json::from_slice(&answer.body).map_err(|_| {
            let detail = format!("{place} answers with something that is no JSON");
            Finding::new(Party::Network, detail, "Another program is behind this address: see where the proxy leads.")
        }),
        502 if !is_of_proxy(answer) => {
            let detail = format!("{place} answers with 502, since the request came to the server without TLS");
            let remedy = "Let the proxy say `X-Forwarded-Proto: https`, once and in small letters, and name its network in \
                          `serve.tls.allow_termination_from`.";
            Err(Finding::new(Party::Network, detail, remedy))
        }
        status => {
            let detail = format!("{place} answers with {status}");
            let remedy = match status {
                300..400 => "Clients follow no redirects here: let the address itself lead to the server.",
                404 => "The proxy leads elsewhere, or changes the path: it has to pass on paths as they are.",
                502..=504 => "The proxy does not reach the server: see that it runs, and where the proxy looks for it.",
                _ => "See the log of the proxy and that of the server.",
            };
            Err(Finding::new(Party::Network, detail, remedy))
        }
    }
}

/// Whether a 502 is a proxy's own: this server's names the request.
fn is_of_proxy(answer: &ProbeAnswer) -> bool {
    !answer.headers.contains_key("x-request-id")
}

fn compare_clocks(examination: &mut Examination, answer: &ProbeAnswer) {
    let date = answer
        .headers
        .get("date")
        .and_then(|date| date.to_str().ok())
        .and_then(|date| httpdate::parse_http_date(date).ok());
    let Some(date) = date else {
        examination.report.skip(CLOCK, "the answer has no Date");
        return;
    };
    let date = date.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let apart = i64::try_from(date).unwrap_or(i64::MAX).saturating_sub(examination.clock.now());
    let mut findings = Findings::default();
    findings.fail_if(apart.abs() > TOLERANCE, || {
        let detail =
            format!("whoever answers for the issuer has a clock that is {} away from this machine's", span(apart));
        let remedy = "Let both follow time servers: tokens live for minutes, and proofs for seconds.";
        Finding::new(Party::Machine, detail, remedy)
    });
    examination.report.conclude(CLOCK, "it agrees with that of this machine", findings);
}

/// Asks for the admin API where only the public one should be.
pub(super) async fn examine_admin(examination: &mut Examination) {
    let Some(url) = examination.endpoint("admin/clients") else { return };
    let answer = examination.caller.get(&url).header("accept", "application/json").send().await;
    let mut findings = Findings::default();
    let status = answer.map_or(0, |answer| answer.status);
    findings.fail_if(matches!(status, 200 | 401 | 403), || {
        let detail = format!(
            "{} answers with {status}: the admin API is open to everybody who knows the issuer",
            shown(url.as_str())
        );
        Finding::new(Party::Network, detail, "Let the proxy pass on nothing but the public port.")
    });
    examination.report.conclude(ADMIN, "it is not there", findings);
}
