//! A small MCP server and its authorization server, at one address, right in everything until a test changes a part.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self { status, fields: vec![("content-type", "application/json".into())], body: body.to_string() }
    }

    pub(crate) fn html(status: u16) -> Self {
        let fields = vec![("content-type", "text/html".into())];
        Self { status, fields, body: "<!doctype html><title>Sorry</title>".into() }
    }

    pub(crate) fn to(status: u16, location: &str) -> Self {
        Self { status, fields: vec![("location", location.to_owned())], body: String::new() }
    }
}

/// The parts that tests change.
pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) challenge: Reply,
    pub(crate) resource: Value,
    pub(crate) server: Value,
    /// What registration answers beside what was sent.
    pub(crate) registered: Value,
    pub(crate) tokens: Value,
    pub(crate) refreshed: Reply,
    pub(crate) call: Reply,
    /// Only the redirect URI of the registration is taken, port and all.
    pub(crate) ports_are_fixed: bool,
    pub(crate) state_is_needed: bool,
    pub(crate) has_cors: bool,
    /// What was registered last.
    redirect_uri: Mutex<String>,
    /// What comes first, by method and path.
    pub(crate) instead: Vec<(&'static str, Reply)>,
}

/// A request: method and path, query, body, and whether it has a token.
struct Received {
    line: String,
    query: String,
    body: String,
    has_token: bool,
}

impl World {
    fn right(url: String) -> Self {
        let metadata = format!("{url}/.well-known/oauth-protected-resource/mcp");
        let challenge = format!("Bearer resource_metadata=\"{metadata}\", scope=\"notes.read\"");
        let issuer = format!("{url}/as");
        let resource = json!({
            "resource": format!("{url}/mcp"), "authorization_servers": [issuer], "scopes_supported": ["notes.read"],
        });
        let server = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "registration_endpoint": format!("{issuer}/register"),
            "scopes_supported": ["notes.read", "offline_access"],
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        });
        let registered = json!({
            "client_id": "abc", "registration_client_uri": format!("{issuer}/register/abc"),
            "registration_access_token": "management",
        });
        let answer = |refresh: &str| {
            json!({
                "access_token": access_token(&issuer, &json!([format!("{url}/mcp")])), "token_type": "Bearer",
                "expires_in": 3600, "scope": "notes.read", "refresh_token": refresh,
            })
        };
        let mut refreshed = Reply::json(200, &answer("second"));
        refreshed.fields.push(("cache-control", "no-store".into()));
        Self {
            challenge: Reply { status: 401, fields: vec![("www-authenticate", challenge)], body: String::new() },
            tokens: answer("first"),
            refreshed,
            call: Reply::json(
                200,
                &json!({ "jsonrpc": "2.0", "id": 1, "result": { "serverInfo": { "name": "w" }, "tools": [] } }),
            ),
            ports_are_fixed: false,
            state_is_needed: false,
            has_cors: true,
            redirect_uri: Mutex::default(),
            instead: Vec::new(),
            url,
            resource,
            server,
            registered,
        }
    }

    /// Starts it with a change; gives the URL of the MCP server.
    pub(crate) fn start(change: impl FnOnce(&mut Self)) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut world = Self::right(format!("http://{}", listener.local_addr().unwrap()));
        change(&mut world);
        let (url, world) = (format!("{}/mcp", world.url), Arc::new(world));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let world = Arc::clone(&world);
                std::thread::spawn(move || world.serve(&stream.unwrap()));
            }
        });
        url
    }

    fn serve(&self, stream: &TcpStream) {
        let Some(request) = read(stream) else { return };
        let reply = self.answer(&request);
        let mut head =
            format!("HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\n", reply.status, reply.body.len());
        for (name, value) in &reply.fields {
            head.extend([*name, ": ", value, "\r\n"]);
        }
        let mut stream = stream;
        let _ = stream.write_all(format!("{head}\r\n{}", reply.body).as_bytes());
    }

    fn answer(&self, request: &Received) -> Reply {
        let line = request.line.as_str();
        if let Some((_, reply)) = self.instead.iter().find(|(place, _)| *place == line) {
            return reply.clone();
        }
        match line {
            "POST /mcp" if request.has_token => self.call.clone(),
            "POST /mcp" => self.challenge.clone(),
            "GET /.well-known/oauth-protected-resource/mcp" => Reply::json(200, &self.resource),
            "GET /.well-known/oauth-authorization-server/as" => Reply::json(200, &self.server),
            "POST /as/register" => self.register(&request.body),
            "DELETE /as/register/abc" if request.has_token => {
                Reply { status: 204, fields: Vec::new(), body: String::new() }
            }
            "GET /as/authorize" => self.authorize(&request.query),
            "POST /as/token" if request.body.contains("grant_type=refresh_token") => self.refreshed.clone(),
            "POST /as/token" => {
                let mut reply = Reply::json(200, &self.tokens);
                reply.fields.push(("cache-control", "no-store".into()));
                reply
            }
            _ if line.starts_with("OPTIONS ") && self.has_cors => {
                let allowed = "authorization, content-type, mcp-protocol-version".to_owned();
                let fields =
                    vec![("access-control-allow-origin", "*".to_owned()), ("access-control-allow-headers", allowed)];
                Reply { status: 204, fields, body: String::new() }
            }
            _ => Reply::json(404, &json!({ "error": "not_found" })),
        }
    }

    fn register(&self, body: &str) -> Reply {
        let mut answer: Value = serde_json::from_str(body).unwrap();
        answer["redirect_uris"][0].as_str().unwrap().clone_into(&mut self.redirect_uri.lock().unwrap());
        for (name, value) in self.registered.as_object().unwrap() {
            answer[name] = value.clone();
        }
        Reply::json(201, &answer)
    }

    fn authorize(&self, query: &str) -> Reply {
        let find = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
        };
        let is_other_port = find("redirect_uri").unwrap() != *self.redirect_uri.lock().unwrap();
        if (self.ports_are_fixed && is_other_port) || (self.state_is_needed && find("state").is_none()) {
            return Reply::html(400);
        }
        Reply::to(302, &format!("{}/as/login", self.url))
    }
}

/// A JWT that nobody signed: the signature is not what the command looks at.
pub(crate) fn access_token(issuer: &str, audience: &Value) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(json!({ "alg": "ES256", "typ": "at+jwt" }));
    format!("{header}.{}.c2ln", part(json!({ "iss": issuer, "aud": audience })))
}

fn read(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (method, target) = line.split_once(' ')?;
    let target = target.split(' ').next()?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (mut length, mut has_token) = (0, false);
    loop {
        let mut field = String::new();
        reader.read_line(&mut field).ok()?;
        let Some((name, value)) = field.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "authorization" => has_token = true,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (line, query) = (format!("{method} {path}"), query.to_owned());
    Some(Received { line, query, body: String::from_utf8(body).ok()?, has_token })
}
