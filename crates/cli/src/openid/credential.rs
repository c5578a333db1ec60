//! `symbolon credential`: a verifiable credential about a user, bound to a key pair (OpenID Connect UserInfo Verifiable
//! Credentials 1.0, draft 00). The key is read from a file, or made and written there.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use symbolon_client::{Algorithm, Credential, Jwk, Rng, SigningKey};
use symbolon_types::timestamp;

use super::{PublicEndpoint, UserToken, client};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::output::CommandResult;

/// Flags of `credential`.
#[derive(Debug, Args)]
pub(crate) struct CredentialArguments {
    #[command(flatten)]
    token: UserToken,
    /// The private key as JWK; made and written there when the file does not exist
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[arg(long, value_name = "ALGORITHM", default_value = "ES256")]
    #[arg(help = "What a new key signs with: ES256, ES384, ES512, EdDSA or RS256")]
    #[arg(value_parser = algorithm)]
    algorithm: Algorithm,
    #[command(flatten)]
    endpoint: PublicEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: CredentialArguments) -> Result<(), Failure> {
    let connection = &arguments.connection;
    let token = arguments.token.read()?;
    let client = client(connection, &arguments.endpoint, None).await?;
    let key = read_or_make(&arguments.key, arguments.algorithm)?;
    let credential = client.issue_credential(&token, &key).await?;
    connection.print(&shown(&credential))
}

fn algorithm(text: &str) -> Result<Algorithm, String> {
    text.parse().map_err(|_| "it is none of the algorithms known here".to_owned())
}

fn read_or_make(file: &Path, algorithm: Algorithm) -> Result<SigningKey, Failure> {
    let fault = |reason: String| Failure::message(format!("the key {} {reason}", file.display()));
    match std::fs::read_to_string(file) {
        Ok(text) => {
            let jwk: Jwk = serde_json::from_str(&text).map_err(|error| {
                // The reason in words may repeat a member of the key.
                fault(format!("is no JWK: see line {}, column {}", error.line(), error.column()))
            })?;
            SigningKey::from_jwk(&jwk).map_err(|error| fault(format!("cannot be used: {error}")))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let key = SigningKey::generate(algorithm, Rng::system().token(12))
                .map_err(|error| fault(format!("cannot be made: {error}")))?;
            write(file, &key).map_err(|error| fault(format!("cannot be written: {error}")))?;
            Ok(key)
        }
        Err(error) => Err(fault(format!("cannot be read: {error}"))),
    }
}

/// Writes the private key where only its owner can read it, and never over another file.
fn write(file: &Path, key: &SigningKey) -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(&key.to_private_jwk())?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(file)?;
    written.write_all(text.as_bytes())?;
    written.sync_all()
}

fn shown(credential: &Credential) -> CommandResult {
    let subject = credential.subject.get("sub").and_then(serde_json::Value::as_str).unwrap_or_default();
    let expires_at = credential.expires_at.map(timestamp::format_seconds);
    CommandResult {
        rows: vec![
            ("SUBJECT", subject.to_owned()),
            ("HOLDER", credential.holder.clone()),
            ("EXPIRY", expires_at.clone().unwrap_or_default()),
            ("CREDENTIAL", credential.raw.clone()),
        ],
        object: json!({
            "format": "jwt_vc_json",
            "credential": credential.raw,
            "holder": credential.holder,
            "expiry": expires_at,
            "claims": credential.all,
        }),
        id: credential.raw.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_made_once_and_kept() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("key.json");
        let made = read_or_make(&file, Algorithm::EdDSA).unwrap();
        let read = read_or_make(&file, Algorithm::ES256).unwrap();
        assert_eq!(made.public_jwk().thumbprint(), read.public_jwk().thumbprint());
        std::fs::write(&file, "{}").unwrap();
        assert!(read_or_make(&file, Algorithm::ES256).is_err());
        assert!(read_or_make(place.path(), Algorithm::ES256).is_err());
    }
}
