//! What a rule reports, and the report of a whole run.
//!
//! A [`Finding`] names the place, the rule, what is wrong and what to do about it. Most of them fail the run;
//! a notice only asks for another look.

use std::fmt;

/// Whether a finding fails the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Worth a look; the run still succeeds.
    Notice,
    /// The run fails.
    Failure,
}

/// One place that breaks one rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Path from the repository's root, with `/`.
    pub(crate) path: String,
    /// Line, counted from 1.
    pub(crate) line: usize,
    /// The rule's short name.
    pub(crate) rule: &'static str,
    /// What was found.
    pub(crate) problem: String,
    /// What to do instead.
    pub(crate) remedy: &'static str,
    pub(crate) severity: Severity,
}

impl Finding {
    /// A finding that fails the run.
    pub(crate) fn failure(place: (&str, usize), rule: &'static str, problem: String, remedy: &'static str) -> Self {
        Self { path: place.0.to_owned(), line: place.1, rule, problem, remedy, severity: Severity::Failure }
    }

    /// A finding that only asks for another look.
    pub(crate) fn notice(place: (&str, usize), rule: &'static str, problem: String, remedy: &'static str) -> Self {
        Self { severity: Severity::Notice, ..Self::failure(place, rule, problem, remedy) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, rule, problem, remedy, severity } = self;
        let mark = if *severity == Severity::Notice { " (notice)" } else { "" };
        write!(formatter, "{path}:{line}: {rule}{mark}: {problem}; {remedy}")
    }
}

/// All findings of a run, in the order of files and lines, notices first.
#[derive(Debug)]
pub(crate) struct Report {
    findings: Vec<Finding>,
    file_count: usize,
}

impl Report {
    pub(crate) fn new(mut findings: Vec<Finding>, file_count: usize) -> Self {
        findings.sort_by(|a, b| (a.severity, &a.path, a.line).cmp(&(b.severity, &b.path, b.line)));
        Self { findings, file_count }
    }

    /// True when nothing fails the run.
    pub(crate) fn is_clean(&self) -> bool {
        self.failure_count() == 0
    }

    fn failure_count(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Failure).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(formatter, "{finding}")?;
        }
        let failures = self.failure_count();
        let notices = self.findings.len() - failures;
        writeln!(formatter, "tidy: {} files, {failures} failures, {notices} notices", self.file_count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_names_place_rule_and_remedy() {
        let finding = Finding::failure(("crates/a/src/b.rs", 7), "names", "`Utils`".to_owned(), "say what it does");
        assert_eq!(finding.to_string(), "crates/a/src/b.rs:7: names: `Utils`; say what it does");
    }

    #[test]
    fn notices_do_not_fail_the_run() {
        let notice = Finding::notice(("a.rs", 1), "shape", "long".to_owned(), "look again");
        let report = Report::new(vec![notice], 1);
        assert!(report.is_clean());
        assert!(report.to_string().ends_with("tidy: 1 files, 0 failures, 1 notices\n"));
    }
}
