//! Protected resources for which access tokens are issued (RFC 8707): which there are, under which names they are asked for,
//! and what their tokens look like. `resource_indicators` gives them their meaning.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::Value;
use symbolon_types::scope::is_pattern;
use symbolon_types::{ResourceIndicator, Scope};

use super::kind::seconds;

/// One resource.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its name as access tokens have it in `aud`.
    pub identifier: String,
    /// Scopes that are of use there, and nowhere else unless another resource has them too.
    pub scopes: Scope,
    /// What its access tokens look like.
    pub access_token_format: ResourceTokenFormat,
    /// How long its access tokens last at most, in seconds.
    pub longest_seconds: Option<i64>,
    /// Whether it takes only tokens that are bound to a key (RFC 9449, RFC 8705).
    pub sender_constrained: bool,
    /// Whether every client may ask for it, those that registered themselves too.
    pub self_service: bool,
    /// Whether discovery lists its scopes.
    pub advertise: bool,
    /// What people call it.
    pub title: Option<String>,
    /// Its scopes in words, by name.
    pub scope_titles: BTreeMap<String, String>,
}

/// What access tokens look like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResourceTokenFormat {
    /// A JWT in the form of RFC 9068, which the resource can check by itself.
    #[default]
    Jwt,
    /// A text that the resource asks about at introspection.
    Opaque,
}

/// All resources.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    records: Vec<Resource>,
    /// Identifiers and aliases.
    by_name: HashMap<ResourceIndicator, usize>,
    by_identifier: HashMap<String, usize>,
    by_scope: HashMap<String, Vec<usize>>,
}

/// A resource as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    identifier: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    access_token_format: ResourceTokenFormat,
    #[serde(default)]
    access_token_lifespan: Option<String>,
    #[serde(default)]
    sender_constrained: bool,
    #[serde(default)]
    self_service: Option<bool>,
    #[serde(default)]
    advertise: Option<bool>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    scope_titles: BTreeMap<String, String>,
}

impl Written {
    /// Words for people are one line each, and for scopes that there are.
    fn check_words(&self) -> Result<(), String> {
        let is_line = |text: &String| !text.trim().is_empty() && !text.contains(char::is_control);
        if self.title.as_ref().is_some_and(|title| !is_line(title)) {
            return Err("has a `title` that is empty or more than one line".to_owned());
        }
        for (scope, title) in &self.scope_titles {
            if !self.scopes.contains(scope) {
                return Err(format!("has `scope_titles` for `{scope}`, which is none of its `scopes`"));
            }
            if !is_line(title) {
                return Err(format!("has words for the scope `{scope}` that are empty or more than one line"));
            }
        }
        Ok(())
    }
}

/// MCP servers: resources of which every client may know and for which it may ask, unless a record says otherwise.
#[derive(Debug, Clone, Default)]
pub struct McpResources(Resources);

impl McpResources {
    /// Reads the list. The error says what is wrong, to follow "is".
    pub fn read(value: &Value) -> Result<Self, String> {
        Resources::read_with(value, true).map(Self)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them has this value in `aud`.
    pub fn are_among(&self, audience: &str) -> bool {
        self.0.of_audience(audience).is_some()
    }
}

impl From<McpResources> for Resources {
    fn from(servers: McpResources) -> Self {
        servers.0
    }
}

impl Resources {
    /// What a list looks like, to follow "expected".
    pub(super) const EXPECTED: &str = "a list of resources, each with `identifier` and, where needed, `aliases`, `scopes`, \
        `access_token_format` (`jwt` or `opaque`), `access_token_lifespan`, `sender_constrained`, `self_service`, `advertise`, \
        `title`, `scope_titles` (words by scope)";

    /// Reads the list. The error says what is wrong, to follow "is".
    pub fn read(value: &Value) -> Result<Self, String> {
        Self::read_with(value, false)
    }

    /// With what `self_service` and `advertise` are where a record does not say.
    fn read_with(value: &Value, unsaid: bool) -> Result<Self, String> {
        let entries = value.as_array().ok_or("no list")?;
        let mut all = Self::default();
        for (index, entry) in entries.iter().enumerate() {
            all.add(entry, unsaid).map_err(|fault| format!("a list whose entry {} {fault}", index + 1))?;
        }
        Ok(all)
    }

    /// Takes in those of another list. The error says what is wrong, to follow the key of that list.
    pub(super) fn extend(&mut self, other: Self) -> Result<(), String> {
        let offset = self.records.len();
        if let Some((_, number)) = other.by_name.iter().find(|(name, _)| self.by_name.contains_key(name)) {
            let name = other.records.get(*number).map_or("", |record| record.identifier.as_str());
            return Err(format!("names `{name}`, which is another resource's name in `symbolon.resources`"));
        }
        self.by_name.extend(other.by_name.into_iter().map(|(name, number)| (name, number + offset)));
        self.by_identifier.extend(other.by_identifier.into_iter().map(|(name, number)| (name, number + offset)));
        for (token, numbers) in other.by_scope {
            self.by_scope.entry(token).or_default().extend(numbers.into_iter().map(|number| number + offset));
        }
        self.records.extend(other.records);
        Ok(())
    }

    fn add(&mut self, entry: &Value, unsaid: bool) -> Result<(), String> {
        let written: Written = Deserialize::deserialize(entry).map_err(|fault| format!("is wrong: {fault}"))?;
        written.check_words()?;
        let number = self.records.len();
        for name in std::iter::once(&written.identifier).chain(&written.aliases) {
            let indicator =
                ResourceIndicator::parse(name).map_err(|fault| format!("has the name `{name}`, which {fault}"))?;
            if self.by_name.insert(indicator, number).is_some_and(|other| other != number) {
                return Err(format!("has the name `{name}`, which is another resource's"));
            }
        }
        let scopes = Scope::from_list(written.scopes).map_err(|fault| format!("has a wrong scope: {fault}"))?;
        if let Some(pattern) = scopes.iter().find(|token| is_pattern(token)) {
            return Err(format!("has the scope `{pattern}`, which is a pattern: name the scopes one by one"));
        }
        for token in scopes.iter() {
            self.by_scope.entry(token.to_owned()).or_default().push(number);
        }
        let lifespan = written.access_token_lifespan.as_deref();
        let longest_seconds = lifespan
            .map(|text| {
                seconds(text)
                    .filter(|seconds| *seconds > 0)
                    .ok_or("has an `access_token_lifespan` that is no time span above 0s")
            })
            .transpose()?;
        if self.by_identifier.insert(written.identifier.clone(), number).is_some() {
            return Err(format!("has the name `{}`, which is another resource's", written.identifier));
        }
        self.records.push(Resource {
            identifier: written.identifier,
            scopes,
            access_token_format: written.access_token_format,
            longest_seconds,
            sender_constrained: written.sender_constrained,
            self_service: written.self_service.unwrap_or(unsaid),
            advertise: written.advertise.unwrap_or(unsaid),
            title: written.title,
            scope_titles: written.scope_titles,
        });
        Ok(())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// All of them, in the order of the configuration.
    pub fn iter(&self) -> impl Iterator<Item = &Resource> {
        self.records.iter()
    }

    /// The resource that is asked for by this name.
    pub fn find(&self, name: &ResourceIndicator) -> Option<&Resource> {
        self.records.get(*self.by_name.get(name)?)
    }

    /// The resource whose tokens have this value in `aud`.
    pub fn of_audience(&self, audience: &str) -> Option<&Resource> {
        self.records.get(*self.by_identifier.get(audience)?)
    }

    /// The resources that have a scope; none for scopes that are of use everywhere.
    pub fn with_scope(&self, token: &str) -> impl Iterator<Item = &Resource> {
        let numbers = self.by_scope.get(token).into_iter().flatten();
        numbers.filter_map(|number| self.records.get(*number))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn resources_are_found_by_every_name_and_scope() {
        let all = Resources::read(&json!([
            { "identifier": "https://a.example/mcp", "aliases": ["https://a.example/mcp/"], "scopes": ["read", "a"] },
            { "identifier": "https://b.example", "scopes": ["read"], "access_token_format": "opaque",
              "access_token_lifespan": "5m", "sender_constrained": true, "self_service": true, "advertise": true },
        ]))
        .unwrap();
        let find =
            |name: &str| all.find(&ResourceIndicator::parse(name).unwrap()).map(|found| found.identifier.as_str());
        assert_eq!(find("HTTPS://A.example:443/mcp/"), Some("https://a.example/mcp"));
        assert_eq!(find("https://b.example/"), Some("https://b.example"));
        assert_eq!(find("https://a.example/"), None);
        assert!(all.of_audience("https://b.example").is_some() && all.of_audience("https://b.example/").is_none());
        assert_eq!(all.with_scope("read").count(), 2);
        assert_eq!((all.with_scope("a").count(), all.with_scope("x").count()), (1, 0));
        let b = all.of_audience("https://b.example").unwrap();
        assert_eq!((b.longest_seconds, b.access_token_format), (Some(300), ResourceTokenFormat::Opaque));
        assert!(b.sender_constrained && b.self_service && b.advertise);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let table = [
            (json!({}), "no list"),
            (json!([{}]), "entry 1 is wrong: missing field `identifier`"),
            (json!([{ "identifier": "https://a.example", "scope": "x" }]), "unknown field `scope`"),
            (json!([{ "identifier": "a" }]), "is not an absolute URI"),
            (json!([{ "identifier": "https://a.example#x" }]), "must not have a fragment"),
            (
                json!([{ "identifier": "https://a.example" }, { "identifier": "https://A.example/" }]),
                "entry 2 has the name",
            ),
            (json!([{ "identifier": "https://a.example", "aliases": ["b"] }]), "has the name `b`"),
            (json!([{ "identifier": "https://a.example", "scopes": ["a b"] }]), "has a wrong scope"),
            (json!([{ "identifier": "https://a.example", "title": " " }]), "has a `title` that is empty"),
            (
                json!([{ "identifier": "https://a.example", "scopes": ["a"], "scope_titles": { "b": "B" } }]),
                "has `scope_titles` for `b`",
            ),
            (
                json!([{ "identifier": "https://a.example", "scopes": ["a"], "scope_titles": { "a": "A\nB" } }]),
                "has words for the scope `a`",
            ),
            (json!([{ "identifier": "https://a.example", "scopes": ["a.*"] }]), "is a pattern"),
            (json!([{ "identifier": "https://a.example", "access_token_format": "saml" }]), "unknown variant `saml`"),
            (json!([{ "identifier": "https://a.example", "access_token_lifespan": "0s" }]), "access_token_lifespan"),
        ];
        for (value, part) in table {
            let fault = Resources::read(&value).map(|_| ()).unwrap_err();
            assert!(fault.contains(part), "{value}: {fault}");
        }
    }
}
