//! `symbolon create account`: an account for the built-in login page.

use clap::Args;
use symbolon_client::{Account, NewAccount};

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::Shown;

/// Flags of `create account`.
#[derive(Debug, Args)]
pub(crate) struct AccountArguments {
    /// What the user types to log in
    #[arg(long)]
    username: String,
    /// The password; visible to other users of this machine while the command runs
    #[arg(long, conflicts_with = "password_stdin")]
    password: Option<String>,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
    /// The user's e-mail address
    #[arg(long)]
    email: Option<String>,
    /// The user's full name
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: AccountArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let password = match (arguments.password, arguments.password_stdin) {
        (Some(password), _) => password,
        (None, true) => password_from(std::io::stdin().lock())?,
        (None, false) => {
            return Err(Failure::message("there is no password: give one with --password-stdin or --password"));
        }
    };
    let account = NewAccount { username: arguments.username, password, email: arguments.email, name: arguments.name };
    let created = admin.create_account(&account).await?;
    shown(&created)?.print(arguments.connection.format, arguments.connection.verbosity())
}

fn password_from(mut input: impl std::io::Read) -> Result<String, Failure> {
    let mut text = String::new();
    input
        .read_to_string(&mut text)
        .map_err(|error| Failure::message(format!("the password cannot be read from standard input: {error}")))?;
    // Blanks at the end may belong to the password; the line break does not.
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() { Err(Failure::message("the password on standard input is empty")) } else { Ok(line.to_owned()) }
}

fn shown(account: &Account) -> Result<Shown, Failure> {
    let object = serde_json::to_value(account)
        .map_err(|error| Failure::message(format!("the account cannot be written as JSON: {error}")))?;
    Ok(Shown {
        rows: vec![
            ("ACCOUNT ID", account.id.clone()),
            ("USERNAME", account.username.clone()),
            ("EMAIL", account.email.clone().unwrap_or_default()),
            ("NAME", account.name.clone().unwrap_or_default()),
        ],
        object,
        id: account.id.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_is_the_first_line() {
        assert_eq!(password_from(&b"open sesame \r\nmore\n"[..]).unwrap(), "open sesame ");
        assert!(password_from(&b""[..]).is_err());
        assert!(password_from(&b"\nx"[..]).is_err());
    }
}
