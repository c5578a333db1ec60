//! What `deploy` holds for containers: the settings are those of the server, and the health check of the image is a command.

use serde_json::Value;

use crate::configuration::write_good;
use crate::process::{Finished, Running, free_ports, symbolon, text};

const DOCKERFILE: &str = include_str!("../../../../deploy/docker/Dockerfile");
const COMPOSE: &str = include_str!("../../../../deploy/compose/compose.yaml");
const CHART: &str = include_str!("../../../../deploy/helm/symbolon/Chart.yaml");

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

/// The rest of the first line of the Dockerfile that starts so, as a list of words.
fn instruction(start: &str) -> Vec<String> {
    let line = DOCKERFILE.lines().find_map(|line| line.trim_start().strip_prefix(start)).unwrap();
    serde_json::from_str(line).unwrap()
}

#[test]
fn the_health_check_of_the_image_asks_a_running_server() {
    let place = tempfile::tempdir().unwrap();
    let [public, admin] = free_ports();
    let words: Vec<String> =
        instruction("CMD ").into_iter().map(|word| word.replace("4445", &admin.to_string())).collect();
    assert_eq!(words[0], instruction("ENTRYPOINT ")[0]);
    let ask = || {
        let arguments: Vec<_> = words[1..].iter().map(String::as_str).collect();
        Finished::from(symbolon(&arguments).output().unwrap())
    };
    assert_eq!(ask().code, Some(1), "nobody is there yet");
    let mut server = Running::start(&["serve", "-c", text(&write_good(place.path(), public, admin))]);
    server.wait_for("listening");
    ask().success();
    assert_eq!(server.terminate().0, Some(0));
}

#[test]
fn the_image_runs_as_nobody_in_particular() {
    let stage = DOCKERFILE.rsplit_once("\nFROM ").unwrap().1;
    assert!(stage.starts_with("scratch\n") && stage.contains("\nUSER 65532:65532\n"), "{stage}");
    assert!(!stage.contains("RUN "), "nothing is there that could run");
}

#[test]
fn the_settings_of_the_compose_file_are_good() {
    let place = tempfile::tempdir().unwrap();
    let compose = yaml(COMPOSE);
    let service = &compose["services"]["symbolon"];
    for (name, content) in [
        ("dsn", "postgres://symbolon:password@database/symbolon?sslmode=disable"),
        ("system", "c2VjcmV0cyBmb3IgdGVzdHMgb25seSwgMTIzNA=="),
    ] {
        assert!(service["secrets"].as_array().unwrap().contains(&Value::from(name)));
        assert_eq!(compose["secrets"][name]["file"], format!("secrets/{name}"));
        std::fs::write(place.path().join(name), content).unwrap();
    }
    let mut command = symbolon(&["config", "check"]);
    for (name, value) in service["environment"].as_object().unwrap() {
        let value = value.as_str().unwrap().replace("/run/secrets", text(place.path()));
        let value = match value.strip_prefix("${").and_then(|value| value.strip_suffix('}')) {
            Some(variable) if variable.starts_with("ISSUER:?") => "https://login.example.com".to_owned(),
            Some(variable) => variable.split_once(":-").unwrap().1.to_owned(),
            None => value,
        };
        command.env(name, value);
    }
    let checked = Finished::from(command.output().unwrap());
    assert!(checked.success().starts_with("The configuration is good."), "{checked:?}");
    assert_eq!(service["read_only"], true);
    assert_eq!(service["cap_drop"], serde_json::json!(["ALL"]));
}

#[test]
fn the_chart_has_the_version_of_the_program() {
    let chart = yaml(CHART);
    assert_eq!(chart["appVersion"], env!("CARGO_PKG_VERSION"));
    assert_eq!(chart["version"], env!("CARGO_PKG_VERSION"));
}
