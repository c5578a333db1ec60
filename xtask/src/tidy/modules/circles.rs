//! Circles in a graph of modules: which modules reach each other, and by which shortest way.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::graph::ModuleGraph;

/// The best way from one module to another.
#[derive(Clone, Copy)]
struct Route<'a> {
    /// Steps, and then the places that would have to change to cut it: less is better.
    cost: (usize, usize),
    /// The module after the first step.
    first: &'a str,
}

/// The best way from each module to each that it reaches, itself included.
pub(crate) struct Routes<'a> {
    routes: BTreeMap<(&'a str, &'a str), Route<'a>>,
}

impl<'a> Routes<'a> {
    /// Finds all ways (Floyd and Warshall).
    pub(crate) fn of(graph: &ModuleGraph<'a>) -> Self {
        let step = |(&(from, to), sites): (&(&'a str, &'a str), &Vec<_>)| {
            ((from, to), Route { cost: (1, sites.len()), first: to })
        };
        let mut routes: BTreeMap<_, _> = graph.edges.iter().map(step).collect();
        for &via in graph.modules.keys() {
            for &from in graph.modules.keys() {
                let Some(there) = routes.get(&(from, via)).copied() else { continue };
                for &to in graph.modules.keys() {
                    let Some(onwards) = routes.get(&(via, to)).copied() else { continue };
                    let cost = (there.cost.0 + onwards.cost.0, there.cost.1 + onwards.cost.1);
                    if routes.get(&(from, to)).is_none_or(|known| cost < known.cost) {
                        routes.insert((from, to), Route { cost, first: there.first });
                    }
                }
            }
        }
        Self { routes }
    }

    /// True when both reach each other.
    pub(crate) fn is_circle(&self, one: &str, other: &str) -> bool {
        self.routes.contains_key(&(one, other)) && self.routes.contains_key(&(other, one))
    }

    /// The largest sets of modules in which each reaches each, largest first.
    pub(crate) fn groups(&self) -> Vec<Vec<&'a str>> {
        let mut groups: Vec<Vec<&'a str>> = Vec::new();
        for &(module, _) in self.routes.keys().filter(|(from, to)| from == to) {
            match groups.iter_mut().find(|group| self.is_circle(group[0], module)) {
                Some(group) => group.push(module),
                None => groups.push(vec![module]),
            }
        }
        groups.sort_by_key(|group| Reverse(group.len()));
        groups
    }

    /// The steps of a shortest circle in a group. Of several the one with the fewest places is taken, as it is the
    /// easiest to cut.
    pub(crate) fn shortest_circle(&self, group: &[&'a str]) -> Vec<(&'a str, &'a str)> {
        let circles = group.iter().filter_map(|&module| Some((self.routes.get(&(module, module))?.cost, module)));
        let Some((_, start)) = circles.min() else { return Vec::new() };
        let mut steps = Vec::new();
        let mut from = start;
        while let Some(route) = self.routes.get(&(from, start)) {
            steps.push((from, route.first));
            from = route.first;
            if from == start {
                break;
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::modules::samples::graph;

    #[test]
    fn order_has_no_circle() {
        let routes = Routes::of(&graph("a b, a c, b c, c d"));
        assert!(routes.groups().is_empty());
        assert!(!routes.is_circle("a", "d"));
    }

    #[test]
    fn modules_that_reach_each_other_are_one_group() {
        let routes = Routes::of(&graph("a b, b c, c a, c d, d e, e d, f a, d g"));
        assert_eq!(routes.groups(), [vec!["a", "b", "c"], vec!["d", "e"]]);
        assert!(routes.is_circle("a", "c") && !routes.is_circle("c", "d"));
    }

    #[test]
    fn shortest_circle_is_shown() {
        let routes = Routes::of(&graph("a b, b c, c d, d a, c b"));
        assert_eq!(routes.groups(), [["a", "b", "c", "d"]]);
        assert_eq!(routes.shortest_circle(&["a", "b", "c", "d"]), [("b", "c"), ("c", "b")]);
        let routes = Routes::of(&graph("a b, b c, c a"));
        assert_eq!(routes.shortest_circle(&["a", "b", "c"]), [("a", "b"), ("b", "c"), ("c", "a")]);
    }

    #[test]
    fn of_equal_circles_the_one_with_fewest_places_is_shown() {
        let routes = Routes::of(&graph("a b, a b, b a, b c, c b"));
        assert_eq!(routes.shortest_circle(&["a", "b", "c"]), [("b", "c"), ("c", "b")]);
    }
}
