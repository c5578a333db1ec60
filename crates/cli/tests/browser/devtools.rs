//! What Chromium's driver can do beyond the `WebDriver` standard: the browser's console, and commands of its developer
//! tools.

use fantoccini::Client;
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// Runs a command of the developer tools.
pub(crate) async fn command(client: &Client, name: &str, parameters: Value) -> Value {
    let body = json!({ "cmd": name, "params": parameters });
    client.issue_cmd(Extension { path: "goog/cdp/execute", body }).await.unwrap()
}

/// One line of the console.
#[derive(Debug)]
pub(crate) struct ConsoleLine {
    pub(crate) source: String,
    pub(crate) message: String,
}

/// What the console said since the last time, in all tabs.
pub(crate) async fn console(client: &Client) -> Vec<ConsoleLine> {
    let lines = client.issue_cmd(Extension { path: "se/log", body: json!({ "type": "browser" }) }).await.unwrap();
    let text = |line: &Value, member: &str| line[member].as_str().unwrap_or_default().to_owned();
    let line = |line: &Value| ConsoleLine { source: text(line, "source"), message: text(line, "message") };
    lines.as_array().unwrap().iter().map(line).collect()
}

#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, ParseError> {
        base_url.join(&format!("session/{}/{}", session_id.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
