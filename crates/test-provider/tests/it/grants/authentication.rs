//! Every way in which a client proves itself, at every endpoint that asks for it: token, device authorization, backchannel
//! authentication, pushed requests, introspection, revocation.

use serde_json::{Value, json};
use symbolon_client::{
    Algorithm, Authentication, AuthorizationRequest, BackchannelAuthenticationRequest, Client, ClientBuilder,
    ClientCredentialsRequest, DeviceAuthorizationRequest, Error, JwtBearerRequest, MacAlgorithm, Secret, SigningKey,
    TokenExchangeRequest, token_type,
};
use symbolon_test_provider::TestClient;

use super::authority::Identity;
use super::{ORDERS, Setting};

/// A way of proving oneself: what is registered, and what the client of the crate is told.
pub(super) struct Way {
    pub(super) name: &'static str,
    pub(super) members: Value,
    right: Proof,
    /// Of somebody who knows the client's id and nothing else.
    wrong: Proof,
}

type Proof = Box<dyn Fn(ClientBuilder, &str) -> ClientBuilder>;

fn way(
    (name, members): (&'static str, Value),
    right: impl Fn(ClientBuilder, &str) -> ClientBuilder + 'static,
    wrong: impl Fn(ClientBuilder, &str) -> ClientBuilder + 'static,
) -> Way {
    Way { name, members, right: Box::new(right), wrong: Box::new(wrong) }
}

impl Way {
    /// The client of the crate for a client that is registered so.
    pub(super) fn client(&self, setting: &Setting, app: &TestClient) -> Client {
        (self.right)(setting.builder(&app.id).push_authorization_requests(), &app.secret).build().unwrap()
    }

    fn stranger(&self, setting: &Setting, app: &TestClient) -> Client {
        (self.wrong)(setting.builder(&app.id).push_authorization_requests(), &app.secret).build().unwrap()
    }
}

/// All of them.
pub(super) fn ways(setting: &Setting) -> Vec<Way> {
    let mut ways = secrets();
    for algorithm in [Algorithm::ES256, Algorithm::EdDSA] {
        let [key, other] = [(); 2].map(|()| SigningKey::generate(algorithm, "of-the-app".into()).unwrap());
        let members = json!({
            "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": algorithm.as_str(),
            "jwks": { "keys": [key.public_jwk()] },
        });
        ways.push(way(
            ("private_key_jwt", members),
            move |builder, _| builder.private_key(key.clone()),
            move |builder, _| builder.private_key(other.clone()),
        ));
    }
    let [own, other] = ["app.example", "other.example"].map(|name| setting.authority.client(name).pem());
    let members = json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "app.example" });
    ways.push(way(("tls_client_auth", members), with_certificate(own), with_certificate(other)));
    let [own, other] = [(); 2].map(|()| Identity::self_signed());
    let members = json!({
        "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": { "keys": [own.jwk()] },
    });
    ways.push(way(
        ("self_signed_tls_client_auth", members),
        with_certificate(own.pem()),
        with_certificate(other.pem()),
    ));
    ways
}

fn with_certificate(pem: String) -> impl Fn(ClientBuilder, &str) -> ClientBuilder {
    move |builder, _| builder.authentication(Authentication::Certificate).client_certificate(pem.clone())
}

/// Those with a secret.
fn secrets() -> Vec<Way> {
    let secret = |text: &str| Secret::new(text.to_owned());
    let other = move || secret(&"x".repeat(64));
    let method = |name: &str| json!({ "token_endpoint_auth_method": name });
    let mut ways = vec![
        way(
            ("client_secret_basic", method("client_secret_basic")),
            move |builder, text| builder.authentication(Authentication::SecretBasic(secret(text))),
            move |builder, _| builder.authentication(Authentication::SecretBasic(other())),
        ),
        way(
            ("client_secret_post", method("client_secret_post")),
            move |builder, text| builder.authentication(Authentication::SecretPost(secret(text))),
            move |builder, _| builder.authentication(Authentication::SecretPost(other())),
        ),
        way(
            ("client_secret_jwt", method("client_secret_jwt")),
            move |builder, text| builder.authentication(Authentication::SecretJwt(secret(text))),
            move |builder, _| builder.authentication(Authentication::SecretJwt(other())),
        ),
    ];
    for &algorithm in MacAlgorithm::all() {
        let mut members = method("client_secret_jwt");
        members["token_endpoint_auth_signing_alg"] = algorithm.as_str().into();
        let with = move |builder: ClientBuilder, secret| {
            builder.authentication(Authentication::SecretJwtWith(secret, algorithm))
        };
        ways.push(way(
            (algorithm.as_str(), members),
            move |builder, text| with(builder, secret(text)),
            move |builder, _| with(builder, other()),
        ));
    }
    ways
}

/// What each endpoint says to a client, with the endpoint's name.
async fn every_endpoint(setting: &Setting, client: &Client) -> Vec<(&'static str, Result<(), Error>)> {
    let mine = client.client_credentials(&ClientCredentialsRequest::new().scope("orders.read").resource(ORDERS)).await;
    let token = mine.as_ref().map(|tokens| tokens.access_token.as_str().to_owned()).unwrap_or_default();
    let exchange = TokenExchangeRequest::new("x", token_type::ACCESS_TOKEN).audience(ORDERS);
    let device = client.authorize_device(&DeviceAuthorizationRequest::new("openid")).await;
    let asked = client.authenticate_backchannel(&BackchannelAuthenticationRequest::for_login_hint("alice")).await;
    let mut said = vec![
        ("token", mine.map(drop)),
        ("exchange", but("unauthorized_client", client.exchange_token(&exchange).await)),
        ("assertion", but("invalid_grant", client.jwt_bearer(&JwtBearerRequest::new("x")).await)),
        ("pushed requests", setting.log_in(client, "openid").await.map(drop)),
        ("introspection", client.introspect(&token, None).await.map(drop)),
        ("signed introspection", client.introspect_signed(&token, None).await.map(drop)),
        ("revocation", client.revoke(&token).await),
    ];
    said.push(match device {
        Ok(mut device) => {
            setting.provider.log_in(device.verification_uri_complete.as_ref().unwrap(), "alice").await;
            ("device", client.device_tokens(&mut device).await.map(drop))
        }
        Err(error) => ("device", Err(error)),
    });
    said.push(match asked {
        Ok(mut pending) => {
            assert_eq!(setting.provider.agree_on_device("alice").await, 1);
            ("back channel", client.backchannel_tokens(&mut pending).await.map(drop))
        }
        Err(error) => ("back channel", Err(error)),
    });
    said
}

/// A refusal with this code comes after the authentication.
fn but<T>(code: &str, outcome: Result<T, Error>) -> Result<(), Error> {
    outcome.map(drop).or_else(|error| if error.code() == Some(code) { Ok(()) } else { Err(error) })
}

/// The exchange is on where there is a row, and this one is about another client.
async fn setting() -> Setting {
    let row = json!([{
        "client": "gateway", "subject_token_types": ["access_token"], "subject_clients": ["shop"],
        "audience": [ORDERS], "scopes": ["orders.read"], "delegation": true,
    }]);
    Setting::with(&[("symbolon.token_exchange.policies", row.to_string())]).await
}

async fn registered(setting: &Setting, way: &Way) -> TestClient {
    let mut members = way.members.clone();
    members["resource_server"] = true.into();
    setting.register(&members).await
}

#[tokio::test]
async fn every_endpoint_takes_every_authentication() {
    let setting = setting().await;
    for way in ways(&setting) {
        let app = registered(&setting, &way).await;
        for (endpoint, outcome) in every_endpoint(&setting, &way.client(&setting, &app)).await {
            outcome.unwrap_or_else(|error| panic!("{} at {endpoint}: {error}", way.name));
        }
    }
}

#[tokio::test]
async fn a_stranger_is_refused_at_every_endpoint() {
    let setting = setting().await;
    for way in ways(&setting) {
        let app = registered(&setting, &way).await;
        for (endpoint, outcome) in every_endpoint(&setting, &way.stranger(&setting, &app)).await {
            let error = outcome.expect_err(endpoint);
            assert_eq!(error.code(), Some("invalid_client"), "{} at {endpoint}: {error}", way.name);
        }
    }
}

/// An algorithm other than the registered one is refused (RFC 8725 §3.1).
#[tokio::test]
async fn a_mac_of_another_algorithm_is_refused() {
    let setting = Setting::start().await;
    let members = json!({
        "token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "HS512",
    });
    let app = setting.register(&members).await;
    let with = |algorithm| Authentication::SecretJwtWith(Secret::new(app.secret.clone()), algorithm);
    for (authentication, taken) in [
        (with(MacAlgorithm::HS512), true),
        (with(MacAlgorithm::HS384), false),
        (with(MacAlgorithm::HS256), false),
        (Authentication::SecretJwt(Secret::new(app.secret.clone())), false),
    ] {
        let client = setting.builder(&app.id).authentication(authentication).build().unwrap();
        let outcome = client.client_credentials(&ClientCredentialsRequest::new()).await;
        let code = outcome.as_ref().err().and_then(Error::code);
        assert_eq!(code, if taken { None } else { Some("invalid_client") }, "{outcome:?}");
    }
}

/// What a client registers by itself is what it proves itself with.
#[tokio::test]
async fn a_client_that_registers_itself_signs_with_the_algorithm_that_it_registered() {
    let setting = Setting::start().await;
    let unregistered = setting.prepared(Client::unregistered(setting.provider.issuer())).build().unwrap();
    for algorithm in MacAlgorithm::all() {
        let mut metadata = symbolon_client::ClientMetadata::new("App").redirect_uri(crate::kit::CALLBACK);
        metadata.token_endpoint_auth_method = Some("client_secret_jwt".into());
        metadata.token_endpoint_auth_signing_alg = Some(algorithm.as_str().into());
        let registered = unregistered.register(&metadata).await.unwrap();
        let builder = setting.builder(&registered.client_id).authentication(registered.authentication());
        let client = builder.push_authorization_requests().build().unwrap();
        client.authorization_url(&AuthorizationRequest::new("openid")).await.unwrap();
    }
}
