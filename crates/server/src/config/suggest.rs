//! "Did you mean": the known key that a mistyped one most resembles. The last part of a path weighs most, as people
//! know a key's name and forget where it lives.

use super::keys;

/// Below this likeness (0 to 1) a suggestion would confuse.
const THRESHOLD: f64 = 0.6;

/// The known key or section that this path probably means.
pub(super) fn closest(path: &str) -> Option<&'static str> {
    let path: String = path.chars().take(120).collect();
    let keys = keys::all().map(|key| key.path.as_str());
    let (best, likeness) = keys
        .chain(keys::section_paths())
        .map(|known| (known, likeness(&path, known)))
        .max_by(|left, right| left.1.total_cmp(&right.1))?;
    (likeness >= THRESHOLD).then_some(best)
}

fn likeness(path: &str, known: &str) -> f64 {
    let whole = strsim::normalized_damerau_levenshtein(&path.to_lowercase(), &known.to_lowercase());
    let same_name = last_part(path).eq_ignore_ascii_case(last_part(known));
    if same_name { 0.6 + 0.4 * whole } else { whole }
}

fn last_part(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
