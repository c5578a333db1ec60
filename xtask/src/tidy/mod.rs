//! The rules of the repository, each as data and a small function.
//!
//! [`run`] reads every file that git tracks or would track and hands it to the rule groups: [`shape`] (lengths,
//! parameters), [`walls`] (what may be used where), [`modules`] (the order of the server's modules), [`manifests`]
//! (what may be depended on, licences), [`names`], [`opening`] (what each module says about itself), [`comments`],
//! [`citations`] (what a reader cannot open), [`configuration`] (every key is read), [`errors`]
//! (every `error` value has its remedy in the documentation), [`examples`] (the documentation
//! shows what is run), [`pages`] (contents, links and blocks of the documentation), [`guards`] (each known fault has its
//! tests), [`specifications`] (what is cited, and where) and [`hygiene`] (leftovers, large and binary files).
//! A rule never changes a file. What it reports names the place, the rule and the way out.

mod citations;
mod comments;
mod configuration;
pub(crate) mod errors;
mod examples;
mod finding;
pub(crate) mod guards;
mod hygiene;
mod manifests;
mod modules;
mod names;
mod opening;
mod pages;
mod paths;
mod repository;
mod rust_file;
mod shape;
pub(crate) mod specifications;
mod walls;

use std::path::Path;

pub(crate) use finding::Report;
pub(crate) use modules::Listing;
use repository::Repository;
use rust_file::RustFile;

/// Checks the repository at `root` against all rules. An error means that it could not be read at all.
pub(crate) fn run(root: &Path) -> Result<Report, String> {
    let repository = Repository::read(root)?;
    let mut findings = Vec::new();
    for entry in &repository.entries {
        hygiene::check_entry(entry, &mut findings);
        citations::check(entry, &repository.entries, &mut findings);
        names::check_path(&entry.path, &mut findings);
    }
    let files = parse(&repository, &mut findings);
    for file in &files {
        check_rust(file, &mut findings);
    }
    modules::check(&files, &mut findings);
    configuration::check(&files, &mut findings);
    examples::check(&repository.entries, &mut findings);
    errors::check(&repository.entries, &mut findings);
    pages::check(&repository.entries, &mut findings);
    guards::check(&files, &repository.entries, &mut findings);
    specifications::check(&files, &repository.entries, &mut findings);
    for manifest in &repository.manifests {
        manifests::check(manifest, &mut findings);
    }
    Ok(Report::new(findings, repository.entries.len()))
}

/// The order of the server's modules as the code has it. An error means that a file could not be read.
pub(crate) fn layers(root: &Path) -> Result<Listing, String> {
    of_all_files(root, modules::list)
}

/// The document of the specifications that the code cites. An error means that a file could not be read.
pub(crate) fn specifications(root: &Path) -> Result<String, String> {
    of_all_files(root, specifications::document)
}

fn of_all_files<T>(root: &Path, make: impl Fn(&[RustFile]) -> T) -> Result<T, String> {
    let repository = Repository::read(root)?;
    let mut findings = Vec::new();
    let files = parse(&repository, &mut findings);
    match findings.first() {
        Some(finding) => Err(finding.to_string()),
        None => Ok(make(&files)),
    }
}

/// All Rust files, with those marked that only tests see. One that does not parse is a finding.
fn parse<'a>(repository: &'a Repository, findings: &mut Vec<finding::Finding>) -> Vec<RustFile<'a>> {
    let mut files = Vec::new();
    for entry in repository.entries.iter().filter(|entry| entry.is_rust()) {
        let Some(text) = entry.text() else { continue };
        match RustFile::parse(&entry.path, text) {
            Ok(file) => files.push(file),
            Err(finding) => findings.push(finding),
        }
    }
    let test_modules: Vec<String> = files.iter().flat_map(RustFile::test_modules).collect();
    for file in &mut files {
        file.mark_test(&test_modules);
    }
    files
}

fn check_rust(file: &RustFile, findings: &mut Vec<finding::Finding>) {
    shape::check(file, findings);
    walls::check(file, findings);
    names::check_items(file, findings);
    opening::check(file, findings);
    comments::check(file, findings);
    hygiene::check_macros(file, findings);
}

#[cfg(test)]
mod tests {
    /// The rules hold for this repository as it stands.
    #[test]
    fn repository_is_tidy() {
        let report = super::run(crate::repository_root()).expect("the repository is readable");
        assert!(report.is_clean(), "\n{report}");
    }
}
