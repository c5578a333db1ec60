//! Whether the database is there, whether this program knows its tables, who may read its file, and whether its clock and
//! this machine's agree. A running server is not disturbed.

use std::path::Path;

use symbolon_server::database;

use super::{Examination, span};
use crate::report::{Finding, Findings, Party};

const STEP: &str = "database";
const CLOCK: &str = "clock of the database";
/// How far clocks may be apart, in seconds: less than what codes and proofs are given.
const TOLERANCE: i64 = 5;

pub(super) async fn examine(examination: &mut Examination) {
    let dsn = examination.config.dsn.clone();
    let mut findings = Findings::default();
    if let Ok(Some(file)) = database::file(&dsn) {
        look_at_file(&mut findings, &file);
    }
    match database::schema_steps(&dsn).await {
        Err(fault) => findings.fail_if(true, || {
            Finding::new(Party::Database, fault.to_string(), "See that it runs, and that `dsn` names it with its user.")
        }),
        Ok(steps) => {
            let newer = steps.iter().filter(|step| step.version > database::newest_step()).count();
            findings.fail_if(newer > 0, || {
                Finding::new(
                    Party::Database,
                    format!("its tables are of a newer version of this program, {newer} steps ahead"),
                    "Install that version here; a program does not change tables that it does not know.",
                )
            });
        }
    }
    let is_reached = !findings.has_failure();
    examination.report.conclude(STEP, "it is there, and its tables are known", findings);
    if is_reached {
        compare_clocks(examination, &dsn).await;
    }
}

fn look_at_file(findings: &mut Findings, file: &Path) {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let is_missing = folder.is_some_and(|folder| !folder.is_dir());
    findings.fail_if(is_missing, || {
        let detail = format!("the folder of {} is not there", file.display());
        Finding::new(Party::Database, detail, "Create it for the user that the server runs as.")
    });
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(file).map_or(0, |file| file.permissions().mode() & 0o777);
        findings.warn_if(mode & 0o007 != 0, || {
            let detail = format!("every user of this machine may use {} (mode {mode:o})", file.display());
            Finding::new(Party::Machine, detail, "Take that away: chmod o= on the file, and 0700 for its folder.")
        });
    }
}

async fn compare_clocks(examination: &mut Examination, dsn: &str) {
    let Ok(Some(other)) = database::clock(dsn).await else { return };
    let apart = other.saturating_sub(examination.clock.now());
    let mut findings = Findings::default();
    findings.fail_if(apart.abs() > TOLERANCE, || {
        let detail = format!("it is {} away from the clock of this machine", span(apart));
        Finding::new(Party::Database, detail, "Let both follow the same time servers (chrony, systemd-timesyncd).")
    });
    examination.report.conclude(CLOCK, "it agrees with that of this machine", findings);
}
