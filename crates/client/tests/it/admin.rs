//! Answers of an admin port that must not be believed.

use symbolon_client::{AdminClient, Error};

use crate::server::{Server, answer};

#[tokio::test]
async fn a_server_that_cannot_look_for_a_username_is_not_believed() {
    let server = Server::start(|_, _| {
        let all = r#"[{"id":"1","username":"alice"},{"id":"2","username":"bob"}]"#;
        answer(200, "content-type: application/json\r\n", all)
    });
    let admin = AdminClient::builder(&server.url).without_proxy().build().unwrap();
    assert!(matches!(admin.find_account("carol").await, Err(Error::UnexpectedAnswer(_))));
}

#[tokio::test]
async fn list_that_never_ends_is_left() {
    let server = Server::start(|_, _| {
        let link = "content-type: application/json\r\nlink: </admin/clients?page_token=same>; rel=\"next\"\r\n";
        answer(200, link, "[{\"client_id\":\"a\"}]")
    });
    let admin = AdminClient::builder(&server.url).without_proxy().build().unwrap();
    let mut clients = admin.clients(1);
    assert!(clients.next().await.unwrap().is_ok());
    assert!(matches!(clients.next().await, Some(Err(Error::UnexpectedAnswer(_)))));
    assert!(clients.next().await.is_none());
    assert_eq!(server.received().len(), 2);
}
