//! Profiles: a small file with the servers that somebody works with, so that commands need no `--endpoint`.
//!
//! `$XDG_CONFIG_HOME/symbolon/profiles.yaml`, or `~/.config/symbolon/profiles.yaml`:
//!
//! ```yaml
//! default: local
//! profiles:
//!   local:
//!     admin_url: http://127.0.0.1:4445
//!     public_url: http://127.0.0.1:4444
//!   production:
//!     admin_url: https://login-admin.example.com
//!     admin_token_file: production-token
//! ```
//!
//! The default is used where neither a flag nor the environment names a server. A secret stands in a file of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;
use symbolon_client::Secret;

use crate::environment;
use crate::failure::Failure;
use crate::secret::source;

const FILE: &str = "symbolon/profiles.yaml";

/// Which profile is meant. It is not called `--profile`, which is the address of a person's page.
#[derive(Debug, Args)]
pub(crate) struct ProfileFlag {
    #[arg(id = "server", long, value_name = "NAME", env = "SYMBOLON_SERVER", hide_env_values = true)]
    #[arg(help = "The profile of this name in ~/.config/symbolon/profiles.yaml, instead of an endpoint")]
    profile: Option<String>,
}

/// A server, as the file has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// The URL of the admin port.
    pub(crate) admin_url: Option<String>,
    /// The URL of the public port: the issuer.
    pub(crate) public_url: Option<String>,
    /// A file with the token that the admin port asks for; a relative name counts from the place of the profiles.
    admin_token_file: Option<PathBuf>,
    #[serde(skip)]
    place: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profiles {
    default: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

impl ProfileFlag {
    /// The profile, where `endpoint`, which a flag or the environment gave, leaves a place for one: a named one and an
    /// endpoint are two servers, of which the wrong one might be meant.
    pub(crate) fn beside(&self, endpoint: Option<&str>) -> Result<Profile, Failure> {
        let named = self.profile.as_deref().filter(|name| !name.is_empty());
        match (named, endpoint) {
            (Some(name), Some(endpoint)) => Err(Failure::message(format!(
                "two servers are named: the profile '{name}' and the endpoint {endpoint} (a flag or the environment); \
                 leave one out"
            ))),
            (None, Some(_)) => Ok(Profile::default()),
            (named, None) => find(named, environment::config_home().map(|home| home.join(FILE)).as_deref()),
        }
    }
}

impl Profile {
    /// The token for the admin port, if the profile has one.
    pub(crate) fn admin_token(&self) -> Result<Option<Secret<String>>, Failure> {
        let file = self.admin_token_file.as_ref();
        file.map(|file| source::read_line(&self.place.join(file), "profile")).transpose()
    }
}

/// The profile of a name, else the default one, else an empty one.
fn find(named: Option<&str>, file: Option<&Path>) -> Result<Profile, Failure> {
    let Some(file) = file.filter(|file| file.exists()) else {
        return match named {
            Some(name) => Err(Failure::message(format!("there is no profile '{name}': ~/.config/{FILE} is not there"))),
            None => Ok(Profile::default()),
        };
    };
    let shown = file.display();
    let fault = |reason: String| Failure::message(format!("{shown} cannot be read: {reason}"));
    let text = std::fs::read_to_string(file).map_err(|error| fault(error.to_string()))?;
    let Profiles { default, mut profiles } = serde_saphyr::from_str(&text).map_err(|error| fault(error.to_string()))?;
    let Some(name) = named.map(str::to_owned).or(default) else { return Ok(Profile::default()) };
    let known = profiles.keys().cloned().collect::<Vec<_>>().join(", ");
    let found = profiles.remove(&name);
    let found = found.ok_or_else(|| Failure::message(format!("{shown} has no profile '{name}', only: {known}")))?;
    Ok(Profile { place: file.parent().map(Path::to_owned).unwrap_or_default(), ..found })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "default: local\nprofiles:\n  local:\n    admin_url: http://127.0.0.1:4445\n  far:\n    public_url: \
                        https://login.example\n    admin_token_file: token\n";

    fn found(named: Option<&str>, text: &str) -> Result<Profile, Failure> {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("profiles.yaml");
        std::fs::write(&file, text).unwrap();
        find(named, Some(&file))
    }

    #[test]
    fn a_profile_is_found_by_name_or_is_the_default() {
        assert_eq!(found(None, TEXT).unwrap().admin_url.as_deref(), Some("http://127.0.0.1:4445"));
        let far = found(Some("far"), TEXT).unwrap();
        assert_eq!((far.admin_url, far.public_url.as_deref()), (None, Some("https://login.example")));
        assert_eq!(found(None, "profiles: {}").unwrap(), Profile::default());
        assert_eq!(find(None, None).unwrap(), Profile::default());
        assert_eq!(find(None, Some(Path::new("/no/such/file"))).unwrap(), Profile::default());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (named, text, part) in [
            (Some("near"), TEXT, "only: far, local"),
            (None, "default: none\nprofiles: {}", "'none'"),
            (None, "profiles:\n  a:\n    url: x\n", "url"),
            (None, "profiles: [", "cannot be read"),
            (None, "other: 1", "other"),
        ] {
            let Err(Failure::Message(told)) = found(named, text) else { panic!("{text}") };
            assert!(told.contains(part), "{told}");
        }
        let Err(Failure::Message(told)) = find(Some("far"), None) else { panic!() };
        assert!(told.contains("'far'"), "{told}");
        let both = ProfileFlag { profile: Some("far".to_owned()) }.beside(Some("http://h"));
        let Err(Failure::Message(told)) = both else { panic!() };
        assert!(told.contains("two servers"), "{told}");
    }
}
