//! The dashboard and the alert rules in `deploy/monitoring`: every name and label that they ask for is one that a running server
//! exposes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use symbolon_server::config::TracingProvider;

use crate::client_side::{ClientServer, Reply};
use crate::fixtures;
use crate::support::{AuditFile, Call, TestServer};

const DASHBOARD: &str = include_str!("../../../../../deploy/monitoring/grafana-dashboard.json");
const ALERTS: &str = include_str!("../../../../../deploy/monitoring/prometheus-alerts.yaml");

/// What Prometheus adds to every series, and to histograms.
const ADDED: [&str; 3] = ["job", "instance", "le"];

/// Names of series with the labels that they have.
async fn exposed() -> BTreeMap<String, BTreeSet<String>> {
    let (audit, collector) = (AuditFile::new(), ClientServer::listen(Reply::Status(200)).await);
    let server = TestServer::with(|config| {
        audit.on(config);
        config.tracing.provider = Some(TracingProvider::Otel);
        config.tracing.otlp.server_url = Some(collector.url.clone());
    })
    .await;
    let client = fixtures::confidential(&server).await;
    client.flow(&server).tokens().await;
    server
        .public(client.token_request(&[("grant_type", "refresh_token"), ("refresh_token", "made-up")]))
        .await
        .expect(400);
    let text = server.admin(Call::get("/admin/metrics/prometheus")).await.expect(200).text();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, labels) = selector(line);
        found.entry(name).or_default().extend(labels);
    }
    found
}

/// A name, and the labels in the braces behind it.
fn selector(text: &str) -> (String, BTreeSet<String>) {
    let end = text.find(|character: char| !is_word(character)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let inside = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map_or("", |(inside, _)| inside);
    (name.to_owned(), labels(inside))
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// The names in `a="…",b=~"…"`: what stands before an `=` or `!` outside of quotes.
fn labels(inside: &str) -> BTreeSet<String> {
    let outside = inside.split('"').step_by(2);
    let names = outside.map(|part| part.trim_matches(|character: char| !is_word(character)));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The series that an expression asks for, each with its labels and those by which it is summed up.
fn asked(expression: &str) -> Vec<(String, BTreeSet<String>)> {
    let grouped = expression
        .split("by (")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .flat_map(|(names, _)| names.split(','));
    let grouped: BTreeSet<String> = grouped.map(|name| name.trim().to_owned()).collect();
    let begins = ["http_", "symbolon_", "process_"];
    let starts = expression.char_indices().filter(|(at, _)| {
        let before = expression[..*at].chars().next_back();
        !before.is_some_and(is_word) && begins.iter().any(|begin| expression[*at..].starts_with(begin))
    });
    let found = starts.map(|(at, _)| {
        let (name, labels) = selector(&expression[at..]);
        (name, labels.union(&grouped).cloned().collect())
    });
    found.collect()
}

#[track_caller]
fn check(expression: &str, exposed: &BTreeMap<String, BTreeSet<String>>) -> usize {
    let asked = asked(expression);
    for (name, labels) in &asked {
        let Some(own) = exposed.get(name) else { panic!("no server has {name}: {expression}") };
        let unknown: Vec<_> =
            labels.iter().filter(|label| !ADDED.contains(&label.as_str()) && !own.contains(*label)).collect();
        assert!(unknown.is_empty(), "{name} has no {unknown:?} but {own:?}: {expression}");
    }
    asked.len()
}

#[tokio::test]
async fn the_dashboard_asks_for_what_there_is() {
    let exposed = exposed().await;
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let mut ids = BTreeSet::new();
    let mut used = BTreeSet::new();
    for panel in panels {
        assert!(ids.insert(panel["id"].as_i64().unwrap()), "{panel}");
        if panel["type"] == "row" {
            continue;
        }
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap();
            assert!(check(expression, &exposed) >= 1, "{expression}");
            used.extend(asked(expression).into_iter().map(|(name, _)| name));
        }
    }
    assert!(ids.len() > 15);
    for variable in dashboard["templating"]["list"].as_array().unwrap() {
        let query = &variable["query"]["query"];
        assert!(
            query.is_null()
                || exposed
                    .contains_key(selector(query.as_str().unwrap().strip_prefix("label_values(").unwrap()).0.as_str())
        );
    }
    // What there is to see is shown.
    let unseen: Vec<_> = exposed
        .keys()
        .filter(|name| name.starts_with("symbolon_"))
        .filter(|name| !name.ends_with("_sum") && !name.ends_with("_count"))
        .filter(|name| !used.contains(*name))
        .collect();
    assert_eq!(unseen, [""; 0]);
}

#[tokio::test]
async fn alerts_ask_for_what_there_is_and_say_what_to_do() {
    let exposed = exposed().await;
    let rules: Value = serde_saphyr::from_str(ALERTS).unwrap();
    let rules = rules["groups"][0]["rules"].as_array().unwrap();
    assert!(rules.len() >= 10);
    for rule in rules {
        let expression = rule["expr"].as_str().unwrap();
        assert!(check(expression, &exposed) >= 1 || expression.starts_with("up{"), "{expression}");
        for text in ["summary", "description"] {
            assert!(rule["annotations"][text].as_str().is_some_and(|text| text.len() > 20), "{rule}");
        }
        assert!([json!("critical"), json!("warning")].contains(&rule["labels"]["severity"]), "{rule}");
        assert!(rule["alert"].as_str().unwrap().starts_with("Symbolon"));
    }
}

#[test]
fn expressions_are_read_as_prometheus_reads_them() {
    let text = r#"sum by (le, x) (rate(http_a_bucket{job="$j",code!~"5..|process_x"}[5m])) / symbolon_b > 0"#;
    let asked = asked(text);
    let of = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(asked[0], ("http_a_bucket".to_owned(), of(&["code", "job", "le", "x"])));
    assert_eq!(asked.last().unwrap().0, "symbolon_b");
}
