//! The audit log of a test's server, read back.

use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::Value;
use symbolon_server::config::Config;
use tempfile::TempDir;

/// What holds every line against the schema.
static LINE: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(&symbolon_server::audit::schema()).unwrap());

/// A file for the audit log, which is gone at the end.
pub(crate) struct AuditFile {
    _folder: TempDir,
    pub(crate) path: PathBuf,
}

impl AuditFile {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        Self { _folder: folder, path }
    }

    /// Sets the file.
    pub(crate) fn on(&self, config: &mut Config) {
        config.symbolon.audit.file = Some(self.path.to_str().unwrap().to_owned());
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap()
    }

    /// All lines; each fits the schema.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let lines = self.text();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .inspect(|line| {
                if let Err(fault) = LINE.validate(line) {
                    panic!("{fault}: {line}");
                }
            })
            .collect()
    }

    /// The lines of a kind.
    pub(crate) fn of(&self, event: &str) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["event"] == event).collect()
    }

    /// The one line of a kind.
    #[track_caller]
    pub(crate) fn one(&self, event: &str) -> Value {
        let mut found = self.of(event);
        assert_eq!(found.len(), 1, "{event}: {found:#?} of {:#?}", self.lines());
        found.remove(0)
    }
}
