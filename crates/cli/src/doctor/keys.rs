//! How old the signing keys are, and whether the next ones came when they were due. The running server is asked, at its
//! admin port.

use symbolon_client::ListedKey;
use symbolon_types::timestamp;

use super::{Examination, span};
use crate::report::{Finding, Findings, Party, shown};

const STEP: &str = "signing keys";
/// The age at which a key that nothing replaces is worth a word, in seconds: a year.
const OLD: i64 = 365 * 86_400;
/// How late a rotation may be, in seconds: it is looked for now and then.
const LATE: i64 = 86_400;

pub(super) async fn examine(examination: &mut Examination) {
    let Some(admin) = examination.admin() else {
        examination.report.skip(STEP, "the admin port is no address to call; name one with --admin-url");
        return;
    };
    let listed = match admin.signing_keys().await {
        Ok(listed) => listed,
        Err(fault) => {
            let place = shown(examination.admin_url.as_deref().unwrap_or_default());
            let detail = format!("the admin port {place} does not tell them: {}", shown(&fault.to_string()));
            let remedy = "Run this where the admin port can be reached, or name it with --admin-url.";
            examination.report.warn(STEP, Finding::new(Party::You, detail, remedy));
            return;
        }
    };
    let now = examination.clock.now();
    let mut findings = Findings::default();
    for key in listed.keys.iter().filter(|key| key.state == "active") {
        look_at(&mut findings, key, now);
    }
    let has_active = listed.keys.iter().any(|key| key.state == "active");
    findings.fail_if(!has_active, || {
        let detail = "no key signs".to_owned();
        Finding::new(Party::Database, detail, "Rotate with `symbolon keys rotate`, and see the server's log.")
    });
    examination.report.conclude(STEP, "they are young enough", findings);
}

/// Looks at a key that signs.
fn look_at(findings: &mut Findings, key: &ListedKey, now: i64) {
    let due = key.next_rotation_at.as_deref().and_then(timestamp::parse).map(|micros| micros.div_euclid(1_000_000));
    findings.fail_if(due.is_some_and(|due| now.saturating_sub(due) > LATE), || {
        let detail = format!("{} of {} should have made way for another one", shown(&key.kid), key.set);
        Finding::new(Party::Machine, detail, "See the server's log, and rotate with `symbolon keys rotate`.")
    });
    findings.warn_if(due.is_none() && key.age_seconds > OLD, || {
        let detail =
            format!("{} of {} is {} old, and nothing replaces it", shown(&key.kid), key.set, span(key.age_seconds));
        let remedy = "Set `symbolon.keys.rotation_period`, or rotate with `symbolon keys rotate`.";
        Finding::new(Party::Configuration, detail, remedy)
    });
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// What is said of a key of this age at noon of the second of March.
    fn told(age_seconds: i64, next_rotation_at: &Value) -> (bool, bool) {
        let key = json!({
            "set": "id-token", "kid": "a", "alg": "RS256", "use": "sig", "state": "active", "age_seconds": age_seconds,
            "created_at": "2025-01-01T00:00:00Z", "activates_at": "2025-01-01T00:00:00Z", "next_rotation_at": next_rotation_at,
        });
        let mut findings = Findings::default();
        look_at(&mut findings, &serde_json::from_value(key).unwrap(), 1_772_452_800);
        (findings.is_empty(), findings.has_failure())
    }

    #[test]
    fn overdue_keys_fail_and_old_ones_are_worth_a_word() {
        assert_eq!(told(OLD + 1, &json!("2026-03-01T13:00:00Z")), (true, false), "the next one is due");
        assert_eq!(told(1, &json!("2026-03-01T11:00:00Z")), (false, true), "it is more than a day late");
        assert_eq!(told(OLD, &Value::Null), (true, false));
        assert_eq!(told(OLD + 1, &Value::Null), (false, false), "a warning");
    }
}
