//! A browser as far as a flow needs one: it keeps cookies and goes where it is sent, one step at a time.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, StatusCode, Url, redirect};

pub struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub fn new() -> Self {
        let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self { client, cookies: BTreeMap::new() }
    }

    /// Opens an address that must answer with a redirect; where it leads.
    pub async fn follow(&mut self, address: &str) -> String {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = self.client.get(address).header(COOKIE, cookies.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = answer.status();
        let Some(location) = answer.headers().get(LOCATION) else {
            panic!("{address} answered {status} and no redirect");
        };
        assert!(matches!(status, StatusCode::FOUND | StatusCode::SEE_OTHER), "{status}");
        location.to_str().unwrap().to_owned()
    }
}

/// A parameter in the query of an address.
pub fn parameter(address: &str, name: &str) -> Option<String> {
    let address = Url::parse(address).unwrap();
    address.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// An address with a query.
pub fn address(base: &str, parameters: &[(&str, &str)]) -> String {
    Url::parse_with_params(base, parameters).unwrap().into()
}
