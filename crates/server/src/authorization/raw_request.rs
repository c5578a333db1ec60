//! A request as it came, which challenges, flows and grants keep: the text of an authorization request, or what a
//! device asked for (RFC 8628 §3.1) together with what the browser added on its way to the login page. It is validated
//! anew at each step.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use symbolon_types::FlowId;

/// What a device asked for and no address shows: the browser cannot change it.
const HIDDEN: [&str; 4] = ["scope", "audience", "code_challenge", "code_challenge_method"];

/// Form-urlencoded parameters without the verifiers that later steps add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawRequest {
    #[serde(rename = "q")]
    text: String,
    /// The device authorization that it answers.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    device: Option<FlowId>,
}

impl RawRequest {
    /// An authorization request.
    pub fn kept(text: String) -> Self {
        Self { text, device: None }
    }

    /// The request of a device, whose authorization has this id.
    pub fn of_device(text: String, device: FlowId) -> Self {
        Self { text, device: Some(device) }
    }

    /// One or the other.
    pub fn restored(text: String, device: Option<FlowId>) -> Self {
        Self { text, device }
    }

    /// The same request without a parameter.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        Self { text: leave_out(&self.text, &[name]), device: self.device }
    }

    /// The form-urlencoded text, complete.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text as addresses show it.
    pub fn shown(&self) -> Cow<'_, str> {
        match self.device {
            None => Cow::Borrowed(&self.text),
            Some(_) => Cow::Owned(leave_out(&self.text, &HIDDEN)),
        }
    }

    /// The device authorization that it answers, if it is a device's.
    pub fn device(&self) -> Option<FlowId> {
        self.device
    }
}

fn leave_out(text: &str, names: &[&str]) -> String {
    let left_out = |pair: &&str| {
        form_urlencoded::parse(pair.as_bytes()).next().is_some_and(|(key, _)| names.contains(&key.as_ref()))
    };
    text.split('&').filter(|pair| !left_out(pair)).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_show_what_a_browser_sent_and_not_what_a_device_asked_for() {
        let text = "client_id=tv&scope=openid+offline&audience=a&audience=b&code_challenge=x&user_code=%2A%2A%2A%2A";
        assert_eq!(RawRequest::kept(text.to_owned()).shown(), text);
        let device = RawRequest::of_device(text.to_owned(), FlowId::from([1; 16]));
        assert_eq!(device.shown(), "client_id=tv&user_code=%2A%2A%2A%2A");
        assert_eq!(
            device.without("user_code").without("audience").as_str(),
            "client_id=tv&scope=openid+offline&code_challenge=x"
        );
    }

    #[test]
    fn it_is_kept_as_one_thing() {
        for raw in [RawRequest::kept("a=b".to_owned()), RawRequest::of_device("a=b".to_owned(), FlowId::from([7; 16]))]
        {
            let text = serde_json::to_string(&raw).unwrap();
            assert_eq!(serde_json::from_str::<RawRequest>(&text).unwrap(), raw, "{text}");
        }
    }
}
