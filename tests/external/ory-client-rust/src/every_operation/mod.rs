//! Every operation of Hydra's API description through the generated crate: what it cannot do is listed with the reason,
//! and everything else must have succeeded on the wire and been decoded.

mod clients;
mod device;
mod keys;
mod requests;
mod tokens;

use ory_client::apis::configuration::Configuration;
use ory_client::apis::o_auth2_api::{
    accept_o_auth2_consent_request, accept_o_auth2_login_request, create_o_auth2_client, get_o_auth2_consent_request,
    get_o_auth2_login_request, oauth2_token_exchange,
};
use ory_client::models::{
    AcceptOAuth2ConsentRequest, AcceptOAuth2LoginRequest, OAuth2Client, OAuth2ConsentRequest, OAuth2LoginRequest,
    OAuth2TokenExchange,
};
use reqwest::{Client, redirect};

use crate::browser::{Browser, parameter};
use crate::login_application::{POST_LOGOUT_REDIRECT_URI, REDIRECT_URI, SCOPE, authorization_address};
use crate::recorder::Recorder;
use crate::server;

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Operations with which the crate cannot succeed, and why. Each is called all the same where it has a function.
const DEFECTIVE: &[(&str, &str)] = &[
    ("isAlive", "made for a service that has no such endpoint, the crate has no function"),
    ("isReady", "made for a service that has no such endpoint, the crate has no function"),
    ("oAuth2Authorize", "the function has no parameter but `resource`, so that the request names no client"),
    ("oAuth2DeviceFlow", "the function has no parameters and sends neither a form nor credentials"),
];

/// The generated crate in front of a server, with a recorder between.
struct Sdk {
    public: String,
    admin: String,
}

/// What a login has come to.
struct Done {
    browser: Browser,
    client: OAuth2Client,
    login: OAuth2LoginRequest,
    tokens: OAuth2TokenExchange,
}

#[tokio::test]
async fn every_operation_succeeds_but_where_the_crate_cannot() {
    let recorder = Recorder::default();
    let sdk = Sdk {
        public: recorder.before(&server::public().base_path),
        admin: recorder.before(&server::admin().base_path),
    };
    clients::live(&sdk).await;
    clients::register_themselves(&sdk).await;
    keys::live(&sdk).await;
    keys::of_issuers_are_trusted(&sdk).await;
    requests::are_rejected(&sdk).await;
    requests::to_log_out(&sdk).await;
    requests::leave_consents_and_sessions(&sdk).await;
    device::is_let_in(&sdk).await;
    tokens::live(&sdk).await;
    tokens::show_a_user(&sdk).await;
    let elsewhere: Vec<_> = DEFECTIVE.iter().map(|(name, _)| *name).collect();
    assert_eq!(recorder.faults(&elsewhere), [""; 0]);
}

impl Sdk {
    /// Redirects are not followed: what the server answers is the result.
    fn at(&self, base_path: &str) -> Configuration {
        let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Configuration { base_path: base_path.to_owned(), client, ..Configuration::default() }
    }

    fn admin(&self) -> Configuration {
        self.at(&self.admin)
    }

    fn public(&self) -> Configuration {
        self.at(&self.public)
    }

    fn as_client(&self, client: &OAuth2Client) -> Configuration {
        let basic_auth = Some((client.client_id.clone().unwrap(), client.client_secret.clone()));
        Configuration { basic_auth, ..self.public() }
    }

    async fn client(&self, name: &str) -> OAuth2Client {
        let words = |text: &str| Some(text.split(' ').map(str::to_owned).collect());
        let metadata = OAuth2Client {
            client_name: Some(format!("every operation: {name}")),
            redirect_uris: words(REDIRECT_URI),
            post_logout_redirect_uris: words(POST_LOGOUT_REDIRECT_URI),
            grant_types: words(&format!("authorization_code refresh_token client_credentials {DEVICE_GRANT}")),
            response_types: words("code"),
            scope: Some(SCOPE.to_owned()),
            ..OAuth2Client::new()
        };
        create_o_auth2_client(&self.admin(), metadata).await.unwrap()
    }

    /// Asks for a code as the client does; the login challenge.
    async fn authorize(&self, browser: &mut Browser, client: &OAuth2Client) -> String {
        let page = browser.follow(&authorization_address(client.client_id.as_ref().unwrap(), &[])).await;
        parameter(&page, "login_challenge").unwrap_or_else(|| panic!("no login challenge in {page}"))
    }

    /// Where the browser goes after this login.
    async fn accept_login(&self, challenge: &str, subject: &str) -> String {
        let accepted = AcceptOAuth2LoginRequest {
            remember: Some(true),
            remember_for: Some(3600),
            ..AcceptOAuth2LoginRequest::new(subject.to_owned())
        };
        accept_o_auth2_login_request(&self.admin(), challenge, Some(accepted)).await.unwrap().redirect_to
    }

    async fn consent_request(&self, page: &str) -> OAuth2ConsentRequest {
        let challenge =
            parameter(page, "consent_challenge").unwrap_or_else(|| panic!("no consent challenge in {page}"));
        get_o_auth2_consent_request(&self.admin(), &challenge).await.unwrap()
    }

    async fn accept_consent(&self, request: &OAuth2ConsentRequest) -> String {
        let accepted = AcceptOAuth2ConsentRequest {
            grant_scope: request.requested_scope.clone(),
            remember: Some(true),
            ..AcceptOAuth2ConsentRequest::new()
        };
        accept_o_auth2_consent_request(&self.admin(), &request.challenge, Some(accepted)).await.unwrap().redirect_to
    }

    /// A whole flow of a new client.
    async fn log_in(&self, subject: &str) -> Done {
        let (client, mut browser) = (self.client(subject).await, Browser::new());
        let challenge = self.authorize(&mut browser, &client).await;
        let login = get_o_auth2_login_request(&self.admin(), &challenge).await.unwrap();
        assert_eq!((login.skip, &login.client.client_id), (false, &client.client_id));
        let page = browser.follow(&self.accept_login(&challenge, subject).await).await;
        let consent = self.consent_request(&page).await;
        assert_eq!(consent.subject.as_deref(), Some(subject));
        let callback = browser.follow(&self.accept_consent(&consent).await).await;
        let code = parameter(&callback, "code").unwrap();
        let (configuration, code) = (self.as_client(&client), Some(code.as_str()));
        let exchange =
            oauth2_token_exchange(&configuration, "authorization_code", None, code, Some(REDIRECT_URI), None, None);
        let tokens = exchange.await.unwrap();
        Done { browser, client, login, tokens }
    }
}
