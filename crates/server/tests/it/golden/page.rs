//! The forms of a page: where they go and which fields they carry. Enough of HTML for pages that a server writes.

use crate::support::Pairs;

/// A form with its fields.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) method: String,
    pub(super) action: String,
    /// Names and values of inputs that have a name.
    pub(super) fields: Pairs,
}

/// All forms of a page.
pub(super) fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let html = html.replace(char::is_whitespace, " ");
    for tag in html.split('<').skip(1) {
        let (name, attributes) = tag.split_at(tag.find(|character: char| !character.is_alphanumeric()).unwrap_or(0));
        match name.to_ascii_lowercase().as_str() {
            "form" => {
                let method = attribute(attributes, "method").unwrap_or_default().to_lowercase();
                forms.push(Form {
                    method,
                    action: attribute(attributes, "action").unwrap_or_default(),
                    fields: Vec::new(),
                });
            }
            "input" => {
                let field = attribute(attributes, "name")
                    .map(|name| (name, attribute(attributes, "value").unwrap_or_default()));
                if let Some(form) = forms.last_mut() {
                    form.fields.extend(field);
                }
            }
            _ => {}
        }
    }
    forms
}

fn attribute(attributes: &str, name: &str) -> Option<String> {
    let start = attributes.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = &attributes[start..];
    Some(unescape(&value[..value.find('"')?]))
}

fn unescape(text: &str) -> String {
    let mut plain = text.to_owned();
    for (escaped, character) in [
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#34;", "\""),
        ("&quot;", "\""),
        ("&#60;", "<"),
        ("&lt;", "<"),
        ("&#62;", ">"),
    ]
    .into_iter()
    .chain([("&gt;", ">"), ("&#43;", "+"), ("&#38;", "&"), ("&amp;", "&")])
    {
        plain = plain.replace(escaped, character);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_fields_are_found() {
        let html = "<p>x</p><form id=\"f\" method=\"POST\" action=\"http://a/?b=1&amp;c=2\">\
                    <input type=\"hidden\" name=\"error\" value=\"it&#39;s\"/><input type=\"submit\"></form>";
        let fields = vec![("error".to_owned(), "it's".to_owned())];
        assert_eq!(forms(html), [Form { method: "post".into(), action: "http://a/?b=1&c=2".into(), fields }]);
        assert!(forms("<p>no form</p>").is_empty());
    }
}
