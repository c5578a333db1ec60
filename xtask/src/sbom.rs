//! The software bill of materials of the program `symbolon`, in the form of `CycloneDX` 1.5: the crates that are compiled into
//! it for one target, and, as `excluded`, those that only help to compile it. It says nothing of the machine and the moment
//! that it was made on, so that the same source gives the same bytes. Tools that read all of a workspace's metadata would
//! name crates here that no feature of the program needs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

/// The target of the Debian package.
pub(crate) const TARGET: &str = "x86_64-unknown-linux-gnu";

/// A crate as `cargo tree` tells about it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Crate {
    name: String,
    version: String,
    licence: String,
    repository: String,
    /// One of this repository, which no registry has.
    own: bool,
}

/// Crates, each with those that it depends on by itself.
type Graph = BTreeMap<Crate, BTreeSet<Crate>>;

/// The bill of materials for `target`.
///
/// # Errors
///
/// What went wrong, as text: Cargo is missing, does not know the target, or `Cargo.lock` is behind.
pub(crate) fn document(root: &Path, target: &str) -> Result<Value, String> {
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).map_err(|problem| format!("Cargo.lock: {problem}"))?;
    let checksums = checksums(&lock);
    let linked = tree(root, target, "normal,no-proc-macro")?;
    let mut all = tree(root, target, "normal,build")?;
    for (each, needs) in &linked {
        all.insert(each.clone(), needs.clone());
    }
    let program = linked.keys().find(|each| each.name == "symbolon").ok_or("cargo tree does not name the program")?;
    let components: Vec<Value> = (all.keys().filter(|each| *each != program))
        .map(|each| component(each, if linked.contains_key(each) { "required" } else { "excluded" }, &checksums))
        .collect();
    let dependencies: Vec<Value> = (all.iter())
        .map(|(each, needs)| json!({"ref": reference(each), "dependsOn": needs.iter().map(reference).collect::<Vec<_>>()}))
        .collect();
    let mut described = component(program, "required", &checksums);
    described["type"] = "application".into();
    Ok(json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {
            "component": described,
            "lifecycles": [{"phase": "build"}],
            "properties": [{"name": "cdx:rustc:sbom:target:triple", "value": target}],
        },
        "components": components,
        "dependencies": dependencies,
    }))
}

fn tree(root: &Path, target: &str, edges: &str) -> Result<Graph, String> {
    let output = Command::new("cargo")
        .current_dir(root)
        .args(["tree", "--locked", "--package", "symbolon", "--target", target, "--edges", edges])
        .args(["--prefix", "depth", "--format", "|{p}|{l}|{r}|"])
        .output()
        .map_err(|problem| format!("cargo tree: {problem}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    parse(&String::from_utf8_lossy(&output.stdout))
}

/// A line is the depth and then the crate. One that came before has no dependencies below it again.
fn parse(lines: &str) -> Result<Graph, String> {
    let mut graph = Graph::new();
    let mut above: Vec<Crate> = Vec::new();
    for line in lines.lines().filter(|line| !line.is_empty()) {
        let (depth, found) = entry(line).ok_or_else(|| format!("cargo tree says something unexpected: {line}"))?;
        above.truncate(depth);
        if let Some(needed_by) = above.last() {
            graph.entry(needed_by.clone()).or_default().insert(found.clone());
        }
        graph.entry(found.clone()).or_default();
        above.push(found);
    }
    Ok(graph)
}

fn entry(line: &str) -> Option<(usize, Crate)> {
    let mut parts = line.split('|');
    let depth = parts.next()?.parse().ok()?;
    let mut package = parts.next()?.split(' ');
    let (name, version) = (package.next()?.to_owned(), package.next()?.strip_prefix('v')?.to_owned());
    let own = package.any(|word| word.starts_with("(/"));
    // The slash is what Cargo took for `OR` in former days.
    let licence = parts.next()?.replace('/', " OR ").replace("  OR  ", " OR ");
    Some((depth, Crate { name, version, licence, repository: parts.next()?.to_owned(), own }))
}

/// SHA-256 of what the registry gave, by name and version.
fn checksums(lock: &str) -> BTreeMap<(&str, &str), &str> {
    (lock.split("[[package]]"))
        .filter_map(|block| {
            let part =
                |key: &str| block.split_once(&format!("\n{key} = \""))?.1.split_once('"').map(|(value, _)| value);
            Some(((part("name")?, part("version")?), part("checksum")?))
        })
        .collect()
}

fn reference(each: &Crate) -> String {
    let version = each.version.replace('+', "%2B");
    if each.own { format!("{}@{version}", each.name) } else { format!("pkg:cargo/{}@{version}", each.name) }
}

fn component(each: &Crate, scope: &str, checksums: &BTreeMap<(&str, &str), &str>) -> Value {
    let mut told = json!({
        "type": "library", "bom-ref": reference(each), "name": each.name, "version": each.version, "scope": scope,
        "licenses": [{"expression": each.licence}],
    });
    if let Some(checksum) = checksums.get(&(each.name.as_str(), each.version.as_str())) {
        told["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
    }
    if !each.own {
        told["purl"] = reference(each).into();
    }
    if !each.repository.is_empty() {
        told["externalReferences"] = json!([{"type": "vcs", "url": each.repository}]);
    }
    told
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::{TARGET, document, parse};

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    fn names(components: &[Value], scope: &str) -> Vec<String> {
        let found = components.iter().filter(|each| each["scope"] == scope);
        found.map(|each| each["name"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn it_names_what_is_compiled_in_and_nothing_that_only_tests_need() {
        let bill = document(root(), TARGET).unwrap();
        let components = bill["components"].as_array().unwrap();
        let (linked, helping) = (names(components, "required"), names(components, "excluded"));
        for name in ["symbolon-server", "rusqlite", "libsqlite3-sys", "tokio", "rustls"] {
            assert!(linked.iter().any(|each| each == name), "{name}");
        }
        for name in ["cc", "serde_derive"] {
            assert!(helping.iter().any(|each| each == name), "{name}");
        }
        for name in ["proptest", "tempfile", "symbolon-test-provider", "quinn", "windows-sys"] {
            assert!(!linked.iter().chain(&helping).any(|each| each == name), "{name}");
        }
    }

    #[test]
    fn each_crate_has_a_licence_and_each_of_the_registry_its_checksum() {
        let bill = document(root(), TARGET).unwrap();
        for each in bill["components"].as_array().unwrap() {
            let licence = each["licenses"][0]["expression"].as_str().unwrap();
            assert!(!licence.is_empty() && !licence.contains('/'), "{each}");
            assert_eq!(each["purl"].is_string(), each["hashes"][0]["content"].is_string(), "{each}");
        }
    }

    #[test]
    fn every_reference_names_a_component_and_no_path_of_the_machine_is_told() {
        let bill = document(root(), TARGET).unwrap();
        let references: Vec<&Value> =
            bill["dependencies"].as_array().unwrap().iter().map(|each| &each["ref"]).collect();
        for each in bill["dependencies"].as_array().unwrap() {
            assert!(each["dependsOn"].as_array().unwrap().iter().all(|needed| references.contains(&needed)), "{each}");
        }
        assert_eq!(references.len(), bill["components"].as_array().unwrap().len() + 1);
        assert!(!bill.to_string().contains(root().canonicalize().unwrap().to_str().unwrap()));
    }

    #[test]
    fn a_crate_that_came_before_keeps_what_it_needs() {
        let lines = "0|a v1.0.0 (/somewhere)|Apache-2.0||\n1|b v2.0.0|MIT/Apache-2.0||\n2|c v3.0.0|MIT||\n1|b v2.0.0|MIT/Apache-2.0|| (*)\n";
        let graph = parse(lines).unwrap();
        let needed: Vec<(String, usize)> = graph.iter().map(|(each, needs)| (each.name.clone(), needs.len())).collect();
        assert_eq!(needed, [("a".to_owned(), 1), ("b".to_owned(), 1), ("c".to_owned(), 0)]);
        assert!(parse("not a tree").is_err());
    }
}
