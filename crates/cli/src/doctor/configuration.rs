//! What is wrong with the configuration itself, and what is worth knowing of it: the same as `config check` tells.

use symbolon_server::config::Reading;

use crate::report::{Finding, Findings, Party, Report};

const STEP: &str = "configuration";

pub(super) fn examine(report: &mut Report, reading: &Reading) {
    let mut findings = Findings::default();
    for fault in reading.faults() {
        let place = reading.place_of(fault).filter(|_| fault.place().is_none());
        let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
        let finding =
            || Finding::new(Party::Configuration, format!("{fault}{place}"), "The server does not start with it.");
        findings.fail_if(true, finding);
    }
    let config = reading.config();
    for fault in config.map(symbolon_server::preflight).unwrap_or_default() {
        findings.fail_if(true, || Finding::new(Party::Configuration, fault, "The server does not start with it."));
    }
    for warning in config.map(symbolon_server::warnings).unwrap_or_default() {
        let place = reading.place(&warning.key).map(|place| format!(" {place}")).unwrap_or_default();
        let detail = format!("`{}`{place}: {}", warning.key, warning.message);
        findings
            .warn_if(true, || Finding::new(Party::Configuration, detail, "Change it, or leave it if that is meant."));
    }
    report.conclude(STEP, "a server starts with it", findings);
}
