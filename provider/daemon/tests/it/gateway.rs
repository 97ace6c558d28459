//! What the gateway lets through, and what not.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use supercloud_provider::LogQuery;
use supercloud_provider::gateway_client::{GatewayClient, GatewayClientError};
use supercloud_provider::jwt::{Access, Claims, DeploymentPermission, Leases, Permission, Scope, sign};

use crate::world::{DSEQ, HRP, World, address, eventually, key, sdl};

fn refused<T: std::fmt::Debug>(result: Result<T, GatewayClientError>) -> (u16, String) {
    match result.unwrap_err() {
        GatewayClientError::Refused { status, code, .. } => (status, code),
        other => panic!("{other}"),
    }
}

fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// A request with a token of the test's making, past the pin.
async fn get(world: &World, route: &str, token: Option<&str>) -> (u16, String) {
    // Fails when another test was first, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .build()
        .unwrap();
    let mut request = http.get(format!("{}{route}", world.daemon.host_uri()));
    if let Some(token) = token {
        request = request.header("authorization", token);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body: serde_json::Value = response.json().await.unwrap_or_default();
    (status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn bearer(leases: Leases) -> String {
    let claims = Claims::new(address(2), address(1), leases, now(), Duration::from_secs(60));
    format!("Bearer {}", sign(&claims, &key(2)).unwrap())
}

fn only(scope: Scope, service: &str) -> Leases {
    Leases::granular(vec![Permission {
        provider: address(1),
        access: Access::Granular,
        scope: None,
        deployments: Some(vec![DeploymentPermission {
            scope: vec![scope],
            dseq: DSEQ,
            gseq: 1,
            oseq: 1,
            services: vec![service.into()],
        }]),
    }])
}

#[tokio::test]
async fn a_manifest_must_be_the_one_on_chain_and_fit_a_lease_here() {
    let (world, cluster) = World::with_fake_cluster().await;
    let right = sdl("nginx");
    let tenant = world.tenant();
    assert_eq!(
        refused(tenant.send_manifest(DSEQ, &right.manifest()).await),
        code(404, "deployment_not_found")
    );
    let lease = world.lease(&right).await;
    assert_eq!(
        refused(tenant.send_manifest(DSEQ, &sdl("other").manifest()).await),
        code(422, "manifest_hash_mismatch")
    );
    assert_eq!(
        refused(tenant.send_manifest_json(DSEQ, "{}".into()).await),
        code(422, "manifest_invalid")
    );
    // Somebody else's deployment cannot even be addressed.
    let stranger = world.client_of(3);
    assert_eq!(
        refused(stranger.send_manifest(DSEQ, &right.manifest()).await),
        code(404, "deployment_not_found")
    );
    assert_eq!(cluster.running().len(), 0);
    tenant.send_manifest(DSEQ, &right.manifest()).await.unwrap();
    assert_eq!(
        tenant.lease_manifest(&lease).await.unwrap(),
        right.manifest().groups()[0]
    );
    world.chain.end(&lease);
    assert_eq!(
        refused(tenant.send_manifest(DSEQ, &right.manifest()).await),
        code(404, "lease_not_found")
    );
}

#[tokio::test]
async fn a_manifest_that_asks_for_more_than_was_leased_is_refused() {
    let (world, _) = World::with_fake_cluster().await;
    let right = sdl("nginx");
    world.lease(&right).await;
    let mut json: serde_json::Value = serde_json::from_str(&right.manifest().to_json()).unwrap();
    json[0]["services"][0]["count"] = 2.into();
    let text = json.to_string();
    let hash = supercloud_sdl::UncheckedManifest::from_json(text.as_bytes())
        .unwrap()
        .hash();
    world.chain.state().deployments[0].deployment.hash = hash.into();
    assert_eq!(
        refused(world.tenant().send_manifest_json(DSEQ, text).await),
        code(422, "manifest_does_not_fit")
    );
}

#[tokio::test]
async fn an_unreachable_chain_is_said_to_be_unreachable() {
    let (world, _) = World::with_fake_cluster().await;
    let right = sdl("nginx");
    world.lease(&right).await;
    world.chain.state().down = true;
    assert_eq!(
        refused(world.tenant().send_manifest(DSEQ, &right.manifest()).await),
        code(503, "chain_unreachable")
    );
}

#[tokio::test]
async fn status_and_logs_of_a_lease_are_for_its_owner() {
    let (world, cluster) = World::with_fake_cluster().await;
    let right = sdl("nginx");
    let lease = world.lease(&right).await;
    let tenant = world.tenant();
    assert_eq!(
        tenant.lease_status(&lease).await.unwrap().workload.phase,
        "waiting_for_manifest"
    );
    tenant.send_manifest(DSEQ, &right.manifest()).await.unwrap();
    eventually(|| !cluster.running().is_empty()).await;
    let report = tenant.lease_status(&lease).await.unwrap();
    assert!(report.is_ready(), "{report:?}");
    let lines = tenant.logs(&lease, &LogQuery::default()).await.unwrap();
    assert_eq!(
        (lines[0].name.as_str(), lines[0].message.as_str()),
        ("web-0", "nginx is up")
    );
    let none = LogQuery {
        services: vec!["db".into()],
        tail: Some(5),
    };
    assert_eq!(tenant.logs(&lease, &none).await.unwrap(), []);
    assert_eq!(
        refused(world.client_of(3).lease_status(&lease).await),
        code(404, "lease_not_found")
    );
}

#[tokio::test]
async fn a_lease_is_known_before_the_next_look_at_the_chain_and_a_manifest_at_once() {
    let (world, _) = World::with_slow_eyes().await;
    let right = sdl("nginx");
    let lease = world.lease_unseen(&right).await;
    let tenant = world.tenant();
    assert_eq!(
        tenant.lease_status(&lease).await.unwrap().workload.phase,
        "waiting_for_manifest"
    );
    tenant.send_manifest(DSEQ, &right.manifest()).await.unwrap();
    let phase = tenant.lease_status(&lease).await.unwrap().workload.phase;
    assert!(phase == "starting" || phase == "running", "{phase}");
}

#[tokio::test]
async fn public_routes_need_no_token_and_others_do() {
    let (world, _) = World::with_fake_cluster().await;
    for route in ["/status", "/version", "/address"] {
        assert_eq!(get(&world, route, None).await.0, 200, "{route}");
    }
    for route in ["/lease/7/1/1/status", "/lease/7/1/1/logs", "/lease/7/1/1/manifest"] {
        assert_eq!(get(&world, route, None).await, code(401, "token_missing"), "{route}");
        assert_eq!(
            get(&world, route, Some("Basic eA==")).await,
            code(400, "bad_request"),
            "{route}"
        );
        assert_eq!(
            get(&world, route, Some("Bearer x")).await,
            code(400, "token_malformed"),
            "{route}"
        );
    }
    assert_eq!(get(&world, "/shell", None).await, code(404, "route_not_found"));
}

#[tokio::test]
async fn every_route_asks_for_its_own_scope() {
    let (world, _) = World::with_fake_cluster().await;
    world.lease(&sdl("nginx")).await;
    let scopes = [
        ("status", Scope::Status),
        ("logs", Scope::Logs),
        ("manifest", Scope::GetManifest),
    ];
    for (route, needed) in scopes {
        for (_, given) in scopes {
            let (status, found) = get(
                &world,
                &format!("/lease/7/1/1/{route}"),
                Some(&bearer(Leases::scoped(vec![given]))),
            )
            .await;
            let expected = if given == needed { "" } else { "forbidden" };
            assert!(
                found == expected || found == "manifest_not_found",
                "{route} with {given}: {status} {found}"
            );
        }
    }
}

#[tokio::test]
async fn a_granular_token_reaches_its_lease_and_services_only() {
    let (world, cluster) = World::with_fake_cluster().await;
    let right = sdl("nginx");
    world.lease(&right).await;
    world.tenant().send_manifest(DSEQ, &right.manifest()).await.unwrap();
    eventually(|| !cluster.running().is_empty()).await;
    let logs = |service: &str| bearer(only(Scope::Logs, service));
    assert_eq!(get(&world, "/lease/7/1/1/logs", Some(&logs("web"))).await.0, 200);
    assert_eq!(
        get(&world, "/lease/7/1/1/logs?service=web", Some(&logs("db"))).await,
        code(403, "forbidden")
    );
    assert_eq!(
        get(&world, "/lease/7/1/2/logs", Some(&logs("web"))).await,
        code(403, "forbidden")
    );
    assert_eq!(
        get(&world, "/lease/8/1/1/logs", Some(&logs("web"))).await,
        code(403, "forbidden")
    );
    assert_eq!(
        get(&world, "/lease/7/1/1/status", Some(&logs("web"))).await,
        code(403, "forbidden")
    );
}

#[tokio::test]
async fn what_is_not_built_says_so() {
    let (world, _) = World::with_fake_cluster().await;
    world.lease(&sdl("nginx")).await;
    let token = bearer(Leases::full());
    assert_eq!(
        get(&world, "/lease/7/1/1/logs?follow=true", Some(&token)).await,
        code(501, "follow_not_built")
    );
    assert_eq!(
        get(&world, "/lease/7/1/1/logs?tail=-2", Some(&token)).await,
        code(400, "bad_request")
    );
}

#[tokio::test]
async fn another_key_than_the_pinned_one_is_not_spoken_to() {
    let (world, _) = World::with_fake_cluster().await;
    let mut pin = world.daemon.tls_pin();
    pin[0] ^= 1;
    let client = GatewayClient::pinned(world.daemon.host_uri(), pin, &address(1), key(2), HRP).unwrap();
    match client.status().await.unwrap_err() {
        GatewayClientError::Unreachable { reason, .. } => assert!(reason.contains("the registry pins"), "{reason}"),
        other => panic!("{other}"),
    }
    assert_eq!(world.tenant().status().await.unwrap()["address"], address(1));
}
