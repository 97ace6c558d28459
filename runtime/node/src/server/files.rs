//! Open files: how many the process may have, and how many of them connections may take. A database that cannot open its files
//! ends the chain, so connections never take the last ones.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the two databases keep open, 900 each, and 200 for logs, ports and contracts.
const FOR_OTHERS: u64 = 2_000;

/// The limit is raised to this and no further, however much the system allows.
const WANTED: u64 = 1 << 16;

/// Most open connections, however many files there may be: CometBFT's 900 for JSON-RPC, as many for REST and gRPC.
const MOST_CONNECTIONS: u64 = 1_800;

/// Fewest, however few files there may be: one per port must be possible.
const FEWEST_CONNECTIONS: u64 = 16;

/// Raises the limit of open files as far as the system allows, and tells what it is then. It holds for the whole process.
pub(super) fn raise_limit() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let now = limit.current.unwrap_or(u64::MAX);
    let wanted = limit.maximum.unwrap_or(u64::MAX).min(WANTED);
    if wanted <= now {
        return now;
    }
    let raised = Rlimit {
        current: Some(wanted),
        maximum: limit.maximum,
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => wanted,
        Err(error) => {
            tracing::warn!(%error, limit = now, wanted, "the limit of open files cannot be raised");
            now
        }
    }
}

/// How many connections may be open where so many files may be: what the others leave, but at least a quarter.
pub(super) fn connections(files: u64) -> usize {
    let spare = files.saturating_sub(FOR_OTHERS).max(files / 4);
    let connections = spare.clamp(FEWEST_CONNECTIONS, MOST_CONNECTIONS);
    if connections < MOST_CONNECTIONS {
        tracing::warn!(
            files,
            connections,
            "few files may be open, so few connections are taken; raise the limit of open files (ulimit -n)"
        );
    }
    usize::try_from(connections).expect("at most 1,800")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_take_what_the_databases_leave() {
        for (files, expected) in [
            (u64::MAX, 1_800),
            (65_536, 1_800),
            (3_800, 1_800),
            (3_799, 1_799),
            (2_668, 668),
            (2_664, 666),
            (1_024, 256),
            (64, 16),
            (0, 16),
        ] {
            assert_eq!(connections(files), expected, "{files}");
        }
    }

    #[test]
    fn the_limit_is_raised_as_far_as_the_system_allows() {
        let allowed = getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
        let raised = raise_limit();
        assert!(raised >= allowed.min(WANTED), "{raised} of {allowed}");
        assert_eq!(getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX), raised);
        assert_eq!(raise_limit(), raised);
    }
}
