//! Where we answer differently from Hydra on purpose: one literal table for single steps, one for what holds
//! everywhere. An entry names what comes instead, so that it is a rule and not a hole, and must still apply.

use super::compare::{ABSENT, Mismatch};
use super::replay::Outcome;

/// A difference in one step, or in several with similar names.
struct Difference {
    file: &'static str,
    /// A step's name; a `*` at the end stands for any ending.
    step: &'static str,
    /// Place and what comes instead; each with an optional `*` at the end.
    instead: &'static [(&'static str, &'static str)],
    why: &'static str,
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

const GENERAL: &[General] = &[
    General {
        applies: |it| it.place.ends_with("/rat") && it.got == ABSENT,
        why: "`rat` is no registered claim",
        source: "design.md §10.2",
        witness: ("code_flow_pkce", "token"),
    },
];

const DIFFERENCES: &[Difference] = &[];

/// What is left of a replay's mismatches.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// Step and mismatch, where nothing says that it is intended.
    pub(super) unexplained: Vec<(String, Mismatch)>,
    /// Entries of the tables that did not apply.
    pub(super) unneeded: Vec<String>,
}

/// Compares the mismatches with the tables.
pub(super) fn judge(file: &str, outcomes: &[Outcome]) -> Verdict {
    let mut verdict = Verdict::default();
    let ours: Vec<&Difference> = DIFFERENCES.iter().filter(|entry| entry.file == file).collect();
    for outcome in outcomes {
        for mismatch in &outcome.mismatches {
            let explained = ours.iter().any(|entry| entry.explains(&outcome.step, mismatch).is_some())
                || GENERAL.iter().any(|general| (general.applies)(mismatch));
            if !explained {
                verdict.unexplained.push((outcome.step.clone(), mismatch.clone()));
            }
        }
    }
    let all = || outcomes.iter().flat_map(|outcome| outcome.mismatches.iter().map(move |it| (outcome.step.as_str(), it)));
    for entry in ours {
        for (index, (place, got)) in entry.instead.iter().enumerate() {
            if !all().any(|(step, mismatch)| entry.explains(step, mismatch) == Some(index)) {
                let (step, why, source) = (entry.step, entry.why, entry.source);
                verdict.unneeded.push(format!("[{step}] {place} {got} ({why}; {source})"));
            }
        }
    }
    for general in GENERAL.iter().filter(|general| general.witness.0 == file) {
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

fn is_like(pattern: &str, text: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == text, |beginning| text.starts_with(beginning))
}
