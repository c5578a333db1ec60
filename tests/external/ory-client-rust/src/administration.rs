//! Clients on the admin port, and what the server says about itself there.

use ory_client::apis::metadata_api::get_version;
use ory_client::apis::o_auth2_api::{
    delete_o_auth2_client, get_o_auth2_client, list_o_auth2_clients, set_o_auth2_client,
};
use ory_client::models::OAuth2Client;
use reqwest::StatusCode;
use serde_json::json;

use crate::login_application::client;
use crate::server::{admin, refusal};

#[tokio::test]
async fn client_is_created_read_changed_listed_and_deleted() {
    let created = client("administration").await;
    let id = created.client_id.clone().unwrap();
    let read = get_o_auth2_client(&admin(), &id).await.unwrap();
    assert_eq!((&read.client_name, &read.audience), (&created.client_name, &created.audience));
    assert_eq!(read.client_secret, None);
    let wanted = OAuth2Client { metadata: Some(json!({"team": "north"})), skip_consent: Some(true), ..read };
    let changed = set_o_auth2_client(&admin(), &id, wanted).await.unwrap();
    assert_eq!((changed.metadata, changed.skip_consent), (Some(json!({"team": "north"})), Some(true)));
    let listed = list_o_auth2_clients(&admin(), Some(50), None, Some("administration"), None).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].client_id.as_ref(), Some(&id));
    delete_o_auth2_client(&admin(), &id).await.unwrap();
    let (status, _) = refusal(get_o_auth2_client(&admin(), &id).await.unwrap_err());
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn version_is_told() {
    assert!(!get_version(&admin()).await.unwrap().version.is_empty());
}
