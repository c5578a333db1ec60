//! The demonstration account and client, created over the admin port like anybody would, and left alone when they exist.

use std::time::Duration;

use symbolon_client::{AdminClient, Error, NewAccount};
use symbolon_types::{Client, ClientId, Scope};

use super::LOOPBACK;
use super::data_directory::DemonstrationFile;
use crate::failure::Failure;
use crate::relying_party::post_logout_redirect_uri;

/// The id of the demonstration client.
pub(super) const CLIENT_ID: &str = "demo";

/// Where the server sends the browser back to.
pub(super) fn redirect_uri(application_port: u16) -> String {
    format!("http://{LOOPBACK}:{application_port}/callback")
}

/// Makes sure that account and client exist, as soon as the server answers.
pub(super) async fn seed(
    admin: &AdminClient,
    demonstration: &DemonstrationFile,
    application_port: u16,
) -> Result<(), Failure> {
    until_ready(admin).await?;
    let mut account = NewAccount {
        username: demonstration.username.clone(),
        password: demonstration.password.clone(),
        ..NewAccount::default()
    };
    account.claims.email = Some("demo@example.com".to_owned());
    account.claims.name = Some("Demo User".to_owned());
    match admin.create_account(&account).await {
        Err(error) if error.status() != Some(409) => return Err(failed("account", &error)),
        _ => {}
    }
    match admin.get_client(CLIENT_ID).await {
        Ok(known) => keep_up(admin, known, application_port).await,
        Err(error) if error.status() == Some(404) => {
            admin.create_client(&client(application_port)?).await.map(|_| ()).map_err(|error| failed("client", &error))
        }
        Err(error) => Err(failed("client", &error)),
    }
}

/// The server opens its ports before it is ready, so the first question may be early.
async fn until_ready(admin: &AdminClient) -> Result<(), Failure> {
    let mut last = None;
    for _ in 0..50 {
        match admin.ready().await {
            Ok(()) => return Ok(()),
            Err(error) => last = Some(error),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let reason = last.map(|error| error.to_string()).unwrap_or_default();
    Err(Failure::message(format!("the server does not get ready: {reason}")))
}

/// Registers what this start needs and an earlier one did not: the application may have moved to another port, and
/// versions before could not sign out.
async fn keep_up(admin: &AdminClient, mut known: Client, application_port: u16) -> Result<(), Failure> {
    if !add_addresses(&mut known, application_port) {
        return Ok(());
    }
    admin.replace_client(CLIENT_ID, &known).await.map(|_| ()).map_err(|error| failed("client", &error))
}

/// Adds the addresses of the application that are missing; tells whether there were any.
fn add_addresses(client: &mut Client, application_port: u16) -> bool {
    let mut is_changed = false;
    let addresses = [
        (&mut client.redirect_uris, redirect_uri(application_port)),
        (&mut client.post_logout_redirect_uris, post_logout_redirect_uri(application_port)),
    ];
    for (registered, uri) in addresses {
        if !registered.contains(&uri) {
            registered.push(uri);
            is_changed = true;
        }
    }
    is_changed
}

/// A public client: PKCE protects the code, and the application needs no secret.
fn client(application_port: u16) -> Result<Client, Failure> {
    let scope = Scope::parse("openid offline_access profile email");
    Ok(Client {
        client_id: ClientId::new(CLIENT_ID),
        client_name: "Demo application".to_owned(),
        client_uri: format!("http://{LOOPBACK}:{application_port}/"),
        redirect_uris: vec![redirect_uri(application_port)],
        post_logout_redirect_uris: vec![post_logout_redirect_uri(application_port)],
        grant_types: vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
        response_types: vec!["code".to_owned()],
        scope: scope.map_err(|error| Failure::message(error.to_string()))?,
        token_endpoint_auth_method: "none".to_owned(),
        ..Client::default()
    })
}

fn failed(what: &str, error: &Error) -> Failure {
    Failure::message(format!("the demonstration {what} cannot be set up: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_of_an_older_start_learns_what_is_missing_once() {
        let mut known = client(4446).unwrap();
        assert!(!add_addresses(&mut known, 4446), "a new one has everything");
        known.post_logout_redirect_uris.clear();
        assert!(add_addresses(&mut known, 4446));
        assert!(known == client(4446).unwrap());
        assert!(add_addresses(&mut known, 5446), "the application has moved");
        assert_eq!((known.redirect_uris.len(), known.post_logout_redirect_uris.len()), (2, 2));
        assert!(!add_addresses(&mut known, 5446) && !add_addresses(&mut known, 4446));
    }
}
