//! Every target for some seconds, with changes that follow from a seed. `SYMBOLON_FUZZ_SECONDS` gives each target another
//! time than half a second, and `SYMBOLON_FUZZ_TARGETS`, names with commas between, takes only these.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use symbolon_fuzz::{Mutator, TARGETS, Target};

#[allow(clippy::disallowed_methods, reason = "a setting of the test run")]
fn duration() -> Duration {
    let seconds = std::env::var("SYMBOLON_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs_f64(seconds.unwrap_or(0.5))
}

#[allow(clippy::disallowed_methods, reason = "a setting of the test run")]
fn is_chosen(target: &Target) -> bool {
    std::env::var("SYMBOLON_FUZZ_TARGETS").map_or(true, |names| names.split(',').any(|name| name == target.name))
}

/// Runs a target once; the fault is told with the bytes.
fn run(target: &Target, bytes: &[u8]) -> Result<(), String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(bytes)));
    outcome.map_err(|_| format!("{} fails with {:?}", target.name, String::from_utf8_lossy(bytes)))
}

/// The seeds of a target, then changes of them until its time is over or it fails.
fn run_for_some_seconds(target: &Target, seed: u64) -> Result<(), String> {
    let mutator = Mutator::new(seed);
    let until = Instant::now() + duration();
    let mut corpus: Vec<Vec<u8>> = target.seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    for bytes in &corpus {
        run(target, bytes)?;
    }
    for count in 0_u64.. {
        if Instant::now() > until {
            break;
        }
        let bytes = mutator.change(&corpus[mutator.below(corpus.len())]);
        run(target, &bytes)?;
        // Some changes are kept, so that later ones go further from the seeds.
        if count % 50 == 0 && corpus.len() < 200 {
            corpus.push(bytes);
        }
    }
    Ok(())
}

#[test]
fn no_bytes_break_a_parser() {
    let outcomes = (1..)
        .zip(TARGETS)
        .filter(|(_, target)| is_chosen(target))
        .map(|(seed, target)| run_for_some_seconds(target, seed));
    let faults: Vec<String> = outcomes.filter_map(Result::err).collect();
    assert_eq!(faults, [""; 0]);
}

#[test]
fn every_target_has_its_program_for_libfuzzer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).expect("fuzz/Cargo.toml");
    let mut programs = 0;
    for entry in std::fs::read_dir(folder.join("fuzz_targets")).expect("fuzz/fuzz_targets") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        assert!(TARGETS.iter().any(|target| target.name == name), "{name} is no target");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "fuzz/Cargo.toml does not have {name}");
        programs += 1;
    }
    assert_eq!(programs, TARGETS.len());
}
