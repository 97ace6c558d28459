//! Which calls pay for stack, and how much: enough that the native stack cannot run out, and no more.
//!
//! A chain of calls can only get long by running through a cycle of the call graph, so functions on cycles pay on entry
//! and give back on return. Others need not, as long as what can pile up between two that pay stays short: a function on
//! top of more than [`SEGMENT_SLOTS`] pays as well. Who pays, pays for itself and for all that its calls can pile up
//! before the next one that pays. Hence the whole stack never exceeds what was paid and one segment.
//!
//! An indirect call may reach every function of its type in the table, a host function may call `allocate`.
//!
//! What each function pays decides where deep recursion traps: it is consensus.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// Slots that calls may pile up without paying.
pub(crate) const SEGMENT_SLOTS: u32 = 1_024;

/// Where a call may lead: functions by position in the code section, types by a number of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Callee {
    Function(usize),
    /// Any function of this type in the table.
    Indirect(u32),
}

/// What is known of all calls of a module.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// Of each function, what it holds itself.
    pub(super) slots: Vec<u32>,
    /// Of each function, where it may lead.
    pub(super) callees: Vec<BTreeSet<Callee>>,
    /// Functions in the table by type.
    pub(super) indirect: BTreeMap<u32, BTreeSet<usize>>,
}

/// Of each function, what it pays; 0 for those that need not.
pub(super) fn compute_prices(calls: &Calls) -> Vec<u32> {
    let functions = calls.slots.len();
    let (graph, types) = build(calls);
    // What a call of the node piles up before somebody pays.
    let mut segments = vec![0; graph.node_count()];
    let mut prices = vec![0; functions];
    // Callees come before their callers.
    for mut cycle in kosaraju_scc(&graph) {
        let is_cycle = match cycle.as_slice() {
            [single] => graph.contains_edge(*single, *single),
            _ => true,
        };
        // Types first: functions of the same cycle look at them.
        cycle.sort_by_key(|node| node.index() < functions);
        debug_assert!(types.len() + functions == graph.node_count());
        for node in cycle {
            let below = graph.neighbors(node).map(|callee| segments[callee.index()]).max();
            let below: u32 = below.unwrap_or_default();
            let Some(own) = calls.slots.get(node.index()) else {
                segments[node.index()] = below;
                continue;
            };
            let total = own.saturating_add(below);
            if is_cycle || total > SEGMENT_SLOTS {
                prices[node.index()] = total;
            } else {
                segments[node.index()] = total;
            }
        }
    }
    prices
}

/// Nodes are the functions in order, then the types that are called.
fn build(calls: &Calls) -> (DiGraph<(), ()>, BTreeMap<u32, NodeIndex>) {
    let mut graph = DiGraph::with_capacity(calls.slots.len(), 0);
    let functions: Vec<_> = calls.slots.iter().map(|_| graph.add_node(())).collect();
    let types: BTreeMap<u32, NodeIndex> = calls.indirect.keys().map(|ty| (*ty, graph.add_node(()))).collect();
    for (caller, callees) in functions.iter().zip(&calls.callees) {
        for callee in callees {
            let target = match callee {
                Callee::Function(function) => functions.get(*function),
                Callee::Indirect(ty) => types.get(ty),
            };
            if let Some(target) = target {
                graph.add_edge(*caller, *target, ());
            }
        }
    }
    for (ty, members) in &calls.indirect {
        for target in members.iter().filter_map(|member| functions.get(*member)) {
            graph.add_edge(types[ty], *target, ());
        }
    }
    (graph, types)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Functions with their slots and direct callees.
    fn calls<const N: usize>(functions: [(u32, &[usize]); N]) -> Calls {
        Calls {
            slots: functions.iter().map(|(slots, _)| *slots).collect(),
            callees: functions
                .iter()
                .map(|(_, callees)| callees.iter().map(|callee| Callee::Function(*callee)).collect())
                .collect(),
            indirect: BTreeMap::new(),
        }
    }

    #[test]
    fn functions_that_cannot_recur_pay_nothing() {
        assert_eq!(
            compute_prices(&calls([(20, &[1, 2]), (30, &[2]), (40, &[])])),
            [0, 0, 0]
        );
    }

    #[test]
    fn functions_on_a_cycle_pay_for_themselves_and_what_lies_below() {
        // 0 -> 1 <-> 2 -> 3 -> 4
        let module = calls([(20, &[1]), (21, &[2]), (22, &[1, 3]), (23, &[4]), (24, &[])]);
        assert_eq!(compute_prices(&module), [0, 21, 22 + 23 + 24, 0, 0]);
        assert_eq!(compute_prices(&calls([(20, &[0])])), [20]);
    }

    #[test]
    fn a_chain_pays_where_it_gets_too_long() {
        assert_eq!(compute_prices(&calls([(24, &[1]), (1_000, &[])])), [0, 0]);
        assert_eq!(compute_prices(&calls([(25, &[1]), (1_000, &[])])), [1_025, 0]);
        // Above one that pays the count begins anew.
        assert_eq!(
            compute_prices(&calls([(30, &[1]), (25, &[2]), (1_000, &[])])),
            [0, 1_025, 0]
        );
    }

    #[test]
    fn an_indirect_call_may_reach_all_functions_of_its_type() {
        let mut module = calls([(20, &[]), (21, &[]), (22, &[])]);
        module.callees[0].insert(Callee::Indirect(7));
        module.indirect.insert(7, [1, 2].into());
        assert_eq!(compute_prices(&module), [0, 0, 0]);
        module.callees[2].insert(Callee::Indirect(7));
        assert_eq!(compute_prices(&module), [0, 0, 22 + 21]);
    }
}
