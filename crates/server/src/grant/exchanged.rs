//! Tokens that were issued in exchange for others (RFC 8693), from the side of what they carry: the grant of the subject, every
//! exchange on the way from there, so that a token ends with each of them, and who acts for the subject.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use symbolon_store::{ClientEpoch, ClientTokenState};
use symbolon_types::{ClientId, GrantId, TokenId};

use crate::config::LONGEST_CHAIN;

/// On what an exchanged token rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The grant of the subject; `None` where the subject is a client that acts for itself, whose token is the first link.
    pub grant: Option<GrantId>,
    /// The tokens on the way, the newest last: each was issued to a client, and may be ended by itself.
    pub links: Vec<Link>,
    /// Who acts for the subject; `None` where the token says that nobody does.
    pub actor: Option<Actor>,
}

/// A token of a client that no row stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The client.
    pub client_id: ClientId,
    /// The client's epoch in which it was issued.
    pub epoch: ClientEpoch,
    /// How often access tokens of the client had been ended.
    pub access_revocations: i64,
    /// Names the token for revocation.
    pub id: TokenId,
}

impl Link {
    /// Whether it still counts.
    pub fn stands(&self, state: ClientTokenState) -> bool {
        state.client_epoch == Some(self.epoch) && state.access_revocations == self.access_revocations && !state.revoked
    }

    /// The form in a token.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(40 + self.client_id.as_str().len());
        for number in [self.epoch.incarnation, self.epoch.revocations, self.access_revocations] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(self.client_id.as_str().as_bytes());
        bytes
    }

    /// Reads it; `None` where that is none.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (numbers, rest) = bytes.split_first_chunk::<24>()?;
        let (numbers, _) = numbers.as_chunks::<8>();
        let [incarnation, revocations, access_revocations] = numbers else { return None };
        let (id, client_id) = rest.split_first_chunk::<16>()?;
        let number = |number: &[u8; 8]| i64::from_be_bytes(*number);
        Some(Self {
            client_id: ClientId::from(std::str::from_utf8(client_id).ok().filter(|text| !text.is_empty())?),
            epoch: ClientEpoch { incarnation: number(incarnation), revocations: number(revocations) },
            access_revocations: number(access_revocations),
            id: TokenId::from(*id),
        })
    }
}

impl Exchange {
    /// `None` for a chain that no exchange makes.
    pub(super) fn checked(self) -> Option<Self> {
        let own = usize::from(self.grant.is_none());
        let exchanges = self.links.len().checked_sub(own)?;
        let acting = self.actor.as_ref().map_or(0, Actor::depth);
        ((1..=LONGEST_CHAIN).contains(&exchanges) && acting <= LONGEST_CHAIN).then_some(self)
    }
}

/// Who acts for a subject, and before that for them (RFC 8693 §4.1): the newest is outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// The issuer for whom `sub` is a name, where it is not this server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// The actor.
    pub sub: String,
    /// The client through which it acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// Who acted before.
    #[serde(rename = "act", default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<Actor>>,
}

impl Actor {
    /// How many actors there are.
    pub fn depth(&self) -> usize {
        1 + self.before.as_deref().map_or(0, Self::depth)
    }

    /// The claim.
    pub fn claim(&self) -> Value {
        json!(self)
    }

    /// The claim `act` of another issuer: who it names, by names of that issuer. `None` where it is none, or names more actors
    /// than a token here may have.
    pub fn of_issuer(claim: &Value, issuer: &str) -> Option<Self> {
        Self::read(claim, issuer, LONGEST_CHAIN)
    }

    fn read(claim: &Value, issuer: &str, levels: usize) -> Option<Self> {
        let members = claim.as_object().filter(|_| levels > 0)?;
        // A member that is there and is no text is not passed over: it says who acts.
        let text = |name: &str| match members.get(name) {
            None => Some(None),
            Some(value) => value.as_str().filter(|text| !text.is_empty() && !text.contains(char::is_control)).map(Some),
        };
        let before = match members.get("act") {
            None => None,
            Some(inner) => Some(Box::new(Self::read(inner, issuer, levels - 1)?)),
        };
        Some(Self {
            iss: Some(text("iss")?.unwrap_or(issuer).to_owned()),
            sub: text("sub")??.to_owned(),
            client_id: text("client_id")?.map(ClientId::from),
            before,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actors_of_another_issuer_keep_its_name() {
        let actor = Actor::of_issuer(
            &json!({ "sub": "b", "act": { "sub": "a", "iss": "https://c.example" } }),
            "https://i.example",
        );
        let expected =
            json!({ "iss": "https://i.example", "sub": "b", "act": { "iss": "https://c.example", "sub": "a" } });
        assert_eq!(actor.map(|actor| (actor.depth(), actor.claim())), Some((2, expected)));
    }

    #[test]
    fn what_names_no_actor_or_too_many_is_refused() {
        let deep =
            |levels: usize| (1..levels).fold(json!({ "sub": "a" }), |inner, _| json!({ "sub": "a", "act": inner }));
        assert_eq!(Actor::of_issuer(&deep(4), "i").map(|actor| actor.depth()), Some(4));
        for claim in [
            deep(5),
            json!("a"),
            json!({}),
            json!({ "sub": "" }),
            json!({ "sub": 1 }),
            json!({ "sub": "a", "act": null }),
            json!({ "sub": "a", "iss": 1 }),
            json!({ "sub": "a", "client_id": [] }),
            json!({ "sub": "a\n" }),
        ] {
            assert_eq!(Actor::of_issuer(&claim, "i"), None, "{claim}");
        }
    }
}
