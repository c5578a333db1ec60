//! The outcome of a request: status, the beginning of the address a redirect leads to, and `error`. If two outcomes
//! differ, nothing else in the answers can be compared.

use std::fmt;

use http::header::LOCATION;

use super::page;
use super::recording::RecordedResponse;
use super::template::Bindings;
use crate::support::{Answer, pair, pairs_of};

/// See the module.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    status: u16,
    /// Where a redirect leads, without parameters.
    leads_to: Option<String>,
    error: Option<String>,
}

impl Outcome {
    /// The outcome that was recorded.
    pub(super) fn recorded(response: &RecordedResponse) -> Self {
        let location = response.headers.get(LOCATION.as_str()).map(String::as_str);
        let fields = response.html.iter().flat_map(|html| &html.forms).flat_map(|form| &form.inputs);
        let posted = fields.filter(|field| field.name == "error").map(|field| field.value.clone()).next();
        let error = response.json.as_ref().and_then(|body| body.get("error")?.as_str().map(str::to_owned)).or(posted);
        Self::new(response.status, location, error)
    }

    /// The outcome that came.
    pub(super) fn of(answer: &Answer) -> Self {
        let is_page = answer.content_type().is_some_and(|kind| kind.starts_with("text/html"));
        let forms = if is_page { page::forms(&answer.text()) } else { Vec::new() };
        let posted = forms.first().and_then(|form| pair(&form.fields, "error").map(str::to_owned));
        let body = serde_json::from_slice::<serde_json::Value>(&answer.body).ok();
        let error = body.and_then(|body| body.get("error")?.as_str().map(str::to_owned)).or(posted);
        Self::new(answer.status, answer.header(LOCATION.as_str()), error)
    }

    fn new(status: u16, location: Option<&str>, error: Option<String>) -> Self {
        let location = location.filter(|_| (300..400).contains(&status));
        let end = |url: &str| url.find(['?', '#']).unwrap_or(url.len());
        let told = location.and_then(|url| {
            let parameters = &url[end(url)..];
            let parameters = parameters.split(['?', '#']).flat_map(pairs_of).collect::<Vec<_>>();
            pair(&parameters, "error").map(str::to_owned)
        });
        Self { status, leads_to: location.map(|url| url[..end(url)].to_owned()), error: error.or(told) }
    }

    /// Whether what came is what was recorded.
    pub(super) fn agrees(&self, got: &Self, names: &mut Bindings) -> bool {
        let leads_right = match (&self.leads_to, &got.leads_to) {
            (Some(expected), Some(got)) => names.matches(expected, got),
            (expected, got) => expected == got,
        };
        leads_right && self.status == got.status && self.error == got.error
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.status)?;
        for part in [&self.leads_to, &self.error].into_iter().flatten() {
            write!(formatter, " {part}")?;
        }
        Ok(())
    }
}
