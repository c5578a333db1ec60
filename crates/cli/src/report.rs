//! What was found, step by step: printed as it is found for people, at the end as JSON for programs.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::{Format, print_line};

/// Who has to change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Party {
    McpServer,
    AuthorizationServer,
    /// What lies between: names, certificates, proxies.
    Network,
    /// What the configuration of a server says.
    Configuration,
    /// The database, and the machine with it.
    Database,
    /// This machine.
    Machine,
    /// A page or a service of somebody else's that the server works with.
    Neighbour,
    /// Whoever runs this command.
    You,
}

impl Party {
    fn words(self) -> &'static str {
        match self {
            Self::McpServer => "the MCP server",
            Self::AuthorizationServer => "the authorization server",
            Self::Network => "the network or a proxy",
            Self::Configuration => "the configuration",
            Self::Database => "the database",
            Self::Machine => "this machine",
            Self::Neighbour => "what the server works with",
            Self::You => "you",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::McpServer => "mcp_server",
            Self::AuthorizationServer => "authorization_server",
            Self::Network => "network",
            Self::Configuration => "configuration",
            Self::Database => "database",
            Self::Machine => "machine",
            Self::Neighbour => "neighbour",
            Self::You => "you",
        }
    }
}

/// Something that is not as it should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    party: Party,
    detail: String,
    remedy: String,
}

impl Finding {
    pub(crate) fn new(party: Party, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { party, detail: detail.into(), remedy: remedy.into() }
    }
}

/// How a step ended.
#[derive(Debug)]
enum Outcome {
    Good(String),
    /// Some clients will not get along with it.
    Warning(Finding),
    Failure(Finding),
    Skipped(String),
}

/// What is looked at.
#[derive(Debug)]
pub(crate) struct Subject {
    /// Its member in JSON.
    pub(crate) member: &'static str,
    /// Its name.
    pub(crate) name: String,
    /// What is said of it when something is wrong.
    pub(crate) verdict: &'static str,
}

/// The steps so far.
pub(crate) struct Report {
    subject: Subject,
    format: Format,
    steps: Vec<(&'static str, Outcome)>,
    /// Standard output cannot be written any more.
    broken: Option<Failure>,
}

impl Report {
    pub(crate) fn new(subject: Subject, format: Format) -> Self {
        Self { subject, format, steps: Vec::new(), broken: None }
    }

    pub(crate) fn good(&mut self, step: &'static str, detail: impl Into<String>) {
        self.add(step, Outcome::Good(detail.into()));
    }

    pub(crate) fn warn(&mut self, step: &'static str, finding: Finding) {
        self.add(step, Outcome::Warning(finding));
    }

    pub(crate) fn fail(&mut self, step: &'static str, finding: Finding) {
        self.add(step, Outcome::Failure(finding));
    }

    pub(crate) fn skip(&mut self, step: &'static str, reason: impl Into<String>) {
        self.add(step, Outcome::Skipped(reason.into()));
    }

    /// A step of many small questions: good only where nothing was found.
    pub(crate) fn conclude(&mut self, step: &'static str, good: &str, findings: Findings) {
        let is_good = findings.0.is_empty();
        for (severity, finding) in findings.0 {
            let outcome = match severity {
                Severity::Warning => Outcome::Warning(finding),
                Severity::Failure => Outcome::Failure(finding),
            };
            self.add(step, outcome);
        }
        if is_good {
            self.good(step, good);
        }
    }

    fn add(&mut self, step: &'static str, outcome: Outcome) {
        if self.format == Format::Table && self.broken.is_none() {
            self.broken = print_line(&text(step, &outcome)).err();
        }
        self.steps.push((step, outcome));
    }

    fn failures(&self) -> usize {
        self.steps.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Failure(_))).count()
    }

    /// Prints what is left to be printed. Failed steps are a failure of the command.
    pub(crate) fn end(self) -> Result<(), Failure> {
        let failures = self.failures();
        // The table was printed step by step.
        if self.format != Format::Table {
            print_line(&self.format.text(&self.object(), String::new)?)?;
        }
        match (self.broken, failures) {
            (Some(broken), _) => Err(broken),
            (None, 0) => Ok(()),
            (None, 1) => Err(Failure::message(format!("{}: one thing is wrong", self.subject.verdict))),
            (None, many) => Err(Failure::message(format!("{}: {many} things are wrong", self.subject.verdict))),
        }
    }

    fn object(&self) -> Value {
        let steps: Vec<_> = self.steps.iter().map(|(step, outcome)| step_object(step, outcome)).collect();
        json!({ self.subject.member: self.subject.name, "passed": self.failures() == 0, "steps": steps })
    }
}

fn text(step: &str, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Good(detail) => format!("✓ {step}: {detail}"),
        Outcome::Skipped(reason) => format!("- {step}: {reason}"),
        Outcome::Warning(finding) => format!("! {step}: {}", indented(finding)),
        Outcome::Failure(finding) => format!("✗ {step}: {}", indented(finding)),
    }
}

fn indented(finding: &Finding) -> String {
    format!("{}\n    Fault of {}. {}", finding.detail, finding.party.words(), finding.remedy)
}

fn step_object(step: &str, outcome: &Outcome) -> Value {
    let found = |outcome: &str, finding: &Finding| {
        json!({
            "step": step, "outcome": outcome, "detail": finding.detail,
            "fault": finding.party.name(), "remedy": finding.remedy,
        })
    };
    match outcome {
        Outcome::Good(detail) => json!({ "step": step, "outcome": "ok", "detail": detail }),
        Outcome::Skipped(reason) => json!({ "step": step, "outcome": "skipped", "detail": reason }),
        Outcome::Warning(finding) => found("warning", finding),
        Outcome::Failure(finding) => found("failure", finding),
    }
}

#[derive(Debug, Clone, Copy)]
enum Severity {
    Warning,
    Failure,
}

/// What the small questions of one step found.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<(Severity, Finding)>);

impl Findings {
    pub(crate) fn warn_if(&mut self, is_wrong: bool, finding: impl FnOnce() -> Finding) {
        if is_wrong {
            self.0.push((Severity::Warning, finding()));
        }
    }

    pub(crate) fn fail_if(&mut self, is_wrong: bool, finding: impl FnOnce() -> Finding) {
        if is_wrong {
            self.0.push((Severity::Failure, finding()));
        }
    }

    /// Whether there is nothing to say.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a client can go on.
    pub(crate) fn has_failure(&self) -> bool {
        self.0.iter().any(|(severity, _)| matches!(severity, Severity::Failure))
    }
}

/// A text of somebody else's as it may stand on a terminal: in quotes, not too long, and without characters that do
/// something there.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut characters = text.chars();
    let start: String = characters.by_ref().take(LONGEST).collect();
    if characters.next().is_some() { format!("{start:?}…") } else { format!("{start:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_texts_do_nothing_to_a_terminal() {
        assert_eq!(shown("a\"b"), r#""a\"b""#);
        let text = shown("\u{1b}[2J\u{202e}\r\n\u{7}x");
        assert!(!text.contains(|character: char| character.is_control() || character == '\u{202e}'), "{text}");
        assert!(shown(&"x".repeat(1000)).len() < 220);
    }

    #[test]
    fn failure_is_told_with_whose_it_is_and_what_to_change() {
        let subject = Subject { member: "url", name: "https://mcp.example/mcp".to_owned(), verdict: "It is broken" };
        let mut report = Report::new(subject, Format::Json);
        report.good("one", "fine");
        report.warn("two", Finding::new(Party::Network, "odd", "Do this."));
        assert_eq!(report.failures(), 0);
        report.fail("three", Finding::new(Party::McpServer, "broken", "Do that."));
        report.skip("four", "not asked for");
        let object = report.object();
        assert_eq!(object["passed"], false);
        assert_eq!(object["steps"][1]["fault"], "network");
        let failed = json!({ "step": "three", "outcome": "failure", "detail": "broken", "fault": "mcp_server", "remedy": "Do that." });
        assert_eq!(object["steps"][2], failed);
        let line = text("three", &report.steps[2].1);
        assert_eq!(line, "✗ three: broken\n    Fault of the MCP server. Do that.");
        assert!(report.end().is_err());
    }
}
