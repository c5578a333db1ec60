//! What answers brought, by name: challenges, codes, tokens, client ids, cookies. Requests of the corpus name what they
//! need as `{$name}` and get the latest.

use std::collections::BTreeMap;

use http::header::{LOCATION, SET_COOKIE};
use serde_json::Value;
use symbolon_fuzz::Mutator;

use super::server::Answer;

/// As many values of one name are kept.
const KEPT: usize = 16;

#[derive(Default)]
pub(crate) struct Pool {
    values: BTreeMap<String, Vec<String>>,
    cookies: BTreeMap<String, String>,
}

impl Pool {
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The latest value of that name.
    pub(crate) fn latest(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(|values| values.last()).map(String::as_str)
    }

    /// A value of any name.
    pub(crate) fn any(&self, mutator: &Mutator) -> String {
        let lists: Vec<&Vec<String>> = self.values.values().collect();
        mutator.pick(&lists).and_then(|list| mutator.pick(list)).cloned().unwrap_or_default()
    }

    /// All cookies as one header.
    pub(crate) fn cookie_header(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    /// Takes in what an answer brings.
    pub(crate) fn learn(&mut self, answer: &Answer) {
        for line in answer.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) else { continue };
            if value.is_empty() || self.cookies.len() > 20 {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some(location) = answer.headers.get(LOCATION).and_then(|value| value.to_str().ok()) {
            self.learn_address(location);
        }
        if let Ok(body) = serde_json::from_slice(&answer.body) {
            self.learn_json("", &body);
        }
    }

    fn keep(&mut self, name: &str, value: &str) {
        if value.is_empty() || value.len() > 4096 || name.len() > 64 || self.values.len() > 200 {
            return;
        }
        let values = self.values.entry(name.to_owned()).or_default();
        values.retain(|known| known != value);
        if values.len() == KEPT {
            values.remove(0);
        }
        values.push(value.to_owned());
    }

    fn learn_address(&mut self, address: &str) {
        let Some((_, query)) = address.split_once(['?', '#']) else { return };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            self.keep(&name, &value);
        }
    }

    fn learn_json(&mut self, name: &str, value: &Value) {
        match value {
            Value::String(text) if text.starts_with("http") => self.learn_address(text),
            Value::String(text) => self.keep(name, text),
            Value::Array(elements) => elements.iter().take(8).for_each(|element| self.learn_json(name, element)),
            Value::Object(members) => members.iter().for_each(|(name, value)| self.learn_json(name, value)),
            _ => {}
        }
    }
}
