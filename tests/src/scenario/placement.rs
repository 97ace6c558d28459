//! Who may serve an order.

use cosmwasm_std::Uint64;
use supercloud_market::MarketError;
use supercloud_rules::matching::Mismatch;
use supercloud_schema::market::ExecuteMsg;
use supercloud_schema::registry;
use supercloud_schema::resource::GroupSpec;

use crate::suite::{ONE, Suite, assert_refused, attribute, group};
use crate::world::World;

fn gpu_group(auditor: &str) -> GroupSpec {
    let mut spec = group("gpu");
    spec.requirements.attributes = vec![attribute("region", "eu")];
    spec.requirements.signed_by.any_of = vec![auditor.to_string()];
    spec.resources[0].resources.gpu.units = Uint64::one();
    spec.resources[0].resources.gpu.attributes = vec![attribute("vendor/nvidia/model/*", "true")];
    spec
}

fn sign<W: World>(s: &mut Suite<W>, auditor: &str, provider: &str) {
    let attributes = vec![attribute("region", "eu")];
    let msg = registry::ExecuteMsg::SignAttributes {
        provider: provider.to_string(),
        attributes,
    };
    let registry = s.at.registry.clone();
    s.execute(auditor, &registry, &msg, &[]).unwrap();
}

/// 61: region vouched for by an auditor, GPU claimed by the provider.
pub fn gpu_order_goes_to_an_audited_provider_only(world: impl World) {
    let mut s = Suite::deploy(world);
    let auditor = s.purse("auditor");
    let own = || attribute("region", "eu");
    let gpu = |model: &str| attribute(&format!("capabilities/gpu/vendor/{model}"), "true");
    let right = s.provider("right", vec![own(), gpu("nvidia/model/h100")]);
    let other_gpu = s.provider("other-gpu", vec![own(), gpu("amd/model/mi300x")]);
    let unaudited = s.provider("unaudited", vec![own(), gpu("nvidia/model/h100")]);
    sign(&mut s, &auditor, &right);
    sign(&mut s, &auditor, &other_gpu);
    let order = s.create(vec![gpu_group(&auditor)], 10 * ONE).group(1).order(1);
    let refused = s.try_bid(&other_gpu, &order, ONE, None);
    assert_refused(refused, &MarketError::Mismatch(Mismatch::Gpu { unit: 1 }));
    let refused = s.try_bid(&unaudited, &order, ONE, None);
    assert_refused(refused, &MarketError::Mismatch(Mismatch::NotAudited));
    s.lease(&right, &order, ONE);
}

/// 99: the auditor withdraws its signature between bid and lease.
pub fn provider_that_no_longer_matches_gets_no_lease(world: impl World) {
    let mut s = Suite::deploy(world);
    let auditor = s.purse("auditor");
    let gpu = attribute("capabilities/gpu/vendor/nvidia/model/h100", "true");
    let provider = s.provider("p", vec![gpu]);
    sign(&mut s, &auditor, &provider);
    let order = s.create(vec![gpu_group(&auditor)], 10 * ONE).group(1).order(1);
    let bid = s.bid(&provider, &order, ONE);
    let msg = registry::ExecuteMsg::DeleteAttributes {
        provider: provider.clone(),
        keys: vec![],
    };
    let registry = s.at.registry.clone();
    s.execute(&auditor, &registry, &msg, &[]).unwrap();
    let refused = s.as_tenant(&ExecuteMsg::CreateLease { bid: bid.clone() });
    assert_refused(refused, &MarketError::Mismatch(Mismatch::NotAudited));
    sign(&mut s, &auditor, &provider);
    s.accept(&bid);
}
