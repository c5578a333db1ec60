//! What an access token says, sealed: one versioned body for all of them. With a grant it points at the row and needs to
//! say little more; without one it carries all it says. The `jti` of a JWT access token is the same body.
//!
//! The form is a version, then members of a tag, a length and a value each. A member that is not known makes the token
//! unreadable: it may be a restriction, and must not be passed over.

use serde_json::{Map, Value};
use symbolon_jose::digest;
use symbolon_store::ClientEpoch;
use symbolon_types::{AuthorizationDetails, ClientId, GrantId, Scope, TokenId};

use super::exchanged::{Actor, Exchange, Link};
use crate::confirmation::{CertificateThumbprint, Confirmation, KeyThumbprint};

/// The version of the form.
const VERSION: u8 = 1;
/// How many bytes of the issuer's hash are kept.
const ISSUER_BYTES: usize = 8;

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessTokenContent {
    /// On what it rests.
    pub basis: TokenBasis,
    /// Its scope where it is narrower than the grant's, or where there is no grant. An exchanged token has one, unless a row
    /// says what it is for, whose id is that of its newest link.
    pub scope: Option<Scope>,
    /// Its audience where it is not the grant's, or where there is no grant.
    pub audience: Option<Vec<String>>,
    /// Which of the grant's authorization details it is for, by their places, where it is not for all.
    pub details: Option<Vec<u8>>,
    /// Its authorization details where there is no grant.
    pub own_details: AuthorizationDetails,
    /// Session claims, where there is no grant to keep them.
    pub claims: Map<String, Value>,
    /// Who may use it.
    pub confirmation: Confirmation,
    /// Issued at, in Unix seconds.
    pub issued_at: i64,
    /// Valid until, in Unix seconds.
    pub expires_at: i64,
    /// How often access tokens of the client, or of the grant's client, had been ended when it was issued.
    pub access_revocations: i64,
}

/// On what a token rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenBasis {
    /// A grant, of which it is one use.
    Grant(GrantUse),
    /// Nothing but the client.
    Client {
        /// The client, which is also its subject.
        client_id: ClientId,
        /// The client's epoch in which it was issued.
        epoch: ClientEpoch,
        /// Names the token for revocation.
        id: TokenId,
    },
    /// Another token, for which it was issued in exchange (RFC 8693).
    Exchange(Box<Exchange>),
}

/// One use of a grant: what was issued at one generation of one branch of its refresh tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantUse {
    /// The grant.
    pub grant_id: GrantId,
    /// The branch; 0 is the first one.
    pub branch: i64,
    /// The generation; 0 is the redemption of the code, or the beginning of the branch.
    pub generation: i64,
}

impl GrantUse {
    /// What is issued before any refresh.
    pub fn first(grant_id: GrantId) -> Self {
        Self { grant_id, branch: 0, generation: 0 }
    }
}

mod tag {
    pub const GRANT: u8 = 1;
    pub const BRANCH: u8 = 2;
    pub const GENERATION: u8 = 3;
    pub const CLIENT: u8 = 4;
    pub const TOKEN: u8 = 5;
    pub const SCOPE: u8 = 6;
    pub const AUDIENCE: u8 = 7;
    pub const ISSUED_AT: u8 = 8;
    pub const EXPIRES_AT: u8 = 9;
    pub const ISSUER: u8 = 10;
    pub const INCARNATION: u8 = 11;
    pub const REVOCATIONS: u8 = 12;
    pub const CLAIMS: u8 = 13;
    pub const DPOP_KEY: u8 = 14;
    pub const ACCESS_REVOCATIONS: u8 = 15;
    pub const CERTIFICATE: u8 = 16;
    pub const DETAILS: u8 = 17;
    pub const OWN_DETAILS: u8 = 18;
    pub const LINK: u8 = 19;
    pub const ACTOR: u8 = 20;
}

impl AccessTokenContent {
    /// The sealed form for a token of this issuer.
    pub fn to_bytes(&self, issuer: &str) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        let mut put = |tag: u8, value: &[u8]| {
            bytes.push(tag);
            bytes.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
            bytes.extend_from_slice(value);
        };
        match &self.basis {
            TokenBasis::Grant(used) => {
                put(tag::GRANT, used.grant_id.as_bytes());
                if used.branch != 0 {
                    put(tag::BRANCH, &used.branch.to_be_bytes());
                }
                put(tag::GENERATION, &used.generation.to_be_bytes());
            }
            TokenBasis::Client { client_id, epoch, id } => {
                put(tag::CLIENT, client_id.as_str().as_bytes());
                put(tag::INCARNATION, &epoch.incarnation.to_be_bytes());
                put(tag::REVOCATIONS, &epoch.revocations.to_be_bytes());
                put(tag::TOKEN, id.as_bytes());
            }
            TokenBasis::Exchange(exchange) => {
                if let Some(grant_id) = &exchange.grant {
                    put(tag::GRANT, grant_id.as_bytes());
                }
                for link in &exchange.links {
                    put(tag::LINK, &link.to_bytes());
                }
                if let Some(actor) = &exchange.actor {
                    put(tag::ACTOR, actor.claim().to_string().as_bytes());
                }
            }
        }
        if let Some(scope) = &self.scope {
            put(tag::SCOPE, scope.to_string().as_bytes());
        }
        for value in self.audience.iter().flatten() {
            put(tag::AUDIENCE, value.as_bytes());
        }
        if self.audience.as_ref().is_some_and(Vec::is_empty) {
            put(tag::AUDIENCE, &[]);
        }
        if let Some(places) = &self.details {
            put(tag::DETAILS, places);
        }
        if !self.own_details.is_empty() {
            put(tag::OWN_DETAILS, self.own_details.to_text().as_bytes());
        }
        if !self.claims.is_empty() {
            put(tag::CLAIMS, Value::Object(self.claims.clone()).to_string().as_bytes());
        }
        match self.confirmation {
            Confirmation::Bearer => {}
            Confirmation::DpopKey(key) => put(tag::DPOP_KEY, key.as_bytes()),
            Confirmation::Certificate(certificate) => put(tag::CERTIFICATE, certificate.as_bytes()),
        }
        if self.access_revocations != 0 {
            put(tag::ACCESS_REVOCATIONS, &self.access_revocations.to_be_bytes());
        }
        put(tag::ISSUED_AT, &self.issued_at.to_be_bytes());
        put(tag::EXPIRES_AT, &self.expires_at.to_be_bytes());
        put(tag::ISSUER, &issuer_hash(issuer));
        bytes
    }

    /// Reads a sealed form; `None` when it is of another issuer, or says something that is not understood.
    pub fn from_bytes(bytes: &[u8], issuer: &str) -> Option<Self> {
        let rest = bytes.strip_prefix(&[VERSION])?;
        let mut members = Members::default();
        let mut rest = rest;
        while let Some((tag, after)) = rest.split_first() {
            let (length, after) = after.split_first_chunk::<2>()?;
            let (value, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            members.take(*tag, value)?;
            rest = after;
        }
        (members.issuer? == issuer_hash(issuer)).then_some(())?;
        members.finish()
    }
}

fn issuer_hash(issuer: &str) -> [u8; ISSUER_BYTES] {
    let mut short = [0; ISSUER_BYTES];
    short.copy_from_slice(&digest::sha256(issuer.as_bytes())[..ISSUER_BYTES]);
    short
}

#[derive(Default)]
struct Members {
    grant: Option<GrantId>,
    branch: i64,
    generation: Option<i64>,
    client: Option<ClientId>,
    incarnation: Option<i64>,
    revocations: Option<i64>,
    token: Option<TokenId>,
    links: Vec<Link>,
    actor: Option<Actor>,
    scope: Option<Scope>,
    audience: Option<Vec<String>>,
    issued_at: Option<i64>,
    expires_at: Option<i64>,
    issuer: Option<[u8; ISSUER_BYTES]>,
    details: Option<Vec<u8>>,
    own_details: AuthorizationDetails,
    claims: Map<String, Value>,
    confirmation: Confirmation,
    access_revocations: i64,
}

impl Members {
    fn take(&mut self, tag: u8, value: &[u8]) -> Option<()> {
        let text = || std::str::from_utf8(value).ok();
        let id = || -> Option<[u8; 16]> { value.try_into().ok() };
        let number = || -> Option<i64> { Some(i64::from_be_bytes(value.try_into().ok()?)) };
        match tag {
            tag::GRANT => self.grant = Some(GrantId::from(id()?)),
            tag::BRANCH => self.branch = number()?,
            tag::GENERATION => self.generation = Some(number()?),
            tag::CLIENT => self.client = Some(ClientId::from(text()?)),
            tag::INCARNATION => self.incarnation = Some(number()?),
            tag::REVOCATIONS => self.revocations = Some(number()?),
            tag::TOKEN => self.token = Some(TokenId::from(id()?)),
            tag::LINK => self.links.push(Link::from_bytes(value)?),
            tag::ACTOR => self.actor = Some(serde_json::from_slice(value).ok()?),
            tag::SCOPE => self.scope = Some(Scope::parse(text()?).ok()?),
            tag::AUDIENCE => {
                let all = self.audience.get_or_insert_default();
                all.extend(Some(text()?).filter(|value| !value.is_empty()).map(str::to_owned));
            }
            tag::ISSUED_AT => self.issued_at = Some(number()?),
            tag::EXPIRES_AT => self.expires_at = Some(number()?),
            tag::DETAILS => self.details = Some(value.to_vec()),
            tag::OWN_DETAILS => self.own_details = AuthorizationDetails::parse(text()?).ok()?,
            tag::CLAIMS => self.claims = serde_json::from_slice(value).ok()?,
            tag::DPOP_KEY => {
                self.confirmation = Confirmation::DpopKey(KeyThumbprint::from_bytes(value.try_into().ok()?));
            }
            tag::CERTIFICATE => {
                let certificate = CertificateThumbprint::from_bytes(value.try_into().ok()?);
                self.confirmation = Confirmation::Certificate(certificate);
            }
            tag::ACCESS_REVOCATIONS => self.access_revocations = number()?,
            tag::ISSUER => self.issuer = Some(value.try_into().ok()?),
            _ => return None,
        }
        Some(())
    }

    fn finish(mut self) -> Option<AccessTokenContent> {
        let links = std::mem::take(&mut self.links);
        let basis = match (self.grant, self.client) {
            (grant, None) if !links.is_empty() => {
                // One that points at a grant and not at a use of it.
                (self.generation.is_none() && self.branch == 0 && self.token.is_none()).then_some(())?;
                TokenBasis::Exchange(Box::new(Exchange { grant, links, actor: self.actor }.checked()?))
            }
            _ if !links.is_empty() || self.actor.is_some() => return None,
            (Some(grant_id), None) => {
                TokenBasis::Grant(GrantUse { grant_id, branch: self.branch, generation: self.generation? })
            }
            (None, Some(client_id)) => {
                let epoch = ClientEpoch { incarnation: self.incarnation?, revocations: self.revocations? };
                TokenBasis::Client { client_id, epoch, id: self.token? }
            }
            _ => return None,
        };
        Some(AccessTokenContent {
            basis,
            scope: self.scope,
            audience: self.audience,
            details: self.details,
            own_details: self.own_details,
            claims: self.claims,
            confirmation: self.confirmation,
            issued_at: self.issued_at?,
            expires_at: self.expires_at?,
            access_revocations: self.access_revocations,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://login.example";

    fn of_grant() -> AccessTokenContent {
        AccessTokenContent {
            basis: TokenBasis::Grant(GrantUse { grant_id: GrantId::from([7; 16]), branch: 3, generation: 2 }),
            scope: None,
            audience: None,
            details: None,
            own_details: AuthorizationDetails::default(),
            claims: Map::new(),
            confirmation: Confirmation::Bearer,
            issued_at: 1_800_000_000,
            expires_at: i64::MAX,
            access_revocations: 0,
        }
    }

    fn of_client() -> AccessTokenContent {
        AccessTokenContent {
            basis: TokenBasis::Client {
                client_id: ClientId::from("cc"),
                epoch: ClientEpoch { incarnation: 5, revocations: 6 },
                id: TokenId::from([9; 16]),
            },
            scope: Some(Scope::parse("a b").unwrap()),
            audience: Some(vec!["https://api.example".to_owned(), "b".to_owned()]),
            details: None,
            own_details: AuthorizationDetails::parse(r#"[{"type":"a","x":[1]}]"#).unwrap(),
            claims: Map::new(),
            confirmation: Confirmation::Bearer,
            issued_at: 1,
            expires_at: 2,
            access_revocations: 0,
        }
    }

    #[test]
    fn what_is_sealed_is_read_back() {
        let narrowed = AccessTokenContent {
            scope: Some(Scope::default()),
            audience: Some(Vec::new()),
            details: Some(vec![0, 3]),
            access_revocations: 7,
            basis: TokenBasis::Grant(GrantUse { grant_id: GrantId::from([1; 16]), branch: 0, generation: 0 }),
            ..of_grant()
        };
        let confirmation = Confirmation::DpopKey(KeyThumbprint::from_bytes([9; 32]));
        let bound = AccessTokenContent { confirmation, ..of_grant() };
        let confirmation = Confirmation::Certificate(CertificateThumbprint::from_bytes([8; 32]));
        let certified = AccessTokenContent { confirmation, ..of_client() };
        let claims = Map::from_iter([("tier".to_owned(), Value::from(vec!["gold", "ü"]))]);
        let delegated = exchanged(Some(GrantId::from([7; 16])), 2);
        let of_machine = exchanged(None, 2);
        for content in [
            of_grant(),
            of_client(),
            narrowed,
            AccessTokenContent { claims, ..of_client() },
            bound,
            certified,
            delegated,
            of_machine,
        ] {
            assert_eq!(AccessTokenContent::from_bytes(&content.to_bytes(ISSUER), ISSUER), Some(content));
        }
    }

    fn exchanged(grant: Option<GrantId>, links: usize) -> AccessTokenContent {
        let link = |number: usize| Link {
            client_id: ClientId::from(format!("client-{number}")),
            epoch: ClientEpoch { incarnation: 5, revocations: 6 },
            access_revocations: 7,
            id: TokenId::from([9; 16]),
        };
        let before =
            Actor { iss: Some("https://i.example".to_owned()), sub: "b".to_owned(), client_id: None, before: None };
        let actor = Actor {
            iss: None,
            sub: "a".to_owned(),
            client_id: Some(ClientId::from("a")),
            before: Some(Box::new(before)),
        };
        let exchange = Exchange { grant, links: (0..links).map(link).collect(), actor: Some(actor) };
        AccessTokenContent { basis: TokenBasis::Exchange(Box::new(exchange)), ..of_client() }
    }

    #[test]
    fn chains_that_no_exchange_makes_are_not_understood() {
        let grant = Some(GrantId::from([7; 16]));
        for (grant, links, counts) in
            [(grant, 1, true), (grant, 4, true), (grant, 5, false), (None, 1, false), (None, 5, true), (None, 6, false)]
        {
            let bytes = exchanged(grant, links).to_bytes(ISSUER);
            assert_eq!(AccessTokenContent::from_bytes(&bytes, ISSUER).is_some(), counts, "{links}");
        }
        let actor = [&of_grant().to_bytes(ISSUER)[..], &[tag::ACTOR, 0, 11], br#"{"sub":"a"}"#].concat();
        assert_eq!(AccessTokenContent::from_bytes(&actor, ISSUER), None, "an actor without an exchange");
    }

    #[test]
    fn another_issuers_and_what_is_not_understood_are_refused() {
        let bytes = of_client().to_bytes(ISSUER);
        assert_eq!(AccessTokenContent::from_bytes(&bytes, "https://other.example"), None);
        let with_unknown = [bytes.as_slice(), &[99, 0, 1, 1]].concat();
        assert_eq!(AccessTokenContent::from_bytes(&with_unknown, ISSUER), None, "an unknown restriction");
        let cut: Vec<_> = (0..bytes.len()).map(|end| AccessTokenContent::from_bytes(&bytes[..end], ISSUER)).collect();
        assert!(cut.iter().all(Option::is_none));
        assert_eq!(AccessTokenContent::from_bytes(&[&[2], &bytes[1..]].concat(), ISSUER), None, "another version");
    }
}
