//! Login sessions, under the same ids, so that cookies lead to them and the `sid` of ID tokens names them.

use symbolon_store::{HydraTable, LoginSession, Persistence, SourceRow};
use symbolon_types::{SessionId, Subject};

use super::fault::ImportFault;
use super::{Import, PAGE, value};
use crate::session::{Authentication, CurrentSession};

const KIND: &str = "login sessions";

impl Import<'_> {
    pub(super) async fn sessions(&mut self) -> Result<(), ImportFault> {
        let table = HydraTable::SESSIONS;
        let (total, mut read, mut after) = (self.source.count(table).await?, 0, None::<String>);
        loop {
            let rows = self.source.page(table, after.as_deref(), PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.text("id").to_owned());
            let mut sessions = Vec::with_capacity(rows.len());
            for row in &rows {
                match self.session(row)? {
                    Some(session) => sessions.push(session),
                    None => self.report.of(KIND).over += 1,
                }
            }
            for is_new in self.context.store.import_hydra_sessions(&sessions, self.run).await? {
                self.report.of(KIND).count(is_new);
            }
            read += rows.len() as u64;
            (self.progress)(KIND, read, total);
        }
    }

    /// Hydra keeps a remembered session without end, whatever its column says: here it lasts as long as a login from now on,
    /// or as its column says if that is later. One that is not remembered lasts as ours do.
    fn session(&self, row: &SourceRow) -> Result<Option<LoginSession>, ImportFault> {
        let (config, now) = (&self.context.config, self.now());
        let Some(at) = row.get("authenticated_at").and_then(value::seconds) else { return Ok(None) };
        let Some(id) = SessionId::parse(row.text("id")).filter(|_| !row.text("subject").is_empty()) else {
            return Ok(None);
        };
        let (persistence, expires_at) = if row.is_true("remember") {
            let column = row.get("expires_at").and_then(value::seconds).unwrap_or_default();
            (Persistence::Remembered, column.max(now.saturating_add(config.ttl.authentication_session)))
        } else {
            let lifespan = config.symbolon.sessions.unremembered_lifespan_seconds;
            (Persistence::UntilClosed, at.saturating_add(lifespan))
        };
        if expires_at <= now {
            return Ok(None);
        }
        let subject = Subject::from(row.text("subject"));
        let session = CurrentSession {
            id,
            authentication: Authentication { subject, acr: String::new(), amr: Vec::new(), at },
            subject_epoch: 0,
            persistence,
            identity_provider_session_id: row.text("identity_provider_session_id").to_owned(),
        };
        Ok(Some(session.to_row(self.context, expires_at)?))
    }
}
