//! The files of the repository and the manifests of its crates, read once.
//!
//! Files are those that git tracks or would track (`git ls-files`); without git, all but build output and hidden
//! folders. Manifests come from `cargo metadata`, so that what the workspace hands down to its members is resolved.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// One file.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Path from the repository's root, with `/`.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

impl Entry {
    /// The content, unless the file is binary.
    pub(crate) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok().filter(|text| !text.contains('\0'))
    }

    pub(crate) fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|extension| extension == "rs")
    }
}

/// Why a crate depends on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DependencyKind {
    /// In the product, also through a build script.
    Product,
    /// For tests, benchmarks and examples only.
    Development,
}

/// One line in a manifest's dependencies.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: DependencyKind,
}

/// A member of the workspace.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// Path of its `Cargo.toml` from the repository's root.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) name: String,
    pub(crate) licence: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// Everything the rules look at.
#[derive(Debug)]
pub(crate) struct Repository {
    pub(crate) entries: Vec<Entry>,
    pub(crate) manifests: Vec<Manifest>,
}

impl Repository {
    /// Reads all files and manifests below `root`.
    pub(crate) fn read(root: &Path) -> Result<Self, String> {
        let paths = match listed_by_git(root) {
            Some(paths) => paths,
            None => walked(root)?,
        };
        let mut entries = Vec::new();
        for path in paths {
            let file = root.join(&path);
            // A file deleted but not yet committed is still listed, and a link's target is listed by itself.
            if fs::symlink_metadata(&file).is_ok_and(|metadata| metadata.is_file()) {
                let bytes = fs::read(&file).map_err(|error| format!("cannot read {path}: {error}"))?;
                entries.push(Entry { path, bytes });
            }
        }
        let manifests = read_manifests(root)?;
        Ok(Self { entries, manifests })
    }
}

fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    // `safe.directory`: a checkout that belongs to another user may still be read.
    let mut git = Command::new("git");
    git.arg("-C").arg(root).args(["-c", "safe.directory=*"]);
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let output = git.output().ok().filter(|output| output.status.success())?;
    let listing = String::from_utf8(output.stdout).ok()?;
    let mut paths: Vec<String> = listing.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    paths.sort_unstable();
    paths.dedup();
    Some(paths)
}

fn walked(root: &Path) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let listing = fs::read_dir(root.join(&folder)).map_err(|error| format!("cannot list {folder}: {error}"))?;
        for entry in listing.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && name != "target" && !name.starts_with('.') => folders.push(path),
                Ok(kind) if kind.is_file() => paths.push(path),
                _ => {}
            }
        }
    }
    paths.sort_unstable();
    Ok(paths)
}

fn read_manifests(root: &Path) -> Result<Vec<Manifest>, String> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"]);
    cargo.arg(root.join("Cargo.toml"));
    let output = cargo.output().map_err(|error| format!("cannot run cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let metadata: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata is not JSON: {error}"))?;
    array(&metadata, "packages").iter().map(|package| manifest(root, package)).collect()
}

fn manifest(root: &Path, package: &Value) -> Result<Manifest, String> {
    let file = Path::new(package["manifest_path"].as_str().unwrap_or_default());
    let text = fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let path = file.strip_prefix(root).unwrap_or(file).to_string_lossy().replace('\\', "/");
    let dependencies = array(package, "dependencies")
        .iter()
        .map(|dependency| Dependency {
            name: dependency["name"].as_str().unwrap_or_default().to_owned(),
            kind: match dependency["kind"].as_str() {
                Some("dev") => DependencyKind::Development,
                _ => DependencyKind::Product,
            },
        })
        .collect();
    let name = package["name"].as_str().unwrap_or_default().to_owned();
    let licence = package["license"].as_str().map(str::to_owned);
    Ok(Manifest { path, text, name, licence, dependencies })
}

fn array<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value[member].as_array().map_or(&[], Vec::as_slice)
}
