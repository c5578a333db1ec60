//! `symbolon create jwk`: the server makes a key and puts it into a set.

use clap::Args;
use symbolon_client::NewKey;

use super::shown::{PublicFlag, shown};
use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;

/// Flags of `create jwk`.
#[derive(Debug, Args)]
pub(crate) struct CreateArguments {
    /// The name of the set, which comes into being with its first key
    #[arg(value_name = "SET_ID")]
    set: String,
    /// The name of the key; the server chooses one otherwise
    #[arg(value_name = "KEY_ID")]
    kid: Option<String>,
    /// The algorithm of the key
    #[arg(long, value_name = "ALGORITHM", default_value = "RS256")]
    alg: String,
    /// What the key is for: sig or enc
    #[arg(long = "use", value_name = "USE", default_value = "sig")]
    purpose: String,
    #[command(flatten)]
    public: PublicFlag,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: CreateArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let key = NewKey { algorithm: arguments.alg, kid: arguments.kid.unwrap_or_default(), purpose: arguments.purpose };
    let created = admin.create_key(&arguments.set, &key).await?;
    arguments.connection.print_list(&shown(&[(arguments.set, arguments.public.apply(created))])?)
}
