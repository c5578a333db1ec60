//! Where a password comes from: standard input or a file. An argument would be visible to other users of the machine.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;

/// Flags of the commands that take a password.
#[derive(Debug, Args)]
pub(crate) struct PasswordArguments {
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
    /// Read the password from the first line of a file
    #[arg(long, value_name = "PATH", conflicts_with = "password_stdin")]
    password_file: Option<PathBuf>,
}

impl PasswordArguments {
    /// The password, if one of the flags is there.
    pub(crate) fn read(&self) -> Result<Option<String>, Failure> {
        if self.password_stdin {
            return first_line(std::io::stdin().lock(), "standard input").map(Some);
        }
        let Some(path) = &self.password_file else { return Ok(None) };
        let name = path.display().to_string();
        let file =
            File::open(path).map_err(|error| Failure::message(format!("the file {name} cannot be read: {error}")))?;
        first_line(file, &name).map(Some)
    }
}

fn first_line(mut input: impl Read, name: &str) -> Result<String, Failure> {
    let mut text = String::new();
    input
        .read_to_string(&mut text)
        .map_err(|error| Failure::message(format!("the password cannot be read from {name}: {error}")))?;
    // Blanks at the end may belong to the password; the line break does not.
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(Failure::message(format!("the first line of {name} is empty; the password has to be there"))),
    }
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn password_is_the_first_line() {
        assert_eq!(first_line(&b"open sesame \r\nmore\n"[..], "x").unwrap(), "open sesame ");
        assert!(first_line(&b""[..], "x").is_err());
        assert!(first_line(&b"\nx"[..], "x").is_err());
    }
}
