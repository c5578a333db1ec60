//! The order of the server's modules, as a table, and what breaks it.

use super::circles::Routes;
use super::graph::{ModuleGraph, is_root};
use crate::tidy::finding::Finding;

/// The modules from bottom to top. A module may name those of its own layer and of the layers below. To move one, move
/// its name.
pub(crate) const LAYERS: &[&[&str]] = &[
    &["config", "clock", "identifiers", "address_block", "security_profile", "start_error", "line_file"],
    &["audit", "access_log", "telemetry"],
    &["trail"],
    &["error"],
    &["control_characters", "confirmation", "certificate"],
    &["exchange", "params", "seal", "slow_hash", "minute_limit", "bearer", "error_page"],
    &["assertion", "at_rest", "cookies", "outbound", "keys", "metrics", "hydra"],
    &["clients", "subject_identifier", "accounts", "resource_indicators", "authorization_details"],
    &["client_authentication", "dpop", "request", "grant", "session"],
    &["hooks", "issue", "resource", "token_state"],
    &["challenge"],
    &[
        "authorization",
        "backchannel",
        "credentials",
        "device",
        "diagnosis",
        "discovery",
        "global_token_revocation",
        "health",
        "hydra_import",
        "in_process",
        "introspection",
        "logout",
        "pushed_authorization",
        "registration",
        "reload",
        "revocation",
        "token",
        "userinfo",
    ],
    &["ui", "admin", "openapi", "explain"],
    &["routes"],
    &["listen", "worker"],
    &["fuzzing"],
];

const MOVE_DOWN: &str = "move what both need below both, or hand the value in";

/// Checks that every module has its place, names none above it, and is part of no circle.
pub(crate) fn check(graph: &ModuleGraph, layers: &[&[&str]], findings: &mut Vec<Finding>) {
    check_table(graph, layers, findings);
    check_climbs(graph, layers, findings);
    check_circles(graph, findings);
    for (site, name) in &graph.detours {
        let problem = format!("`{name}` is named through the root of the crate");
        let remedy = "name it in the module that defines it, so that the order of modules is visible";
        findings.push(Finding::failure((site.path, site.line), "layers", problem, remedy));
    }
    for site in &graph.re_exports {
        let remedy = "leave it in the module that defines it, so that the order of modules is visible";
        findings.push(Finding::failure((site.path, site.line), "layers", "the state re-exports".to_owned(), remedy));
    }
}

fn layer_of(layers: &[&[&str]], module: &str) -> Option<usize> {
    if is_root(module) { Some(layers.len()) } else { layers.iter().position(|layer| layer.contains(&module)) }
}

fn check_table(graph: &ModuleGraph, layers: &[&[&str]], findings: &mut Vec<Finding>) {
    for (module, file) in graph.modules.iter().filter(|(module, _)| layer_of(layers, module).is_none()) {
        let problem = format!("the module `{module}` has no place in the order of modules");
        let remedy = "give it one in LAYERS in xtask/src/tidy/modules/layers.rs";
        findings.push(Finding::failure((file, 1), "layers", problem, remedy));
    }
    for module in layers.iter().flat_map(|layer| *layer).filter(|module| !graph.modules.contains_key(*module)) {
        let problem = format!("LAYERS names `{module}`, and the server has no such module");
        findings.push(Finding::failure((file!(), 1), "layers", problem, "take it out of the table"));
    }
}

fn check_climbs(graph: &ModuleGraph, layers: &[&[&str]], findings: &mut Vec<Finding>) {
    for ((from, to), sites) in &graph.edges {
        let (Some(lower), Some(upper)) = (layer_of(layers, from), layer_of(layers, to)) else { continue };
        for site in sites.iter().filter(|_| lower < upper) {
            let problem = format!("`{from}` names `{to}`, which lies above it");
            findings.push(Finding::failure((site.path, site.line), "layers", problem, MOVE_DOWN));
        }
    }
}

fn check_circles(graph: &ModuleGraph, findings: &mut Vec<Finding>) {
    let routes = Routes::of(graph);
    for group in routes.groups() {
        let circle = routes.shortest_circle(&group);
        let sites: Vec<_> = circle.iter().map(|step| graph.edges.get(step).map_or(&[][..], Vec::as_slice)).collect();
        let Some(first) = sites.iter().copied().flatten().next() else { continue };
        let steps = circle.iter().zip(&sites).map(|((from, to), sites)| {
            let sites: Vec<String> = sites.iter().map(ToString::to_string).collect();
            format!(
                "
    `{from}` names `{to}`: {}",
                sites.join(", ")
            )
        });
        let (count, modules, steps) = (group.len(), group.join(", "), steps.collect::<String>());
        let problem = format!("{count} modules name each other in a circle: {modules}{steps}");
        findings.push(Finding::failure((first.path, first.line), "circle", problem, MOVE_DOWN));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::modules::samples::{parse, server};

    const SAMPLE: &[&[&str]] = &[&["seal", "keys"], &["request"], &["token", "challenge"]];

    fn findings(files: &[(&str, &str)]) -> Vec<Finding> {
        let modules = ["seal", "keys", "request", "token", "challenge"].map(|module| format!("{module}/mod.rs"));
        let modules = modules.iter().map(|path| (path.as_str(), ""));
        let sources = server(&modules.chain(files.iter().copied()).collect::<Vec<_>>());
        let mut findings = Vec::new();
        check(&ModuleGraph::of(&parse(&sources)), SAMPLE, &mut findings);
        findings
    }

    fn texts(sources: &[(&str, &str)]) -> Vec<String> {
        findings(sources).iter().map(|finding| finding.to_string().replace("crates/server/src/", "")).collect()
    }

    #[test]
    fn modules_may_name_their_own_layer_and_lower_ones() {
        let sources = [
            ("token/a.rs", "use crate::{challenge, keys, request, seal};\nuse crate::context::Context;"),
            ("request/a.rs", "use super::super::seal::A;"),
            ("keys.rs", "use crate::seal::A;"),
        ];
        assert!(texts(&sources).is_empty());
    }

    #[test]
    fn naming_a_module_above_fails_at_each_place() {
        let sources = [
            ("request/a.rs", "use crate::challenge::A;\nfn b() -> crate::challenge::C {}"),
            ("request/b.rs", "use super::super::token;"),
        ];
        assert_eq!(
            texts(&sources),
            [
                "request/a.rs:1: layers: `request` names `challenge`, which lies above it; move what both need below both, or hand the value in",
                "request/a.rs:2: layers: `request` names `challenge`, which lies above it; move what both need below both, or hand the value in",
                "request/b.rs:1: layers: `request` names `token`, which lies above it; move what both need below both, or hand the value in",
            ]
        );
        assert_eq!(texts(&[("token/a.rs", "use crate::start::StartError;")]).len(), 1);
    }

    #[test]
    fn circle_is_one_finding_with_the_places_to_cut() {
        let sources = [
            ("token/a.rs", "use crate::challenge::A;"),
            ("token/b.rs", "\nuse crate::challenge::B;"),
            ("challenge/c.rs", "use crate::token::C;"),
        ];
        assert_eq!(
            texts(&sources),
            ["challenge/c.rs:1: circle: 2 modules name each other in a circle: challenge, token\
              \n    `challenge` names `token`: challenge/c.rs:1\
              \n    `token` names `challenge`: token/a.rs:1, token/b.rs:2; move what both need below both, or hand the value in"]
        );
    }

    #[test]
    fn every_module_has_a_place_and_every_place_a_module() {
        assert_eq!(findings(&[("health.rs", "")])[0].rule, "layers");
        let mut findings = Vec::new();
        check(&ModuleGraph::of(&parse(&server(&[("seal.rs", "")]))), &[&["seal"], &["ghost"]], &mut findings);
        assert_eq!(findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), ["layers"]);
        assert!(findings[0].problem.contains("`ghost`"), "{}", findings[0]);
    }

    #[test]
    fn what_must_not_be_named_lies_above() {
        let edge = ["ui", "admin", "routes"];
        let walls: [(&str, &[&str]); 8] = [
            ("error", &["exchange"]),
            ("grant", &["authorization", "challenge", "issue", "token"]),
            ("session", &["authorization", "challenge", "issue", "token"]),
            ("request", &["authorization", "challenge", "issue", "token"]),
            ("issue", &["authorization", "challenge", "token"]),
            ("challenge", &["authorization", "token"]),
            ("authorization", &[]),
            ("token", &[]),
        ];
        for (lower, uppers) in walls {
            for upper in uppers.iter().chain(&edge) {
                assert!(layer_of(LAYERS, lower) < layer_of(LAYERS, upper), "{lower} below {upper}");
                assert!(layer_of(LAYERS, lower).is_some(), "{lower}");
            }
        }
    }

    #[test]
    fn no_module_stands_in_two_layers() {
        let mut names: Vec<&str> = LAYERS.concat();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn ways_around_the_order_fail() {
        let sources = [("seal/a.rs", "use crate::Server;"), ("context.rs", "pub use crate::token::A;")];
        assert_eq!(findings(&sources).iter().map(|finding| finding.rule).collect::<Vec<_>>(), ["layers", "layers"]);
    }
}
