//! The description and the route tables name the same paths with the same methods.

use std::collections::BTreeSet;

use http::Method;

use crate::support::{Call, Listener, TestServer, described};

/// What is for browsers and no interface of programs, and other addresses of what is described.
const PAGES: &[&str] = &[
    "/.well-known/openid-configuration/{*issuer_path}",
    "/.well-known/oauth-authorization-server/{*issuer_path}",
    "/",
    "/assets/{hash}/{name}",
    "/admin/openapi.css",
    "/oauth2/fallbacks/login",
    "/oauth2/fallbacks/consent",
    "/oauth2/fallbacks/error",
    "/oauth2/fallbacks/logout",
    "/oauth2/fallbacks/logout/callback",
    "/oauth2/fallbacks/device",
    "/oauth2/fallbacks/device/done",
];

/// The paths in the source of both route tables.
fn routed() -> BTreeSet<String> {
    let tables = [include_str!("../../../src/routes/public.rs"), include_str!("../../../src/routes/admin.rs")];
    let path = |rest: &str| rest.trim_start().strip_prefix('"')?.split('"').next().map(str::to_owned);
    tables.iter().flat_map(|table| table.split(".route(").skip(1)).map(|rest| path(rest).unwrap()).collect()
}

#[tokio::test]
async fn every_route_is_described_or_a_page() {
    let server = TestServer::with(|_| {}).await;
    let described: BTreeSet<String> =
        described(&server).await.document["paths"].as_object().unwrap().keys().cloned().collect();
    let mut expected = routed();
    for page in PAGES {
        assert!(expected.remove(*page), "{page} is no route");
    }
    assert_eq!(described, expected);
}

#[tokio::test]
async fn every_path_has_the_methods_that_are_described() {
    let server = TestServer::with(|_| {}).await;
    for (path, operations) in described(&server).await.document["paths"].as_object().unwrap() {
        let listener = match operations["servers"][0]["description"].as_str().unwrap() {
            "Public listener" => Listener::Public,
            _ => Listener::Admin,
        };
        let target = path.replace(['{', '}'], "");
        let refused = server.call(listener, Call::new(Method::TRACE, target)).await.expect(405);
        let allowed = refused.header("allow").unwrap();
        let allowed: BTreeSet<&str> =
            allowed.split(',').map(str::trim).filter(|it| !matches!(*it, "HEAD" | "OPTIONS")).collect();
        let methods = ["get", "post", "put", "patch", "delete"];
        let described: BTreeSet<String> = methods
            .iter()
            .filter(|method| operations.get(**method).is_some())
            .map(|method| method.to_ascii_uppercase())
            .collect();
        assert_eq!(described.iter().map(String::as_str).collect::<BTreeSet<_>>(), allowed, "{path}");
    }
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own() {
    let server = TestServer::with(|_| {}).await;
    let mut names = BTreeSet::new();
    for (path, operations) in described(&server).await.document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap().iter().filter(|(name, _)| *name != "servers") {
            assert!(names.insert(operation["operationId"].as_str().unwrap()), "{method} {path}");
            assert!(operation["summary"].as_str().unwrap().ends_with('.'), "{method} {path}");
        }
    }
}
