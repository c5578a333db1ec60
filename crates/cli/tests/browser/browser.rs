//! A person at the browser: looks, types, clicks. What does not appear in time fails the test with the page as it is.

use std::collections::BTreeMap;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use url::Url;

use crate::{devtools, settings};

/// How long a page may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) struct Browser {
    pub(crate) client: Client,
}

impl Browser {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    pub(crate) async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    pub(crate) async fn url(&self) -> Url {
        self.client.current_url().await.unwrap()
    }

    /// Waits for the element with this id.
    pub(crate) async fn see(&self, id: &str) -> Element {
        let selector = format!("[id='{id}']");
        match self.client.wait().at_most(PATIENCE).every(PAUSE).for_element(Locator::Css(&selector)).await {
            Ok(element) => element,
            Err(error) => panic!("no '{id}' ({error}) on {}:\n{}", self.url().await, self.text().await),
        }
    }

    /// Whether the page has an element with this id now.
    pub(crate) async fn has(&self, id: &str) -> bool {
        !self.client.find_all(Locator::Css(&format!("[id='{id}']"))).await.unwrap().is_empty()
    }

    pub(crate) async fn click(&self, id: &str) {
        self.see(id).await.click().await.unwrap();
    }

    /// Clicks what leads to another page, and waits until this one is gone.
    pub(crate) async fn follow(&self, id: &str) {
        let element = self.see(id).await;
        let page = self.client.find(Locator::Css("html")).await.unwrap();
        element.click().await.unwrap();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while page.tag_name().await.is_ok() {
            assert!(tokio::time::Instant::now() < deadline, "'{id}' leads nowhere:\n{}", self.text().await);
            tokio::time::sleep(PAUSE).await;
        }
    }

    pub(crate) async fn fill_in(&self, id: &str, text: &str) {
        let field = self.see(id).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// The text of the element with this id.
    pub(crate) async fn text_of(&self, id: &str) -> String {
        self.see(id).await.text().await.unwrap()
    }

    /// Waits until the element with this id has this text.
    pub(crate) async fn expect_text(&self, id: &str, expected: &str) {
        let mut text = String::new();
        for _ in 0..500 {
            // Between two pages an element may vanish from under the question.
            text = self.see(id).await.text().await.unwrap_or_default();
            if text.contains(expected) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("'{id}' says {text:?} and not {expected:?} on {}:\n{}", self.url().await, self.text().await);
    }

    /// What can be read on the page.
    pub(crate) async fn text(&self) -> String {
        self.client.find(Locator::Css("body")).await.unwrap().text().await.unwrap()
    }

    /// The rows of the table with this id: name and value.
    pub(crate) async fn table(&self, id: &str) -> BTreeMap<String, String> {
        self.see(id).await;
        let mut rows = BTreeMap::new();
        for row in self.client.find_all(Locator::Css(&format!("[id='{id}'] tr"))).await.unwrap() {
            let text = async |selector| row.find(Locator::Css(selector)).await.unwrap().text().await.unwrap();
            rows.insert(text("th code").await, text("td code").await);
        }
        rows
    }

    /// Evaluates an expression in the page, whatever its policy says.
    pub(crate) async fn evaluate(&self, expression: &str) -> Value {
        self.client.execute(&format!("return {expression}"), Vec::new()).await.unwrap()
    }

    /// Shows pages as on a screen of this width, in this colour scheme (`light` or `dark`).
    pub(crate) async fn set_screen(&self, width: u32, scheme: &str) {
        self.set_size(width, 600).await;
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        devtools::command(&self.client, "Emulation.setEmulatedMedia", media).await;
    }

    /// Leaves a picture of the whole page where pictures are wanted.
    pub(crate) async fn picture(&self, name: &str) {
        if let Some(folder) = settings::screenshots() {
            let width = self.evaluate("innerWidth").await.as_u64().unwrap();
            let height = self.evaluate("document.documentElement.scrollHeight").await.as_u64().unwrap();
            self.set_size(u32::try_from(width).unwrap(), u32::try_from(height).unwrap()).await;
            let bytes = self.client.screenshot().await.unwrap();
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
        }
    }

    async fn set_size(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        devtools::command(&self.client, "Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Fails when the console complained about anything but the status of an answer.
    pub(crate) async fn expect_quiet_console(&self) {
        let lines = devtools::console(&self.client).await;
        let complaints: Vec<_> = lines.into_iter().filter(|line| line.source != "network").collect();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }
}
