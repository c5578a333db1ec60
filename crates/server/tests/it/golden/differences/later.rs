//! Steps of replayed files that need an operation that is not built yet. Such an entry goes when the operation comes.

use super::Difference;

/// The members of discovery that name what is not built yet.
const DISCOVERY: &[(&str, &str)] = &[
    ("/request_object_signing_alg_values_supported", "absent"),
    ("/request_parameter_supported", "false"),
    ("/request_uri_parameter_supported", "false"),
    ("/require_request_uri_registration", "absent"),
];

const fn later(
    file: &'static str,
    step: &'static str,
    instead: &'static [(&'static str, &'static str)],
    why: &'static str,
) -> Difference {
    Difference { file, step, instead, why, source: "not built yet" }
}

pub(super) const LATER: &[Difference] = &[
    later(
        "authorize_early_errors",
        "request without client keys",
        &[("outcome", "303 <rp>/callback request_not_supported")],
        "request objects are not built yet",
    ),
    later("cors", "discovery, *", DISCOVERY, "discovery names only what is built"),
    later("discovery", "get", DISCOVERY, "discovery names only what is built"),
    later("discovery", "oauth twin", DISCOVERY, "discovery names only what is built"),
    later("discovery", "trailing slash", DISCOVERY, "discovery names only what is built"),
    later("discovery_customised", "get", DISCOVERY, "discovery names only what is built"),
    later("pairwise_subjects", "discovery", DISCOVERY, "discovery names only what is built"),
];
