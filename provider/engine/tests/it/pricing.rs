//! Exact prices.

use cosmwasm_std::Decimal;
use supercloud_provider_engine::{
    Effect, Engine, EngineConfig, GpuRate, Input, Inventory, Pricing, PricingError, ProviderRecord,
};

use crate::market::*;

fn price(pricing: Pricing, units: Vec<supercloud_schema::resource::ResourceUnit>) -> String {
    let mut engine = Engine::new(EngineConfig::new(PROVIDER, pricing)).unwrap();
    let inventory = Inventory {
        nodes: vec![node("a", vec![device("g1", "a100", 40)])],
    };
    let attributes = inventory.capabilities();
    engine.step(Input::Inventory(inventory));
    engine.step(Input::Provider(Some(ProviderRecord {
        attributes,
        audited: vec![],
    })));
    match &see_orders(&mut engine, 1, &[&order(1, spec(units))])[..] {
        [Effect::SubmitBid { price, .. }] => price.to_string(),
        [Effect::ReportRefusal { refusal, .. }] => refusal.to_string(),
        other => panic!("{other:?}"),
    }
}

fn atoms(atoms: u128) -> Decimal {
    Decimal::new(atoms.into())
}

fn rate(kind: &str, percent: u64) -> GpuRate {
    GpuRate {
        kind: kind.into(),
        rate: Decimal::percent(percent),
    }
}

#[test]
fn the_most_exact_gpu_rate_counts() {
    let gpu = || vec![unit(1, 1, 1, &["vendor/nvidia/model/a100"])];
    let with = |gpus| price(Pricing { gpus, ..pricing() }, gpu());
    assert_eq!(with(vec![rate("*", 100), rate("a100", 200)]), "5");
    assert_eq!(
        with(vec![rate("a100", 200), rate("a100.40Gi", 300), rate("a100.80Gi", 900)]),
        "6"
    );
    assert_eq!(with(vec![rate("a100.40Gi", 300), rate("a100.40Gi.pcie", 400)]), "7");
    assert_eq!(with(vec![rate("h100", 100)]), "there is no price for gpu a100");
}

#[test]
fn the_sum_is_multiplied_and_rounded_up_once() {
    let tiny = Pricing {
        cpu_core: atoms(1),
        memory_gib: atoms(1),
        ephemeral_gib: Decimal::zero(),
        multiplier: Decimal::percent(50),
        ..pricing()
    };
    // One core and one GiB: (1 + 1) x 0.5 = 1 atom; with three replicas 3.
    assert_eq!(price(tiny.clone(), vec![unit(1, 1, 0, &[])]), atoms(1).to_string());
    let odd = Pricing {
        memory_gib: Decimal::zero(),
        ..tiny
    };
    assert_eq!(price(odd.clone(), vec![unit(1, 1, 0, &[])]), atoms(1).to_string());
    assert_eq!(price(odd, vec![unit(1, 3, 0, &[])]), atoms(2).to_string());
}

#[test]
fn prices_that_cannot_be_meant_are_refused_at_the_start() {
    let refused = |pricing| Engine::new(EngineConfig::new(PROVIDER, pricing)).unwrap_err();
    assert_eq!(
        refused(Pricing {
            multiplier: Decimal::zero(),
            ..pricing()
        }),
        PricingError::ZeroMultiplier
    );
    assert_eq!(
        refused(Pricing {
            gpus: vec![rate("a100", 1), rate("a100", 2)],
            ..pricing()
        }),
        PricingError::RepeatedGpu("a100".into())
    );
}
