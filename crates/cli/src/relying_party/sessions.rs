//! Who is signed in at the demonstration application, in memory.
//!
//! A session is found by a random id from a cookie; the id is renewed at sign-in, so that one planted before is worth
//! nothing (session fixation). The number of sessions and of started sign-ins is bounded: the oldest give way.

use std::collections::{HashMap, VecDeque};

use parking_lot::Mutex;
use symbolon_client::{PendingAuthorization, Rng, TokenSet};

use super::actions::{News, Profile};

/// How many browsers are remembered.
const SESSIONS: usize = 200;

/// How many sign-ins one browser may have under way, in as many tabs.
const SIGN_INS: usize = 10;

/// The value of the session cookie.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct SessionId(String);

impl SessionId {
    /// An id that a browser presents, which may be of any form.
    pub(super) fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A user who is signed in.
#[derive(Debug, Clone)]
pub(super) struct SignedIn {
    pub(super) tokens: TokenSet,
    pub(super) profile: Profile,
    /// How often the tokens were refreshed.
    pub(super) refreshes: u32,
    /// What the last button did.
    pub(super) news: Option<News>,
}

#[derive(Default)]
struct Session {
    pending: VecDeque<PendingAuthorization>,
    signed_in: Option<SignedIn>,
}

#[derive(Default)]
struct Table {
    sessions: HashMap<SessionId, Session>,
    by_age: VecDeque<SessionId>,
}

pub(super) struct Sessions {
    rng: Rng,
    table: Mutex<Table>,
}

impl Sessions {
    pub(super) fn new(rng: Rng) -> Self {
        Self { rng, table: Mutex::default() }
    }

    /// Remembers a started sign-in, in the browser's session or a new one.
    pub(super) fn begin(&self, presented: Option<SessionId>, pending: PendingAuthorization) -> SessionId {
        let mut table = self.table.lock();
        let known = presented.filter(|id| table.sessions.contains_key(id));
        let id = known.unwrap_or_else(|| table.insert(self.new_id(), Session::default()));
        if let Some(session) = table.sessions.get_mut(&id) {
            session.pending.push_back(pending);
            if session.pending.len() > SIGN_INS {
                session.pending.pop_front();
            }
        }
        id
    }

    /// The sign-in that a callback with this `state` belongs to. It can be taken once.
    pub(super) fn take_pending(&self, id: &SessionId, state: &str) -> Option<PendingAuthorization> {
        let mut table = self.table.lock();
        let pending = &mut table.sessions.get_mut(id)?.pending;
        let position = pending.iter().position(|pending| pending.state() == state)?;
        pending.remove(position)
    }

    /// Signs in under a new id. Sign-ins in other tabs go on.
    pub(super) fn sign_in(&self, old: &SessionId, signed_in: SignedIn) -> SessionId {
        let mut table = self.table.lock();
        let pending = table.sessions.remove(old).map(|session| session.pending).unwrap_or_default();
        table.insert(self.new_id(), Session { pending, signed_in: Some(signed_in) })
    }

    pub(super) fn signed_in(&self, id: &SessionId) -> Option<SignedIn> {
        self.table.lock().sessions.get(id)?.signed_in.clone()
    }

    /// Forgets who is signed in, and gives it a last time. Sign-ins that were started in other tabs go on.
    pub(super) fn sign_out(&self, id: &SessionId) -> Option<SignedIn> {
        self.table.lock().sessions.get_mut(id)?.signed_in.take()
    }

    pub(super) fn replace(&self, id: &SessionId, signed_in: SignedIn) {
        if let Some(known) = self.table.lock().sessions.get_mut(id).and_then(|session| session.signed_in.as_mut()) {
            *known = signed_in;
        }
    }

    fn new_id(&self) -> SessionId {
        SessionId(self.rng.token(24))
    }
}

impl Table {
    fn insert(&mut self, id: SessionId, session: Session) -> SessionId {
        self.sessions.insert(id.clone(), session);
        self.by_age.push_back(id.clone());
        if self.by_age.len() > SESSIONS
            && let Some(oldest) = self.by_age.pop_front()
        {
            self.sessions.remove(&oldest);
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use symbolon_client::{AuthorizationRequest, Client, ProviderMetadata};

    use super::*;

    async fn pending(state: &str) -> PendingAuthorization {
        let mut metadata = ProviderMetadata::new("https://as.example");
        metadata.authorization_endpoint = Some("https://as.example/auth".into());
        let client = Client::builder("https://as.example", "demo")
            .redirect_uri("http://127.0.0.1:4446/callback")
            .metadata(metadata)
            .build()
            .unwrap();
        client.authorization_url(&AuthorizationRequest::default().state(state)).await.unwrap().1
    }

    #[tokio::test]
    async fn pending_sign_in_is_taken_once_and_by_its_browser() {
        let sessions = Sessions::new(Rng::seeded(1));
        let id = sessions.begin(None, pending("one").await);
        assert_eq!(sessions.begin(Some(id.clone()), pending("two").await), id);
        let other = sessions.begin(Some(SessionId::presented("planted")), pending("three").await);
        assert!(other != id && other.as_str() != "planted");
        assert!(sessions.take_pending(&other, "one").is_none());
        assert!(sessions.take_pending(&id, "one").is_some());
        assert!(sessions.take_pending(&id, "one").is_none());
        assert!(sessions.take_pending(&id, "two").is_some());
    }

    #[tokio::test]
    async fn oldest_give_way() {
        let sessions = Sessions::new(Rng::seeded(1));
        let first = sessions.begin(None, pending("s").await);
        for _ in 0..SESSIONS {
            sessions.begin(None, pending("s").await);
        }
        assert!(sessions.take_pending(&first, "s").is_none());
        assert_eq!(sessions.table.lock().sessions.len(), SESSIONS);
    }
}
