//! From an order on chain to a running workload and its end.

use std::sync::Arc;
use std::time::Duration;

use supercloud_provider::{Cluster, Daemon, DaemonError, FakeCluster, Payout};
use supercloud_provider_engine::WorkloadPhase;
use supercloud_schema::market::reason;

use crate::world::{World, address, eventually, parts, sdl};

#[tokio::test]
async fn a_lease_is_won_started_ended_and_paid_out() {
    let (world, cluster) = World::with_fake_cluster().await;
    let sdl = sdl("nginx");
    let lease = world.lease(&sdl).await;
    let (bid, terms) = world.chain.state().bids[0].clone();
    assert_eq!((&bid, &bid.provider), (&lease, &address(1)));
    // Half a core, half a GiB and one GPU.
    assert_eq!(terms.price.to_string(), "2");
    assert_eq!(
        terms.offer[0].resources.gpu.attributes[1].key,
        "vendor/nvidia/model/a100/ram/40Gi/interface/pcie"
    );

    assert_eq!(
        world
            .tenant()
            .send_manifest(lease.dseq.u64(), &sdl.manifest())
            .await
            .unwrap(),
        std::slice::from_ref(&lease)
    );
    eventually(|| !cluster.running().is_empty()).await;
    assert_eq!(cluster.running()[0].2.replicas[0].gpus[0].uuid, "GPU-1");

    world.chain.end(&lease);
    eventually(|| cluster.running().is_empty()).await;
    eventually(|| !world.chain.state().withdrawals.is_empty()).await;
    assert_eq!(world.chain.state().withdrawals, [(vec![lease], false)]);
    eventually(|| world.daemon.status().leases.is_empty()).await;
}

#[tokio::test]
async fn an_unreachable_chain_ends_nothing() {
    let (world, cluster) = World::with_fake_cluster().await;
    let sdl = sdl("nginx");
    let lease = world.lease(&sdl).await;
    world
        .tenant()
        .send_manifest(lease.dseq.u64(), &sdl.manifest())
        .await
        .unwrap();
    eventually(|| !cluster.running().is_empty()).await;
    world.chain.state().down = true;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(cluster.running().len(), 1);
    world.chain.state().down = false;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(cluster.running().len(), 1);
    assert_eq!(world.chain.state().closed, []);
}

#[tokio::test]
async fn a_restart_continues_with_the_stored_manifest() {
    let (world, cluster) = World::with_fake_cluster().await;
    let sdl = sdl("nginx");
    let lease = world.lease(&sdl).await;
    world
        .tenant()
        .send_manifest(lease.dseq.u64(), &sdl.manifest())
        .await
        .unwrap();
    eventually(|| !cluster.running().is_empty()).await;
    let World { chain, daemon, dir } = world;
    let pin = daemon.tls_pin();
    daemon.shutdown().await;

    let fresh = Arc::new(FakeCluster::new());
    let parts = parts(Arc::clone(&chain), Arc::clone(&fresh) as Arc<dyn Cluster>, dir.path());
    let again = Daemon::spawn_with(parts).await.unwrap();
    assert_eq!(again.tls_pin(), pin);
    eventually(|| !fresh.running().is_empty()).await;
    assert_eq!(fresh.running()[0].0, lease);
    let state = chain.state();
    assert_eq!((state.bids.len(), state.closed.len()), (1, 0));
}

#[tokio::test]
async fn a_lease_without_a_manifest_is_closed_by_block_time() {
    let (world, _) = World::with_fake_cluster().await;
    let lease = world.lease(&sdl("nginx")).await;
    world.chain.state().now += 298;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(world.chain.state().closed, []);
    world.chain.state().now += 10;
    eventually(|| !world.chain.state().closed.is_empty()).await;
    assert_eq!(world.chain.state().closed, [(lease, reason::MANIFEST_TIMEOUT)]);
}

#[tokio::test]
async fn services_that_end_by_themselves_are_started_again() {
    let (world, cluster) = World::with_fake_cluster().await;
    let sdl = sdl("nginx");
    let lease = world.lease(&sdl).await;
    world
        .tenant()
        .send_manifest(lease.dseq.u64(), &sdl.manifest())
        .await
        .unwrap();
    eventually(|| world.daemon.status().leases[0].workload == WorkloadPhase::Running).await;
    cluster.break_lease(&lease, "exit status: 1");
    let error = "service \"web\" ended: exit status: 1".to_owned();
    eventually(|| world.daemon.status().leases[0].workload == WorkloadPhase::Failed { error: error.clone() }).await;
    world.chain.state().now += 10;
    eventually(|| world.daemon.status().leases[0].workload == WorkloadPhase::Running).await;
}

#[tokio::test]
async fn earnings_are_withdrawn_on_command() {
    let (world, _) = World::with_fake_cluster().await;
    let lease = world.lease(&sdl("nginx")).await;
    let withdrawal = world.daemon.withdraw(&lease, Payout::Redeem).await.unwrap();
    assert_eq!(
        (withdrawal.amount.u128(), withdrawal.tx_hash.as_deref()),
        (7, Some("AB"))
    );
    assert_eq!(world.chain.state().withdrawals, [(vec![lease.clone()], true)]);
    world.chain.state().down = true;
    assert!(matches!(
        world.daemon.withdraw(&lease, Payout::Act).await,
        Err(DaemonError::Transaction(_))
    ));
}

#[tokio::test]
async fn dropping_the_handle_frees_the_port() {
    let (world, _) = World::with_fake_cluster().await;
    let address = world.daemon.gateway_addr();
    drop(world);
    eventually(|| std::net::TcpListener::bind(address).is_ok()).await;
}
