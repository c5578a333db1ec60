//! `symbolon userinfo`: the claims that an access token opens (OpenID Connect Core 1.0 §5.3), signed answers verified.

use clap::Args;
use serde_json::Value;

use super::{PublicEndpoint, UserToken, client};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::output::CommandResult;

/// Flags of `userinfo`.
#[derive(Debug, Args)]
pub(crate) struct UserInfoArguments {
    #[command(flatten)]
    token: UserToken,
    /// Fail unless the token is this user's
    #[arg(long)]
    subject: Option<String>,
    #[command(flatten)]
    endpoint: PublicEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: UserInfoArguments) -> Result<(), Failure> {
    let connection = &arguments.connection;
    let token = arguments.token.read()?;
    let client = client(connection, &arguments.endpoint, None).await?;
    let user = client.user_info_for(&token, arguments.subject.as_deref()).await?;
    let name = user.standard.name.clone().or(user.standard.preferred_username);
    let shown = CommandResult {
        rows: vec![
            ("SUBJECT", user.subject.clone()),
            ("NAME", name.unwrap_or_default()),
            ("EMAIL", user.standard.email.unwrap_or_default()),
        ],
        object: Value::Object(user.all),
        id: user.subject,
    };
    connection.print(&shown)
}
