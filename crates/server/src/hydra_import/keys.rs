//! Key sets: opened with Hydra's secrets and sealed with ours, under the same names, so that what they signed stays valid.
//! The newest key of our two sets signs from now on, unless somebody has changed the keys here since an earlier run.

use symbolon_jose::{Jwk, SigningKey};
use symbolon_store::{
    Batch, HydraSource, HydraTable, ImportedKind, JsonWebKey, LedgerEntry, SigningKey as Row, SigningKeyState, Store,
};

use super::fault::ImportFault;
use super::report::ImportReport;
use super::secrets::{Opener, name};
use super::{PAGE, value};
use crate::keys::SetName;
use crate::seal::{Seal, kinds};

/// Most keys of one set of an administrator's.
const MOST_KEYS: u32 = 100_000;

/// A key of Hydra's, opened.
pub(super) struct HydraJwk {
    pub(super) set: String,
    pub(super) kid: String,
    pub(super) jwk: Jwk,
    created_at: i64,
}

/// Reads all keys, the oldest first. One that does not open is an error: with it all that it signed would be lost.
pub(super) async fn read(source: &HydraSource, opener: &Opener) -> Result<Vec<HydraJwk>, ImportFault> {
    let mut keys = Vec::new();
    let mut after = None::<String>;
    loop {
        let rows = source.page(HydraTable::KEYS, after.as_deref(), PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.text("pk").to_owned());
        for row in &rows {
            let (set, kid) = (row.text("sid"), row.text("kid"));
            let json = opener.open(row.text("keydata")).ok_or_else(|| {
                ImportFault::new(format!(
                    "the key '{kid}' of the set '{set}' does not open: name all system secrets that Hydra knows, the \
                     rotated ones too"
                ))
            })?;
            let mut jwk: Jwk = serde_json::from_slice(json.expose()).map_err(|fault| {
                ImportFault::new(format!("the key '{kid}' of the set '{set}' is not readable: {fault}"))
            })?;
            jwk.kid = Some(kid.to_owned());
            let created_at = row.get("created_at").and_then(value::micros).unwrap_or_default();
            keys.push(HydraJwk { set: set.to_owned(), kid: kid.to_owned(), jwk, created_at });
        }
    }
    keys.sort_by_key(|key| key.created_at);
    Ok(keys)
}

/// Writes what is new among them.
pub(super) async fn bring(
    store: &Store,
    seal: &Seal,
    keys: &[HydraJwk],
    (run, now): (i64, i64),
    report: &mut ImportReport,
) -> Result<(), ImportFault> {
    for key in keys {
        let id = name(&format!("{}\0{}", key.set, key.kid));
        if store.hydra_ledger(ImportedKind::Key, &id).await?.is_some() {
            report.of("keys").known += 1;
            continue;
        }
        let mut batch = Batch::new();
        batch.note_hydra_import(ImportedKind::Key, &id, LedgerEntry::PLAIN, run);
        let json = serde_json::to_vec(&key.jwk)?;
        if let Some(set) = SetName::of(&key.set) {
            if let Err(reason) = add_signing_key(store, seal, (set, key), now, &mut batch).await? {
                report.of("keys").leave_out(&reason, &key.kid);
                continue;
            }
        } else if store.json_web_key(&key.set, &key.kid).await?.is_some() {
            report.of("keys").leave_out("there is another key of this name here", &key.kid);
            continue;
        } else {
            let body = seal.seal_bytes(kinds::KEY_IN_SET, &json);
            let row = JsonWebKey { set_name: key.set.clone(), kid: key.kid.clone(), body };
            batch.insert_json_web_key(&row, MOST_KEYS);
        }
        store.write(batch).await?;
        report.of("keys").taken += 1;
    }
    Ok(())
}

/// Adds a key to one of our two sets; it signs from now on, unless the key that signs was made here after an import.
async fn add_signing_key(
    store: &Store,
    seal: &Seal,
    (set, key): (SetName, &HydraJwk),
    now: i64,
    batch: &mut Batch,
) -> Result<Result<(), String>, ImportFault> {
    let parsed = match SigningKey::from_jwk(&key.jwk) {
        Ok(parsed) => parsed,
        Err(fault) => return Ok(Err(format!("it cannot sign: {fault}"))),
    };
    let all = store.all_signing_keys().await?;
    let same = |row: &&Row| row.set_name == set.as_str();
    if all.iter().any(|row| row.kid == key.kid && SetName::of(&row.set_name).is_some()) {
        return Ok(Err("there is another key of this name here".to_owned()));
    }
    let mut imported_before = false;
    let mut signers = Vec::new();
    for row in all.iter().filter(same) {
        let of_hydra =
            store.hydra_ledger(ImportedKind::Key, &name(&format!("{}\0{}", row.set_name, row.kid))).await?.is_some();
        imported_before |= of_hydra;
        let json = seal.open_bytes(kinds::SIGNING_KEY, &row.body);
        let algorithm = json.and_then(|json| serde_json::from_slice::<Jwk>(&json).ok()?.signature_algorithm());
        if row.state == SigningKeyState::Active && algorithm == Some(parsed.algorithm()) {
            signers.push((row, of_hydra));
        }
    }
    let signs = !imported_before || signers.iter().all(|(_, of_hydra)| *of_hydra);
    if signs {
        for (row, _) in &signers {
            let after = Row { state: SigningKeyState::Retired, retires_at: Some(now), ..(*row).clone() };
            batch.change_signing_key(row, &after);
        }
    }
    let json = serde_json::to_vec(&parsed.to_private_jwk())?;
    batch.insert_signing_key(&Row {
        set_name: set.as_str().to_owned(),
        kid: key.kid.clone(),
        state: if signs { SigningKeyState::Active } else { SigningKeyState::Retired },
        created_at: key.created_at.div_euclid(1_000_000),
        activates_at: now,
        retires_at: (!signs).then_some(now),
        body: seal.seal_bytes(kinds::SIGNING_KEY, &json),
    });
    Ok(Ok(()))
}
