//! One file, from its first exchange to its last. Requests are made from the recorded ones and from what was answered
//! before; a browser goes where our server sent it, even if the address is written differently there.

use std::collections::{BTreeMap, HashMap};

use http::header::HeaderName;
use http::{HeaderValue, Method};
use serde_json::Value;

use super::compare::{self, ABSENT, Mismatch};
use super::jars::Jars;
use super::recording::{Exchange, JwtContents, RecordedRequest, Recording};
use super::template::{Bindings, Typed};
use super::{early, jwt, prepare};
use crate::client_side::{ClientServer, Reply};
use crate::support::{Answer, Call, Listener, Pairs, TestServer, pairs_of};

/// The addresses of the parties that are not our server.
const LOGIN_APPLICATION: &str = "http://127.0.0.1:3000";
const CLIENT: &str = "http://127.0.0.1:5555";

/// What a step came to.
#[derive(Debug)]
pub(super) struct Outcome {
    /// The step's name; a number makes it unique within the file.
    pub(super) step: String,
    pub(super) mismatches: Vec<Mismatch>,
}

/// A replay that is going on.
pub(super) struct Replay {
    pub(super) server: TestServer,
    pub(super) names: Bindings,
    pub(super) jars: Jars,
    pub(super) keys: BTreeMap<String, Value>,
    pub(super) jwts: BTreeMap<String, JwtContents>,
    pub(super) clients: Vec<Value>,
    /// Where our server calls out to.
    hook: ClientServer,
    /// Mismatches found while something was prepared.
    pub(super) found: Vec<Mismatch>,
    /// The JSON body of the answer before.
    pub(super) last_body: Value,
    /// Addresses our server gave out, by the recorded address in their place.
    given: HashMap<(String, Pairs), String>,
}

/// Replays a whole recording.
pub(super) async fn run(file: &str, recording: Recording) -> Vec<Outcome> {
    let mut config = recording.profile.config();
    // Where we answer better, a switch gives what Hydra answers.
    config.symbolon.compatibility.not_found_for_wrong_method = true;
    config.symbolon.compatibility.error_page_status = true;
    config.symbolon.compatibility.id_token_claims = true;
    config.symbolon.compatibility.wildcards_granted = true;
    // Recorded login applications grant what was not asked for.
    config.symbolon.compatibility.grant_beyond_request = true;
    config.symbolon.compatibility.access_token_in_query = true;
    config.symbolon.compatibility.authorization_response_iss = false;
    config.symbolon.compatibility.unsigned_request_objects = true;
    config.symbolon.compatibility.resource_ignored = true;
    config.symbolon.compatibility.strict_sdk_introspection = true;
    config.symbolon.compatibility.logout_in_any_browser = true;
    // Nothing to say: a web hook changes nothing, a client has heard of a logout.
    let hook = ClientServer::listen(Reply::Status(204)).await;
    for (target, path) in
        [(&mut config.oauth2.token_hook, "/token-hook"), (&mut config.oauth2.refresh_token_hook, "/refresh-hook")]
    {
        if let Some(target) = target {
            target.url = format!("{}{path}", hook.url);
        }
    }
    let bases = [
        ("public", config.public_url().to_owned()),
        ("admin", format!("http://127.0.0.1:{}", config.serve.admin.port)),
        ("ui", LOGIN_APPLICATION.to_owned()),
        ("rp", CLIENT.to_owned()),
        ("hook", hook.url.clone()),
    ];
    let server = TestServer::start(config).await;
    let bases: Vec<_> = bases.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let mut replay = Replay {
        names: Bindings::new(&bases, server.clock.now()),
        server,
        jars: Jars::default(),
        keys: recording.fixed_keys,
        jwts: recording.jwts,
        clients: recording.setup_clients,
        hook,
        found: Vec::new(),
        last_body: Value::Null,
        given: HashMap::new(),
    };
    replay.create_clients().await;
    let mut outcomes = Vec::new();
    let mut calls = Vec::new();
    for (step, exchange) in early::shorten(file, named(recording.exchanges)) {
        if exchange.step.starts_with("server calls out during: ") {
            calls.push((step, exchange));
            continue;
        }
        prepare::before(&mut replay, file, &step).await;
        replay.prepare_answers(&calls);
        let mismatches = replay.step(&exchange).await;
        for (step, call) in calls.drain(..) {
            let mismatches = replay.called(&call.request).await;
            outcomes.push(Outcome { step, mismatches });
        }
        outcomes.push(Outcome { step, mismatches });
    }
    outcomes
}

/// Gives each step a name of its own: `accept login`, `accept login #2`, …
fn named(exchanges: Vec<Exchange>) -> Vec<(String, Exchange)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let name = |exchange: Exchange| {
        let count = counts.entry(exchange.step.clone()).or_default();
        *count += 1;
        let number = if *count == 1 { String::new() } else { format!(" #{count}") };
        (format!("{}{number}", exchange.step), exchange)
    };
    exchanges.into_iter().map(name).collect()
}

impl Replay {
    async fn create_clients(&mut self) {
        for index in 0..self.clients.len() {
            let client = self.fill_json(&self.clients[index].clone()).unwrap();
            self.server.create_client(&client).await;
            self.clients[index] = client;
        }
    }

    async fn step(&mut self, exchange: &Exchange) -> Vec<Mismatch> {
        self.names.now = self.server.clock.now();
        let mut found = std::mem::take(&mut self.found);
        if exchange.request.listener == "hook" {
            found.extend(self.called(&exchange.request).await);
            return found;
        }
        self.last_body = Value::Null;
        match self.send(&exchange.request).await {
            Ok(answer) => {
                found.extend(compare::compare(&mut self.names, &self.jwts, exchange, &answer));
                self.last_body = serde_json::from_slice(&answer.body).unwrap_or_default();
                self.remember_addresses(exchange, &answer);
            }
            Err(placeholder) => found.push(Mismatch {
                place: "request".to_owned(),
                expected: placeholder,
                got: "not given out before".to_owned(),
            }),
        }
        found
    }

    /// What the next calls of our server are answered with; they come while it answers the step that follows.
    fn prepare_answers(&mut self, calls: &[(String, Exchange)]) {
        if calls.is_empty() {
            return;
        }
        let mut answers = Vec::new();
        for (_, Exchange { response, .. }) in calls {
            let body = match (&response.json, &response.text) {
                (Some(json), _) => json.to_string(),
                (None, Some(text)) => self.fill(text).unwrap(),
                (None, None) => String::new(),
            };
            answers.push(Reply::Answer(response.status, body));
        }
        // What came while the step was prepared is not part of the recording.
        self.hook.take();
        self.hook.set_next(answers);
    }

    /// Compares what our server sends by itself.
    async fn called(&mut self, request: &RecordedRequest) -> Vec<Mismatch> {
        self.server.server.deliver_logout_tokens().await;
        match self.hook.take_one() {
            Some(received) => compare::compare_call(&mut self.names, &self.jwts, request, &received),
            None => vec![Mismatch { place: "call".to_owned(), expected: request.path.clone(), got: ABSENT.to_owned() }],
        }
    }

    /// Sends a recorded request; fails with the placeholder whose value is not known.
    pub(super) async fn send(&mut self, request: &RecordedRequest) -> Result<Answer, String> {
        let listener = if request.listener == "admin" { Listener::Admin } else { Listener::Public };
        let call = self.call(request)?;
        let path = call.target.split('?').next().unwrap_or_default().to_owned();
        if !is_navigation(request) {
            return Ok(self.server.call(listener, call).await);
        }
        let (browser, cookies) = self.jars.choose(&request.cookies, &path);
        let answer = self.server.call(listener, call.cookies(&cookies)).await;
        self.jars.store(browser, &answer);
        Ok(answer)
    }

    fn call(&mut self, request: &RecordedRequest) -> Result<Call, String> {
        let mut call = Call::new(Method::from_bytes(request.method.as_bytes()).unwrap(), self.target(request)?);
        if let Some(form) = &request.form {
            call = call.form_of(&self.fill_pairs(form)?);
        }
        if let Some(json) = &request.json {
            call = call.json(&self.fill_json(json)?);
        }
        call.headers.remove("content-type");
        if let Some(raw) = &request.raw {
            call = call.raw(self.fill(raw)?);
        }
        if let Some((user, password)) = &request.basic {
            call = call.basic(&self.fill(user)?, &self.fill(password)?);
        }
        if let Some(token) = &request.bearer {
            call = call.bearer(&self.fill(token)?);
        }
        for (name, value) in &request.headers {
            let value = HeaderValue::from_str(&self.fill(value)?).unwrap();
            call.headers.insert(HeaderName::from_bytes(name.to_lowercase().as_bytes()).unwrap(), value);
        }
        Ok(call)
    }

    /// Path and query: where our server sent the browser, or else as recorded.
    fn target(&mut self, request: &RecordedRequest) -> Result<String, String> {
        if let Some(url) = self.given.get(&(request.path.clone(), request.query.clone())) {
            return Ok(self.server.public_target(url).unwrap());
        }
        let path = self.fill(&request.path)?;
        let query = self.fill_pairs(&request.query)?;
        let query: Vec<_> = query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Ok(Call::get(path).query(&query).target)
    }

    fn remember_addresses(&mut self, exchange: &Exchange, answer: &Answer) {
        let recorded = exchange.response.json.as_ref().and_then(|body| body.get("redirect_to")?.as_str());
        let ours = self.last_body.get("redirect_to").and_then(Value::as_str);
        let redirects = (exchange.response.headers.get("location").map(String::as_str), answer.header("location"));
        for (recorded, ours) in [(recorded, ours), redirects] {
            let (Some(recorded), Some(ours)) = (recorded, ours) else { continue };
            let Some(target) = recorded.strip_prefix("<public>").filter(|_| self.server.public_target(ours).is_some())
            else {
                continue;
            };
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            self.given.insert((path.to_owned(), pairs_of(query)), ours.to_owned());
        }
    }

    fn fill_pairs(&mut self, pairs: &[(String, String)]) -> Result<Pairs, String> {
        pairs.iter().map(|(name, value)| Ok((name.clone(), self.fill(value)?))).collect()
    }

    fn fill_json(&mut self, template: &Value) -> Result<Value, String> {
        if let Some(typed) = template.as_str().and_then(Typed::parse) {
            return Ok(typed.example(self.names.now));
        }
        Ok(match template {
            Value::String(text) => self.fill(text)?.into(),
            Value::Array(items) => items.iter().map(|item| self.fill_json(item)).collect::<Result<Vec<_>, _>>()?.into(),
            Value::Object(members) => {
                let filled = members.iter().map(|(name, value)| Ok((name.clone(), self.fill_json(value)?)));
                Value::Object(filled.collect::<Result<_, String>>()?)
            }
            other => other.clone(),
        })
    }

    /// Fills a text. A JWT that nobody gave out is made; an identifier that nobody gave out stands for an unknown one.
    fn fill(&mut self, text: &str) -> Result<String, String> {
        loop {
            let placeholder = match self.names.fill(text) {
                Ok(filled) => return Ok(filled),
                Err(placeholder) => placeholder,
            };
            if placeholder.starts_with("<uuid:") {
                jwt::fill_or_invent(&mut self.names, &placeholder);
                continue;
            }
            let Some(contents) = self.jwts.get(&placeholder).filter(|_| !self.keys.is_empty()) else {
                return Err(placeholder);
            };
            let token = jwt::sign(&mut self.names, &self.keys, contents, None);
            self.names.bind(&placeholder, token);
        }
    }
}

/// Whether a browser goes there.
fn is_navigation(request: &RecordedRequest) -> bool {
    let pages = ["/oauth2/auth", "/oauth2/sessions/logout", "/oauth2/device/verify"];
    request.listener == "public" && pages.contains(&request.path.as_str())
}
