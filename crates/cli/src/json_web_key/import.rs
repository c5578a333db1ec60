//! `symbolon import jwk`: puts keys of files into a set. A file has a key in PEM (RFC 7468), a key in JSON (RFC 7517 §4) or
//! a set of them (§5).

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;
use symbolon_client::{Jwk, JwkSet};

use super::shown::{public, shown};
use crate::connection::{AdminEndpoint, Connection};
use crate::failure::{Failure, Failures};
use crate::secret::source;

/// Flags of `import jwk`.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// The name of the set
    #[arg(value_name = "SET_ID")]
    set: String,
    /// Files with keys in PEM or in JSON; '-' is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The algorithm of keys that do not say
    #[arg(long, value_name = "ALGORITHM")]
    alg: Option<String>,
    /// What keys are for that do not say: sig or enc
    #[arg(long = "use", value_name = "USE", default_value = "sig")]
    purpose: String,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: ImportArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    // All are read before the first is sent, so that a slip in the last file leaves nothing half done.
    let mut keys = Vec::new();
    for file in &arguments.files {
        keys.extend(keys_of(file)?);
    }
    let (mut imported, mut failures) = (Vec::new(), Failures::of(keys.len()));
    for key in keys {
        let key = completed(key, &arguments);
        match admin.put_key(&arguments.set, &key).await {
            Ok(key) => imported.push(key),
            Err(error) => failures.add(&key.kid.unwrap_or_default(), error.into()),
        }
    }
    if !imported.is_empty() {
        // Whoever imports a private key has it.
        let set = public(&JwkSet { keys: imported });
        arguments.connection.print_list(&shown(&[(arguments.set, set)])?)?;
    }
    failures.end()
}

/// A key with what the flags say where it says nothing; its name is its thumbprint then (RFC 7638).
fn completed(key: Jwk, arguments: &ImportArguments) -> Jwk {
    Jwk {
        kid: key.kid.clone().filter(|kid| !kid.is_empty()).or_else(|| Some(key.thumbprint())),
        alg: key.alg.clone().or_else(|| arguments.alg.clone()),
        use_: key.use_.clone().or_else(|| Some(arguments.purpose.clone())),
        ..key
    }
}

fn keys_of(file: &Path) -> Result<Vec<Jwk>, Failure> {
    let text = source::read_text(file, "FILE")?;
    keys_in(text.expose()).ok_or_else(|| {
        Failure::message(format!(
            "{} has no key: neither PEM (BEGIN PRIVATE KEY, BEGIN PUBLIC KEY) nor a JSON Web Key or a set of them; \
             openssl pkey -inform DER writes PEM from other files",
            file.display()
        ))
    })
}

/// The keys of a text; `None` when it has none or one that cannot be understood.
fn keys_in(text: &str) -> Option<Vec<Jwk>> {
    if !text.trim_start().starts_with('{') {
        return Jwk::from_pem(text).ok().map(|key| vec![key]);
    }
    let value: Value = serde_json::from_str(text).ok()?;
    // A set with a key that is not understood must not be taken for a smaller one.
    let keys = match value.get("keys") {
        Some(keys) => serde_json::from_value::<Vec<Jwk>>(keys.clone()).ok()?,
        None => vec![serde_json::from_value(value).ok()?],
    };
    (!keys.is_empty()).then_some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    #[test]
    fn a_file_has_one_key_or_several() {
        assert_eq!(keys_in(PUBLIC).unwrap().len(), 1);
        assert_eq!(keys_in(&format!("\n{{\"keys\":[{PUBLIC},{PUBLIC}]}}")).unwrap().len(), 2);
        for none in
            ["", "{", "{}", "{\"keys\":[]}", "{\"keys\":[{}]}", "{\"keys\":{}}", "[]", "-----BEGIN PRIVATE KEY-----"]
        {
            assert!(keys_in(none).is_none(), "{none}");
        }
        assert!(keys_in(&format!("{{\"keys\":[{PUBLIC},{{\"kty\":1}}]}}")).is_none());
    }
}
