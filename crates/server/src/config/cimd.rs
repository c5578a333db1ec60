//! `symbolon.cimd.*`: clients whose identifier is the address of a document that says what they are (OAuth Client ID Metadata
//! Document), and at which hosts such documents may be.

use super::keys::Form;
use super::keys::Kind::{List, Text};
use super::keys::Preset::Value;
use super::keys::Standing::Added;
use super::section::{section, words};

section! {
    /// Clients that are described by a document at their identifier (OAuth Client ID Metadata Document).
    #[derive(Debug, Clone)]
    pub struct Cimd {
        /// Whose documents count: nobody's, those at the hosts of `allow`, or those at any host but those of `deny`.
        mode: CimdMode = "symbolon.cimd.mode", Text(Form::Word(CimdMode::WORDS)), Value("off"), Added;
        /// Hosts that are known: `example.com`, or `*.example.com` for all below it. They never wait behind unknown ones.
        allow: Vec<HostPattern> = "symbolon.cimd.allow", List(Form::HostPattern), Value(""), Added;
        /// Hosts whose documents never count, in the form of `allow`; what their clients hold ends at the next refresh.
        deny: Vec<HostPattern> = "symbolon.cimd.deny", List(Form::HostPattern), Value(""), Added;
    }
}

words! {
    /// Whose documents count.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum CimdMode {
        /// There are no such clients.
        Off = "off";
        /// Those at listed hosts.
        Listed = "listed";
        /// Those at any host that is not denied.
        Any = "any";
    }
}

impl Cimd {
    /// Whether a document at this host counts.
    pub fn admits(&self, host: &str) -> bool {
        let denied = self.deny.iter().any(|pattern| pattern.matches(host));
        match self.mode {
            CimdMode::Off => false,
            CimdMode::Listed => !denied && self.lists(host),
            CimdMode::Any => !denied,
        }
    }

    /// Whether the operator named this host.
    pub fn lists(&self, host: &str) -> bool {
        self.allow.iter().any(|pattern| pattern.matches(host))
    }
}

/// A host, or all hosts below a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern {
    domain: String,
    below: bool,
}

impl HostPattern {
    /// Reads `example.com` or `*.example.com`.
    pub fn parse(text: &str) -> Option<Self> {
        let (domain, below) = match text.strip_prefix("*.") {
            Some(domain) => (domain, true),
            None => (text, false),
        };
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        domain.split('.').all(is_label).then(|| Self { domain: domain.to_ascii_lowercase(), below })
    }

    /// Whether a host is meant, in small letters as URLs have it.
    pub fn matches(&self, host: &str) -> bool {
        if !self.below {
            return host == self.domain;
        }
        host.strip_suffix(self.domain.as_str()).is_some_and(|labels| labels.len() > 1 && labels.ends_with('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_one_host_or_all_below_a_domain() {
        let table = [
            ("claude.ai", "claude.ai", true),
            ("Claude.AI", "claude.ai", true),
            ("claude.ai", "x.claude.ai", false),
            ("claude.ai", "notclaude.ai", false),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", ".example.com", false),
            ("*.example.com", "evilexample.com", false),
            ("localhost", "localhost", true),
        ];
        for (pattern, host, expected) in table {
            assert_eq!(HostPattern::parse(pattern).unwrap().matches(host), expected, "{pattern} {host}");
        }
        for wrong in ["", "*", "*.", "a..b", ".a", "a.", "https://a.example", "a.example:443", "a.example/x", "*a.b"] {
            assert_eq!(HostPattern::parse(wrong), None, "{wrong}");
        }
    }
}
