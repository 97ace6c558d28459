//! Starts the parts and holds them together.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use cosmwasm_std::HexBinary;
use supercloud_client::{Client, TxQueue};
use supercloud_provider_engine::{Engine, EngineStatus, Input, Outcome};
use supercloud_rules::host_uri::assert_host_uri;
use supercloud_schema::id::LeaseId;
use supercloud_schema::registry::ProviderProfile;
use supercloud_schema::resource::Attribute;
use tokio::task::JoinHandle;

use crate::actor::{Actor, EngineLink};
use crate::chain::{Chain, RpcChain, Withdrawal};
use crate::cluster::{Cluster, ProcessCluster};
use crate::config::{ClusterConfig, DaemonConfig, InventorySource, Parts, Payout, Registration};
use crate::devices::{Devices, InventoryFile};
use crate::effects::World;
use crate::error::DaemonError;
use crate::gateway::{Gateway, GatewayServer};
use crate::journal::Journal;
use crate::poller;
use crate::tls::TlsIdentity;

/// Starts providers.
#[derive(Clone, Copy, Debug)]
pub struct Daemon;

/// A running provider. Dropping it stops the gateway, the tasks and, with the process backend, the workloads; nothing
/// is closed on chain.
#[derive(Debug)]
pub struct DaemonHandle {
    provider: String,
    host_uri: String,
    gateway_addr: SocketAddr,
    pin: [u8; 32],
    chain: ChainRef,
    link: EngineLink,
    gateway: GatewayServer,
    tasks: Vec<JoinHandle<()>>,
}

struct ChainRef(Arc<dyn Chain>);

impl std::fmt::Debug for ChainRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Chain")
    }
}

impl Daemon {
    /// Starts a provider on a real chain. Returns when the gateway listens and, with
    /// [`Registration::Publish`], the registry's record is right.
    pub async fn spawn(config: DaemonConfig) -> Result<DaemonHandle, DaemonError> {
        let cluster: Arc<dyn Cluster> = match config.cluster {
            ClusterConfig::Process(process) => Arc::new(ProcessCluster::new(
                process,
                config.settings.data_dir.join("workloads"),
            )?),
            ClusterConfig::Docker => return Err(DaemonError::BackendAbsent("docker")),
            ClusterConfig::Kubernetes => return Err(DaemonError::BackendAbsent("kubernetes")),
        };
        let devices: Arc<dyn Devices> = match config.inventory {
            InventorySource::File(path) => Arc::new(InventoryFile::new(path)),
            InventorySource::Given(inventory) => Arc::new(inventory),
        };
        let client = Client::connect(&config.rpc_url).await?;
        let hrp = client.hrp().to_owned();
        let queue = TxQueue::new(client, config.key, config.tx)?;
        let provider = queue.address().to_owned();
        let chain = Arc::new(RpcChain::connect(queue, config.contracts, config.bid_deposit).await?);
        let tls = TlsIdentity::load_or_create(&config.settings.data_dir)?;
        let parts = Parts {
            provider,
            hrp,
            chain,
            cluster,
            devices,
            tls,
            pricing: config.pricing,
            settings: config.settings,
        };
        let profile = |host_uri: &str, pin: [u8; 32], mut attributes: Vec<Attribute>| {
            attributes.extend(config.attributes.clone());
            attributes.sort();
            attributes.dedup();
            ProviderProfile {
                host_uri: host_uri.to_owned(),
                tls_key_sha256: HexBinary::from(pin),
                attributes,
                info: config.info.clone(),
            }
        };
        match config.registration {
            Registration::Publish => start(parts, Some(&profile)).await,
            Registration::Keep => start(parts, None).await,
        }
    }

    /// Starts a provider in a world of the caller's own. The registry's record is left alone.
    pub async fn spawn_with(parts: Parts) -> Result<DaemonHandle, DaemonError> {
        start(parts, None).await
    }
}

type ProfileOf<'a> = &'a (dyn Fn(&str, [u8; 32], Vec<Attribute>) -> ProviderProfile + Send + Sync);

async fn start(parts: Parts, profile: Option<ProfileOf<'_>>) -> Result<DaemonHandle, DaemonError> {
    let Parts {
        provider,
        hrp,
        chain,
        cluster,
        devices,
        tls,
        pricing,
        settings,
    } = parts;
    let engine = Engine::new(settings.engine(&provider, &pricing))?;
    let inventory = devices.inventory().await?;
    let journal_dir = settings.data_dir.join("manifests");
    let file_error = |error: std::io::Error| DaemonError::File {
        path: journal_dir.clone(),
        reason: error.to_string(),
    };
    let journal = Journal::open(journal_dir.clone()).map_err(file_error)?;
    let stored = journal.entries().map_err(file_error)?;

    let listener = listen(settings.listen)?;
    let gateway_addr = listener
        .local_addr()
        .map_err(|error| listen_error(settings.listen, &error))?;
    let host_uri = settings.host_uri.unwrap_or_else(|| format!("https://{gateway_addr}"));
    assert_host_uri(&host_uri).map_err(|error| DaemonError::HostUri {
        uri: host_uri.clone(),
        reason: error.to_string(),
    })?;
    if let Some(profile) = profile {
        chain
            .publish(profile(&host_uri, tls.pin(), inventory.capabilities()))
            .await?;
    }
    let record = chain.provider().await?;

    let world = World {
        chain: Arc::clone(&chain),
        cluster,
        journal,
    };
    let (actor, link) = Actor::new(engine, world.clone());
    let mut tasks = vec![tokio::spawn(actor.run())];
    link.tell(Input::Inventory(inventory.clone())).await;
    link.tell(Input::Provider(record.map(|(_, record)| record))).await;
    tasks.push(tokio::spawn(poller::watch_chain(
        world.clone(),
        link.clone(),
        settings.poll,
        stored,
    )));
    tasks.push(tokio::spawn(poller::watch_record(world.clone(), link.clone())));
    tasks.push(tokio::spawn(poller::watch_machines(devices, link.clone(), inventory)));
    tasks.push(tokio::spawn(poller::watch_workloads(world.clone(), link.clone())));

    let gateway = Gateway {
        provider: provider.clone(),
        hrp,
        world,
        link: link.clone(),
    };
    let gateway =
        GatewayServer::start(gateway, listener, tls.server()).map_err(|error| listen_error(gateway_addr, &error))?;
    tracing::info!(%provider, %host_uri, pin = hex::encode(tls.pin()), "provider is up");
    let chain = ChainRef(chain);
    Ok(DaemonHandle {
        provider,
        host_uri,
        gateway_addr,
        pin: tls.pin(),
        chain,
        link,
        gateway,
        tasks,
    })
}

fn listen(address: SocketAddr) -> Result<TcpListener, DaemonError> {
    let listener = TcpListener::bind(address).map_err(|error| listen_error(address, &error))?;
    listener
        .set_nonblocking(true)
        .map_err(|error| listen_error(address, &error))?;
    Ok(listener)
}

fn listen_error(address: SocketAddr, error: &std::io::Error) -> DaemonError {
    DaemonError::Listen {
        address: address.to_string(),
        reason: error.to_string(),
    }
}

impl DaemonHandle {
    /// The provider's address on chain.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The gateway's address as tenants reach it.
    pub fn host_uri(&self) -> &str {
        &self.host_uri
    }

    /// The gateway's bound address.
    pub fn gateway_addr(&self) -> SocketAddr {
        self.gateway_addr
    }

    /// SHA-256 of the gateway's public key, as pinned in the registry.
    pub fn tls_pin(&self) -> [u8; 32] {
        self.pin
    }

    /// What the provider knows and does.
    pub fn status(&self) -> EngineStatus {
        self.link.status()
    }

    /// Waits until the status satisfies a condition. Give it a timeout.
    pub async fn wait_until(&self, condition: impl Fn(&EngineStatus) -> bool) -> Result<EngineStatus, DaemonError> {
        let mut link = self.link.clone();
        loop {
            let status = link.status();
            if condition(&status) {
                return Ok(status);
            }
            if !link.changed().await {
                return Err(DaemonError::Ended);
            }
        }
    }

    /// Withdraws what a lease has earned, now.
    pub async fn withdraw(&self, lease: &LeaseId, payout: Payout) -> Result<Withdrawal, DaemonError> {
        let leases = vec![lease.clone()];
        let withdrawal = self.chain.0.withdraw(leases.clone(), payout == Payout::Redeem).await?;
        self.link.tell(Input::Outcome(Outcome::Withdrawn { leases })).await;
        Ok(withdrawal)
    }

    /// Ends everything and waits for it.
    pub async fn shutdown(mut self) {
        self.gateway.end().await;
        for task in std::mem::take(&mut self.tasks) {
            task.abort();
            let _ = task.await;
        }
    }
}

impl Drop for DaemonHandle {
    fn drop(&mut self) {
        self.gateway.stop();
        for task in &self.tasks {
            task.abort();
        }
    }
}
