//! Which algorithms clients may name in their metadata: those that the server has keys for, those that it can verify, and
//! those that it can encrypt with.

use symbolon_jose::Algorithm;
use symbolon_jose::jwe::{ContentEncryption, KeyManagement};
use symbolon_types::client::{OfferedAlgorithms, OfferedEncryption};

use crate::context::Context;

/// The names, by what they are for.
pub struct Algorithms {
    responses: Vec<&'static str>,
    assertions: Vec<&'static str>,
    key_management: Vec<&'static str>,
    request_objects: Vec<&'static str>,
    contents: Vec<&'static str>,
}

impl Algorithms {
    /// Those of this server at this moment.
    pub fn of(context: &Context) -> Self {
        Self {
            responses: context.keys.offered().iter().copied().map(Algorithm::as_str).collect(),
            assertions: Algorithm::all().iter().copied().map(Algorithm::as_str).collect(),
            key_management: KeyManagement::all().iter().copied().map(KeyManagement::as_str).collect(),
            request_objects: context.config.symbolon.keys.opened().map(KeyManagement::as_str).collect(),
            contents: ContentEncryption::all().iter().copied().map(ContentEncryption::as_str).collect(),
        }
    }

    /// In the form that validation reads.
    pub fn offered(&self) -> OfferedAlgorithms<'_> {
        OfferedAlgorithms {
            responses: &self.responses,
            assertions: &self.assertions,
            encryption: OfferedEncryption {
                responses: &self.key_management,
                request_objects: &self.request_objects,
                contents: &self.contents,
            },
        }
    }
}
