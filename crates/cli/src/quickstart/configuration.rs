//! The configuration file that a quickstart writes once. It is an example to start from: every setting says what it is
//! for, and the file works with `symbolon serve -c` as well.

use std::path::Path;

use symbolon_client::Rng;
use symbolon_server::config::Config;

use super::{LOOPBACK, Ports, Purpose};
use crate::failure::Failure;
use crate::mcp_server::{READ, WRITE, resource_identifier};

/// The issuer of a quickstart. The address, not `localhost`: that name may mean `::1`, where nobody listens.
pub(super) fn issuer(public_port: u16) -> String {
    format!("http://{LOOPBACK}:{public_port}")
}

/// The text of the file, with fresh secrets.
pub(super) fn text(ports: Ports, purpose: Purpose, database: &Path, rng: &Rng) -> Result<String, Failure> {
    let Some(path) = database.to_str().filter(|path| !path.contains('?')) else {
        return Err(Failure::message(format!(
            "the path {} cannot stand in a database address: choose a plain one with --data-dir",
            database.display()
        )));
    };
    let dsn = format!("sqlite://{path}");
    // A JSON string is a YAML string, whatever characters are in the path.
    let dsn = serde_json::to_string(&dsn)
        .map_err(|error| Failure::message(format!("the path of the database cannot be written: {error}")))?;
    let Ports { public, admin, application } = ports;
    let resources = match purpose {
        Purpose::Login => String::new(),
        Purpose::Mcp => resources(application),
    };
    let (system, cookie, issuer) = (rng.token(32), rng.token(32), issuer(public));
    Ok(format!(
        "# Settings of the quickstart, written once and yours to change.
# They work with `symbolon serve -c` as well. To get fresh ones, start the quickstart with --reset.

# Where everything is kept: one SQLite file.
dsn: {dsn}

# For trying out and development: allows http instead of https. Never in production.
dev: true

urls:
  self:
    # Who this server is. It stands in every ID token, and clients compare it.
    issuer: {issuer}

serve:
  # What browsers and applications reach.
  public:
    host: {LOOPBACK}
    port: {public}
  # What only your own services should reach: clients, accounts, introspection.
  admin:
    host: {LOOPBACK}
    port: {admin}

# What tokens and cookies are sealed with. Whoever knows these can make tokens: keep them to yourself.
# To change one, put the new secret in front of the old one; both are understood then.
secrets:
  system:
    - {system}
  cookie:
    - {cookie}

symbolon:
  # Holds every client to OAuth 2.1: PKCE, codes only. `symbolon explain-profile oauth21` has the rules; `none` is Hydra.
  security_profile: oauth21
{resources}
oidc:
  # Lets applications register themselves (POST /oauth2/register). Off unless switched on.
  dynamic_client_registration:
    enabled: true

log:
  # error, warn, info, debug or trace
  level: warn
"
    ))
}

/// The protected resource of `--mcp`.
fn resources(application_port: u16) -> String {
    let identifier = resource_identifier(application_port);
    format!(
        "
  # What MCP clients need, in one switch: registration, scopes and refresh tokens as they expect them. The reference of
  # the configuration lists what it sets; each of that can be set here, too, and counts then.
  mcp:
    enabled: true
    # The MCP servers. Clients name them as `resource`, and tokens have them in `aud`.
    resources:
      - identifier: {identifier}
        scopes: [{READ}, {WRITE}]
        # What the consent page says.
        title: Demonstration notes
        scope_titles:
          {READ}: Read your notes
          {WRITE}: Add notes
"
    )
}

/// A configuration that was written for something else cannot be made fit for MCP behind its owner's back.
pub(super) fn require_mcp_server(config: &Config, application_port: u16, file: &Path) -> Result<(), Failure> {
    let identifier = resource_identifier(application_port);
    if config.symbolon.resources.of_audience(&identifier).is_some() {
        return Ok(());
    }
    Err(Failure::message(format!(
        "the settings in {} know no resource {identifier}, so that no MCP client would get a token for it: start over with \
         --reset, choose another directory with --data-dir, or set symbolon.mcp.enabled and the resource in \
         symbolon.mcp.resources there",
        file.display()
    )))
}

#[cfg(test)]
mod tests {
    use symbolon_server::config::{Overrides, load};

    use super::*;

    #[test]
    fn server_accepts_the_file() {
        let place = tempfile::tempdir().unwrap();
        let ports = Ports { public: 5444, admin: 5445, application: 5446 };
        let database = Path::new("/var/a b: \"c\" #d/symbolon.sqlite");
        let file = place.path().join("symbolon.yaml");
        std::fs::write(&file, text(ports, Purpose::Login, database, &Rng::seeded(1)).unwrap()).unwrap();
        let config = load(&[file], std::iter::empty(), &Overrides::default()).unwrap();
        assert_eq!(config.dsn, "sqlite:///var/a b: \"c\" #d/symbolon.sqlite");
        assert_eq!(config.issuer(), "http://127.0.0.1:5444");
        assert_eq!((config.serve.public.port, config.serve.admin.port), (5444, 5445));
        assert!(config.dev && config.oidc.dynamic_client_registration.enabled && config.symbolon.ui.enabled);
        assert!(config.ignored.is_empty(), "{:?}", config.ignored);
        assert_eq!(config.secrets.system.len(), 1);
        assert_eq!(config.symbolon.security_profile.as_str(), "oauth21");
    }

    #[test]
    fn mcp_server_is_a_resource_where_it_is_wanted() {
        let place = tempfile::tempdir().unwrap();
        let ports = Ports { public: 5444, admin: 5445, application: 5446 };
        for (purpose, is_known) in [(Purpose::Login, false), (Purpose::Mcp, true)] {
            let file = place.path().join("symbolon.yaml");
            std::fs::write(&file, text(ports, purpose, Path::new("/x"), &Rng::seeded(1)).unwrap()).unwrap();
            let config = load(std::slice::from_ref(&file), std::iter::empty(), &Overrides::default()).unwrap();
            assert!(config.ignored.is_empty(), "{:?}", config.ignored);
            assert_eq!(require_mcp_server(&config, 5446, &file).is_ok(), is_known);
            let Err(Failure::Message(message)) = require_mcp_server(&config, 5447, &file) else { panic!() };
            assert!(message.contains("http://127.0.0.1:5447/mcp") && message.contains("--reset"), "{message}");
        }
    }

    #[test]
    fn path_with_a_question_mark_is_refused() {
        let ports = Ports { public: 1, admin: 2, application: 3 };
        assert!(text(ports, Purpose::Login, Path::new("/what?/symbolon.sqlite"), &Rng::seeded(1)).is_err());
    }

    #[test]
    fn every_file_has_its_own_secrets() {
        let ports = Ports { public: 1, admin: 2, application: 3 };
        let write = || text(ports, Purpose::Login, Path::new("/x"), &Rng::system()).unwrap();
        assert_ne!(write(), write());
    }
}
