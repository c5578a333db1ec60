//! The repository's own tools, run as `cargo run -p xtask -- COMMAND`.
//!
//! `tidy` reads every file of the repository and reports what breaks the rules of `CONTRIBUTING.md`. The same rules
//! run as a test of this crate, so that `cargo test` fails on them. `guards` writes the document of faults that others
//! had, `errors` the one of `error` values, `specifications` the one of what the code cites. `site` and `site-check` are
//! for `scripts/site`, `sbom` is for `scripts/packages`. `layers` shows which module of the server names which, lowest first.

mod markdown;
mod sbom;
mod site;
mod tidy;

use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo run -p xtask -- COMMAND

commands:
  tidy            check the repository against its rules: lengths, walls, order of modules, names, comments, licences
  guards          write docs/security/what-broke-elsewhere.md, the tests that hold off what broke elsewhere
  errors          write docs/errors.md, each `error` value with what to change
  specifications  write docs/reference/specifications.md, which specifications the code cites and where
  site            change the pages for the site, as a preprocessor of mdBook (book.toml)
  site-check DIR  check the links of a built site, and that its pages load nothing from elsewhere
  sbom [TARGET]   show the software bill of materials of the program, as CycloneDX
  layers          show the modules of the server in their order, and what each names";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["tidy"] => match tidy::run(repository_root()) {
            Ok(report) if print(&report) && report.is_clean() => ExitCode::SUCCESS,
            Ok(_) => ExitCode::FAILURE,
            Err(problem) => fail(&problem),
        },
        ["guards"] => write_document(tidy::guards::DOCUMENT, &tidy::guards::document()),
        ["errors"] => match tidy::errors::at(repository_root()) {
            Ok(document) => write_document(tidy::errors::DOCUMENT, &document),
            Err(problem) => fail(&problem),
        },
        ["specifications"] => match tidy::specifications(repository_root()) {
            Ok(document) => write_document(tidy::specifications::DOCUMENT, &document),
            Err(problem) => fail(&problem),
        },
        ["site"] => show(site::prepare()),
        // mdBook asks which renderers it is for: for all.
        ["site", "supports", _] => ExitCode::SUCCESS,
        ["site-check", folder] => match site::check(Path::new(folder)).map(|faults| faults.join("\n")) {
            Ok(faults) if faults.is_empty() => ExitCode::SUCCESS,
            Ok(faults) | Err(faults) => fail(&faults),
        },
        ["sbom"] => show(sbom::document(repository_root(), sbom::TARGET)),
        ["sbom", target] => show(sbom::document(repository_root(), target)),
        ["layers"] => show(tidy::layers(repository_root())),
        _ => fail(USAGE),
    }
}

fn write_document(path: &str, text: &str) -> ExitCode {
    match std::fs::write(repository_root().join(path), text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => fail(&format!("{path}: {problem}")),
    }
}

/// The folder above this crate. It is known when the crate is compiled, so the command works from any folder.
fn repository_root() -> &'static Path {
    let manifest_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest_folder.parent().unwrap_or(manifest_folder)
}

fn show(made: Result<impl fmt::Display, String>) -> ExitCode {
    match made {
        Ok(text) if print(&text) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(problem) => fail(&problem),
    }
}

/// True when it could be written.
fn print(text: &dyn fmt::Display) -> bool {
    write!(io::stdout().lock(), "{text}").is_ok()
}

fn fail(message: &str) -> ExitCode {
    // With standard error gone too, the exit status is all that is left to say it with.
    let _ = writeln!(io::stderr().lock(), "{message}");
    ExitCode::FAILURE
}
