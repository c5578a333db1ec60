//! Where a browser ended.

use std::borrow::Cow;

use url::Url;

/// Where a browser ended: at the client, or on a page of the provider.
#[derive(Clone)]
pub struct Landing {
    pub(crate) url: Url,
    pub(crate) form: Option<Vec<(String, String)>>,
    pub(crate) status: u16,
    pub(crate) page: String,
}

// The address has a code, and the page may have tokens.
impl std::fmt::Debug for Landing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = &self.url[..url::Position::AfterPath];
        f.debug_struct("Landing").field("url", &place).field("status", &self.status).finish_non_exhaustive()
    }
}

impl Landing {
    /// The address that the browser asks for: the redirect URI with the parameters of the response, or a page of the
    /// provider.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The body that the browser posts to the address, in the response mode `form_post`; `None` in the other modes, where
    /// it sends a GET.
    pub fn form(&self) -> Option<String> {
        let form = self.form.as_ref()?;
        Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish())
    }

    /// The parameters of the response as one text of the form `code=…&state=…`, in whichever mode they came.
    pub fn parameters(&self) -> String {
        self.form().unwrap_or_else(|| self.query_or_fragment().to_owned())
    }

    /// One parameter of the response, in whichever mode it came.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let parameters = self.parameters();
        let mut pairs = form_urlencoded::parse(parameters.as_bytes());
        pairs.find(|(own, _)| own == name).map(|(_, value)| value.into_owned())
    }

    /// The authorization code. Panics with the response when there is none.
    pub fn code(&self) -> String {
        self.parameter("code").unwrap_or_else(|| {
            let said = self.parameter("error_description").or_else(|| self.error()).unwrap_or_else(|| self.text());
            panic!("the response has no code; {} says: {said}", &self.url[..url::Position::AfterPath])
        })
    }

    /// The `error` of the response, as `access_denied`.
    pub fn error(&self) -> Option<String> {
        self.parameter("error")
    }

    /// The status of the provider's page; 0 at the client, which is not asked.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The HTML of the provider's page; empty at the client.
    pub fn page(&self) -> &str {
        &self.page
    }

    fn query_or_fragment(&self) -> &str {
        self.url.query().or(self.url.fragment()).unwrap_or_default()
    }

    /// The page without what is not read.
    fn text(&self) -> String {
        let main = self.page.split("<main").nth(1).unwrap_or(&self.page);
        let mut inside = true;
        let keep = |character: char| {
            inside = match character {
                '<' => true,
                '>' => false,
                _ => inside,
            };
            if inside || character == '>' { ' ' } else { character }
        };
        main.chars().map(keep).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The action and the fields of the form that answers with `form_post`; `None` where the page has no such form.
pub(crate) fn form_post(page: &str) -> Option<(String, Vec<(String, String)>)> {
    let form = page.split("<form id=\"form-post\"").nth(1)?.split("</form>").next()?;
    let action = attribute(form, "action")?;
    let inputs = form.split("<input type=\"hidden\"").skip(1);
    let fields = inputs.filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?))).collect();
    Some((action, fields))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
    Some(unescape(value))
}

/// The character references that the server's templates write: decimal ones.
fn unescape(text: &str) -> String {
    let mut parts = text.split("&#");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let read = part.split_once(';').and_then(|(number, rest)| Some((char::from_u32(number.parse().ok()?)?, rest)));
        let (character, rest) = read.map_or((Cow::Borrowed("&#"), part), |(c, rest)| (Cow::Owned(c.to_string()), rest));
        plain.push_str(&character);
        plain.push_str(rest);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_is_taken_out_of_its_page() {
        let page = "<h1>x</h1><form id=\"form-post\" class=\"form\" method=\"post\" action=\"https://a.example/cb?x=1&#38;y=2\">\
                    <input type=\"hidden\" name=\"code\" value=\"a&#34;b&#x\"><input type=\"hidden\" name=\"state\" value=\"\"></form>";
        let (action, fields) = form_post(page).unwrap();
        assert_eq!(action, "https://a.example/cb?x=1&y=2");
        assert_eq!(fields, [("code".into(), "a\"b&#x".into()), ("state".into(), String::new())]);
        assert!(form_post("<form action=\"x\"></form>").is_none());
    }
}
