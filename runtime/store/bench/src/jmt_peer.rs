//! `jmt` over fjall: nodes and flat values in one synced batch per block, stale nodes removed. Keeps the last version.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use jmt::storage::{LeafNode, Node, NodeKey, TreeReader};
use jmt::{KeyHash, OwnedValue, RootHash, Sha256Jmt, Version};
use sha2::Sha256;

use crate::{Candidate, Proof};

pub(crate) struct Jmt {
    db: Database,
    nodes: Keyspace,
    values: Keyspace,
    version: Version,
    root: RootHash,
    next: Vec<(KeyHash, Option<OwnedValue>)>,
}

impl Jmt {
    pub(crate) fn open(dir: &Path, cache_bytes: usize) -> Result<Self> {
        let db = Database::builder(dir).cache_size(cache_bytes as u64).open()?;
        let nodes = db.keyspace("nodes", KeyspaceCreateOptions::default)?;
        let values = db.keyspace("values", KeyspaceCreateOptions::default)?;
        Ok(Self {
            db,
            nodes,
            values,
            version: 0,
            root: RootHash([0; 32]),
            next: Vec::new(),
        })
    }
}

/// The version in front of the path keeps new nodes together.
fn encode_key(key: &NodeKey) -> Result<Vec<u8>> {
    Ok(borsh::to_vec(key)?)
}

impl TreeReader for Jmt {
    fn get_node_option(&self, node_key: &NodeKey) -> Result<Option<Node>> {
        let row = self.nodes.get(encode_key(node_key)?)?;
        row.map(|row| Ok(borsh::from_slice(&row)?)).transpose()
    }

    fn get_value_option(&self, _max_version: Version, key_hash: KeyHash) -> Result<Option<OwnedValue>> {
        Ok(self.values.get(key_hash.0)?.map(|value| value.to_vec()))
    }

    fn get_rightmost_leaf(&self) -> Result<Option<(NodeKey, LeafNode)>> {
        anyhow::bail!("only restores ask for this")
    }
}

impl Candidate for Jmt {
    fn prepare(&mut self, changes: &[(Vec<u8>, Vec<u8>)]) {
        let hash = |(key, value): &(Vec<u8>, Vec<u8>)| (KeyHash::with::<Sha256>(key), Some(value.clone()));
        self.next = changes.iter().map(hash).collect();
    }

    fn commit(&mut self, height: u64) -> Result<Option<[u8; 32]>> {
        let set = std::mem::take(&mut self.next);
        let (root, updates) = Sha256Jmt::new(self).put_value_set(set, height)?;
        let mut batch = self.db.batch().durability(Some(PersistMode::SyncData));
        for (key, node) in updates.node_batch.nodes() {
            batch.insert(&self.nodes, encode_key(key)?, borsh::to_vec(node)?);
        }
        for ((_, key), value) in updates.node_batch.values() {
            batch.insert(&self.values, key.0, value.clone().context("no value")?);
        }
        for stale in &updates.stale_node_index_batch {
            batch.remove(&self.nodes, encode_key(&stale.node_key)?);
        }
        batch.commit()?;
        self.version = height;
        self.root = root;
        Ok(Some(root.0))
    }

    fn drain(&mut self) -> Result<()> {
        self.nodes.rotate_memtable_and_wait()?;
        self.values.rotate_memtable_and_wait()?;
        Ok(())
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.get_value_option(self.version, KeyHash::with::<Sha256>(key))
    }

    fn scan(&self, key: &[u8]) -> Result<usize> {
        let rows = self.values.range(KeyHash::with::<Sha256>(key).0.to_vec()..).take(10);
        rows.map(|row| Ok(row.into_inner().map(|_| 1)?)).sum()
    }

    fn prove(&self, key: &[u8]) -> Result<Option<Proof>> {
        let hash = KeyHash::with::<Sha256>(key);
        let tree = Sha256Jmt::new(self);
        let start = Instant::now();
        let (value, proof) = tree.get_with_proof(hash, self.version)?;
        let made_ns = start.elapsed().as_nanos();
        let start = Instant::now();
        proof.verify(self.root, hash, value)?;
        Ok(Some(Proof {
            made_ns,
            verified_ns: start.elapsed().as_nanos(),
            bytes: borsh::to_vec(&proof)?.len(),
        }))
    }
}
