//! What stands beside the generated functions in the client crate: pages of a list, and whole forms.

use symbolon_client::apis::configuration::Configuration;
use symbolon_client::apis::o_auth2_api::{
    create_o_auth2_client, list_o_auth2_clients_page, o_auth2_authorize, o_auth2_device_flow, o_auth2_device_flow_with,
    oauth2_token_exchange_with, perform_o_auth2_device_verification_flow,
};
use symbolon_client::models::OAuth2Client;

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub async fn run(url: &str, admin_url: &str) {
    let at = |base_path: &str| Configuration { base_path: base_path.to_owned(), ..Configuration::new() };
    let (public, admin) = (at(url), at(admin_url));
    let mut created = Vec::new();
    for _ in 0..3 {
        let metadata = OAuth2Client {
            owner: Some("beyond".to_owned()),
            grant_types: Some(vec![DEVICE_GRANT.to_owned(), "client_credentials".to_owned()]),
            scope: Some("read write".to_owned()),
            ..OAuth2Client::new()
        };
        created.push(create_o_auth2_client(&admin, metadata).await.expect("a client is created"));
    }

    let (mut listed, mut token) = (0, None::<String>);
    loop {
        let page = list_o_auth2_clients_page(&admin, Some(2), token.as_deref(), None, Some("beyond")).await;
        let page = page.expect("a page");
        listed += page.items.len();
        token = page.next_page_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(listed, 3, "on more than one page");

    let client = created.swap_remove(0);
    let id = client.client_id.expect("an id");
    let with_secret = Configuration { basic_auth: Some((id.clone(), client.client_secret)), ..public.clone() };
    let form = [("grant_type", "client_credentials"), ("scope", "read")];
    let tokens = oauth2_token_exchange_with(&with_secret, &form).await.expect("tokens");
    assert_eq!(tokens.scope.as_deref(), Some("read"), "which the generated function cannot ask for");

    let device = o_auth2_device_flow(&with_secret).await.expect("the id of the client is sent");
    assert!(device.user_code.is_some() && device.expires_in.is_some());
    let form = [("client_id", id.as_str()), ("scope", "read")];
    let device = o_auth2_device_flow_with(&with_secret, &form).await.expect("a device flow");
    let code = device.device_code.expect("a code");
    let form = [("grant_type", DEVICE_GRANT), ("device_code", code.as_str())];
    let pending = oauth2_token_exchange_with(&with_secret, &form).await.expect_err("nobody has typed the code");
    assert_eq!(pending.oauth_code(), Some("authorization_pending"));

    perform_o_auth2_device_verification_flow(&public).await.expect("the way to a page");
    let nobody = o_auth2_authorize(&public, Some(vec!["https://api.example".to_owned()])).await;
    assert!(nobody.expect_err("a request without a client").oauth_code().is_some());
}
