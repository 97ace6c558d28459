//! A test node with two funded accounts.

use supercloud_client::{Client, Key, TxConfig, TxQueue};
use supercloud_node::{DevGenesis, GenesisAccess, NodeConfig, NodeHandle, spawn};

pub(crate) const FUNDS: u128 = 1_000_000_000;

pub(crate) struct Stage {
    pub(crate) node: NodeHandle,
    pub(crate) client: Client,
    pub(crate) alice: TxQueue,
    pub(crate) bob: TxQueue,
}

impl Stage {
    pub(crate) async fn start() -> Self {
        Self::with(|genesis| genesis).await
    }

    /// Alice and Bob have `FUNDS` uakt; Alice is the council and may upload code.
    pub(crate) async fn with(change: impl FnOnce(DevGenesis) -> DevGenesis) -> Self {
        Self::configured(change, |config| config).await
    }

    pub(crate) async fn configured(
        change: impl FnOnce(DevGenesis) -> DevGenesis,
        configure: impl FnOnce(NodeConfig) -> NodeConfig,
    ) -> Self {
        let keys = [1u8, 2].map(|byte| Key::from_secret(&[byte; 32]).unwrap());
        let [alice, bob] = keys.each_ref().map(|key| key.address("akash").unwrap());
        let genesis = DevGenesis::new()
            .fund(&alice, &[(FUNDS, "uakt")])
            .fund(&bob, &[(FUNDS, "uakt")])
            .council_member(&alice, 1)
            .upload_access(GenesisAccess::Addresses(vec![alice]));
        let node = spawn(configure(NodeConfig::test(change(genesis).build()))).unwrap();
        let client = Client::connect(&node.rpc_url()).await.unwrap();
        let [alice, bob] = keys.map(|key| TxQueue::new(client.clone(), key, TxConfig::default()).unwrap());
        Self {
            node,
            client,
            alice,
            bob,
        }
    }

    pub(crate) async fn balance(&self, address: &str, denom: &str) -> u128 {
        let balance = self.client.balance(address, denom).await.unwrap();
        supercloud_client::Uint128::try_from(balance).unwrap().u128()
    }
}
