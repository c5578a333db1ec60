//! Starting Chromium and its driver for one test, and ending both however the test ends.

use std::io::{BufRead as _, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::{Child, Command, Stdio};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::Browser;
use crate::settings::{self, Programs};

/// How the browser is set up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts {
    Run,
    /// As with a person who has switched JavaScript off for all sites.
    Blocked,
    /// They run, and the frames of other sites have no cookies.
    RunWithoutForeignCookies,
}

/// Runs a test in a browser of its own, and looks at the console afterwards. Without a browser on this machine there is
/// a notice and nothing else, unless the run is strict.
pub(crate) fn in_browser(scripts: Scripts, test: impl AsyncFnOnce(&Browser)) {
    let Some(programs) = settings::programs() else {
        eprintln!("no Chromium with its driver on this machine: this test is left out");
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let driver = Driver::start(&programs);
    let profile = tempfile::tempdir().unwrap();
    let client = runtime.block_on(driver.connect(&programs, &profile, scripts));
    let browser = Browser::new(client.clone());
    let result = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            test(&browser).await;
            browser.expect_quiet_console().await;
        });
    }));
    // Closing the session ends Chromium, also after a failure.
    let closed = runtime.block_on(client.close());
    if let Err(panic) = result {
        resume_unwind(panic);
    }
    closed.unwrap();
}

/// The driver's process, on a port that it chose.
struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    fn start(programs: &Programs) -> Self {
        let mut command = Command::new(&programs.driver);
        let mut child = command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        // Whatever else it prints must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port: port.unwrap() }
    }

    async fn connect(&self, programs: &Programs, profile: &TempDir, scripts: Scripts) -> Client {
        let capabilities = capabilities(programs, profile, scripts);
        let address = format!("http://127.0.0.1:{}/", self.port);
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        ClientBuilder::new(connector).capabilities(capabilities).connect(&address).await.unwrap()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn capabilities(programs: &Programs, profile: &TempDir, scripts: Scripts) -> Capabilities {
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1000,900",
    ];
    let profile = format!("--user-data-dir={}", profile.path().display());
    let arguments: Vec<_> = arguments.into_iter().chain([profile.as_str()]).collect();
    let mut preferences = json!({ "intl.accept_languages": "en", "credentials_enable_service": false });
    match scripts {
        // Some builds of the browser keep them back by default.
        Scripts::Run => preferences["profile.cookie_controls_mode"] = json!(0),
        Scripts::Blocked => preferences["profile.default_content_setting_values.javascript"] = json!(2),
        Scripts::RunWithoutForeignCookies => preferences["profile.cookie_controls_mode"] = json!(1),
    }
    let options = json!({ "binary": programs.chromium, "args": arguments, "prefs": preferences });
    let capabilities = [("goog:chromeOptions", options), ("goog:loggingPrefs", json!({ "browser": "ALL" }))];
    capabilities.into_iter().map(|(name, value): (&str, Value)| (name.to_owned(), value)).collect()
}
