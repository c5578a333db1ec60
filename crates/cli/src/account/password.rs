//! Where a password comes from. Creating an account takes it as an argument, too, as it always did; changing one does not.

use std::path::{Path, PathBuf};

use clap::Args;
use symbolon_client::Secret;

use crate::failure::Failure;
use crate::secret::source;
use crate::secret::{AccountPassword, SecretFlags};

/// Flags of the command that changes a password.
#[derive(Debug, Args)]
pub(crate) struct PasswordArguments {
    /// Read the password from standard input: one line
    #[arg(long)]
    password_stdin: bool,
    /// Read the password from a file of one line, or from standard input with -
    #[arg(long, value_name = "PATH", conflicts_with = "password_stdin")]
    password_file: Option<PathBuf>,
}

impl PasswordArguments {
    /// The password, if one of the flags is there.
    pub(crate) fn read(&self) -> Result<Option<Secret<String>>, Failure> {
        if self.password_stdin {
            return from_standard_input().map(Some);
        }
        self.password_file.as_ref().map(|path| source::read_line(path, "password-file")).transpose()
    }
}

/// Flags of the command that sets the first password.
#[derive(Debug, Args)]
pub(crate) struct FirstPasswordArguments {
    /// Read the password from standard input: one line
    #[arg(long, conflicts_with_all = ["password", "password-file"])]
    password_stdin: bool,
    #[command(flatten)]
    password: SecretFlags<AccountPassword>,
}

impl FirstPasswordArguments {
    /// The password.
    pub(crate) fn read(&self) -> Result<Secret<String>, Failure> {
        if self.password_stdin {
            return from_standard_input();
        }
        let missing = || Failure::message("there is no password: give one with --password-stdin or --password-file");
        self.password.read()?.ok_or_else(missing)
    }
}

fn from_standard_input() -> Result<Secret<String>, Failure> {
    source::read_line(Path::new("-"), "password-stdin")
}
