//! Homes for tests: a chain with funded accounts, and ways to look at it.

use std::path::Path;

use supercloud_client::{Client, Key, TxConfig, TxQueue};
use supercloud_node::{DevGenesis, DiskStorage, Home, HomeInit, NodeConfig, Storage};

pub(crate) const FUNDS: u128 = 1_000_000_000_000;

/// The accounts of tests; each has [`FUNDS`] uakt.
pub(crate) fn keys() -> [Key; 4] {
    [1u8, 2, 3, 4].map(|byte| Key::from_secret(&[byte; 32]).unwrap())
}

/// A home whose chain has not begun.
pub(crate) fn init(root: &Path) -> Home {
    let home = Home::new(root);
    let mut genesis = DevGenesis::new().chain_id("home-1").genesis_time(1_750_000_000);
    for key in keys() {
        genesis = genesis.fund(&key.address("akash").unwrap(), &[(FUNDS, "uakt")]);
    }
    home.init(&HomeInit {
        moniker: "test".to_owned(),
        genesis_json: genesis.build().to_json(),
        validator_key: None,
    })
    .unwrap();
    home
}

/// Quick blocks on a free port, and small files so that there are several.
pub(crate) fn config(home: &Home) -> NodeConfig {
    let from_home = NodeConfig::from_home(home.clone()).unwrap();
    NodeConfig {
        moniker: from_home.moniker.clone(),
        storage: Storage::Disk(storage(home)),
        dev: from_home.dev,
        ..NodeConfig::test(from_home.genesis)
    }
}

pub(crate) fn storage(home: &Home) -> DiskStorage {
    let mut storage = DiskStorage::new(home.clone());
    storage.state.write_buffer_bytes = 64 << 10;
    storage.state.cache_bytes = 8 << 20;
    storage.log_segment_bytes = 32 << 10;
    storage
}

pub(crate) async fn queue(client: &Client, index: usize) -> TxQueue {
    let key = keys().into_iter().nth(index).unwrap();
    TxQueue::new(client.clone(), key, TxConfig::default()).unwrap()
}
