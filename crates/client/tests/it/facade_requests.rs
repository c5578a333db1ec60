//! What the operations of the facade do beyond the table: pages, credentials that are not there, ids that no URL has, and
//! limits.

use std::io::ErrorKind;

use serde_json::json;
use symbolon_client::apis::configuration::Configuration;
use symbolon_client::apis::{Error, o_auth2_api, oidc_api};
use symbolon_client::models::OAuth2Client;

use crate::server::{Server, answer, json};

fn configuration(base_path: &str) -> Configuration {
    let client = Configuration::client_builder().no_proxy().build().unwrap();
    Configuration { base_path: base_path.to_owned(), client, ..Configuration::new() }
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let server = Server::start(|request, _| {
        let page = |id: &str, link: &str| {
            let headers = format!("content-type: application/json\r\n{link}");
            answer(200, &headers, &json!([{ "client_id": id }]).to_string())
        };
        let first = "link: </admin/clients?page_size=1>; rel=\"first\", ";
        match request.line.as_str() {
            "GET /admin/clients?page_size=1" => {
                page("a", &format!("{first}</admin/clients?page_token=n%2B1&page_size=1>; rel=\"next\"\r\n"))
            }
            "GET /admin/clients?page_size=1&page_token=n%2B1" => {
                page("b", &format!("{first}</admin/clients?page_token=p>; rel=\"prev\"\r\n"))
            }
            other => panic!("{other}"),
        }
    });
    let configuration = configuration(&server.url);
    let (mut names, mut token) = (Vec::new(), None::<String>);
    loop {
        let list = o_auth2_api::list_o_auth2_clients_page(&configuration, Some(1), token.as_deref(), None, None);
        let page = list.await.unwrap();
        names.extend(page.items.into_iter().filter_map(|client: OAuth2Client| client.client_id));
        token = page.next_page_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(names, ["a", "b"]);
}

#[tokio::test]
async fn token_endpoint_takes_one_kind_of_credentials() {
    let server = Server::start(|_, _| json(200, &json!({})));
    let mut configuration = configuration(&server.url);
    configuration.bearer_access_token = Some("of the administrator".into());
    o_auth2_api::oauth2_token_exchange_with(&configuration, &[]).await.unwrap();
    o_auth2_api::o_auth2_device_flow(&configuration).await.unwrap();
    configuration.oauth_access_token = Some("access".into());
    o_auth2_api::revoke_o_auth2_token(&configuration, "t", None, None).await.unwrap();
    configuration.basic_auth = Some(("id".into(), None));
    o_auth2_api::revoke_o_auth2_token(&configuration, "t", None, None).await.unwrap();
    let seen = server.received().into_iter().map(|request| (request.authorization, request.body));
    let expected = [("", ""), ("", ""), ("Bearer access", "token=t"), ("Basic aWQ6", "token=t")];
    assert_eq!(seen.collect::<Vec<_>>(), expected.map(|(header, body)| (header.to_owned(), body.to_owned())));
}

#[tokio::test]
async fn users_token_is_not_sent_to_the_admin_port() {
    let server = Server::start(|_, _| json(200, &json!([])));
    let token = Some("of a user".to_owned());
    let configuration = Configuration { oauth_access_token: token, ..configuration(&server.url) };
    o_auth2_api::list_o_auth2_clients(&configuration, None, None, None, None).await.unwrap();
    assert_eq!(server.received()[0].authorization, "");
}

#[tokio::test]
async fn ids_that_no_url_can_carry_are_refused() {
    let server = Server::start(|_, _| answer(204, "", ""));
    let configuration = configuration(&server.url);
    for id in ["", ".", "..", "a\nb", "a\tb"] {
        let refused = o_auth2_api::delete_o_auth2_client(&configuration, id).await.unwrap_err();
        assert!(matches!(&refused, Error::Io(error) if error.kind() == ErrorKind::InvalidInput), "{id:?}: {refused}");
    }
    assert!(server.received().is_empty(), "the list above it is not named instead");
    o_auth2_api::delete_o_auth2_client(&configuration, "../a?b#c").await.unwrap();
    assert_eq!(server.received()[0].line, "DELETE /admin/clients/..%2Fa%3Fb%23c");
}

#[tokio::test]
async fn base_path_that_is_no_url_is_refused() {
    for base in ["", "as.example", "ftp://as.example", "file:///etc"] {
        let refused = oidc_api::discover_oidc_configuration(&configuration(base)).await.unwrap_err();
        assert!(matches!(&refused, Error::Io(error) if error.kind() == ErrorKind::InvalidInput), "{base}: {refused}");
    }
}

#[tokio::test]
async fn long_lists_of_the_admin_port_are_read() {
    let name = "n".repeat(2 << 20);
    let client = json!({ "client_name": name });
    let server = Server::start(move |request, _| {
        let is_list = request.line.starts_with("GET /admin");
        json(200, &if is_list { json!([client]) } else { client.clone() })
    });
    let configuration = configuration(&server.url);
    let listed = o_auth2_api::list_o_auth2_clients(&configuration, None, None, None, None).await.unwrap();
    assert_eq!(listed[0].client_name.as_ref().map(String::len), Some(2 << 20));
    let refused = oidc_api::get_oidc_dynamic_client(&configuration, "a").await.unwrap_err();
    assert!(matches!(&refused, Error::Io(error) if error.kind() == ErrorKind::FileTooLarge), "{refused}");
}

#[tokio::test]
async fn answers_that_are_not_what_was_promised_are_errors() {
    for (headers, body) in [
        ("content-type: application/json\r\n", "{}"),
        ("content-type: application/json\r\n", "[1]"),
        ("content-type: application/json\r\n", "[{}"),
        ("content-type: application/json\r\n", ""),
        ("content-type: text/html\r\n", "[]"),
        ("", "[]"),
    ] {
        let server = Server::start(move |_, _| answer(200, headers, body));
        let configuration = configuration(&server.url);
        let list = o_auth2_api::list_o_auth2_clients_page(&configuration, None, None, None, None).await;
        assert!(matches!(list, Err(Error::Serde(_))), "{headers}{body}: {list:?}");
        let token = o_auth2_api::introspect_o_auth2_token(&configuration, "t", None).await;
        assert!(matches!(token, Err(Error::Serde(_))), "{headers}{body}: {token:?}");
    }
}
