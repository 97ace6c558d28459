//! The demo's two providers: the daemon's real code in this process. It reaches the chain over JSON-RPC only.

use std::collections::BTreeMap;

use cosmwasm_std::{Decimal, Uint128};
use supercloud_provider::{
    ClusterConfig, Contracts, Daemon, DaemonConfig, DaemonHandle, InventorySource, ProcessConfig, Registration,
    Settings,
};
use supercloud_provider_engine::{GpuRate, Pricing};
use supercloud_schema::registry::ProviderInfo;

use super::failure::StepError;
use super::roles::Actor;
use super::stage::Stage;

/// What sets one provider apart.
pub(crate) struct ProviderPlan {
    /// Role.
    pub(crate) role: &'static str,
    /// Inventory file.
    pub(crate) inventory: &'static str,
    /// Factor on all prices, in percent.
    pub(crate) price_percent: u64,
}

/// The cheaper and the dearer one.
pub(crate) const PLANS: [ProviderPlan; 2] = [
    ProviderPlan {
        role: "provider-a",
        inventory: include_str!("../../data/inventory-a.toml"),
        price_percent: 100,
    },
    ProviderPlan {
        role: "provider-b",
        inventory: include_str!("../../data/inventory-b.toml"),
        price_percent: 135,
    },
];

/// A running provider.
pub(crate) struct RunningProvider {
    /// Its role.
    pub(crate) actor: Actor,
    /// The daemon.
    pub(crate) handle: DaemonHandle,
}

impl RunningProvider {
    /// Starts a provider with files of its own below the demo's folder.
    pub(crate) async fn start(stage: &Stage, plan: &ProviderPlan, image: &str) -> Result<Self, StepError> {
        let actor = stage.actors.by_role(plan.role).clone();
        let data_dir = stage.home.join(plan.role);
        std::fs::create_dir_all(&data_dir).map_err(StepError::unexpected)?;
        let inventory = data_dir.join("inventory.toml");
        std::fs::write(&inventory, plan.inventory).map_err(StepError::unexpected)?;
        let program = std::env::current_exe().map_err(StepError::unexpected)?;
        let command = vec![program.to_string_lossy().into_owned(), "demo-workload".to_owned()];
        let of = |name: &str| stage.addresses().of(name).to_owned();
        let config = DaemonConfig {
            rpc_url: stage.rpc_url.clone(),
            key: actor.key().clone(),
            contracts: Contracts {
                registry: of("registry"),
                market: of("market"),
                escrow: of("escrow"),
            },
            tx: stage.tx.clone(),
            inventory: InventorySource::File(inventory),
            cluster: ClusterConfig::Process(ProcessConfig {
                images: BTreeMap::from([(image.to_owned(), command)]),
            }),
            attributes: Vec::new(),
            info: ProviderInfo::default(),
            registration: Registration::Publish,
            bid_deposit: None,
            pricing: pricing(plan.price_percent),
            settings: Settings::new(data_dir),
        };
        let handle = Daemon::spawn(config).await.map_err(StepError::unexpected)?;
        Ok(Self { actor, handle })
    }

    /// Stops the daemon and its workloads.
    pub(crate) async fn stop(self) {
        self.handle.shutdown().await;
    }
}

/// Rates in uact per second: about two dollars an hour for one of these GPUs.
fn pricing(percent: u64) -> Pricing {
    let micros = |millionths: u128| Decimal::new(Uint128::new(millionths * 1_000_000_000_000));
    Pricing {
        cpu_core: micros(2_500_000),
        memory_gib: micros(400_000),
        ephemeral_gib: micros(10_000),
        volume_gib: BTreeMap::from([("beta3".to_owned(), micros(20_000))]),
        endpoint: micros(15_000),
        gpus: vec![GpuRate {
            kind: "*".to_owned(),
            rate: micros(550_333_333),
        }],
        multiplier: Decimal::percent(percent),
    }
}
