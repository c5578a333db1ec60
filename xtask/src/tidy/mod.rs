//! The rules of the repository, each as data and a small function.
//!
//! [`run`] reads every file that git tracks or would track and hands it to the rule groups: [`shape`] (lengths,
//! parameters), [`walls`] (what may be used where), [`manifests`] (what may be depended on, licences), [`names`],
//! [`opening`] (what each module says about itself), [`configuration`] (every key is read) and [`hygiene`] (leftovers,
//! large and binary files).
//! A rule never changes a file. What it reports names the place, the rule and the way out.

mod configuration;
mod finding;
mod hygiene;
mod manifests;
mod names;
mod opening;
mod repository;
mod rust_file;
mod shape;
mod walls;

use std::path::Path;

pub(crate) use finding::Report;
use repository::Repository;
use rust_file::RustFile;

/// Checks the repository at `root` against all rules. An error means that it could not be read at all.
pub(crate) fn run(root: &Path) -> Result<Report, String> {
    let repository = Repository::read(root)?;
    let mut findings = Vec::new();
    let mut files = Vec::new();
    for entry in &repository.entries {
        hygiene::check_entry(entry, &mut findings);
        names::check_path(&entry.path, &mut findings);
        let Some(text) = entry.text().filter(|_| entry.is_rust()) else { continue };
        match RustFile::parse(&entry.path, text) {
            Ok(file) => files.push(file),
            Err(finding) => findings.push(finding),
        }
    }
    let test_modules: Vec<String> = files.iter().flat_map(RustFile::test_modules).collect();
    for file in &mut files {
        file.mark_test(&test_modules);
        check_rust(file, &mut findings);
    }
    configuration::check(&files, &mut findings);
    for manifest in &repository.manifests {
        manifests::check(manifest, &mut findings);
    }
    Ok(Report::new(findings, repository.entries.len()))
}

fn check_rust(file: &RustFile, findings: &mut Vec<finding::Finding>) {
    shape::check(file, findings);
    walls::check(file, findings);
    names::check_items(file, findings);
    opening::check(file, findings);
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
