//! Codes of devices (RFC 8628). They are not brought: a device whose code is refused asks for a new one, and shows it. How
//! many still count is told, by how far they came, so that an operator can wait until they are fetched.

use symbolon_store::HydraTable;

use super::fault::ImportFault;
use super::session_data::SessionData;
use super::{Import, PAGE, value};

const KIND: &str = "device codes";

impl Import<'_> {
    pub(super) async fn devices(&mut self) -> Result<(), ImportFault> {
        let table = HydraTable::DEVICES;
        let (total, mut read, mut after) = (self.source.count(table).await?, 0, None::<String>);
        loop {
            let rows = self.source.page(table, after.as_deref(), PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.text("device_code_signature").to_owned());
            for row in &rows {
                let session = SessionData::of(self.opener, row);
                let expires_at = session
                    .and_then(|session| session.expires_at("device_code"))
                    .or_else(|| row.get("expires_at").and_then(value::seconds));
                let is_over = !row.is_true("device_code_active")
                    || row.number("user_code_state") == Some(2)
                    || expires_at.is_some_and(|expires_at| expires_at <= self.now());
                let counted = self.report.of(KIND);
                match row.number("user_code_state") {
                    _ if is_over => counted.over += 1,
                    Some(1) => counted
                        .leave_out("its user agreed, but the device has not fetched its tokens", row.text("client_id")),
                    _ => counted.leave_out("its user has not entered it", row.text("client_id")),
                }
            }
            read += rows.len() as u64;
            (self.progress)(KIND, read, total);
        }
    }
}
