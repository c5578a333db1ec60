//! The pages that browsers are led to, where they are an application of the operator's: whether they can be reached, and
//! whether anything on the way to them is unprotected.

use symbolon_client::Url;

use super::Examination;
use crate::report::{Finding, Findings, Party, shown};

const STEP: &str = "login pages";

pub(super) async fn examine(examination: &mut Examination) {
    let urls = &examination.config.urls;
    let named = [
        ("urls.login", urls.login.clone()),
        ("urls.consent", urls.consent.clone()),
        ("urls.logout", urls.logout.clone()),
        ("urls.error", urls.error.clone()),
        ("urls.device.verification", urls.device_verification.clone()),
    ];
    let named: Vec<_> = named.into_iter().filter_map(|(key, url)| Some((key, Url::parse(&url?).ok()?))).collect();
    if named.is_empty() {
        examination.report.skip(STEP, "the built-in ones are used");
        return;
    }
    let mut findings = Findings::default();
    for (key, url) in &named {
        look_at(examination, &mut findings, key, url).await;
    }
    examination.report.conclude(STEP, "they can be reached", findings);
}

async fn look_at(examination: &Examination, findings: &mut Findings, key: &str, url: &Url) {
    let place = shown(&format!("{}{}", url.origin().ascii_serialization(), url.path()));
    let is_open = url.scheme() == "http" && examination.public.scheme() == "https";
    findings.fail_if(is_open, || {
        let detail = format!("`{key}` is {place}: passwords would go there without TLS");
        Finding::new(Party::Configuration, detail, "Serve that page with https.")
    });
    // Without a challenge a login page has nothing to show: 400 is a good answer.
    match examination.caller.get(url).send().await {
        Err(fault) => findings.fail_if(true, || {
            let detail = format!("`{key}`: {place} does not answer: {}", shown(&fault.to_string()));
            Finding::new(
                Party::Neighbour,
                detail,
                "See that the application runs where the key says. Nobody can log in without it.",
            )
        }),
        Ok(answer) => {
            findings.fail_if(answer.status == 404 || answer.status >= 502, || {
                let detail = format!("`{key}`: {place} answers with {}", answer.status);
                Finding::new(Party::Neighbour, detail, "See that the path is right, and that the application runs.")
            });
        }
    }
}
