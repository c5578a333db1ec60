//! A browser that keeps cookies, follows redirects and submits forms, over plain sockets. It runs no script, and needs
//! none: the pages work without.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use symbolon_client::Url;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// One request on a connection of its own. `None` when the server went away in the middle.
pub(crate) fn request(method: &str, url: &Url, headers: &[(&str, &str)], body: &str) -> Option<Answer> {
    let address = (url.host_str().unwrap(), url.port_or_known_default().unwrap());
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut head = format!("{method} {target} HTTP/1.1\r\nhost: {}:{}\r\nconnection: close\r\n", address.0, address.1);
    for (name, value) in headers {
        head.extend([*name, ": ", *value, "\r\n"]);
    }
    let message = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(message.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let answer = Answer { status, headers, body: body.to_owned() };
    let length: usize = answer.header("content-length").unwrap_or("0").parse().ok()?;
    // An answer that was cut off is no answer.
    (answer.body.len() == length).then_some(answer)
}

/// Where a browser is, what it shows and which cookies it has.
pub(crate) struct Browser {
    cookies: HashMap<(String, String), String>,
    pub(crate) url: Url,
    pub(crate) page: Answer,
    /// All addresses that were visited, redirects included.
    pub(crate) history: Vec<Url>,
    /// An address where nobody listens: being sent there is the end of the way.
    pub(crate) destination: Option<String>,
}

/// A form of the page with its fields.
#[derive(Debug)]
pub(crate) struct Form {
    action: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Browser {
    pub(crate) fn open(url: &str) -> Self {
        let mut browser = Self {
            cookies: HashMap::new(),
            url: Url::parse(url).unwrap(),
            page: Answer { status: 0, headers: Vec::new(), body: String::new() },
            history: Vec::new(),
            destination: None,
        };
        browser.visit(url);
        browser
    }

    /// Goes to an address, which may be relative to the page.
    pub(crate) fn visit(&mut self, address: &str) {
        let url = self.url.join(address).unwrap();
        self.go("GET", url, "");
    }

    /// Follows the link with this id.
    pub(crate) fn click(&mut self, id: &str) {
        let tag = self.tag(&format!("id=\"{id}\""));
        let target = attribute(&tag, "href").unwrap();
        self.visit(&target);
    }

    /// The form that contains this text: the fields that a browser would send without a touch.
    pub(crate) fn form(&self, text: &str) -> Form {
        let forms = self.page.body.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap());
        let form =
            forms.into_iter().find(|form| form.contains(text)).unwrap_or_else(|| panic!("no form: {}", self.text()));
        let mut fields = Vec::new();
        for tag in form.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap()) {
            let is_box = attribute(tag, "type").as_deref() == Some("checkbox");
            let is_sent = !tag.contains(" disabled") && (!is_box || tag.contains(" checked"));
            if let (true, Some(name)) = (is_sent, attribute(tag, "name")) {
                fields.push((name, attribute(tag, "value").unwrap_or_default()));
            }
        }
        Form { action: attribute(form, "action").unwrap_or_default(), fields }
    }

    /// Sends a form after setting these fields.
    pub(crate) fn submit(&mut self, mut form: Form, set: &[(&str, &str)]) {
        for (name, value) in set {
            form.fields.retain(|(found, _)| found != name);
            form.fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(&form.fields);
        let url = self.url.join(&form.action).unwrap();
        self.go("POST", url, &body.finish());
    }

    /// The page as text.
    pub(crate) fn text(&self) -> String {
        let parts = self.page.body.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
        unescape(&parts.collect::<Vec<_>>().join(" ")).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The rows of the table with this id: the name and the value of each.
    pub(crate) fn table(&self, id: &str) -> BTreeMap<String, String> {
        let start = self.page.body.find(&format!("<table id=\"{id}\"")).unwrap_or_else(|| panic!("{}", self.text()));
        let table = self.page.body[start..].split("</table>").next().unwrap();
        let mut rows = BTreeMap::new();
        for row in table.split("<tr>").skip(1) {
            let codes: Vec<_> =
                row.split("<code>").skip(1).map(|rest| unescape(rest.split('<').next().unwrap())).collect();
            rows.insert(codes[0].clone(), codes[1].clone());
        }
        rows
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.page.body.contains(&format!("id=\"{id}\""))
    }

    fn tag(&self, part: &str) -> String {
        let tags = self.page.body.split('<').filter_map(|rest| rest.split('>').next());
        tags.into_iter()
            .find(|tag| tag.contains(part))
            .unwrap_or_else(|| panic!("no {part}: {}", self.text()))
            .to_owned()
    }

    fn go(&mut self, method: &str, url: Url, body: &str) {
        let (mut method, mut url, mut body) = (method, url, body);
        for _ in 0..20 {
            self.history.push(url.clone());
            if self.destination.as_deref().is_some_and(|destination| url.as_str().starts_with(destination)) {
                (self.url, self.page) = (url, Answer { status: 0, headers: Vec::new(), body: String::new() });
                return;
            }
            let answer = self.send(method, &url, body);
            let redirect = matches!(answer.status, 302 | 303);
            let location = answer.header("location").map(|location| url.join(location).unwrap());
            (self.url, self.page) = (url, answer);
            match location {
                Some(next) if redirect => (method, url, body) = ("GET", next, ""),
                _ => return,
            }
        }
        panic!("redirects without end: {:#?}", self.history);
    }

    fn send(&mut self, method: &str, url: &Url, body: &str) -> Answer {
        // Cookies belong to the host and its paths, whatever the port, as in any browser.
        let host = url.host_str().unwrap().to_owned();
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .filter(|((cookie_host, _), _)| *cookie_host == host)
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        let cookies = cookies.join("; ");
        let origin = url.origin().ascii_serialization();
        let mut headers = vec![("cookie", cookies.as_str())];
        if method == "POST" {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
            headers.push(("origin", origin.as_str()));
        }
        let answer = request(method, url, &headers, body).unwrap_or_else(|| panic!("no answer from {url}"));
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(&(host.clone(), name.to_owned()));
            } else {
                self.cookies.insert((host.clone(), name.to_owned()), value.to_owned());
            }
        }
        answer
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescape(rest.split('"').next()?))
}

fn unescape(text: &str) -> String {
    let mut text = text.to_owned();
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'")];
    for (entity, character) in
        entities.into_iter().chain([("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&"), ("&amp;", "&")])
    {
        text = text.replace(entity, character);
    }
    text
}
