//! On which line of a file each key stands. The values are read without asking where they are, so the file is read a
//! second time for that; what cannot be read so has no lines, and messages name the file alone.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

/// The line of each path in a document, counted from 1.
#[derive(Debug, Default)]
pub(super) struct Lines(BTreeMap<String, u64>);

impl Lines {
    /// Those of a YAML or JSON document.
    pub(super) fn of(text: &str) -> Self {
        let mut lines = Self::default();
        if let Ok(root) = serde_saphyr::from_str::<Node>(text) {
            lines.take_in("", root);
        }
        lines
    }

    /// Where a key stands.
    pub(super) fn get(&self, path: &str) -> Option<u64> {
        self.0.get(path).copied()
    }

    fn take_in(&mut self, prefix: &str, node: Node) {
        for (name, line, below) in node.0 {
            let path = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            self.take_in(&path, below);
            self.0.insert(path, line);
        }
    }
}

/// The members of a mapping with their lines; a scalar and a list have none.
struct Node(Vec<(String, u64, Node)>);

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut found = Vec::new();
        while let Some(name) = members.next_key::<Spanned<String>>()? {
            found.push((name.value, name.referenced.line(), members.next_value()?));
        }
        Ok(Node(found))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        while entries.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Node(Vec::new()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_str<E>(self, _: &str) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node(Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn every_key_has_the_line_where_it_is_written() {
        let text = "# a comment\ndev: true\nserve:\n  public:\n    port: 1\n\nsecrets: {system: [a,\n  b], cookie: []}\n\
                    symbolon:\n  ui:\n    texts:\n      'login.title': x\n";
        let lines = Lines::of(text);
        for (path, line) in [
            ("dev", 2),
            ("serve", 3),
            ("serve.public.port", 5),
            ("secrets.system", 7),
            ("secrets.cookie", 8),
            ("symbolon.ui.texts", 11),
        ] {
            assert_eq!(lines.get(path), Some(line), "{path}");
        }
        assert_eq!(lines.get("ttl"), None);
        let json = Lines::of("{\n  \"dev\": true,\n  \"ttl\": {\"id_token\": \"1h\"}\n}");
        assert_eq!((json.get("dev"), json.get("ttl.id_token")), (Some(2), Some(3)));
        assert_eq!(Lines::of("dev: [").get("dev"), None);
    }
}
