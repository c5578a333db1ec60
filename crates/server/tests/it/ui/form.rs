//! The forms of a page, read as a browser reads them: hidden fields, ticked boxes, filled-in texts, in order.

use crate::support::{Answer, Pairs};

/// A form that can be filled in and submitted.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) fields: Pairs,
}

impl Form {
    /// The form of that id.
    #[track_caller]
    pub(crate) fn of(page: &Answer, id: &str) -> Self {
        let html = page.text();
        let start =
            html.find(&format!("<form id=\"{id}\"")).unwrap_or_else(|| panic!("no form {id}: {} {html}", page.status));
        let body = &html[start..start + html[start..].find("</form>").unwrap()];
        let mut tags = body.split('<').skip(1).map(|tag| tag.split('>').next().unwrap());
        let form = tags.next().unwrap();
        assert_eq!(attribute(form, "method").as_deref(), Some("post"));
        let action = attribute(form, "action").unwrap();
        let inputs = tags.filter(|tag| tag.starts_with("input ")).filter_map(|tag| {
            let checkable = attribute(tag, "type").as_deref() == Some("checkbox");
            let sent = (!checkable || has(tag, "checked")) && !has(tag, "disabled");
            let name = attribute(tag, "name").filter(|_| sent)?;
            Some((name, attribute(tag, "value").unwrap_or_default()))
        });
        Self { action, fields: inputs.collect() }
    }

    /// Fills in a text, or ticks a box.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(key, _)| key != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Unticks the box of that name and value.
    #[track_caller]
    pub(crate) fn untick(mut self, name: &str, value: &str) -> Self {
        let before = self.fields.len();
        self.fields.retain(|(key, own)| key != name || own != value);
        assert_eq!(self.fields.len() + 1, before, "no box {name} {value}: {:?}", self.fields);
        self
    }

    /// Presses the button of that value.
    pub(crate) fn press(self, action: &str) -> Self {
        self.set("action", action)
    }

    /// A field's value.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        crate::support::pair(&self.fields, name)
    }

    /// All values of a field.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }
}

fn has(tag: &str, flag: &str) -> bool {
    tag.split_whitespace().any(|word| word == flag)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = &tag[start..start + tag[start..].find('"')?];
    Some(unescaped(value))
}

/// The text of escaped HTML, as far as the templates escape.
pub(crate) fn unescaped(html: &str) -> String {
    let entities = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    entities.iter().fold(html.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}
