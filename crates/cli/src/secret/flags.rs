//! Which secrets there are flags for, named as in Ory Hydra where it has the flag.

use symbolon_client::Url;

use super::SecretFlag;

/// What the admin port asks for.
pub(crate) struct AdminToken;

impl SecretFlag for AdminToken {
    const NAME: &'static str = "admin-token";
    const FILE: &'static str = "admin-token-file";
    const VARIABLE: Option<&'static str> = Some("SYMBOLON_ADMIN_TOKEN");
    const VALUE: &'static str = "TOKEN";
    const HELP: &'static str = "The token that the admin port asks for, if it is configured to";
}

/// The secret of a client that is created.
pub(crate) struct NewClientSecret;

impl SecretFlag for NewClientSecret {
    const NAME: &'static str = "secret";
    const FILE: &'static str = "secret-file";
    const VALUE: &'static str = "SECRET";
    const HELP: &'static str = "The client secret; the server generates one otherwise";
}

/// What a client authenticates with.
pub(crate) struct ClientSecret;

impl SecretFlag for ClientSecret {
    const NAME: &'static str = "client-secret";
    const FILE: &'static str = "client-secret-file";
    const VARIABLE: Option<&'static str> = Some("OAUTH2_CLIENT_SECRET");
    const VALUE: &'static str = "SECRET";
    const HELP: &'static str = "The client's secret; a public client has none";
}

/// The password of an account.
pub(crate) struct AccountPassword;

impl SecretFlag for AccountPassword {
    const NAME: &'static str = "password";
    const FILE: &'static str = "password-file";
    const VALUE: &'static str = "PASSWORD";
    const HELP: &'static str = "The password";
}

/// A user's access token.
pub(crate) struct AccessToken;

impl SecretFlag for AccessToken {
    const NAME: &'static str = "access-token";
    const FILE: &'static str = "access-token-file";
    const VARIABLE: Option<&'static str> = Some("SYMBOLON_ACCESS_TOKEN");
    const VALUE: &'static str = "TOKEN";
    const HELP: &'static str = "The access token of a user";
}

/// A user's ID token, which says who they are, and with which a logout can be asked for.
pub(crate) struct IdToken;

impl SecretFlag for IdToken {
    const NAME: &'static str = "id-token-hint";
    const FILE: &'static str = "id-token-hint-file";
    const VARIABLE: Option<&'static str> = Some("SYMBOLON_ID_TOKEN");
    const VALUE: &'static str = "TOKEN";
    const HELP: &'static str = "The ID token of the user who leaves; it may have expired";
}

/// What a provider asks for before it registers anybody.
pub(crate) struct InitialAccessToken;

impl SecretFlag for InitialAccessToken {
    const NAME: &'static str = "initial-access-token";
    const FILE: &'static str = "initial-access-token-file";
    const VARIABLE: Option<&'static str> = Some("SYMBOLON_INITIAL_ACCESS_TOKEN");
    const VALUE: &'static str = "TOKEN";
    const HELP: &'static str = "The token that the provider asks for before it registers anybody";
}

/// Where the database of Hydra is.
pub(crate) struct HydraDatabase;

impl SecretFlag for HydraDatabase {
    const NAME: &'static str = "from";
    const FILE: &'static str = "from-file";
    const VALUE: &'static str = "DSN";
    const HELP: &'static str = "The database of Hydra, as in its configuration: sqlite://… or postgres://…";

    fn is_secret(value: &str) -> bool {
        DataSource::is_secret(value)
    }
}

/// Where the database is. `serve` reads the environment variable `DSN` with the rest of the configuration.
pub(crate) struct DataSource;

impl SecretFlag for DataSource {
    const NAME: &'static str = "dsn";
    const FILE: &'static str = "dsn-file";
    const VALUE: &'static str = "DSN";
    const HELP: &'static str = "The database, such as sqlite:///var/lib/symbolon.db";

    fn is_secret(value: &str) -> bool {
        Url::parse(value).is_ok_and(|url| url.password().is_some()) || value.contains("password=")
    }
}
