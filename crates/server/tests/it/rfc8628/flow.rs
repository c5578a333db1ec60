//! The device flow in few words: a device, a browser, and a login application that says yes.

use serde_json::{Value, json};

use crate::fixtures::{Registered, register, text};
use crate::support::{Answer, Browser, Call, LoginApplication, TestServer};

/// `grant_type` of a poll.
pub(crate) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A confidential client that runs on devices.
pub(crate) async fn device_client(server: &TestServer) -> Registered {
    register(server, "tv", &json!({ "grant_types": [GRANT_TYPE, "refresh_token"] })).await
}

/// A public client that runs on devices.
pub(crate) async fn public_device_client(server: &TestServer) -> Registered {
    let changes = json!({ "grant_types": [GRANT_TYPE, "refresh_token"], "token_endpoint_auth_method": "none" });
    register(server, "public-tv", &changes).await
}

/// A device of a client, and the person in front of it.
pub(crate) struct DeviceFlow {
    server: TestServer,
    pub(crate) client: Registered,
    /// Who logs in, and what is granted.
    pub(crate) application: LoginApplication,
    pub(crate) browser: Browser,
}

impl DeviceFlow {
    pub(crate) fn new(server: &TestServer, client: &Registered) -> Self {
        Self {
            server: server.clone(),
            client: client.clone(),
            application: LoginApplication::new(server, "alice"),
            browser: Browser::new(server),
        }
    }

    /// The device asks for codes with these parameters.
    pub(crate) async fn ask_with(&self, form: &[(&str, &str)]) -> Answer {
        self.server.public(self.client.form("/oauth2/device/auth", form)).await
    }

    /// The device asks for codes for `openid offline`.
    pub(crate) async fn ask(&self) -> Value {
        self.ask_with(&[("scope", "openid offline")]).await.expect(200).json()
    }

    /// The device's poll.
    pub(crate) fn poll_call(&self, codes: &Value) -> Call {
        self.client.token_request(&[("grant_type", GRANT_TYPE), ("device_code", text(codes, "device_code"))])
    }

    /// The device polls.
    pub(crate) async fn poll(&self, codes: &Value) -> Answer {
        self.server.public(self.poll_call(codes)).await
    }

    /// What the device hears, as `error`.
    pub(crate) async fn hears(&self, codes: &Value) -> String {
        self.poll(codes).await.expect(400).error().unwrap()
    }

    /// The browser visits the verification URI: the challenge.
    pub(crate) async fn challenge(&mut self) -> String {
        let answer = self.browser.get("/oauth2/device/verify").await.expect(302);
        answer.location_parameter("device_challenge").unwrap()
    }

    /// The page's accept of a user code.
    pub(crate) fn accept_call(challenge: &str, user_code: &str) -> Call {
        let call = Call::put("/admin/oauth2/auth/requests/device/accept").query(&[("device_challenge", challenge)]);
        call.json(&json!({ "user_code": user_code }))
    }

    /// The code is entered: where the browser goes next.
    pub(crate) async fn enter(&mut self, codes: &Value) -> String {
        let challenge = self.challenge().await;
        let answer = self.server.admin(Self::accept_call(&challenge, text(codes, "user_code"))).await;
        answer.expect(200).member("redirect_to")
    }

    /// As far as the login page: its address.
    pub(crate) async fn to_login(&mut self, codes: &Value) -> String {
        let next = self.enter(codes).await;
        self.browser.get(&next).await.expect(302).location().to_owned()
    }

    /// As far as the consent page: its address.
    pub(crate) async fn to_consent(&mut self, codes: &Value) -> String {
        let page = self.to_login(codes).await;
        let next = self.application.accept_login(&page).await;
        self.browser.get(&next).await.expect(302).location().to_owned()
    }

    /// As far as the consent's answer: the address with the consent verifier.
    pub(crate) async fn to_verifier(&mut self, codes: &Value) -> String {
        let page = self.to_consent(codes).await;
        self.application.accept_consent(&page).await
    }

    /// All the way: the last answer to the browser.
    pub(crate) async fn connect(&mut self, codes: &Value) -> Answer {
        let next = self.to_verifier(codes).await;
        self.browser.get(&next).await
    }

    /// Rejects at a step (`login`, `consent`) with the page's address; where the browser goes next.
    pub(crate) async fn reject(&self, step: &str, page: &str) -> String {
        let name = format!("{step}_challenge");
        let query = page.split_once('?').map_or("", |(_, query)| query);
        let pairs = crate::support::pairs_of(query);
        let challenge = crate::support::pair(&pairs, &name).unwrap();
        let call = Call::put(format!("/admin/oauth2/auth/requests/{step}/reject")).query(&[(&name, challenge)]);
        let body = json!({ "error": "access_denied", "error_description": "No." });
        self.server.admin(call.json(&body)).await.expect(200).member("redirect_to")
    }
}
