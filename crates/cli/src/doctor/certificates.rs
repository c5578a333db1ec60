//! The certificates that the listeners show: whether they are good today and in two weeks, and whether the public one is for
//! the host that clients know. What a proxy shows instead is looked at where the issuer is called.

use symbolon_server::CertificateFacts;

use super::{Examination, span};
use crate::report::{Finding, Findings, Party};

const STEP: &str = "certificates";
/// Authorities renew certificates when a third of their life is left; who is nearer to the end than this does not renew.
const SOON: i64 = 14 * 86_400;

pub(super) fn examine(examination: &mut Examination) {
    let found = symbolon_server::certificates(&examination.config);
    if found.is_empty() {
        examination.report.skip(STEP, "the listeners show none, and leave https to a proxy");
        return;
    }
    let now = examination.clock.now();
    let mut findings = Findings::default();
    for certificate in &found {
        look_at_times(&mut findings, certificate, now);
    }
    let tls = &examination.config.serve.public_tls;
    let host = examination.public.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_direct = tls.allow_termination_from.is_empty();
    let public = found.iter().find(|certificate| certificate.key.starts_with(tls.below)).filter(|_| tls.enabled);
    if let Some(certificate) = public.filter(|own| is_direct && !own.names.iter().any(|name| covers(name, host))) {
        findings.fail_if(true, || {
            let detail =
                format!("`{}` is for {}, and clients call {host}", certificate.key, certificate.names.join(", "));
            Finding::new(Party::Configuration, detail, "Use a certificate with the host of `urls.self.issuer`.")
        });
    }
    examination.report.conclude(STEP, "they are good, and will be in two weeks", findings);
}

fn look_at_times(findings: &mut Findings, certificate: &CertificateFacts, now: i64) {
    let CertificateFacts { key, begins_at, ends_at, .. } = certificate;
    let left = ends_at.saturating_sub(now);
    findings.fail_if(left < 0, || {
        let detail = format!("`{key}` expired {} ago, and clients refuse it", span(-left));
        Finding::new(Party::Configuration, detail, "Renew it; a running server takes the new file by itself.")
    });
    findings.warn_if((0..SOON).contains(&left), || {
        let detail = format!("`{key}` expires in {}", span(left));
        Finding::new(Party::Configuration, detail, "Renew it, and see why that did not happen by itself.")
    });
    findings.fail_if(*begins_at > now, || {
        let detail = format!("`{key}` is not good before {} from now", span(begins_at - now));
        Finding::new(Party::Configuration, detail, "See whether the clock of this machine is right.")
    });
}

/// Whether a name of a certificate is one for this host (RFC 9525 §6.3): a `*` stands for one label.
fn covers(name: &str, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let below = name.strip_prefix("*.").and_then(|domain| Some((domain, host.split_once('.')?.1)));
    name == host || below.is_some_and(|(domain, parent)| domain == parent)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn names_cover_hosts_label_by_label() {
        assert!(covers("id.example", "ID.example") && covers("*.example", "id.example") && covers("::1", "::1"));
        assert!(
            !covers("*.example", "a.id.example") && !covers("*.example", "example") && !covers("example", "id.example")
        );
    }
}
