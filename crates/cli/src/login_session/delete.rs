//! `symbolon delete sessions`: users have to log in again. Tokens that were issued stay; `symbolon sign-out` ends those,
//! too.

use clap::Args;
use symbolon_client::EndedLogins;

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::CommandResult;

/// Flags of `delete sessions`.
#[derive(Debug, Args)]
pub(crate) struct DeleteArguments {
    /// The subject all of whose sessions end; clients are not told
    #[arg(value_name = "SUBJECT", required_unless_present = "sid", conflicts_with = "sid")]
    subject: Option<String>,
    /// One session, by the sid of its ID tokens; its clients are told
    #[arg(long, value_name = "SID")]
    sid: Option<String>,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: DeleteArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let (which, name) = match (arguments.sid, arguments.subject) {
        (Some(sid), _) => (EndedLogins::One { sid: sid.clone() }, sid),
        (None, subject) => {
            let subject = subject.unwrap_or_default();
            (EndedLogins::All { subject: subject.clone() }, subject)
        }
    };
    admin.end_logins(&which).await?;
    arguments.connection.print(&CommandResult::identity(name))
}
