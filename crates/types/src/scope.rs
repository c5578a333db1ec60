//! Scopes: the list that clients request and users grant, and the rule by which a registered scope
//! covers a requested one.
//!
//! Syntax after RFC 6749 §3.3. Order is kept, repetition is not: `a b a` is `a b`. Which scopes
//! mean what (`openid`, `offline_access`) is the server's business, with the one exception of
//! [`Scope::grants_refresh`].

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::membership::{SegmentTree, first_missing, step};

/// An ordered list of scope-tokens without repetition. In JSON a space separated string; for JSON
/// arrays see [`list`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope(Vec<String>);

#[cfg(feature = "json-schema")]
impl schemars::JsonSchema for Scope {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "scope".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string"})
    }
}

/// The text holds a character that no scope-token may hold (RFC 6749 §3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidScope {
    token: String,
}

impl InvalidScope {
    /// The scope-token at fault.
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl fmt::Display for InvalidScope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = self.token.escape_debug();
        write!(formatter, "the scope '{token}' is empty or has a character that a scope may not have")
    }
}

impl std::error::Error for InvalidScope {}

impl Scope {
    /// Reads a space separated list; other ASCII white space separates too, and an empty text is
    /// the empty scope.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        Self::collect(text.split_ascii_whitespace().map(str::to_owned))
    }

    /// Takes a list of scope-tokens, one each, and names the first that is none.
    pub fn from_list(tokens: Vec<String>) -> Result<Self, InvalidScope> {
        Self::collect(tokens.into_iter())
    }

    fn collect(tokens: impl Iterator<Item = String>) -> Result<Self, InvalidScope> {
        let mut list: Vec<String> = Vec::new();
        let mut seen = HashSet::new();
        for token in tokens {
            if !is_scope_token(&token) {
                return Err(InvalidScope { token });
            }
            if seen.insert(token.clone()) {
                list.push(token);
            }
        }
        Ok(Self(list))
    }

    /// The scope-tokens in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether exactly this scope-token is in the list.
    pub fn contains(&self, token: &str) -> bool {
        self.iter().any(|own| own == token)
    }

    /// Whether there is no scope-token.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many scope-tokens there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// A list of owned scope-tokens.
    pub fn to_vec(&self) -> Vec<String> {
        self.0.clone()
    }

    /// The part of this scope that the test lets through, in the same order.
    #[must_use]
    pub fn filtered(&self, mut keep: impl FnMut(&str) -> bool) -> Self {
        Self(self.0.iter().filter(|token| keep(token)).cloned().collect())
    }

    /// Whether a refresh token was asked for: `offline_access` (`OpenID` Connect Core §11) or its
    /// short form `offline`.
    pub fn grants_refresh(&self) -> bool {
        self.contains("offline_access") || self.contains("offline")
    }
}

/// RFC 6749 §3.3: `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`.
fn is_scope_token(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, token) in self.iter().enumerate() {
            if index > 0 {
                formatter.write_str(" ")?;
            }
            formatter.write_str(token)?;
        }
        Ok(())
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// For `#[serde(with = "scope::list")]`: a scope as a JSON array, `null` as the empty scope.
pub mod list {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Scope;

    /// Writes an array of strings.
    pub fn serialize<S: Serializer>(scope: &Scope, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(scope.iter())
    }

    /// Reads an array of strings or `null`.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Scope, D::Error> {
        let tokens = Option::<Vec<String>>::deserialize(deserializer)?.unwrap_or_default();
        Scope::from_list(tokens).map_err(serde::de::Error::custom)
    }
}

/// How a registered scope covers a requested one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScopeStrategy {
    /// Equal strings only.
    Exact,
    /// A registered `*` stands for one segment between dots, or as the last segment for one or
    /// more.
    #[default]
    Wildcard,
}

impl ScopeStrategy {
    /// The first requested scope-token that none of the registered ones covers; `None` when all are covered.
    ///
    /// ```
    /// use symbolon_types::{Scope, ScopeStrategy};
    /// let registered = Scope::parse("openid photos.*").unwrap();
    /// let uncovered = |strategy: ScopeStrategy, requested: &str| {
    ///     let requested = Scope::parse(requested).unwrap();
    ///     strategy.first_uncovered(&registered, &requested).map(str::to_owned)
    /// };
    /// assert_eq!(uncovered(ScopeStrategy::Wildcard, "openid photos.read"), None);
    /// assert_eq!(uncovered(ScopeStrategy::Wildcard, "openid photos"), Some("photos".to_owned()));
    /// assert_eq!(uncovered(ScopeStrategy::Exact, "photos.read"), Some("photos.read".to_owned()));
    /// ```
    pub fn first_uncovered<'r>(self, registered: &'r Scope, requested: &'r Scope) -> Option<&'r str> {
        if self == Self::Exact {
            return first_missing(requested.iter(), registered.iter());
        }
        let covers = self.covers(registered);
        requested.iter().find(|token| !covers(token))
    }

    /// The part of a requested scope that the registered one covers, in the order of the request.
    #[must_use]
    pub fn covered(self, registered: &Scope, requested: &Scope) -> Scope {
        requested.filtered(self.covers(registered))
    }

    fn covers(self, registered: &Scope) -> impl Fn(&str) -> bool {
        let mut exact = HashSet::with_capacity(registered.len());
        let mut patterns = SegmentTree::new();
        for own in registered.iter() {
            step();
            exact.insert(own);
            if self == Self::Wildcard && is_pattern(own) {
                patterns.insert(own.split('.'));
            }
        }
        move |token: &str| {
            step();
            exact.contains(token) || (!patterns.is_empty() && matches(&patterns, token))
        }
    }
}

/// Whether a scope-token has a segment `*`, and so stands for others where it is registered.
pub fn is_pattern(token: &str) -> bool {
    token.split('.').any(|segment| segment == ANY)
}

/// The segment that stands for others.
const ANY: &str = "*";

/// Whether a pattern covers the token. All places in the tree that the segments so far lead to are followed together; a
/// `*` at the end of a pattern covers what remains.
fn matches(patterns: &SegmentTree<'_>, token: &str) -> bool {
    let mut places = vec![0];
    for segment in token.split('.') {
        let mut next = Vec::new();
        for place in places {
            let any = patterns.below(place, ANY).filter(|_| !segment.is_empty());
            if any.is_some_and(|any| patterns.ends(any)) {
                return true;
            }
            next.extend(any);
            if segment != ANY {
                next.extend(patterns.below(place, segment));
            }
        }
        if next.is_empty() {
            return false;
        }
        places = next;
    }
    places.into_iter().any(|place| patterns.ends(place))
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_kept_and_repetition_dropped() {
        let scope = Scope::parse("  b a\tb   c ").unwrap();
        assert_eq!(scope.to_string(), "b a c");
        assert_eq!(scope.to_vec(), ["b", "a", "c"]);
        assert!(Scope::parse("").unwrap().is_empty());
    }

    #[test]
    fn characters_outside_rfc_6749_are_refused() {
        for text in ["a\"b", "a\\b", "ü", "a\u{7f}", "a\0b"] {
            assert!(Scope::parse(text).is_err(), "{text:?}");
        }
        assert!(Scope::from_list(vec!["a b".into()]).is_err());
        assert!(Scope::from_list(vec![String::new()]).is_err());
        assert!(Scope::parse("!#[]~ https://api.example.com/read urn:x:y").is_ok());
    }

    #[test]
    fn json_is_a_string_or_an_array() {
        #[derive(Serialize, Deserialize)]
        struct Both {
            text: Scope,
            #[serde(with = "list")]
            array: Scope,
        }
        let both: Both = serde_json::from_str(r#"{"text":"a b","array":["a","b"]}"#).unwrap();
        assert_eq!(both.text, both.array);
        assert_eq!(serde_json::to_string(&both).unwrap(), r#"{"text":"a b","array":["a","b"]}"#);
        let both: Both = serde_json::from_str(r#"{"text":"","array":null}"#).unwrap();
        assert!(both.text.is_empty() && both.array.is_empty());
    }

    #[test]
    fn wildcards_cover_segments() {
        let table = [
            ("photos.*", "photos.read", true),
            ("photos.*", "photos.a.b", true),
            ("photos.*", "photos", false),
            ("photos.*", "photos.", false),
            ("photos.*", "videos.read", false),
            ("photos.*.read", "photos.a.read", true),
            ("photos.*.read", "photos..read", false),
            ("photos.*.read", "photos.a.b.read", false),
            ("photos.*.read", "photos.a.write", false),
            ("photos", "photos.read", false),
            ("*", "anything.at.all", true),
            ("*", "", false),
            ("a.b.c", "a.b", false),
            ("*.*", "a", false),
            ("*.*", "a.b.c", true),
            ("photos.*", "photos.*", true),
            ("photos.*", "photos.*.read", true),
            ("photos.*.read", "photos.*.write", false),
            ("a.*.c a.b.*", "a.b.d", true),
            ("a.*.c a.b.*", "a.x.c", true),
            ("a.*.c a.b.*", "a.x.d", false),
        ];
        for (registered, requested, expected) in table {
            let (own, wanted) = (Scope::parse(registered).unwrap(), Scope(vec![requested.to_owned()]));
            let uncovered = ScopeStrategy::Wildcard.first_uncovered(&own, &wanted);
            assert_eq!(uncovered.is_none(), expected, "{registered} {requested}");
        }
    }

    #[test]
    fn both_offline_names_ask_for_refresh() {
        assert!(Scope::parse("openid offline").unwrap().grants_refresh());
        assert!(Scope::parse("offline_access").unwrap().grants_refresh());
        assert!(!Scope::parse("openid offline.x").unwrap().grants_refresh());
    }
}
