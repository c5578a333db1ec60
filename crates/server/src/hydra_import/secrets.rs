//! The secrets that Hydra ran with, and what they open.

use serde::Deserialize;
use symbolon_jose::hydra::{HydraCookieKey, HydraKey};
use symbolon_jose::{Secret, digest};

use super::fault::ImportFault;
use crate::config::Secrets;
use crate::hydra::Keys;

/// The secrets that Hydra ran with, the one in use first.
#[derive(Clone, Debug, Default)]
pub struct HydraSecrets {
    system: Vec<Secret<String>>,
    cookie: Vec<Secret<String>>,
}

#[derive(Deserialize)]
struct Document {
    secrets: Lists,
}

#[derive(Deserialize)]
struct Lists {
    #[serde(default)]
    system: Vec<Secret<String>>,
    #[serde(default)]
    cookie: Vec<Secret<String>>,
}

impl HydraSecrets {
    /// Those of a configuration: that of Hydra is one of Symbolon, too.
    pub fn of_config(secrets: &Secrets) -> Self {
        Self { system: secrets.system.clone(), cookie: secrets.cookie.clone() }
    }

    /// Those of a text: Hydra's configuration, of which only `secrets` is looked at, or system secrets, one a line.
    pub fn parse(text: &str) -> Result<Self, ImportFault> {
        let of_document = serde_saphyr::from_str::<Document>(text).ok();
        let secrets = if let Some(Document { secrets: Lists { system, cookie } }) = of_document {
            Self { system, cookie }
        } else {
            let lines = text.lines().map(|line| line.trim_end_matches('\r')).filter(|line| !line.is_empty());
            Self { system: lines.map(|line| Secret::new(line.to_owned())).collect(), cookie: Vec::new() }
        };
        if secrets.system.is_empty() {
            return Err(ImportFault::new(
                "the file with Hydra's secrets has none: write secrets.system as in Hydra's configuration, or one secret a line",
            ));
        }
        Ok(secrets)
    }

    /// By which tokens and cookies are genuine. Without secrets for cookies they have the key of the first system secret. A
    /// configuration of ours has the system secrets in their place where it names none, so that then both ways count.
    pub(super) fn keys(&self) -> Keys {
        let tokens: Vec<HydraKey> = self.system.iter().map(|secret| HydraKey::of_secret(secret.expose())).collect();
        let mut cookies: Vec<HydraCookieKey> =
            self.cookie.iter().map(|secret| HydraCookieKey::new(secret.expose().as_bytes())).collect();
        let same = self.cookie.iter().map(Secret::expose).eq(self.system.iter().map(Secret::expose));
        if self.cookie.is_empty() || same {
            cookies.extend(tokens.first().map(|key| HydraCookieKey::new(key.as_bytes().as_slice())));
        }
        Keys::new(tokens, cookies)
    }
}

/// Opens what is sealed in Hydra's database.
pub(super) struct Opener(Vec<HydraKey>);

impl Opener {
    pub(super) fn new(secrets: &HydraSecrets) -> Self {
        Self(secrets.system.iter().map(|secret| HydraKey::of_secret(secret.expose())).collect())
    }

    /// The JSON in a column: sealed, or plain where Hydra was told so. `None` where no secret opens it.
    pub(super) fn open(&self, text: &str) -> Option<Secret<Vec<u8>>> {
        if text.trim_start().starts_with('{') {
            return Some(Secret::new(text.as_bytes().to_vec()));
        }
        self.0.iter().find_map(|key| key.open(text))
    }
}

/// By which the ledger knows a text.
pub(super) fn name(text: &str) -> [u8; 32] {
    digest::sha256(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_read_from_a_configuration_or_from_lines() {
        let of = |text: &str| {
            let HydraSecrets { system, cookie } = HydraSecrets::parse(text).unwrap();
            let shown = |all: Vec<Secret<String>>| all.iter().map(|one| one.expose().clone()).collect::<Vec<_>>();
            (shown(system), shown(cookie))
        };
        let text = "dsn: memory\nsecrets:\n  system:\n  - two, in use (ä)\n  - one\n  cookie:\n  - c\n";
        assert_eq!(of(text), (vec!["two, in use (ä)".to_owned(), "one".to_owned()], vec!["c".to_owned()]));
        assert_eq!(of("first secret\r\nsecond secret\n\n").0, ["first secret", "second secret"]);
        assert!(HydraSecrets::parse("\n").is_err());
    }
}
