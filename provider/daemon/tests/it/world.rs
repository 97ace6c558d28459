//! A provider on a fake chain with a real gateway, and a tenant with a real key.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cosmwasm_std::Decimal;
use supercloud_client::Key;
use supercloud_provider::gateway_client::GatewayClient;
use supercloud_provider::{BidTerms, Chain, Cluster, Daemon, DaemonHandle, FakeCluster, Parts, Settings, TlsIdentity};
use supercloud_provider_engine::{GpuDevice, GpuInterface, Inventory, Node, Pricing};
use supercloud_schema::id::LeaseId;
use supercloud_schema::money::UnitPrice;
use supercloud_sdl::{PriceConversion, Sdl};
use tempfile::TempDir;

use crate::fake_chain::FakeChain;

pub(crate) const HRP: &str = "akash";
pub(crate) const DSEQ: u64 = 7;
const GIB: u64 = 1 << 30;

pub(crate) fn key(seed: u8) -> Key {
    Key::from_secret(&[seed; 32]).unwrap()
}

pub(crate) fn address(seed: u8) -> String {
    key(seed).address(HRP).unwrap()
}

pub(crate) fn sdl(image: &str) -> Sdl {
    let text = format!(
        r#"
version: "2.0"
services:
  web:
    image: {image}
    env: [GREETING=hello]
    expose:
      - port: 8080
        as: 80
        to:
          - global: true
profiles:
  compute:
    web:
      resources:
        cpu: {{units: 0.5}}
        memory: {{size: 512Mi}}
        storage: {{size: 512Mi}}
        gpu: {{units: 1, attributes: {{vendor: {{nvidia: }}}}}}
  placement:
    dc:
      pricing:
        web: {{denom: uact, amount: 6000}}
deployment:
  web:
    dc: {{profile: web, count: 1}}
"#
    );
    Sdl::parse(&text).unwrap()
}

pub(crate) fn inventory() -> Inventory {
    let gpu = GpuDevice {
        uuid: "GPU-1".into(),
        vendor: "nvidia".into(),
        model: "a100".into(),
        memory_gib: 40,
        interface: GpuInterface::Pcie,
    };
    Inventory {
        nodes: vec![Node {
            name: "local".into(),
            cpu_millis: 8000,
            memory_bytes: 16 * GIB,
            ephemeral_bytes: 100 * GIB,
            volumes: [].into(),
            gpus: vec![gpu],
        }],
    }
}

pub(crate) struct World {
    pub(crate) chain: Arc<FakeChain>,
    pub(crate) daemon: DaemonHandle,
    pub(crate) dir: TempDir,
}

pub(crate) fn parts(chain: Arc<FakeChain>, cluster: Arc<dyn Cluster>, dir: &Path) -> Parts {
    let pricing = Pricing {
        cpu_core: Decimal::one(),
        memory_gib: Decimal::one(),
        gpus: vec![supercloud_provider_engine::GpuRate {
            kind: "*".into(),
            rate: Decimal::one(),
        }],
        multiplier: Decimal::one(),
        ..Pricing::default()
    };
    Parts {
        provider: address(1),
        hrp: HRP.into(),
        chain,
        cluster,
        devices: Arc::new(inventory()),
        tls: TlsIdentity::load_or_create(dir).unwrap(),
        pricing,
        settings: Settings {
            poll: Duration::from_millis(10),
            ..Settings::new(dir)
        },
    }
}

impl World {
    pub(crate) async fn start(cluster: Arc<dyn Cluster>) -> Self {
        let chain = Arc::new(FakeChain::new(&address(1), inventory().capabilities()));
        let dir = tempfile::tempdir().unwrap();
        let daemon = Daemon::spawn_with(parts(Arc::clone(&chain), cluster, dir.path()))
            .await
            .unwrap();
        Self { chain, daemon, dir }
    }

    pub(crate) async fn with_fake_cluster() -> (Self, Arc<FakeCluster>) {
        let cluster = Arc::new(FakeCluster::new());
        (Self::start(Arc::clone(&cluster) as Arc<dyn Cluster>).await, cluster)
    }

    /// A provider that looks at the chain once, and then not for an hour.
    pub(crate) async fn with_slow_eyes() -> (Self, Arc<FakeCluster>) {
        let cluster = Arc::new(FakeCluster::new());
        let chain = Arc::new(FakeChain::new(&address(1), inventory().capabilities()));
        let dir = tempfile::tempdir().unwrap();
        let mut parts = parts(Arc::clone(&chain), Arc::clone(&cluster) as Arc<dyn Cluster>, dir.path());
        parts.settings.poll = Duration::from_secs(3600);
        let daemon = Daemon::spawn_with(parts).await.unwrap();
        let looked = tokio::time::timeout(Duration::from_secs(5), daemon.wait_until(|status| status.now > 0));
        looked.await.unwrap().unwrap();
        (Self { chain, daemon, dir }, cluster)
    }

    /// The tenant has a lease with this provider that the provider has not seen.
    pub(crate) async fn lease_unseen(&self, sdl: &Sdl) -> LeaseId {
        let groups = sdl.groups(&PriceConversion::default()).unwrap();
        let order = self.chain.deploy(&address(2), DSEQ, sdl.manifest().hash(), groups);
        self.chain
            .submit_bid(BidTerms {
                order: order.clone(),
                price: UnitPrice(Decimal::one()),
                offer: vec![],
                reclamation: None,
            })
            .await
            .unwrap();
        self.chain.accept(&order)
    }

    /// The tenant deploys and takes the provider's bid.
    pub(crate) async fn lease(&self, sdl: &Sdl) -> LeaseId {
        let groups = sdl.groups(&PriceConversion::default()).unwrap();
        let order = self.chain.deploy(&address(2), DSEQ, sdl.manifest().hash(), groups);
        eventually(|| !self.chain.state().bids.is_empty()).await;
        let lease = self.chain.accept(&order);
        self.chain.state().now += 1;
        let seen = self
            .daemon
            .wait_until(|status| status.leases.iter().any(|known| known.lease == lease));
        tokio::time::timeout(Duration::from_secs(5), seen)
            .await
            .unwrap()
            .unwrap();
        lease
    }

    pub(crate) fn client_of(&self, seed: u8) -> GatewayClient {
        GatewayClient::pinned(
            self.daemon.host_uri(),
            self.daemon.tls_pin(),
            &address(1),
            key(seed),
            HRP,
        )
        .unwrap()
    }

    pub(crate) fn tenant(&self) -> GatewayClient {
        self.client_of(2)
    }
}

/// Waits until something holds, for at most ten seconds.
pub(crate) async fn eventually(mut condition: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen within ten seconds");
}
