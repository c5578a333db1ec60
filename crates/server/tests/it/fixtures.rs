//! What the tests of several specifications start from: clients of each kind, flows for them, tokens taken apart,
//! tokens altered, and many requests at once. It holds no rule of any specification; those are in the modules that use it.

use serde_json::{Map, Value, json};
use symbolon_jose::digest::base64url_decode;
use symbolon_jose::{Algorithm, SigningKey};

use crate::support::{
    Answer, CODE_CHALLENGE, Call, CodeFlow, Listener, NONCE, Pairs, REDIRECT_URI, STATE, TestServer, pair, pairs_of,
};

/// Id of the confidential client that [`confidential`] registers.
pub(crate) const CONFIDENTIAL: &str = "confidential";
/// Id of the public client that [`public`] registers.
pub(crate) const PUBLIC: &str = "public";
/// How many requests race.
pub(crate) const RACERS: usize = 64;

/// A registered client with its secret, empty when it has none.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Registered {
    /// A code flow of this client, authenticated as it is registered (Basic when it has a secret).
    pub(crate) fn flow(&self, server: &TestServer) -> CodeFlow {
        let flow = CodeFlow::new(server, &self.id);
        if self.secret.is_empty() { flow } else { flow.secret(&self.secret) }
    }

    /// A token request of this client, authenticated with Basic, or with its id when it is public.
    pub(crate) fn token_request(&self, form: &[(&str, &str)]) -> Call {
        self.form("/oauth2/token", form)
    }

    /// A form to any endpoint of the public listener that authenticates clients.
    pub(crate) fn form(&self, target: &str, form: &[(&str, &str)]) -> Call {
        if self.secret.is_empty() {
            let mut form = form.to_vec();
            form.push(("client_id", &self.id));
            return Call::post(target).form(&form);
        }
        Call::post(target).form(form).basic(&self.id, &self.secret)
    }
}

/// Metadata of a client that may use all grant types of this server, with everything that tests ask for.
pub(crate) fn metadata(id: &str) -> Value {
    json!({
        "client_id": id,
        "client_name": format!("Client {id}"),
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types": ["code"],
        "scope": "openid offline offline_access profile email photos.read",
        "audience": ["https://api.example"],
    })
}

/// Registers a client of this metadata with changed members; `null` removes one. Its secret is generated.
pub(crate) async fn register(server: &TestServer, id: &str, changes: &Value) -> Registered {
    let created = server.create_client(&with(metadata(id), changes)).await;
    let secret = created["client_secret"].as_str().unwrap_or_default().to_owned();
    Registered { id: id.to_owned(), secret }
}

/// A confidential client with `client_secret_basic`.
pub(crate) async fn confidential(server: &TestServer) -> Registered {
    register(server, CONFIDENTIAL, &json!({})).await
}

/// A public client (`none`).
pub(crate) async fn public(server: &TestServer) -> Registered {
    register(server, PUBLIC, &json!({ "token_endpoint_auth_method": "none" })).await
}

/// An object with some members changed; `null` removes one.
pub(crate) fn with(mut object: Value, changes: &Value) -> Value {
    let members = object.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    object
}

/// A text member of a JSON object; fails if there is none.
#[track_caller]
pub(crate) fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    object[name].as_str().unwrap_or_else(|| panic!("no text member {name} in {object}"))
}

/// One of the two parts of a JWS that are JSON: 0 is the header, 1 the claims. The signature is not looked at.
#[track_caller]
pub(crate) fn part(jwt: &str, number: usize) -> Map<String, Value> {
    let part = jwt.split('.').nth(number).and_then(base64url_decode);
    serde_json::from_slice(&part.unwrap_or_else(|| panic!("no JWT: {jwt}"))).unwrap()
}

/// The claims of a JWT, whose signature is not looked at.
#[track_caller]
pub(crate) fn claims(jwt: &str) -> Map<String, Value> {
    part(jwt, 1)
}

/// The claims of a JWT after its signature was checked with the keys that the server publishes.
pub(crate) async fn verified_claims(server: &TestServer, jwt: &str) -> Map<String, Value> {
    let set = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    let set: symbolon_jose::JwkSet = serde_json::from_value(set).unwrap();
    let keys = set.verifying_keys();
    let jws = symbolon_jose::Jws::parse(jwt).unwrap();
    assert!(jws.header().kid.is_some(), "a token must name its key");
    jws.verify_with(&keys).unwrap().claims
}

/// A key of the shape that clients sign with, and its public part as a JSON Web Key.
pub(crate) fn signing_key(algorithm: Algorithm, kid: &str) -> (SigningKey, Value) {
    let key = SigningKey::generate(algorithm, kid.to_owned()).unwrap();
    let jwk = serde_json::to_value(key.public_jwk()).unwrap();
    (key, jwk)
}

/// A token, changed in every way that leaves it looking like one. None may count for anything.
pub(crate) fn altered(token: &str) -> Vec<(String, String)> {
    let body = token.rfind('_').filter(|at| *at < 8).map_or(0, |at| at + 1);
    let mut all = vec![
        ("cut by one character".to_owned(), token[..token.len() - 1].to_owned()),
        ("cut by four characters".to_owned(), token[..token.len() - 4].to_owned()),
        ("cut to half".to_owned(), token[..token.len() / 2].to_owned()),
        ("cut to its prefix".to_owned(), token[..body.max(1)].to_owned()),
        ("without its first character".to_owned(), token[body + 1..].to_owned()),
        ("longer by one character".to_owned(), format!("{token}A")),
        ("longer by four characters".to_owned(), format!("{token}AAAA")),
        ("twice".to_owned(), format!("{token}{token}")),
        ("with a dot".to_owned(), format!("{token}.")),
        ("with padding".to_owned(), format!("{token}=")),
        ("in capitals".to_owned(), token.to_uppercase()),
    ];
    let step = ((token.len() - body) / 12).max(1);
    for at in (body..token.len()).step_by(step) {
        // Flipping the highest bit of a base64url digit always changes what it stands for.
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let Some(value) = digits.iter().position(|digit| *digit == token.as_bytes()[at]) else { continue };
        let other = char::from(digits[value ^ 32]);
        all.push((format!("with character {at} changed"), format!("{}{other}{}", &token[..at], &token[at + 1..])));
    }
    all.retain(|(_, changed)| changed != token);
    all
}

/// Sends all the calls at once, each from a task of its own, and gives their answers in order.
pub(crate) async fn race(server: &TestServer, listener: Listener, calls: Vec<Call>) -> Vec<Answer> {
    let start = std::sync::Arc::new(tokio::sync::Barrier::new(calls.len()));
    let tasks: Vec<_> = calls
        .into_iter()
        .map(|call| {
            let (server, start) = (server.clone(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                server.call(listener, call).await
            })
        })
        .collect();
    let mut answers = Vec::with_capacity(tasks.len());
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    for answer in &answers {
        assert!(answer.status < 500, "{} {}", answer.status, answer.text());
    }
    answers
}

/// How many answers have this status.
pub(crate) fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// An ordinary authorization request with PKCE, as pairs that a test changes.
pub(crate) fn request(client_id: &str) -> Pairs {
    let pairs = [
        ("client_id", client_id),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid offline"),
        ("state", STATE),
        ("nonce", NONCE),
        ("code_challenge", CODE_CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

/// The pairs with one set; an empty value is sent as such.
pub(crate) fn set(pairs: &Pairs, name: &str, value: &str) -> Pairs {
    let mut changed = unset(pairs, name);
    changed.push((name.to_owned(), value.to_owned()));
    changed
}

/// The pairs without one.
pub(crate) fn unset(pairs: &Pairs, name: &str) -> Pairs {
    pairs.iter().filter(|(key, _)| key != name).cloned().collect()
}

/// The parameter of that name in the query of an address.
#[track_caller]
pub(crate) fn parameter(url: &str, name: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    pair(&pairs_of(query), name).unwrap_or_else(|| panic!("no {name} in {url}")).to_owned()
}

/// Pairs as slices, for the builders of calls.
pub(crate) fn borrowed(pairs: &Pairs) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Visits the authorization endpoint with a browser that has no cookies.
pub(crate) async fn authorize(server: &TestServer, pairs: &Pairs) -> Answer {
    server.public(Call::get("/oauth2/auth").query(&borrowed(pairs)).navigating()).await
}

/// Where an answer of the authorization endpoint leads, in words: `login`, `consent`, `code`, `page ERROR` for the
/// error page, `client ERROR` for the client's redirect URI. Fails for anything else.
#[track_caller]
pub(crate) fn outcome(answer: &Answer) -> String {
    let to = answer.location();
    if to.starts_with("http://127.0.0.1:3000/login?") {
        return "login".to_owned();
    }
    if to.starts_with("http://127.0.0.1:3000/consent?") {
        return "consent".to_owned();
    }
    let error = answer.error();
    let place = if to.starts_with("http://127.0.0.1:3000/error?") { "page" } else { "client" };
    assert_eq!(answer.status, if place == "page" { 302 } else { 303 }, "{to}");
    match error {
        Some(error) => format!("{place} {error}"),
        None if to.contains("code=") => "code".to_owned(),
        None => panic!("an answer without meaning: {to}"),
    }
}
