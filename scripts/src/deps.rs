//! The dependency laws between our crates, and what no contract may link.
//!
//! The laws are a closed list: an edge that none of them names is a violation, and so is a crate that none covers.
//! Dev-dependencies are exempt; [`Workspace`] does not hold them.

use std::fmt;

use anyhow::Result;

use crate::closure::{TreeNode, query_tree};
use crate::workspace::Workspace;

/// Who may depend on whom, by folder; `*` at the end stands for anything. The first law whose `from` matches counts.
const LAWS: [Law; 16] = [
    Law {
        from: "schema",
        to: To::Only(&[]),
    },
    Law {
        from: "rules",
        to: To::Only(&["schema"]),
    },
    Law {
        from: "contracts/*",
        to: To::Only(&["rules", "schema", "verify/*"]),
    },
    Law {
        from: "sdl",
        to: To::Only(&["rules", "schema"]),
    },
    Law {
        from: "verify/*",
        to: To::Only(&[]),
    },
    Law {
        from: "proto",
        to: To::Only(&[]),
    },
    Law {
        from: "client",
        to: To::Only(&["proto", "schema"]),
    },
    Law {
        from: "runtime/chain",
        to: To::Only(&["proto"]),
    },
    Law {
        from: "runtime/node",
        to: To::Only(&["runtime/*", "proto"]),
    },
    Law {
        from: "runtime/*",
        to: To::Only(&["runtime/chain", "proto"]),
    },
    Law {
        from: "provider/engine",
        to: To::Only(&["rules", "schema", "sdl"]),
    },
    Law {
        from: "provider/daemon",
        to: To::Only(&["provider/engine", "client", "sdl", "rules", "schema", "verify/*"]),
    },
    Law {
        from: "cli",
        to: To::AllBut(&["contracts/*", "tests*", "scripts"]),
    },
    Law {
        from: "scripts",
        to: To::Only(&["schema"]),
    },
    Law {
        from: CONFORMANCE,
        to: To::Only(&[]),
    },
    Law {
        from: "tests*",
        to: To::AllBut(&["cli", "scripts"]),
    },
];

/// The contract that tests hosts. It lies apart from the contracts because it is none of the product's.
const CONFORMANCE: &str = "tests/conformance";

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Law {
    from: &'static str,
    to: To,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    Only(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}

/// A broken law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// An edge that the law of its origin does not allow.
    Edge {
        /// Folder of the crate that depends.
        from: String,
        /// Folder of the crate it depends on.
        to: String,
        /// The law.
        law: Law,
    },
    /// A crate that no law covers.
    Lawless {
        /// Its folder.
        folder: String,
    },
    /// A contract links what its wasm cannot hold.
    Linked {
        /// Folder of the contract.
        contract: String,
        /// `name version` of the linked crate.
        linked: String,
        /// Why it may not be.
        reason: &'static str,
    },
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to {
            To::Only([]) => write!(f, "{} -> nothing of ours", self.from),
            To::Only(folders) => write!(f, "{} -> {}", self.from, folders.join(", ")),
            To::AllBut(folders) => write!(f, "{} -> anything but {}", self.from, folders.join(", ")),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edge { from, to, law } => write!(f, "{from} -> {to}, but the law is: {law}"),
            Self::Lawless { folder } => write!(f, "{folder}: no dependency law covers this crate"),
            Self::Linked {
                contract,
                linked,
                reason,
            } => write!(f, "{contract} links {linked}: {reason}"),
        }
    }
}

/// Checks the edges between our crates and the closure of every contract.
pub fn find_violations(workspace: &Workspace) -> Result<Vec<Violation>> {
    let mut violations = check_edges(workspace);
    let conformance = workspace.members.values().filter(|member| member.folder == CONFORMANCE);
    for contract in workspace.contracts().chain(conformance) {
        for node in query_tree(workspace, &contract.name, &[])? {
            violations.extend(check_linked(&contract.folder, &node));
        }
    }
    Ok(violations)
}

fn check_edges(workspace: &Workspace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for member in workspace.members.values() {
        let Some(law) = LAWS.iter().find(|law| matches(law.from, &member.folder)) else {
            violations.push(Violation::Lawless {
                folder: member.folder.clone(),
            });
            continue;
        };
        let broken = member.edges.iter().filter(|to| !law.allows(to));
        violations.extend(broken.map(|to| Violation::Edge {
            from: member.folder.clone(),
            to: to.clone(),
            law: *law,
        }));
    }
    violations
}

fn check_linked(contract: &str, node: &TreeNode) -> Option<Violation> {
    let reason = match node.name.as_str() {
        "cosmwasm-std" if !node.version.starts_with("3.") => {
            "only cosmwasm-std 3 may be linked; a second one defines the same exported symbols"
        }
        "pyth-sdk-cw" => "it pulls cosmwasm-std 1, whose exported symbols collide; it is a dev-dependency only",
        _ => return None,
    };
    Some(Violation::Linked {
        contract: contract.into(),
        linked: format!("{} {}", node.name, node.version),
        reason,
    })
}

impl Law {
    fn allows(&self, folder: &str) -> bool {
        match self.to {
            To::Only(patterns) => patterns.iter().any(|pattern| matches(pattern, folder)),
            To::AllBut(patterns) => !patterns.iter().any(|pattern| matches(pattern, folder)),
        }
    }
}

fn matches(pattern: &str, folder: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => folder.starts_with(prefix),
        None => folder == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Member;

    fn workspace(edges: &[(&str, &[&str])]) -> Workspace {
        let member = |folder: &str, edges: &[&str]| Member {
            name: folder.replace('/', "-"),
            version: "0.1.0".into(),
            folder: folder.into(),
            edges: edges.iter().map(|edge| (*edge).into()).collect(),
        };
        let members = edges
            .iter()
            .map(|(folder, edges)| (folder.replace('/', "-"), member(folder, edges)))
            .collect();
        Workspace {
            root: "/nowhere".into(),
            members,
        }
    }

    fn broken(edges: &[(&str, &[&str])]) -> Vec<String> {
        check_edges(&workspace(edges)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn designed_edges_pass() {
        let none: [String; 0] = [];
        let edges: &[(&str, &[&str])] = &[
            ("rules", &["schema"]),
            ("contracts/pyth", &["rules", "schema", "verify/pyth"]),
            (
                "runtime/node",
                &["runtime/rpc", "runtime/vm", "runtime/store", "runtime/chain", "proto"],
            ),
            ("runtime/vm", &["runtime/chain"]),
            ("provider/daemon", &["provider/engine", "client", "sdl", "verify/pyth"]),
            ("cli", &["runtime/node", "provider/daemon", "client", "schema"]),
            ("tests/kit", &["contracts/market", "runtime/node"]),
        ];
        assert_eq!(broken(edges), none);
    }

    #[test]
    fn contract_may_not_depend_on_a_contract() {
        let expected = "contracts/market -> contracts/escrow, but the law is: contracts/* -> rules, schema, verify/*";
        assert_eq!(broken(&[("contracts/market", &["contracts/escrow"])]), [expected]);
    }

    #[test]
    fn runtime_may_not_know_the_market() {
        let expected = "runtime/vm -> schema, but the law is: runtime/* -> runtime/chain, proto";
        assert_eq!(broken(&[("runtime/vm", &["schema"])]), [expected]);
    }

    #[test]
    fn chain_may_not_depend_on_its_implementations() {
        let expected = "runtime/chain -> runtime/store, but the law is: runtime/chain -> proto";
        assert_eq!(broken(&[("runtime/chain", &["runtime/store"])]), [expected]);
    }

    #[test]
    fn command_line_may_not_link_contracts() {
        let expected = "cli -> contracts/bme, but the law is: cli -> anything but contracts/*, tests*, scripts";
        assert_eq!(broken(&[("cli", &["contracts/bme"])]), [expected]);
    }

    #[test]
    fn verifiers_depend_on_nothing_of_ours() {
        let expected = "verify/pyth -> schema, but the law is: verify/* -> nothing of ours";
        assert_eq!(broken(&[("verify/pyth", &["schema"])]), [expected]);
    }

    #[test]
    fn nothing_depends_on_the_command_line() {
        let expected = "tests -> cli, but the law is: tests* -> anything but cli, scripts";
        assert_eq!(broken(&[("tests", &["cli"])]), [expected]);
    }

    #[test]
    fn crate_without_a_law_is_a_violation() {
        assert_eq!(
            broken(&[("plugins/x", &[])]),
            ["plugins/x: no dependency law covers this crate"]
        );
    }

    #[test]
    fn old_cosmwasm_and_the_pyth_sdk_may_not_be_linked() {
        let node = |name: &str, version: &str| TreeNode {
            name: name.into(),
            version: version.into(),
            features: String::new(),
        };
        assert_eq!(check_linked("contracts/pyth", &node("cosmwasm-std", "3.0.11")), None);
        for (name, version) in [
            ("cosmwasm-std", "1.5.11"),
            ("cosmwasm-std", "2.3.6"),
            ("pyth-sdk-cw", "1.2.0"),
        ] {
            let violation = check_linked("contracts/pyth", &node(name, version)).unwrap();
            assert!(matches!(violation, Violation::Linked { linked, .. } if linked == format!("{name} {version}")));
        }
    }
}
