//! Why a command failed, and how that is told: one line on standard error, or the server's JSON error, and exit code 1; 2 where
//! something was done, but not all of it, or where `--dry-run` found something to do.

use std::io::Write as _;
use std::process::ExitCode;

use serde_json::json;

/// Why a command failed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// One line for the person at the terminal: what is wrong and what to change.
    Message(String),
    /// The server refused; shown as the JSON body it sent.
    Refused {
        /// The member `error`.
        code: String,
        /// The member `error_description`.
        description: String,
    },
    /// Some of what a command was to do, a line each.
    Several(Vec<Failure>),
    /// Something was left out of what a command was to do; its report, which was printed, says what. The exit code is 2.
    Incomplete,
    /// There is something to do, which was only asked about. The exit code is 2.
    Outstanding,
}

/// What went wrong in a command that does the same for several names, and goes on after a failure.
#[derive(Debug)]
pub(crate) struct Failures {
    expected: usize,
    found: Vec<Failure>,
}

impl Failures {
    /// For a command about so many names.
    pub(crate) fn of(expected: usize) -> Self {
        Self { expected, found: Vec::new() }
    }

    /// What failed, and why. Where there are several names, the line says which.
    pub(crate) fn add(&mut self, name: &str, failure: Failure) {
        let failure = match failure {
            failure if self.expected == 1 => failure,
            Failure::Message(reason) => Failure::Message(format!("{name}: {reason}")),
            Failure::Refused { code, description } if description.is_empty() => {
                Failure::Message(format!("{name}: {code}"))
            }
            Failure::Refused { code, description } => Failure::Message(format!("{name}: {code}: {description}")),
            failure @ (Failure::Several(_) | Failure::Incomplete | Failure::Outstanding) => failure,
        };
        self.found.push(failure);
    }

    /// Whether the command failed.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        match self.found.len() {
            0 => Ok(()),
            1 => Err(self.found.remove(0)),
            _ => Err(Failure::Several(self.found)),
        }
    }
}

impl Failure {
    pub(crate) fn message(text: impl Into<String>) -> Self {
        Self::Message(text.into())
    }

    /// Writes the failure to standard error and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        // Nothing is left to be done when standard error is closed.
        let _ = writeln!(std::io::stderr().lock(), "{}", self.line());
        if matches!(self, Self::Incomplete | Self::Outstanding) { ExitCode::from(2) } else { ExitCode::FAILURE }
    }

    fn line(&self) -> String {
        match self {
            // A message that came from elsewhere may have line breaks; scripts count on one line.
            Self::Message(text) => format!("Error: {}", text.split_whitespace().collect::<Vec<_>>().join(" ")),
            Self::Refused { code, description } => {
                json!({ "error": code, "error_description": description }).to_string()
            }
            Self::Incomplete => "Error: something was left out; the report says what and why".to_owned(),
            Self::Outstanding => "Something would be changed".to_owned(),
            Self::Several(failures) => failures.iter().map(Self::line).collect::<Vec<_>>().join("\n"),
        }
    }
}

impl From<symbolon_client::Error> for Failure {
    fn from(error: symbolon_client::Error) -> Self {
        match error {
            symbolon_client::Error::Api(symbolon_client::ApiError { code: Some(code), description, .. }) => {
                Self::Refused { code, description }
            }
            other => Self::Message(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_is_one_line() {
        assert_eq!(Failure::message("port 4444\n  is taken\n").line(), "Error: port 4444 is taken");
    }

    #[test]
    fn one_of_several_names_is_told() {
        let refused = || Failure::Refused { code: "Not Found".into(), description: String::new() };
        let mut alone = Failures::of(1);
        alone.add("a", refused());
        assert_eq!(alone.end(), Err(refused()));
        let mut two = Failures::of(3);
        assert_eq!(Failures::of(3).end(), Ok(()));
        two.add("a", refused());
        two.add("b", Failure::message("no answer"));
        assert_eq!(two.end().unwrap_err().line(), "Error: a: Not Found\nError: b: no answer");
    }

    #[test]
    fn refusal_is_the_servers_json() {
        let refused = Failure::Refused { code: "invalid_grant".into(), description: "The \"code\" is used.".into() };
        assert_eq!(refused.line(), r#"{"error":"invalid_grant","error_description":"The \"code\" is used."}"#);
    }
}
