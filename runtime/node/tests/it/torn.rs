//! The end of each file of a home is cut off or zeroed: what is lost comes back, or is named.

use std::fs;
use std::path::{Path, PathBuf};

use supercloud_client::{Client, coin, message};
use supercloud_node::offline::{self, OnDamage};
use supercloud_node::{Home, spawn};

use crate::homes::{config, init, keys, queue, storage};

/// How the end of a file is damaged.
#[derive(Clone, Copy, Debug)]
enum Tear {
    CutOff { bytes: u64 },
    Zeroed { bytes: u64 },
    Emptied,
}

const TEARS: [Tear; 3] = [Tear::CutOff { bytes: 1 }, Tear::Zeroed { bytes: 700 }, Tear::Emptied];

fn tear(path: &Path, tear: Tear) {
    let mut bytes = fs::read(path).unwrap();
    let len = bytes.len() as u64;
    match tear {
        Tear::CutOff { bytes: cut } => bytes.truncate(len.saturating_sub(cut) as usize),
        Tear::Zeroed { bytes: zeroed } => bytes[len.saturating_sub(zeroed) as usize..].fill(0),
        Tear::Emptied => bytes.clear(),
    }
    fs::write(path, bytes).unwrap();
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// A chain of some length, in several files.
async fn populated(root: &Path) -> Home {
    let home = init(root);
    for _ in 0..2 {
        let node = spawn(config(&home)).unwrap();
        let client = Client::connect(&node.rpc_url()).await.unwrap();
        let alice = queue(&client, 0).await;
        let bob = keys()[1].address("akash").unwrap();
        for amount in 1..=15 {
            let send = message::send(alice.address(), &bob, vec![coin(amount, "uakt")]);
            alice.send(vec![send]).await.unwrap();
        }
        node.shutdown();
    }
    home
}

#[tokio::test]
async fn a_torn_end_of_any_file_is_repaired_or_named() {
    let dir = tempfile::tempdir().unwrap();
    let home = populated(&dir.path().join("whole")).await;
    let sound = offline::check(&storage(&home), OnDamage::Report, &mut |_| {}).unwrap();
    assert_eq!(sound.damage, Vec::<String>::new());
    let mut all = Vec::new();
    for folder in ["state", "blocks"] {
        files(&home.data_dir().join(folder), &mut all);
    }
    assert!(all.len() > 15, "{all:?}");
    let (mut repaired, mut named, mut refused) = (0, 0, 0);
    for path in &all {
        if fs::metadata(path).unwrap().len() == 0 {
            continue;
        }
        for tear_as in TEARS {
            let torn = Home::new(dir.path().join("torn"));
            let _ = fs::remove_dir_all(torn.path());
            copy(home.path(), torn.path());
            let relative = path.strip_prefix(home.path()).unwrap();
            tear(&torn.path().join(relative), tear_as);
            let case = format!("{} {tear_as:?}", relative.display());
            let status = match offline::inspect(&storage(&torn)) {
                Ok(status) => status,
                Err(error) => {
                    let text = error.to_string();
                    assert!(text.len() > 20, "{case}: {text}");
                    refused += 1;
                    continue;
                }
            };
            let report = offline::check(&storage(&torn), OnDamage::Report, &mut |_| {});
            match report {
                Ok(report) if report.damage.is_empty() => {
                    assert_eq!(
                        (report.height, &report.app_hash),
                        (sound.height, &sound.app_hash),
                        "{case}"
                    );
                    assert_eq!((report.blocks, report.txs), (sound.blocks, sound.txs), "{case}");
                    assert_eq!(
                        (status.height, &status.app_hash),
                        (sound.height, &sound.app_hash),
                        "{case}"
                    );
                    repaired += 1;
                }
                Ok(_) | Err(_) => named += 1,
            }
        }
    }
    assert!(
        repaired > 15 && refused > 5,
        "{repaired} repaired, {named} named, {refused} refused"
    );
}
