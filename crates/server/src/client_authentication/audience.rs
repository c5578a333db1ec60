//! Whom a client's assertion must be meant for (RFC 7523 §3, rule 3). The issuer is the one audience that nobody else can
//! claim: another server may name an endpoint of ours as its own, get an assertion for it from a client of both, and
//! show it here (CVE-2025-27370). The addresses are those of configuration, never those of the `Host` header.

use serde_json::{Map, Value};

use crate::clients::RegisteredClient;
use crate::config::Config;
use crate::exchange::Request;
use crate::security_profile::Rule;

/// Which audiences count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AudienceRule {
    /// The issuer or the token endpoint, and nothing beside.
    OneName,
    /// The issuer, or the token endpoint, and for an authentication request of the back channel that endpoint as well
    /// (OpenID Connect CIBA §7.1). A list of several counts where each is one of our own names, with the called endpoint
    /// among them, as older clients send it.
    OwnNames,
    /// The issuer alone, also as the one element of a list.
    Issuer,
    /// The issuer as a text and not in a list (FAPI 2.0 Security Profile §5.3.2.1-8).
    IssuerAsText,
}

impl AudienceRule {
    /// What the client's security profile says, or configuration.
    pub(super) fn of(config: &Config, client: &RegisteredClient) -> Self {
        let accepts_endpoint = config.symbolon.client_assertions.accept_endpoint_audience;
        let everybody = Rule::IssuerAudience.holds_under(config.symbolon.security_profile);
        if client.has_document() && accepts_endpoint && !everybody {
            // One key for all servers, and clients that name the endpoint as it is published. Such an assertion is worth no
            // more than none at all: the code is bound by PKCE, and the client may use no grant without a person.
            return Self::OneName;
        }
        if client.is_held_to(config, Rule::IssuerAudience) {
            return Self::IssuerAsText;
        }
        if accepts_endpoint { Self::OwnNames } else { Self::Issuer }
    }

    /// What must be there, for errors.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::OneName | Self::OwnNames => "must be the issuer or the token endpoint.",
            Self::Issuer => "must be the issuer.",
            Self::IssuerAsText => "must be the issuer, as a text.",
        }
    }

    /// Whether the claims are meant for this server and nobody else.
    pub(super) fn admits(self, config: &Config, http: &Request, claims: &Map<String, Value>) -> bool {
        let named = match claims.get("aud") {
            Some(Value::String(one)) => vec![one.as_str()],
            Some(_) if self == Self::IssuerAsText => return false,
            Some(Value::Array(several)) => {
                let Some(texts) = several.iter().map(Value::as_str).collect() else { return false };
                texts
            }
            _ => return false,
        };
        match (self, named.as_slice()) {
            (Self::Issuer | Self::IssuerAsText, [one]) => *one == config.issuer(),
            (Self::OneName, [one]) => is_principal(config, one),
            (_, []) | (Self::OneName | Self::Issuer | Self::IssuerAsText, _) => false,
            (Self::OwnNames, [one]) => is_principal(config, one) || is_back_channel(config, http, one),
            (Self::OwnNames, several) => {
                let called = config.addresses_of(&http.path);
                let ours = |name: &&str| is_principal(config, name) || called.iter().any(|own| own == name);
                several.iter().all(ours) && several.iter().any(|name| is_principal(config, name))
            }
        }
    }
}

/// Whether a name is the issuer or the token endpoint.
fn is_principal(config: &Config, name: &str) -> bool {
    name == config.issuer() || config.addresses_of("/oauth2/token").iter().any(|own| own == name)
}

/// OpenID Connect CIBA §7.1: this endpoint must take its own address too, which no other endpoint does.
fn is_back_channel(config: &Config, http: &Request, name: &str) -> bool {
    const PATH: &str = "/oauth2/backchannel-authentication";
    http.path == PATH && config.addresses_of(PATH).iter().any(|own| own == name)
}
