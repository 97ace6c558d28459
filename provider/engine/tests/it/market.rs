//! Building blocks: nodes, orders, leases, and an engine that has seen them.

use cosmwasm_std::{Decimal, Uint64};
use supercloud_provider_engine::{
    ChainView, Effect, Engine, EngineConfig, GpuDevice, GpuInterface, GpuRate, Input, Inventory, Node, Outcome,
    Pricing, ProviderRecord,
};
use supercloud_schema::id::{LeaseId, OrderId};
use supercloud_schema::market::{Lease, LeaseState, Order, OrderState};
use supercloud_schema::money::UnitPrice;
use supercloud_schema::resource::{
    Attribute, Cpu, Endpoint, EndpointKind, Gpu, GroupSpec, Memory, PlacementRequirements, ResourceUnit, Resources,
    Storage,
};
use supercloud_sdl::ManifestGroup;

pub(crate) const PROVIDER: &str = "akash1provider";
pub(crate) const GIB: u64 = 1 << 30;

pub(crate) fn attribute(key: &str, value: &str) -> Attribute {
    Attribute {
        key: key.into(),
        value: value.into(),
    }
}

pub(crate) fn device(uuid: &str, model: &str, memory_gib: u64) -> GpuDevice {
    GpuDevice {
        uuid: uuid.into(),
        vendor: "nvidia".into(),
        model: model.into(),
        memory_gib,
        interface: GpuInterface::Pcie,
    }
}

pub(crate) fn node(name: &str, gpus: Vec<GpuDevice>) -> Node {
    Node {
        name: name.into(),
        cpu_millis: 16_000,
        memory_bytes: 64 * GIB,
        ephemeral_bytes: 500 * GIB,
        volumes: [("beta3".to_owned(), 1000 * GIB)].into(),
        gpus,
    }
}

pub(crate) fn unit(id: u32, count: u32, gpus: u64, keys: &[&str]) -> ResourceUnit {
    ResourceUnit {
        resources: Resources {
            id,
            cpu: Cpu {
                units: Uint64::new(1000),
                attributes: vec![],
            },
            memory: Memory {
                quantity: Uint64::new(GIB),
                attributes: vec![],
            },
            storage: vec![Storage {
                name: "default".into(),
                quantity: Uint64::new(GIB),
                attributes: vec![],
            }],
            gpu: Gpu {
                units: Uint64::new(gpus),
                attributes: keys.iter().map(|key| attribute(key, "true")).collect(),
            },
            endpoints: vec![Endpoint {
                kind: EndpointKind::SharedHttp {},
                sequence_number: 0,
            }],
        },
        count,
        price: UnitPrice(Decimal::percent(100_000)),
    }
}

pub(crate) fn spec(units: Vec<ResourceUnit>) -> GroupSpec {
    GroupSpec {
        name: "dc".into(),
        requirements: PlacementRequirements::default(),
        resources: units,
    }
}

pub(crate) fn order(dseq: u64, spec: GroupSpec) -> Order {
    Order {
        id: OrderId {
            owner: "akash1tenant".into(),
            dseq: Uint64::new(dseq),
            gseq: 1,
            oseq: 1,
        },
        state: OrderState::Open {},
        spec,
        max_price: UnitPrice(Decimal::percent(100_000)),
        reclamation_seconds: None,
        created_at: 0,
    }
}

pub(crate) fn lease_of(order: &Order) -> Lease {
    Lease {
        id: order.id.bid(PROVIDER, 1),
        state: LeaseState::Active {},
        price: UnitPrice(Decimal::one()),
        created_at: 0,
        closed_at: None,
        closed_reason: None,
        reclamation_seconds: None,
        reclaim: None,
    }
}

pub(crate) fn closed(mut lease: Lease) -> Lease {
    lease.state = LeaseState::Closed {};
    lease
}

pub(crate) fn manifest(image: &str) -> ManifestGroup {
    let text = format!(
        r#"[{{"name":"dc","services":[{{"name":"web","image":"{image}","command":null,"args":null,"env":null,
        "resources":{{"id":1,"cpu":{{"units":{{"val":"1000"}}}},"memory":{{"size":{{"val":"1"}}}},"gpu":{{"units":{{"val":"0"}}}},
        "endpoints":[]}},"count":1,"expose":[],"credentials":null}}]}}]"#
    );
    serde_json::from_str::<Vec<ManifestGroup>>(&text).unwrap().remove(0)
}

pub(crate) fn pricing() -> Pricing {
    Pricing {
        cpu_core: Decimal::one(),
        memory_gib: Decimal::one(),
        ephemeral_gib: Decimal::one(),
        volume_gib: [("beta3".to_owned(), Decimal::one())].into(),
        endpoint: Decimal::zero(),
        gpus: vec![GpuRate {
            kind: "*".into(),
            rate: Decimal::percent(10_000),
        }],
        multiplier: Decimal::one(),
    }
}

/// An engine that knows its record and its machines.
pub(crate) fn engine(nodes: Vec<Node>) -> Engine {
    let mut engine = Engine::new(EngineConfig::new(PROVIDER, pricing())).unwrap();
    let inventory = Inventory { nodes };
    let mut attributes = inventory.capabilities();
    attributes.push(attribute("region", "eu"));
    engine.step(Input::Inventory(inventory));
    engine.step(Input::Provider(Some(ProviderRecord {
        attributes,
        audited: vec![],
    })));
    engine
}

pub(crate) fn view(now: u64, orders: &[&Order], leases: &[&Lease]) -> Input {
    Input::Chain(ChainView {
        now,
        orders: orders.iter().map(|order| (*order).clone()).collect(),
        leases: leases.iter().map(|lease| (*lease).clone()).collect(),
    })
}

/// Shows the orders and answers every question for own bids with "none"; returns what is then to be done.
pub(crate) fn see_orders(engine: &mut Engine, now: u64, orders: &[&Order]) -> Vec<Effect> {
    let mut effects = Vec::new();
    for effect in engine.step(view(now, orders, &[])) {
        match effect {
            Effect::FindOwnBid { order } => {
                effects.extend(engine.step(Input::Outcome(Outcome::OwnBid { order, bid: None })));
            }
            other => effects.push(other),
        }
    }
    effects
}

/// Bids on the order and wins it.
pub(crate) fn win(engine: &mut Engine, now: u64, order: &Order) -> LeaseId {
    see_orders(engine, now, &[order]);
    let lease = lease_of(order);
    engine.step(Input::Outcome(Outcome::BidPlaced { bid: lease.id.clone() }));
    engine.step(view(now, &[], &[&lease]));
    lease.id
}
