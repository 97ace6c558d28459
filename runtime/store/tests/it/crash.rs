//! Kills a process that commits as fast as it can, at random moments, and looks at what is left.
//!
//! 30 kills by default; `STORE_CRASH_KILLS` sets another number.

#![allow(
    clippy::disallowed_methods,
    reason = "the child process learns its task from the environment; waits are timed"
)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use supercloud_chain::store::{RootHash, Store};
use supercloud_store::{DiskConfig, MemoryStore, Pruning};

use crate::chains::{Random, State, apply, assert_state, changes_at, open};

const DIR: &str = "STORE_CRASH_DIR";
const KILLS: &str = "STORE_CRASH_KILLS";
const SEED: u64 = 77;

fn config() -> DiskConfig {
    DiskConfig {
        pruning: Pruning::KeepLast(20),
        write_buffer_bytes: 24 << 10,
        cache_bytes: 1 << 20,
        ..DiskConfig::default()
    }
}

fn changes(height: u64) -> supercloud_chain::store::Changes {
    changes_at(height, SEED, 300, 40)
}

/// The process that is killed. Does nothing when run as a test.
#[test]
fn child_commits_until_it_is_killed() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let dir = Path::new(&dir);
    let mut store = open(&dir.join("store"), config());
    let mut acknowledged = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(dir.join("acknowledged"))
        .unwrap();
    let mut height = store.committed_height().unwrap_or_default();
    loop {
        height += 1;
        let root = store.commit(height, changes(height)).unwrap();
        writeln!(acknowledged, "{height} {}", hex::encode(root)).unwrap();
    }
}

/// The last height that the child said was committed.
fn last_acknowledged(dir: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(dir.join("acknowledged")).ok()?;
    // The last line may be cut off; the ones before are whole.
    let last = text.lines().rev().find(|line| line.len() >= 66)?;
    last.split(' ').next()?.parse().ok()
}

#[test]
fn no_kill_loses_a_committed_block_or_damages_the_state() {
    let kills = std::env::var(KILLS).map_or(30, |kills| kills.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let mut random = Random(SEED ^ u64::from(std::process::id()));
    let mut model = MemoryStore::with_kept_versions(1);
    let mut roots: Vec<RootHash> = vec![supercloud_store::EMPTY];
    let mut state = State::new();
    let mut checkpoints = 0;
    for kill in 0..kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::child_commits_until_it_is_killed", "--nocapture"])
            .env(DIR, dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(30 + random.below(170)));
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.code(), None, "the child ended by itself at kill {kill}");

        let store = open(&dir.path().join("store"), config());
        let committed = store.committed_height().unwrap_or_default();
        assert!(
            committed >= last_acknowledged(dir.path()).unwrap_or_default(),
            "kill {kill}"
        );
        while (roots.len() as u64) <= committed {
            let height = roots.len() as u64;
            roots.push(model.commit(height, changes(height)).unwrap());
            apply(&mut state, &changes(height));
        }
        assert_eq!(
            store.latest().root(),
            roots[committed as usize],
            "kill {kill}, height {committed}"
        );
        assert!(!store.recovery().tree_rebuilt, "kill {kill}");
        assert_state(&*store.latest(), &state, &mut random);
        for height in committed.saturating_sub(19).max(1)..=committed {
            assert_eq!(store.at(height).unwrap().root(), roots[height as usize]);
        }
        if kill % 5 == 0 {
            let report = store.check();
            assert!(report.is_sound(), "kill {kill}: {report:?}");
        }
        checkpoints += u64::from(store.recovery().replayed_blocks < committed);
    }
    // Otherwise the child was always killed before it did what this is about.
    assert!(roots.len() as u64 > kills, "only {} blocks", roots.len());
    assert!(checkpoints > 0 || kills < 5);
}
