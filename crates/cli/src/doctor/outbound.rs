//! Whether the server reaches what its configuration lets it call: web hooks, keys of other issuers, the collector of
//! traces. Calls are made as the server makes them, with its trust in certificates, and do nothing there.

use super::Examination;
use crate::report::{Finding, Findings, Party, shown};

const STEP: &str = "outbound calls";

pub(super) async fn examine(examination: &mut Examination) {
    let called = symbolon_server::called(&examination.config);
    if called.is_empty() {
        examination.report.skip(STEP, "the configuration names nothing to call");
        return;
    }
    let mut findings = Findings::default();
    for address in &called {
        let Err(fault) = symbolon_server::reach(&examination.config, &address.url).await else { continue };
        findings.fail_if(true, || {
            let host = symbolon_client::Url::parse(&address.url).map(|url| url.origin().ascii_serialization());
            let detail = format!("`{}`: {} is not reached: {}", address.key, host.unwrap_or_default(), shown(&fault));
            let remedy = "See that it runs, that this machine resolves its name and may connect, and that its certificate is \
                          known (`symbolon.outbound.ca_file`).";
            Finding::new(Party::Neighbour, detail, remedy)
        });
    }
    let good = format!("all {} addresses answer", called.len());
    examination.report.conclude(STEP, &good, findings);
}
