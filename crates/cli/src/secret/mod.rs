//! Flags that take a secret. Every user of a machine can see the arguments of its processes, so each such flag has a
//! sibling that names a file, and `-` stands for standard input. What is given on the command line all the same works as
//! in Ory Hydra, with a warning that says what would be better. [`source`] reads files and standard input, [`flags`] is
//! the list of the flags.

mod flags;
pub(crate) mod source;

use std::fmt;
use std::io::Write as _;
use std::marker::PhantomData;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches, value_parser};
use symbolon_client::Secret;

use crate::failure::Failure;

pub(crate) use flags::{AccessToken, AccountPassword, AdminToken, ClientSecret, DataSource, IdToken};
pub(crate) use flags::{HydraDatabase, InitialAccessToken, NewClientSecret};

/// A flag that takes a secret.
pub(crate) trait SecretFlag {
    /// Its name, without dashes.
    const NAME: &'static str;
    /// The name of the sibling that names a file, without dashes.
    const FILE: &'static str;
    /// The environment variable that stands in for the flag.
    const VARIABLE: Option<&'static str> = None;
    /// What stands for the value in help texts.
    const VALUE: &'static str;
    /// What the secret is, for its help text.
    const HELP: &'static str;

    /// Whether this value is worth a warning on the command line.
    fn is_secret(_value: &str) -> bool {
        true
    }
}

/// The value of a flag and where it came from, not read yet.
#[derive(Debug)]
enum Given {
    Argument(Secret<String>),
    Variable(Secret<String>),
    /// A file, or standard input where the path is `-`; the name is that of the flag.
    File(PathBuf, &'static str),
}

/// The two flags of a secret, for `#[command(flatten)]`.
pub(crate) struct SecretFlags<F> {
    given: Option<Given>,
    flag: PhantomData<F>,
}

impl<F> fmt::Debug for SecretFlags<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.given.fmt(formatter)
    }
}

impl<F: SecretFlag> SecretFlags<F> {
    /// The secret, if one was given. An empty argument or variable counts as none, as in Ory Hydra; an empty file is an
    /// error.
    pub(crate) fn read(&self) -> Result<Option<Secret<String>>, Failure> {
        match &self.given {
            None => Ok(None),
            Some(Given::Variable(secret)) => Ok(Some(secret.clone())),
            Some(Given::Argument(secret)) => {
                if F::is_secret(secret.expose()) {
                    warn(&format!("--{}", F::NAME), &better::<F>());
                }
                Ok(Some(secret.clone()))
            }
            Some(Given::File(path, flag)) => source::read_line(path, flag).map(Some),
        }
    }

    /// The secret, which has to be there; `what` names it.
    pub(crate) fn read_required(&self, what: &str) -> Result<Secret<String>, Failure> {
        self.read()?.ok_or_else(|| Failure::message(format!("there is no {what}: give one with {}", better::<F>())))
    }
}

/// The ways that nobody else on the machine sees.
fn better<F: SecretFlag>() -> String {
    let variable = F::VARIABLE.map(|name| format!(", or the environment variable {name}")).unwrap_or_default();
    format!("--{} PATH, where - is standard input{variable}", F::FILE)
}

/// Tells that something secret stood on the command line. `flag` is what was typed, `better` what to use instead.
pub(crate) fn warn(flag: &str, better: &str) {
    let text = format!("Warning: other users of this machine can see the value of {flag} in the list of processes;");
    // Nothing is left to be done when standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "{text} use {better}");
}

impl<F: SecretFlag> FromArgMatches for SecretFlags<F> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let from_variable = matches.value_source(F::NAME) == Some(ValueSource::EnvVariable);
        let value = matches.get_one::<String>(F::NAME).filter(|value| !value.is_empty());
        let file = matches.get_one::<PathBuf>(F::FILE);
        let given = match (value, file) {
            // What is typed wins over the environment.
            (Some(value), None) if from_variable => Some(Given::Variable(Secret::new(value.clone()))),
            (Some(value), None) if value == "-" => Some(Given::File(PathBuf::from("-"), F::NAME)),
            (Some(value), None) => Some(Given::Argument(Secret::new(value.clone()))),
            (Some(_), Some(_)) if !from_variable => return Err(conflict::<F>()),
            (_, Some(path)) => Some(Given::File(path.clone(), F::FILE)),
            (None, None) => None,
        };
        Ok(Self { given, flag: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn conflict<F: SecretFlag>() -> Error {
    let text = format!("the argument '--{}' cannot be used with '--{}'\n", F::NAME, F::FILE);
    Error::raw(ErrorKind::ArgumentConflict, text)
}

impl<F: SecretFlag> Args for SecretFlags<F> {
    fn augment_args(command: Command) -> Command {
        let argument = Arg::new(F::NAME).long(F::NAME).value_name(F::VALUE);
        let argument = match F::VARIABLE {
            Some(variable) => argument.env(variable).hide_env_values(true),
            None => argument,
        };
        let help = format!(
            "{}; - reads it from standard input. Other users of this machine see what stands here: better use --{}",
            F::HELP,
            F::FILE
        );
        let file = Arg::new(F::FILE).long(F::FILE).value_name("PATH").value_parser(value_parser!(PathBuf));
        let file_help = format!("Read the value of --{} from a file, or from standard input with -", F::NAME);
        command.arg(argument.help(help)).arg(file.help(file_help))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

#[cfg(test)]
mod tests;
