//! Resident memory of many loaded codes. Each engine is measured in a process of its own, which finds its compiled codes
//! on disk as a node does after a restart, so that memory once used by a compiler does not count.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::contracts::Contract;
use crate::distinct::with_constant;
use crate::engine::Engine;
use crate::ours::Ours;
use crate::peer::Peer;
use crate::world::World;

/// Tells a child process what to do: `compile` or `load`, the engine's name, the folder.
const CHILD_VARIABLE: &str = "SUPERCLOUD_BENCH_CHILD";

/// What loading codes added to a process, in KiB.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Growth {
    /// After all codes were loaded.
    pub loaded: Resident,
    /// After an instance of each was made once.
    pub used: Resident,
}

/// Resident memory by its kind, in KiB.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Resident {
    /// Memory of the process's own.
    pub private: u64,
    /// Pages of files, which the kernel may drop and read again.
    pub file: u64,
}

impl Resident {
    /// Both kinds.
    pub fn total(self) -> u64 {
        self.private + self.file
    }

    fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let field = |name: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse().unwrap()
        };
        Self {
            private: field("RssAnon:") + field("RssShmem:"),
            file: field("RssFile:"),
        }
    }

    fn since(self, before: Self) -> Self {
        Self {
            private: self.private.saturating_sub(before.private),
            file: self.file.saturating_sub(before.file),
        }
    }
}

/// Writes `count` different modules, made from `contracts` in turn, into `folder`.
pub fn write_modules(contracts: &[Contract], count: u32, folder: &Path) {
    let modules = modules(folder);
    std::fs::create_dir_all(&modules).unwrap();
    for (number, contract) in (0..count).zip(contracts.iter().cycle()) {
        let copy = with_constant(&contract.wasm, number).unwrap();
        std::fs::write(modules.join(format!("{number:03}.wasm")), copy).unwrap();
    }
}

/// Has child processes compile the modules in `folder`, then load them; what the loading took.
pub fn measure<E: Engine>(folder: &Path) -> Growth {
    run_child("compile", E::NAME, folder);
    serde_json::from_slice(&run_child("load", E::NAME, folder)).unwrap()
}

fn run_child(task: &str, engine: &str, folder: &Path) -> Vec<u8> {
    let output = Command::new(std::env::current_exe().unwrap())
        .env(CHILD_VARIABLE, format!("{task} {engine} {}", folder.display()))
        .stderr(std::process::Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "{task} {engine} failed");
    output.stdout
}

/// Does a child's work if this process is one.
pub fn run_if_child() -> bool {
    let Ok(task) = std::env::var(CHILD_VARIABLE) else {
        return false;
    };
    let [task, engine, folder] = task.splitn(3, ' ').collect::<Vec<_>>().try_into().unwrap();
    match engine {
        Ours::NAME => work::<Ours>(task, Path::new(folder)),
        Peer::NAME => work::<Peer>(task, Path::new(folder)),
        other => panic!("no engine {other}"),
    }
    true
}

fn work<E: Engine>(task: &str, folder: &Path) {
    let mut files: Vec<_> = std::fs::read_dir(modules(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    match task {
        "compile" => {
            let engine = E::open_for_bulk(folder);
            for file in files {
                engine.upload(&std::fs::read(file).unwrap());
            }
            engine.settle();
        }
        "load" => println!("{}", serde_json::to_string(&load(&E::open(folder), &files)).unwrap()),
        other => panic!("no task {other}"),
    }
}

fn load<E: Engine>(engine: &E, files: &[PathBuf]) -> Growth {
    let digest = |file| Sha256::digest(std::fs::read(file).unwrap()).into();
    let checksums: Vec<_> = files.iter().map(digest).collect();
    let before = Resident::now();
    for checksum in &checksums {
        engine.load(checksum);
    }
    let loaded = Resident::now();
    for checksum in &checksums {
        engine.instantiate(checksum, &World::default());
    }
    let used = Resident::now();
    Growth {
        loaded: loaded.since(before),
        used: used.since(before),
    }
}

fn modules(folder: &Path) -> PathBuf {
    folder.join("modules")
}
