//! The order of the server's modules as the code has it: from those that name no other up to the last.

use std::collections::BTreeMap;
use std::fmt;

use super::circles::Routes;
use super::graph::ModuleGraph;

/// Modules by their height, each with what it names.
#[derive(Debug)]
pub(crate) struct Listing {
    lines: Vec<String>,
}

impl Listing {
    pub(crate) fn of(graph: &ModuleGraph) -> Self {
        let routes = Routes::of(graph);
        let heights = heights(graph, &routes);
        let mut modules: Vec<(usize, &str)> = heights.iter().map(|(module, height)| (*height, *module)).collect();
        modules.sort_unstable();
        let mut lines: Vec<String> = modules.iter().map(|(height, module)| line(graph, *height, module)).collect();
        for group in routes.groups() {
            lines.push(format!("circle of {}: {}", group.len(), group.join(", ")));
        }
        Self { lines }
    }
}

/// How many steps lie between a module and the bottom, at most. Modules in a circle share one height.
fn heights<'a>(graph: &ModuleGraph<'a>, routes: &Routes<'a>) -> BTreeMap<&'a str, usize> {
    let mut heights: BTreeMap<&str, usize> = graph.modules.keys().map(|module| (*module, 0)).collect();
    let between_modules = |(_, to): &&(&str, &str)| graph.modules.contains_key(to);
    // Each round settles one more height, so there are no more rounds than modules.
    loop {
        let mut changed = false;
        for &(from, to) in graph.edges.keys().filter(between_modules) {
            let least = heights[to] + usize::from(!routes.is_circle(from, to));
            if heights[from] < least {
                heights.insert(from, least);
                changed = true;
            }
        }
        if !changed {
            return heights;
        }
    }
}

/// `2  token → error (3), seal (1)`: the number in brackets counts the places.
fn line(graph: &ModuleGraph, height: usize, module: &str) -> String {
    let named = graph.edges.iter().filter(|((from, _), _)| *from == module);
    let named: Vec<String> = named.map(|((_, to), sites)| format!("{to} ({})", sites.len())).collect();
    let arrow = if named.is_empty() { "" } else { " → " };
    format!("{height:2}  {module}{arrow}{}", named.join(", "))
}

impl fmt::Display for Listing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "Each module with its height and what it names (number of places), lowest first.")?;
        self.lines.iter().try_for_each(|line| writeln!(formatter, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::modules::samples::graph;

    #[test]
    fn modules_stand_above_what_they_name() {
        let listing = Listing::of(&graph("token seal, token issue, token issue, issue seal, health clock"));
        let expected = [
            " 0  clock",
            " 0  seal",
            " 1  health → clock (1)",
            " 1  issue → seal (1)",
            " 2  token → issue (2), seal (1)",
        ];
        assert_eq!(listing.lines, expected);
    }

    #[test]
    fn circle_shares_a_height_and_is_named() {
        let listing = Listing::of(&graph("a b, b a, b c, d a"));
        let expected = [" 0  c", " 1  a → b (1)", " 1  b → a (1), c (1)", " 2  d → a (1)", "circle of 2: a, b"];
        assert_eq!(listing.lines, expected);
    }
}
