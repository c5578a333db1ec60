//! As much of HTML as the pages of the providers need: tags with their attributes.

use std::collections::BTreeMap;

use url::Url;

/// A form as a person would send it off with its first button.
#[derive(Debug, Default, Clone)]
pub struct Form {
    id: String,
    action: String,
    pub post: bool,
    pub fields: Vec<(String, String)>,
    has_button: bool,
}

impl Form {
    /// Where it goes, from the page at `base`.
    pub fn target(&self, base: &Url) -> Url {
        if self.action.is_empty() { base.clone() } else { base.join(&self.action).expect("the action of a form") }
    }

    /// Fills in the field of that name, if there is one.
    pub fn fill(&mut self, name: &str, value: &str) {
        for (_, held) in self.fields.iter_mut().filter(|(found, _)| found == name) {
            value.clone_into(held);
        }
    }

    pub fn has(&self, name: &str, value: &str) -> bool {
        self.fields.iter().any(|(found, held)| found == name && held == value)
    }

    fn add(&mut self, tag: &Tag) {
        if let Some(name) = tag.attributes.get("name") {
            self.fields.push((name.clone(), tag.attribute("value")));
        }
    }
}

/// All forms of a page.
pub fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut open = false;
    for tag in tags(html) {
        match tag.name.as_str() {
            "form" => {
                open = true;
                forms.push(Form {
                    id: tag.attribute("id"),
                    action: tag.attribute("action"),
                    post: tag.attribute("method").eq_ignore_ascii_case("post"),
                    ..Form::default()
                });
            }
            "/form" => open = false,
            "input" | "button" => {
                // A button may stand outside of its form and name it.
                let named = tag.attributes.get("form").and_then(|id| forms.iter().position(|form| form.id == *id));
                let inner = if open { forms.len().checked_sub(1) } else { None };
                let Some(form) = named.or(inner).map(|index| &mut forms[index]) else { continue };
                if tag.name == "input" {
                    form.add(&tag);
                } else if !form.has_button {
                    form.has_button = true;
                    form.add(&tag);
                }
            }
            _ => {}
        }
    }
    forms
}

struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
}

impl Tag {
    fn attribute(&self, name: &str) -> String {
        self.attributes.get(name).cloned().unwrap_or_default()
    }
}

fn tags(html: &str) -> Vec<Tag> {
    html.split('<').skip(1).filter_map(|part| part.split_once('>')).map(|(inside, _)| tag(inside)).collect()
}

fn tag(inside: &str) -> Tag {
    let (name, mut rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    let mut attributes = BTreeMap::new();
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.split_whitespace().last().unwrap_or_default().to_owned();
        let quote = if after.starts_with('\'') { '\'' } else { '"' };
        let Some((value, after)) = after.strip_prefix(quote).and_then(|after| after.split_once(quote)) else { break };
        attributes.insert(name, unescaped(value));
        rest = after;
    }
    Tag { name: name.trim_end_matches('/').to_ascii_lowercase(), attributes }
}

fn unescaped(value: &str) -> String {
    let mut value = value.to_owned();
    for (escaped, plain) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#34;", "\""), ("&amp;", "&")]
    {
        value = value.replace(escaped, plain);
    }
    value
}
