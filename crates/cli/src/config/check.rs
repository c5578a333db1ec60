//! `symbolon config check`: everything that would keep a server from starting with a configuration, and what the operator
//! should know of one that is good. Neither ports nor the database are touched.

use clap::Args;
use serde_json::{Value, json};
use symbolon_server::config::{ConfigError, Place, Reading, Warning};

use super::place_object;
use crate::configuration::ConfigurationFlags;
use crate::failure::Failure;
use crate::output::{FORMAT_HELP, Format, print_line};

/// Flags of `config check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    configuration: ConfigurationFlags,
    #[arg(long, default_value = "table", hide_default_value = true, value_name = "FORMAT", help = FORMAT_HELP)]
    format: Format,
}

/// What is wrong, and what is worth knowing.
struct Findings {
    problems: Vec<Problem>,
    warnings: Vec<(Warning, Option<Place>)>,
}

/// One thing that keeps a server from starting.
struct Problem {
    /// One line.
    message: String,
    key: Option<String>,
    place: Option<Place>,
    suggestion: Option<&'static str>,
}

pub(crate) fn run(arguments: &CheckArguments) -> Result<(), Failure> {
    let findings = findings(&arguments.configuration.sources()?.read());
    let object = findings.object();
    print_line(&arguments.format.text(&object, || findings.text())?)?;
    match findings.problems.len() {
        0 => Ok(()),
        1 => Err(Failure::message("the configuration has a problem")),
        count => Err(Failure::message(format!("the configuration has {count} problems"))),
    }
}

fn findings(reading: &Reading) -> Findings {
    let faults = reading.faults().iter().map(|fault| Problem::of(fault, reading));
    let config = reading.config();
    let unusable = config.map(symbolon_server::preflight).unwrap_or_default();
    let unusable = unusable.into_iter().map(|message| Problem { message, key: None, place: None, suggestion: None });
    let warnings = config.map(symbolon_server::warnings).unwrap_or_default();
    let placed = |warning: Warning| {
        let place = reading.place(&warning.key).cloned();
        (warning, place)
    };
    Findings { problems: faults.chain(unusable).collect(), warnings: warnings.into_iter().map(placed).collect() }
}

impl Problem {
    fn of(fault: &ConfigError, reading: &Reading) -> Self {
        let place = reading.place_of(fault).cloned();
        // Some messages name the place themselves.
        let message = match &place {
            Some(place) if fault.place().is_none() => format!("{fault} ({place})"),
            _ => fault.to_string(),
        };
        Self { message, key: fault.key().map(str::to_owned), place, suggestion: fault.suggestion() }
    }
}

impl Findings {
    fn text(&self) -> String {
        let problems = self.problems.iter().map(|problem| format!("error: {}", problem.message));
        let warnings = self.warnings.iter().map(|(warning, place)| {
            let place = place.as_ref().map(|place| format!(" {place}")).unwrap_or_default();
            format!("warning: `{}`{place}: {}", warning.key, warning.message)
        });
        let verdict = self.problems.is_empty().then(|| "The configuration is good.".to_owned());
        problems.chain(verdict).chain(warnings).collect::<Vec<_>>().join("\n")
    }

    fn object(&self) -> Value {
        let problem = |problem: &Problem| {
            json!({
                "message": problem.message,
                "key": problem.key,
                "source": problem.place.as_ref().map(place_object),
                "suggestion": problem.suggestion,
            })
        };
        let warning = |(warning, place): &(Warning, Option<Place>)| json!({ "message": warning.message, "key": warning.key, "source": place.as_ref().map(place_object) });
        json!({
            "valid": self.problems.is_empty(),
            "problems": self.problems.iter().map(problem).collect::<Vec<_>>(),
            "warnings": self.warnings.iter().map(warning).collect::<Vec<_>>(),
        })
    }
}
