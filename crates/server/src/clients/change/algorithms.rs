//! Which signature algorithms clients may name in their metadata: those that the server has keys for, and those that it
//! can verify.

use symbolon_jose::Algorithm;
use symbolon_types::client::OfferedAlgorithms;

use crate::context::Context;

/// The names, by what they are for.
pub struct Algorithms {
    responses: Vec<&'static str>,
    assertions: Vec<&'static str>,
}

impl Algorithms {
    /// Those of this server at this moment.
    pub fn of(context: &Context) -> Self {
        Self {
            responses: context.keys.offered().iter().copied().map(Algorithm::as_str).collect(),
            assertions: Algorithm::all().iter().copied().map(Algorithm::as_str).collect(),
        }
    }

    /// In the form that validation reads.
    pub fn offered(&self) -> OfferedAlgorithms<'_> {
        OfferedAlgorithms { responses: &self.responses, assertions: &self.assertions }
    }
}
