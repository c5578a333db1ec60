//! Which issuer a token may name.

use serde_json::{Map, Value};

use crate::error::Error;

/// How `iss` is compared.
///
/// The standard is byte by byte with the issuer of the client (`OpenID` Connect Discovery 1.0 §4.3). A provider with many
/// tenants behind one document writes a pattern there instead; then every token must name the tenant twice: in `iss`, where
/// the pattern has its gap, and in a claim.
///
/// ```
/// use symbolon_client::{Client, IssuerRule};
///
/// // Microsoft Entra ID, for accounts of these two tenants.
/// let rule = IssuerRule::template("https://login.microsoftonline.com/{tenantid}/v2.0", "tid")
///     .only(["6babcaad-604b-40ac-a9d7-9fd97c0b779f", "9188040d-6c67-4c5b-b112-36a304b66dad"]);
/// let client = Client::builder("https://login.microsoftonline.com/common/v2.0", "my-app").issuer_rule(rule).build()?;
/// # Ok::<(), symbolon_client::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct IssuerRule(Rule);

#[derive(Debug, Clone, Default)]
enum Rule {
    #[default]
    Exact,
    Template(Template),
}

#[derive(Debug, Clone)]
struct Template {
    /// As it stands in the document.
    text: String,
    claim: String,
    allowed: Option<Vec<String>>,
}

impl IssuerRule {
    /// The issuer of the client, byte by byte: the default.
    pub fn exact() -> Self {
        Self::default()
    }

    /// The issuer of the document is `template`, a text with one gap such as `{tenantid}`; that of a token has the value
    /// of its own claim `claim` there. Every tenant of the provider is accepted unless [`only`](Self::only) names some.
    pub fn template(template: impl Into<String>, claim: impl Into<String>) -> Self {
        Self(Rule::Template(Template { text: template.into(), claim: claim.into(), allowed: None }))
    }

    /// Only these tenants are accepted.
    #[must_use]
    pub fn only<T: Into<String>>(mut self, tenants: impl IntoIterator<Item = T>) -> Self {
        if let Rule::Template(template) = &mut self.0 {
            template.allowed = Some(tenants.into_iter().map(Into::into).collect());
        }
        self
    }

    pub(crate) fn check_settings(&self) -> Result<(), Error> {
        match &self.0 {
            Rule::Template(template) if template.gap().is_none() => {
                Err(Error::Configuration(format!("the issuer template '{}' has no gap in braces", template.text)))
            }
            _ => Ok(()),
        }
    }

    /// §4.3: the document is the one that was asked for.
    pub(crate) fn check_document(&self, issuer: &str, found: &str) -> Result<(), Error> {
        let expected = match &self.0 {
            Rule::Exact => issuer,
            Rule::Template(template) => &template.text,
        };
        if found == expected {
            return Ok(());
        }
        Err(Error::IssuerMismatch { expected: expected.to_owned(), found: found.to_owned() })
    }

    /// Whether a token with these claims is one of the provider's.
    pub(crate) fn accepts(&self, issuer: &str, found: &str, claims: &Map<String, Value>) -> bool {
        match &self.0 {
            Rule::Exact => found == issuer,
            Rule::Template(template) => {
                let named = claims.get(&template.claim).and_then(Value::as_str);
                template.tenant(found).is_some_and(|tenant| named == Some(tenant))
            }
        }
    }

    /// Whether `iss` of a callback (RFC 9207) is the provider's; which tenant it is only the ID token tells.
    pub(crate) fn accepts_callback(&self, issuer: &str, found: &str) -> bool {
        match &self.0 {
            Rule::Exact => found == issuer,
            Rule::Template(template) => found == template.text || template.tenant(found).is_some(),
        }
    }
}

impl Template {
    /// What stands before the gap and after it.
    fn gap(&self) -> Option<(&str, &str)> {
        let (before, rest) = self.text.split_once('{')?;
        let (_, after) = rest.split_once('}')?;
        Some((before, after))
    }

    /// What fills the gap in `issuer`: one path segment, so that nothing else can be put in.
    fn tenant<'a>(&self, issuer: &'a str) -> Option<&'a str> {
        let (before, after) = self.gap()?;
        let tenant = issuer.strip_prefix(before)?.strip_suffix(after)?;
        let plain = !tenant.is_empty() && tenant.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let allowed = self.allowed.as_ref().is_none_or(|allowed| allowed.iter().any(|one| one == tenant));
        (plain && allowed).then_some(tenant)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEMPLATE: &str = "https://login.example/{tenantid}/v2.0";

    fn claims(tenant: &str) -> Map<String, Value> {
        json!({ "tid": tenant }).as_object().unwrap().clone()
    }

    #[test]
    fn a_template_needs_the_tenant_twice() {
        let rule = IssuerRule::template(TEMPLATE, "tid");
        assert!(rule.accepts("ignored", "https://login.example/t-1/v2.0", &claims("t-1")));
        for (found, tenant) in [
            ("https://login.example/t-1/v2.0", "t-2"),
            ("https://login.example//v2.0", ""),
            ("https://login.example/a/b/v2.0", "a/b"),
            ("https://login.example/{tenantid}/v2.0", "{tenantid}"),
            ("https://login.example.evil/t-1/v2.0", "t-1"),
            ("https://login.example/t-1/v2.0/", "t-1"),
        ] {
            assert!(!rule.accepts("ignored", found, &claims(tenant)), "{found}");
        }
        assert!(!rule.accepts("ignored", "https://login.example/t-1/v2.0", &Map::new()));
        let some = rule.only(["t-1"]);
        assert!(some.accepts("ignored", "https://login.example/t-1/v2.0", &claims("t-1")));
        assert!(!some.accepts("ignored", "https://login.example/t-2/v2.0", &claims("t-2")));
    }

    #[test]
    fn the_document_has_the_template_itself() {
        let rule = IssuerRule::template(TEMPLATE, "tid");
        assert!(rule.check_document("https://login.example/common/v2.0", TEMPLATE).is_ok());
        assert!(rule.check_document("https://login.example/common/v2.0", "https://login.example/t-1/v2.0").is_err());
        assert!(IssuerRule::exact().check_document("https://as.example", "https://as.example/").is_err());
        assert!(IssuerRule::template("https://login.example/v2.0", "tid").check_settings().is_err());
    }
}
