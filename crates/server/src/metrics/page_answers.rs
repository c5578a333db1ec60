//! What came of the answers that login and consent pages gave, built-in ones and those of others over the admin port.

use prometheus::{IntCounter, IntCounterVec, Opts, Registry};

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageStep {
    /// Who is it?
    Login,
    /// May the client have it?
    Consent,
}

/// Whose page answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// One of ours.
    BuiltIn,
    /// Somebody else's, over the management API.
    Headless,
}

/// What came of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageOutcome {
    /// Somebody logged in, or agreed.
    Accepted,
    /// Somebody, or the page, refused.
    Rejected,
    /// The session that spared the question has ended, or is another person's: the flow starts again.
    StartedAgain,
    /// The challenge was used before.
    UsedBefore,
    /// There is no such challenge.
    Unknown,
    /// The time of the challenge is over.
    Expired,
    /// What the page said cannot be taken, or the client was changed meanwhile.
    Refused,
    /// Unknown name, wrong password or disabled account, at the built-in login page.
    WrongCredentials,
    /// Too many passwords were tried at the built-in login page.
    Throttled,
    /// The server could not do its part.
    Failed,
}

const STEPS: [&str; 2] = ["login", "consent"];
const PAGES: [&str; 2] = ["built_in", "headless"];
const OUTCOMES: [&str; 10] = [
    "accepted",
    "rejected",
    "started_again",
    "used_before",
    "unknown",
    "expired",
    "refused",
    "wrong_credentials",
    "throttled",
    "failed",
];

/// The counters, found once: by step, page and outcome.
pub struct PageAnswers([[[IntCounter; 10]; 2]; 2]);

impl PageAnswers {
    pub(super) fn registered(registry: &Registry) -> Result<Self, prometheus::Error> {
        let options =
            Opts::new("symbolon_page_answers_total", "answers of login and consent pages by what came of them");
        let all = IntCounterVec::new(options, &["step", "page", "outcome"])?;
        registry.register(Box::new(all.clone()))?;
        let counters =
            STEPS.map(|step| PAGES.map(|page| OUTCOMES.map(|outcome| all.with_label_values(&[step, page, outcome]))));
        Ok(Self(counters))
    }

    /// Counts an answer.
    pub fn count(&self, step: PageStep, page: Page, outcome: PageOutcome) {
        self.0[step as usize][page as usize][outcome as usize].inc();
    }
}
