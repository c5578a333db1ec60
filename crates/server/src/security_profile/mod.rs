//! What the security profiles demand, as one table: `symbolon.security_profile` for all clients, `security_profile` for
//! one, and the stricter of the two counts. A check asks whether a rule holds for its client and names no profile.
//! `symbolon explain-profile` prints the table, and the pages about profiles are made of it.

#[cfg(test)]
mod pages;

pub use symbolon_types::SecurityProfile;

/// One thing that a profile demands, or lets a client do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A code is bound to a verifier.
    PkceS256,
    /// Answers with tokens in them are not given.
    CodeOnly,
    /// `state` may be left out.
    StateOptional,
    /// The token request need not repeat `redirect_uri`.
    RedirectUriNotRepeated,
    /// Only what stands in a request object counts.
    StrictRequestObjects,
    /// Request objects have a signature.
    SignatureOfRequestObjects,
    /// Client assertions are made for the issuer.
    IssuerAudience,
    /// Clients authenticate.
    ConfidentialClients,
    /// Clients authenticate with a key or a certificate.
    AuthenticationByKey,
    /// Client assertions end soon.
    ShortAssertions,
    /// Authorization requests are pushed.
    PushedRequests,
    /// `redirect_uri` is in every request.
    RedirectUriStated,
    /// Beside a code the answer has no `scope`.
    NoScopeBesideCode,
    /// Claims are about the user.
    LeanClaims,
    /// Access tokens are for the holder of a key.
    SenderConstrainedTokens,
    /// Refresh tokens stay as they are.
    NoRotation,
    /// Codes are redeemed within a minute.
    CodeWithinMinute,
    /// PS256, ES256 and EdDSA.
    StrongAlgorithms,
    /// Request objects live for an hour at most, and say so.
    BoundedRequestObjects,
    /// Requests of the back channel are signed, and say what the person compares.
    SignedBackchannelRequests,
    /// Authorization requests are signed.
    SignedRequests,
}

/// A rule with the first profile in which it holds.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The rule.
    pub rule: Rule,
    /// From this profile on.
    pub from: SecurityProfile,
    /// What it means for a client, in one sentence.
    pub sentence: &'static str,
    /// Where it is written.
    pub section: &'static str,
}

const fn row(rule: Rule, from: SecurityProfile, sentence: &'static str, section: &'static str) -> Row {
    Row { rule, from, sentence, section }
}

use SecurityProfile::{Fapi2, Fapi2MessageSigning, Oauth21};

/// All rules, those of the more lenient profiles first.
pub const RULES: [Row; 21] = [
    row(
        Rule::PkceS256,
        Oauth21,
        "Every request for a code has a `code_challenge` of the method `S256`.",
        "OAuth 2.1 §4.1.1, RFC 9700 §2.1.1",
    ),
    row(
        Rule::CodeOnly,
        Oauth21,
        "The only `response_type` is `code`; tokens never travel through the browser.",
        "OAuth 2.1 §10, FAPI 2.0 §5.3.2.2",
    ),
    row(Rule::StateOptional, Oauth21, "`state` may be left out, as the code is bound by PKCE.", "OAuth 2.1 §7.9"),
    row(
        Rule::RedirectUriNotRepeated,
        Oauth21,
        "The token request need not repeat `redirect_uri`; one that is sent must be the same.",
        "OAuth 2.1 §10",
    ),
    row(
        Rule::StrictRequestObjects,
        Oauth21,
        "Of a request with a request object only the parameters inside it count.",
        "RFC 9101 §6.3",
    ),
    row(
        Rule::SignatureOfRequestObjects,
        Oauth21,
        "Request objects have a signature; `none` is refused.",
        "RFC 9101 §10.2",
    ),
    row(
        Rule::IssuerAudience,
        Oauth21,
        "`aud` of a client assertion is the issuer, as one string.",
        "FAPI 2.0 §5.3.2.1-8, RFC 7523 §3",
    ),
    row(Rule::ConfidentialClients, Fapi2, "Clients without credentials are refused.", "FAPI 2.0 §5.3.2.1-4"),
    row(
        Rule::AuthenticationByKey,
        Fapi2,
        "Clients authenticate with `private_key_jwt` or mutual TLS; shared secrets are refused.",
        "FAPI 2.0 §5.3.2.1-6",
    ),
    row(Rule::ShortAssertions, Fapi2, "Client assertions end within five minutes.", "FAPI 2.0 §5.3.2.1"),
    row(Rule::PushedRequests, Fapi2, "Authorization requests are pushed.", "FAPI 2.0 §5.3.2.2"),
    row(Rule::RedirectUriStated, Fapi2, "Every authorization request has a `redirect_uri`.", "FAPI 2.0 §5.3.2.2"),
    row(
        Rule::NoScopeBesideCode,
        Fapi2,
        "The answer with a code has no `scope`; the token response has it.",
        "RFC 6749 §4.1.2",
    ),
    row(
        Rule::LeanClaims,
        Fapi2,
        "Userinfo in JSON has claims about the user alone, and `sid` is in ID tokens of clients that log users out.",
        "OpenID Connect Core §5.3.2",
    ),
    row(
        Rule::SenderConstrainedTokens,
        Fapi2,
        "Access tokens are bound to a DPoP key or a client certificate.",
        "FAPI 2.0 §5.3.2.1-5",
    ),
    row(
        Rule::NoRotation,
        Fapi2,
        "Refresh tokens are not rotated; they are bound to the client's authentication.",
        "FAPI 2.0 §5.3.2.1-9",
    ),
    row(Rule::CodeWithinMinute, Fapi2, "Codes expire after 60 seconds at the latest.", "FAPI 2.0 §5.3.2.1-11"),
    row(
        Rule::StrongAlgorithms,
        Fapi2,
        "What clients and server sign is signed with `PS256`, `ES256` or `EdDSA`.",
        "FAPI 2.0 §5.4",
    ),
    row(
        Rule::BoundedRequestObjects,
        Fapi2,
        "Request objects have `nbf` and `exp`, at most 60 minutes old and 60 minutes ahead.",
        "FAPI 2.0 Message Signing §5.3.1",
    ),
    row(
        Rule::SignedBackchannelRequests,
        Fapi2,
        "Requests of the back channel (CIBA) are signed, and have a `binding_message`.",
        "FAPI-CIBA §5.2.2",
    ),
    row(
        Rule::SignedRequests,
        Fapi2MessageSigning,
        "Pushed requests are signed request objects.",
        "FAPI 2.0 Message Signing §5.3.1",
    ),
];

impl Rule {
    /// Whether the rule holds under a profile.
    pub fn holds_under(self, profile: SecurityProfile) -> bool {
        RULES.iter().any(|row| row.rule == self && profile >= row.from)
    }
}

/// The rules of a profile.
pub fn rules_of(profile: SecurityProfile) -> impl Iterator<Item = &'static Row> {
    RULES.iter().filter(move |row| profile >= row.from)
}

/// The longest life of a code under [`Rule::CodeWithinMinute`], in seconds.
pub const LONGEST_CODE_LIFETIME: i64 = 60;

/// The names under [`Rule::StrongAlgorithms`]; EdDSA goes by two (RFC 9864).
pub const STRONG_ALGORITHMS: [&str; 4] = ["PS256", "ES256", "EdDSA", "Ed25519"];

/// Whether an algorithm is one of the strong ones.
pub fn is_strong(algorithm: &str) -> bool {
    STRONG_ALGORITHMS.contains(&algorithm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_stands_in_the_table_once_and_in_order() {
        assert!(RULES.is_sorted_by_key(|row| row.from));
        for row in RULES {
            assert_eq!(RULES.iter().filter(|other| other.rule == row.rule).count(), 1, "{:?}", row.rule);
            assert!(row.sentence.ends_with('.') && !row.section.is_empty());
        }
    }

    #[test]
    fn a_stricter_profile_has_all_rules_of_the_one_before() {
        let count = |profile| rules_of(profile).count();
        assert_eq!(SecurityProfile::ALL.map(count), [0, 7, 20, 21]);
        assert!(Rule::PkceS256.holds_under(SecurityProfile::Fapi2));
        assert!(!Rule::SignedRequests.holds_under(SecurityProfile::Fapi2));
        assert!(!Rule::PkceS256.holds_under(SecurityProfile::None));
    }
}
