//! Where we answer differently from Hydra on purpose: `everywhere` holds the rules without a place of their own,
//! `steps` names single steps (`flows` those of a login, `clients` those of patches, `cors` those of other origins,
//! `devices` those of the device grant, `grants` those of assertions as grants, `hooks` those of web hooks,
//! `registration` those of the registration endpoints, `request_objects` those of request objects). An entry names what comes instead, so that it is a rule and not a hole, and it must still apply: one that
//! does not fails the replay.

mod clients;
mod cors;
mod devices;
mod everywhere;
mod flows;
mod grants;
mod hooks;
mod key_sets;
mod page;
mod registration;
mod request_objects;
mod steps;

use super::compare::Mismatch;
use super::replay::Outcome;

/// The source of what no specification asks for.
const OWN: &str = "our own choice";

/// A difference in one step, or in several with similar names.
struct Difference {
    file: &'static str,
    /// A step's name; a `*` stands for any beginning or any ending.
    step: &'static str,
    /// Place and what comes instead, each with an optional `*` likewise.
    instead: &'static [(&'static str, &'static str)],
    /// What is right about our answer.
    why: &'static str,
    /// The section of the standard that asks for it, or else what Hydra does and why it is not done here.
    source: &'static str,
}

/// A difference that holds wherever it can appear.
struct General {
    applies: fn(&Mismatch) -> bool,
    why: &'static str,
    source: &'static str,
    /// File and step where it must appear.
    witness: (&'static str, &'static str),
}

/// What is left of a replay's mismatches.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// Step and mismatch, where nothing says that it is intended.
    pub(super) unexplained: Vec<(String, Mismatch)>,
    /// Entries of the tables that did not apply.
    pub(super) unneeded: Vec<String>,
}

fn all_steps() -> impl Iterator<Item = &'static Difference> {
    steps::STEPS
        .iter()
        .chain(flows::FLOWS)
        .chain(clients::CLIENTS)
        .chain(cors::CORS)
        .chain(devices::DEVICES)
        .chain(grants::GRANTS)
        .chain(hooks::HOOKS)
        .chain(key_sets::KEY_SETS)
        .chain(registration::REGISTRATION)
        .chain(request_objects::REQUEST_OBJECTS)
}

/// Compares the mismatches of a file with the tables.
pub(super) fn judge(file: &str, outcomes: &[Outcome]) -> Verdict {
    let of_file = |entry: &&Difference| entry.file == file;
    let entries = all_steps().filter(of_file).collect::<Vec<_>>();
    judge_with(&entries, everywhere::EVERYWHERE, file, outcomes)
}

fn judge_with(entries: &[&Difference], everywhere: &[General], file: &str, outcomes: &[Outcome]) -> Verdict {
    let mut verdict = Verdict::default();
    for outcome in outcomes {
        for mismatch in &outcome.mismatches {
            let explained = entries.iter().any(|entry| entry.explains(&outcome.step, mismatch).is_some())
                || everywhere.iter().any(|general| (general.applies)(mismatch));
            if !explained {
                verdict.unexplained.push((outcome.step.clone(), mismatch.clone()));
            }
        }
    }
    let all =
        || outcomes.iter().flat_map(|outcome| outcome.mismatches.iter().map(move |it| (outcome.step.as_str(), it)));
    for entry in entries {
        for (index, (place, got)) in entry.instead.iter().enumerate() {
            if !all().any(|(step, mismatch)| entry.explains(step, mismatch) == Some(index)) {
                let Difference { step, why, source, .. } = entry;
                verdict.unneeded.push(format!("[{step}] {place} {got} ({why}; {source})"));
            }
        }
    }
    for general in everywhere.iter().filter(|general| general.witness.0 == file) {
        if !all().any(|(step, mismatch)| step == general.witness.1 && (general.applies)(mismatch)) {
            verdict.unneeded.push(format!("[{}] {} ({})", general.witness.1, general.why, general.source));
        }
    }
    verdict
}

impl Difference {
    /// Which of the entry's lines says that this mismatch is intended.
    fn explains(&self, step: &str, mismatch: &Mismatch) -> Option<usize> {
        let fits = |(place, got): &(&str, &str)| is_like(place, &mismatch.place) && is_like(got, &mismatch.got);
        self.instead.iter().position(fits).filter(|_| is_like(self.step, step))
    }
}

/// Whether a text is the pattern; a `*` stands for any beginning or any ending.
fn is_like(pattern: &str, text: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(ending), _) if !ending.is_empty() => text.ends_with(ending),
        (_, Some(beginning)) => text.starts_with(beginning),
        _ => pattern == text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: Difference = Difference {
        file: "f",
        step: "token*",
        instead: &[("outcome", "400 invalid_grant")],
        why: "a failed redemption burns the code",
        source: OWN,
    };

    fn outcome(step: &str, got: &str) -> Outcome {
        let mismatch = Mismatch { place: "outcome".into(), expected: "200".into(), got: got.into() };
        Outcome { step: step.into(), mismatches: vec![mismatch] }
    }

    #[test]
    fn an_entry_explains_what_it_says_and_nothing_else() {
        let outcomes =
            [outcome("token", "400 invalid_grant"), outcome("token #2", "500"), outcome("other", "400 invalid_grant")];
        let verdict = judge_with(&[&ENTRY], &[], "f", &outcomes);
        let steps: Vec<_> = verdict.unexplained.iter().map(|(step, _)| step.as_str()).collect();
        assert_eq!(steps, ["token #2", "other"]);
        assert!(verdict.unneeded.is_empty());
    }

    #[test]
    fn an_entry_that_no_longer_applies_is_told() {
        let same = Outcome { step: "token".into(), mismatches: Vec::new() };
        assert_eq!(judge_with(&[&ENTRY], &[], "f", &[same]).unneeded.len(), 1);
    }

    #[test]
    fn every_entry_belongs_to_a_replayed_file() {
        use crate::golden::files::{FILES, Plan};
        let replayed: Vec<_> = FILES.iter().filter(|(_, plan)| *plan == Plan::Replay).map(|(file, _)| *file).collect();
        let entries = all_steps().map(|entry| entry.file);
        for file in entries.chain(everywhere::EVERYWHERE.iter().map(|general| general.witness.0)) {
            assert!(replayed.contains(&file), "{file}");
        }
    }
}
