//! Kills a node that is loaded with transfers, at random moments, and looks at what is left.
//!
//! 30 kills by default; `SUPERCLOUD_CRASH_KILLS` sets another number.

#![allow(
    clippy::disallowed_methods,
    reason = "the child process learns its task from the environment"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use supercloud_client::{Client, Gas, TxOptions, coin, message};
use supercloud_node::offline::{self, OnDamage};
use supercloud_node::{Home, spawn};

use crate::homes::{FUNDS, config, init, keys, queue, storage};

const DIR: &str = "SUPERCLOUD_CRASH_DIR";
const KILLS: &str = "SUPERCLOUD_CRASH_KILLS";

/// The process that is killed. Does nothing when run as a test.
#[test]
fn child_runs_a_node_until_it_is_killed() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let dir = Path::new(&dir);
    let node = spawn(config(&Home::new(dir.join("home")))).unwrap();
    std::fs::write(dir.join("address.new"), node.rpc_url()).unwrap();
    std::fs::rename(dir.join("address.new"), dir.join("address")).unwrap();
    loop {
        std::thread::sleep(Duration::from_secs(1));
        node.health().unwrap();
    }
}

/// What the node told somebody.
#[derive(Default)]
struct Told {
    /// Transaction hash -> height.
    txs: BTreeMap<String, u64>,
    /// Height -> block hash and the app hash of the state before.
    blocks: BTreeMap<u64, (String, String)>,
}

fn spawn_child(dir: &Path) -> Child {
    let _ = std::fs::remove_file(dir.join("address"));
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child_runs_a_node_until_it_is_killed", "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(dir.join("stderr")).unwrap())
        .spawn()
        .unwrap()
}

async fn start(dir: &Path, kill: usize) -> (Child, Client) {
    let mut child = spawn_child(dir);
    let address = dir.join("address");
    let started = Instant::now();
    while !address.exists() {
        let ended = child.try_wait().unwrap();
        let stderr = || std::fs::read_to_string(dir.join("stderr")).unwrap();
        assert!(
            ended.is_none(),
            "kill {kill}: the node did not start again: {}",
            stderr()
        );
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "kill {kill}: the node does not start"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let url = std::fs::read_to_string(&address).unwrap();
    (child, Client::connect(&url).await.unwrap())
}

/// Sends until the node is gone, and returns what was acknowledged; counts on the way.
async fn load(client: Client, index: usize, count: Arc<AtomicU64>) -> BTreeMap<String, u64> {
    let queue = queue(&client, index).await;
    let sink = keys()[3].address("akash").unwrap();
    let options = TxOptions {
        gas: Gas::Limit(200_000),
        ..TxOptions::default()
    };
    let mut acknowledged = BTreeMap::new();
    loop {
        let send = vec![message::send(queue.address(), &sink, vec![coin(1, "uakt")])];
        match queue.send_with(send, &options).await {
            Ok(outcome) => {
                acknowledged.insert(outcome.hash, outcome.height);
                count.fetch_add(1, Ordering::SeqCst);
            }
            Err(_) => return acknowledged,
        }
    }
}

/// Reads blocks until the node is gone.
async fn watch(client: Client) -> BTreeMap<u64, (String, String)> {
    let mut seen = BTreeMap::new();
    while let Ok(block) = client.rpc().call("block", json!({})).await {
        let header = &block["block"]["header"];
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let height = text(&header["height"]).parse().unwrap();
        seen.insert(height, (text(&block["block_id"]["hash"]), text(&header["app_hash"])));
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    seen
}

/// Everything that was told before must still be so.
async fn compare(client: &Client, told: &Told, new: &Told, kill: usize) {
    for (height, (hash, app_hash)) in &new.blocks {
        let block = client
            .rpc()
            .call("block", json!({ "height": height.to_string() }))
            .await;
        let block = block.unwrap_or_else(|error| panic!("kill {kill}: block {height} is lost: {error}"));
        assert_eq!(block["block_id"]["hash"], hash.as_str(), "kill {kill}: block {height}");
        assert_eq!(
            block["block"]["header"]["app_hash"],
            app_hash.as_str(),
            "kill {kill}: block {height}"
        );
        assert!(
            told.blocks.get(height).is_none_or(|known| known.0 == *hash),
            "kill {kill}"
        );
    }
    for (hash, height) in &new.txs {
        let found = client.rpc().tx(hash).await.unwrap();
        let found = found.unwrap_or_else(|| panic!("kill {kill}: transaction {hash} of height {height} is lost"));
        assert_eq!((found.height, found.code), (*height, 0), "kill {kill}: {hash}");
    }
}

/// Random milliseconds below `limit`.
fn next_millis(random: &mut u64, limit: u64) -> Duration {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    Duration::from_millis(*random % limit)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_kill_loses_a_block_that_anybody_heard_of() {
    let kills: usize = std::env::var(KILLS).map_or(30, |kills| kills.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let home = init(&dir.path().join("home"));
    let mut random = u64::from(std::process::id()) | 1;
    let mut told = Told::default();
    let mut new = Told::default();
    for kill in 0..kills {
        let (mut child, client) = start(dir.path(), kill).await;
        compare(&client, &told, &new, kill).await;
        told.txs.append(&mut new.txs);
        told.blocks.append(&mut new.blocks);
        let count = Arc::new(AtomicU64::new(0));
        let senders: Vec<_> = (0..3)
            .map(|index| tokio::spawn(load(client.clone(), index, count.clone())))
            .collect();
        let watcher = tokio::spawn(watch(client));
        let started = Instant::now();
        while count.load(Ordering::SeqCst) == 0 && started.elapsed() < Duration::from_secs(20) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(next_millis(&mut random, 200)).await;
        // SIGKILL
        child.kill().unwrap();
        assert_eq!(
            child.wait().unwrap().code(),
            None,
            "the node ended by itself at kill {kill}"
        );
        for sender in senders {
            new.txs.extend(sender.await.unwrap());
        }
        new.blocks = watcher.await.unwrap();
        if kill % 3 == 2 {
            // While it starts: opening repairs, and must bear being interrupted.
            let mut child = spawn_child(dir.path());
            tokio::time::sleep(next_millis(&mut random, 400)).await;
            child.kill().unwrap();
            assert_eq!(
                child.wait().unwrap().code(),
                None,
                "the node ended by itself after kill {kill}"
            );
        }
    }
    let (mut child, client) = start(dir.path(), kills).await;
    compare(&client, &told, &new, kills).await;
    told.txs.append(&mut new.txs);
    let sink = keys()[3].address("akash").unwrap();
    let received = client.balance(&sink, "uakt").await.unwrap();
    let received = supercloud_client::Uint128::try_from(received).unwrap().u128() - FUNDS;
    child.kill().unwrap();
    child.wait().unwrap();
    let report = offline::check(&storage(&home), OnDamage::Report, &mut |_| {}).unwrap();
    assert_eq!(report.damage, Vec::<String>::new());
    // All that was acknowledged is there, and nothing happened twice.
    assert!(u128::from(report.txs) >= told.txs.len() as u128);
    assert_eq!(received, u128::from(report.txs), "every transaction moved one uakt");
    assert!(
        told.txs.len() >= kills,
        "only {} transactions were acknowledged",
        told.txs.len()
    );
}
