//! The process backend with real programs.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use supercloud_provider::{
    Cluster, ClusterConfig, ClusterError, Contracts, Daemon, DaemonConfig, DaemonError, InventorySource, LogQuery,
    ProcessCluster, ProcessConfig, Registration, Settings,
};
use supercloud_provider_engine::{Placement, WorkloadPhase};
use supercloud_schema::id::LeaseId;
use supercloud_sdl::ManifestGroup;

use crate::world::{DSEQ, World, address, eventually, inventory, key, sdl};

fn config(images: &[(&str, &[&str])]) -> ProcessConfig {
    let argv = |list: &[&str]| list.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
    ProcessConfig {
        images: images
            .iter()
            .map(|(image, list)| ((*image).to_owned(), argv(list)))
            .collect(),
    }
}

fn group(image: &str) -> ManifestGroup {
    sdl(image).manifest().groups()[0].clone()
}

fn lease() -> LeaseId {
    supercloud_schema::id::OrderId {
        owner: address(2),
        dseq: DSEQ.into(),
        gseq: 1,
        oseq: 1,
    }
    .bid(address(1), 1)
}

/// Not a test: a tiny web server that the others start as a workload, so that no other program is needed.
#[test]
#[ignore = "the other tests run it as a program"]
fn serve_one_page_for_ever() {
    let Ok(port) = std::env::var("PORT") else { return };
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    eprintln!("listening");
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let _ = stream.read(&mut [0u8; 1024]);
        let body = std::env::var("GREETING").unwrap_or_default();
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
    }
}

fn this_server() -> Vec<String> {
    let program = std::env::current_exe().unwrap().into_os_string().into_string().unwrap();
    let arguments = [
        "--ignored",
        "--exact",
        "process::serve_one_page_for_ever",
        "--nocapture",
    ];
    std::iter::once(program).chain(arguments.map(str::to_owned)).collect()
}

fn fetch(port: u16) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[tokio::test]
async fn a_leased_service_really_serves_and_stops_with_the_lease() {
    let dir = tempfile::tempdir().unwrap();
    let images = BTreeMap::from([("nginx".to_owned(), this_server())]);
    let cluster = Arc::new(ProcessCluster::new(ProcessConfig { images }, dir.path()).unwrap());
    let world = World::start(cluster).await;
    let sdl = sdl("nginx");
    let lease = world.lease(&sdl).await;
    let tenant = world.tenant();
    tenant.send_manifest(DSEQ, &sdl.manifest()).await.unwrap();
    eventually(|| world.daemon.status().leases[0].workload == WorkloadPhase::Running).await;
    let report = tenant.lease_status(&lease).await.unwrap();
    let port = &report.forwarded_ports["web"][0];
    assert_eq!((port.port, port.host.as_str()), (8080, "127.0.0.1"));
    let mut answer = None;
    eventually(|| {
        answer = fetch(port.external_port);
        answer.is_some()
    })
    .await;
    assert!(answer.unwrap().ends_with("hello"));
    let lines = tenant
        .logs(
            &lease,
            &LogQuery {
                services: vec!["web".into()],
                tail: None,
            },
        )
        .await
        .unwrap();
    assert!(lines.iter().any(|line| line.message == "listening"), "{lines:?}");

    world.chain.end(&lease);
    eventually(|| fetch(port.external_port).is_none()).await;
}

#[tokio::test]
async fn an_image_that_is_not_mapped_is_refused_before_anything_starts() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = ProcessCluster::new(config(&[("nginx", &["sleep", "60"])]), dir.path()).unwrap();
    let refused = cluster.start(&lease(), &group("evil"), &Placement::default()).await;
    assert_eq!(
        refused,
        Err(ClusterError::UnmappedImage {
            service: "web".into(),
            image: "evil".into()
        })
    );
    assert_eq!(cluster.status(&lease()).await, None);
}

#[tokio::test]
async fn variables_that_choose_other_code_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = ProcessCluster::new(config(&[("nginx", &["sleep", "60"])]), dir.path()).unwrap();
    for name in ["LD_PRELOAD", "PATH"] {
        let mut group = group("nginx");
        group.services[0].env = Some(vec![format!("{name}=/tmp")]);
        assert_eq!(
            cluster.start(&lease(), &group, &Placement::default()).await,
            Err(ClusterError::ForbiddenVariable {
                service: "web".into(),
                name: name.into()
            })
        );
    }
}

#[tokio::test]
async fn stopping_ends_the_whole_process_group() {
    let dir = tempfile::tempdir().unwrap();
    let script = "sleep 300 & echo child $!; trap '' TERM; wait; sleep 300";
    let cluster = ProcessCluster::new(config(&[("nginx", &["sh", "-c", script])]), dir.path()).unwrap();
    cluster
        .start(&lease(), &group("nginx"), &Placement::default())
        .await
        .unwrap();
    let mut child = None;
    for _ in 0..500 {
        let lines = cluster.logs(&lease(), &LogQuery::default()).await.unwrap();
        child = lines
            .first()
            .and_then(|line| line.message.strip_prefix("child ").map(str::to_owned));
        if child.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let child = child.unwrap();
    let lives = || {
        let stat = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        !stat.is_empty() && !stat.contains(") Z ")
    };
    assert!(lives());
    cluster.stop(&lease()).await.unwrap();
    eventually(|| !lives()).await;
    assert_eq!(cluster.status(&lease()).await, None);
    // Stopping what does not run is no error.
    cluster.stop(&lease()).await.unwrap();
}

#[tokio::test]
async fn a_program_that_ends_is_reported_with_its_status() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = ProcessCluster::new(
        config(&[("nginx", &["sh", "-c", "echo $GREETING; exit 3"])]),
        dir.path(),
    )
    .unwrap();
    cluster
        .start(&lease(), &group("nginx"), &Placement::default())
        .await
        .unwrap();
    for _ in 0..500 {
        let status = cluster.status(&lease()).await.unwrap().services["web"].clone();
        if let Some(failure) = status.failure {
            assert_eq!(
                (status.available, status.total, failure.as_str()),
                (0, 1, "exit status: 3")
            );
            let lines = cluster.logs(&lease(), &LogQuery::default()).await.unwrap();
            assert_eq!(lines[0].message, "hello");
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never ended");
}

#[tokio::test]
async fn a_program_that_does_not_exist_is_a_failed_start() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = ProcessCluster::new(config(&[("nginx", &["/no/such/program"])]), dir.path()).unwrap();
    let result = cluster.start(&lease(), &group("nginx"), &Placement::default()).await;
    assert!(matches!(result, Err(ClusterError::Start { .. })), "{result:?}");
    let empty = ProcessCluster::new(config(&[("nginx", &[])]), dir.path());
    assert!(matches!(empty, Err(ClusterError::Config(_))));
}

#[tokio::test]
async fn backends_that_are_not_built_say_so() {
    for (cluster, name) in [
        (ClusterConfig::Docker, "docker"),
        (ClusterConfig::Kubernetes, "kubernetes"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let config = DaemonConfig {
            rpc_url: "http://127.0.0.1:1".into(),
            key: key(1),
            contracts: Contracts {
                registry: "r".into(),
                market: "m".into(),
                escrow: "e".into(),
            },
            tx: supercloud_client::TxConfig::default(),
            inventory: InventorySource::Given(inventory()),
            cluster,
            attributes: vec![],
            info: supercloud_schema::registry::ProviderInfo::default(),
            registration: Registration::Keep,
            bid_deposit: None,
            pricing: supercloud_provider_engine::Pricing::default(),
            settings: Settings::new(dir.path()),
        };
        match Daemon::spawn(config).await {
            Err(DaemonError::BackendAbsent(found)) => assert_eq!(found, name),
            other => panic!("{other:?}"),
        }
    }
}
