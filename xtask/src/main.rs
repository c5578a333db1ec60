//! The repository's own tools, run as `cargo run -p xtask -- COMMAND`.
//!
//! The one command so far is `tidy`, which reads every file of the repository and reports what breaks the
//! rules of `CONTRIBUTING.md`. The same rules run as a test of this crate, so that `cargo test` fails on them.

mod tidy;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use tidy::Report;

const USAGE: &str = "usage: cargo run -p xtask -- tidy

commands:
  tidy   check the repository against its rules: lengths, import walls, names, openings, licences";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["tidy"] => match tidy::run(repository_root()) {
            Ok(report) => print(&report),
            Err(problem) => fail(&problem),
        },
        _ => fail(USAGE),
    }
}

/// The folder above this crate. It is known when the crate is compiled, so the command works from any folder.
fn repository_root() -> &'static Path {
    let manifest_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest_folder.parent().unwrap_or(manifest_folder)
}

fn print(report: &Report) -> ExitCode {
    let written = write!(io::stdout().lock(), "{report}");
    if written.is_ok() && report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn fail(message: &str) -> ExitCode {
    // With standard error gone too, the exit status is all that is left to say it with.
    let _ = writeln!(io::stderr().lock(), "{message}");
    ExitCode::FAILURE
}
