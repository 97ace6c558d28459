//! What an order costs: a rate per second from rates per resource, GPUs by kind, times a multiplier.
//!
//! Rates are `uact` per second with 18 decimals. Products are kept exact and the sum is rounded up once: the provider
//! never earns less than its own rates.

use std::collections::BTreeMap;

use cosmwasm_std::{Decimal, Uint128, Uint256};
use serde::{Deserialize, Serialize};
use supercloud_schema::money::UnitPrice;
use supercloud_schema::resource::{EndpointKind, GroupSpec, ResourceUnit};
use thiserror::Error;

use crate::inventory::GpuDevice;
use crate::placement::{Needs, Placement};
use crate::refusal::Refusal;

const GIB: u128 = 1 << 30;
const MILLIS: u128 = 1000;

/// A rate for one kind of GPU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GpuRate {
    /// `*`, a model, `model.80Gi` or `model.80Gi.sxm`; the most exact entry counts.
    pub kind: String,
    /// `uact` per second and device.
    pub rate: Decimal,
}

/// Rates in `uact` per second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pricing {
    /// Per core.
    pub cpu_core: Decimal,
    /// Per GiB of memory, volumes in memory included.
    pub memory_gib: Decimal,
    /// Per GiB of plain volumes.
    #[serde(default)]
    pub ephemeral_gib: Decimal,
    /// Per GiB of persistent volumes, by class; a class without a rate is not served.
    #[serde(default)]
    pub volume_gib: BTreeMap<String, Decimal>,
    /// Per endpoint of a group, not per replica.
    #[serde(default)]
    pub endpoint: Decimal,
    /// Per device; a device without a rate is not offered.
    #[serde(default)]
    pub gpus: Vec<GpuRate>,
    /// Applied to the sum; 1 when absent.
    #[serde(default = "Decimal::one")]
    pub multiplier: Decimal,
}

/// Why prices cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PricingError {
    /// A multiplier of zero gives everything away.
    #[error("the multiplier is zero")]
    ZeroMultiplier,
    /// The same kind twice.
    #[error("gpu kind {0:?} has two rates")]
    RepeatedGpu(String),
}

impl Pricing {
    /// Refuses what cannot be meant.
    pub fn check(&self) -> Result<(), PricingError> {
        if self.multiplier.is_zero() {
            return Err(PricingError::ZeroMultiplier);
        }
        for (index, rate) in self.gpus.iter().enumerate() {
            if self.gpus[..index].iter().any(|earlier| earlier.kind == rate.kind) {
                return Err(PricingError::RepeatedGpu(rate.kind.clone()));
            }
        }
        Ok(())
    }

    /// The rate of one device, by the most exact entry.
    pub fn gpu_rate(&self, device: &GpuDevice) -> Option<Decimal> {
        let memory = format!("{}.{}Gi", device.model, device.memory_gib);
        let exact = format!("{memory}.{}", device.interface);
        [exact.as_str(), memory.as_str(), device.model.as_str(), "*"]
            .into_iter()
            .find_map(|kind| self.gpus.iter().find(|rate| rate.kind == kind))
            .map(|rate| rate.rate)
    }

    /// The rate for a whole group in its place.
    pub(crate) fn compute_price(&self, spec: &GroupSpec, placement: &Placement) -> Result<UnitPrice, Refusal> {
        let mut sum = Sum::default();
        for unit in &spec.resources {
            self.add_unit(&mut sum, unit)?;
        }
        for device in placement.replicas.iter().flat_map(|replica| &replica.gpus) {
            let rate = self.gpu_rate(device).ok_or_else(|| Refusal::Unpriced {
                what: format!("gpu {}", device.model),
            })?;
            sum.add(rate, 1, 1);
        }
        sum.times(self.multiplier).ok_or(Refusal::PriceOverflow)
    }

    fn add_unit(&self, sum: &mut Sum, unit: &ResourceUnit) -> Result<(), Refusal> {
        let needs = Needs::of(&unit.resources);
        let count = u128::from(unit.count);
        sum.add(self.cpu_core, u128::from(needs.cpu_millis) * count, MILLIS);
        sum.add(self.memory_gib, u128::from(needs.memory_bytes) * count, GIB);
        sum.add(self.ephemeral_gib, u128::from(needs.ephemeral_bytes) * count, GIB);
        for (class, bytes) in &needs.volumes {
            let rate = self.volume_gib.get(class).ok_or_else(|| Refusal::Unpriced {
                what: format!("storage class {class}"),
            })?;
            sum.add(*rate, u128::from(*bytes) * count, GIB);
        }
        let endpoints = unit
            .resources
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.kind != EndpointKind::LeasedIp {})
            .count();
        sum.add(self.endpoint, endpoints as u128, 1);
        Ok(())
    }
}

/// Sum of rate x amount in units of 10^-18 uact per second, over the common denominator of cores and GiB.
#[derive(Default)]
struct Sum(Uint256);

/// Both divisors divide this.
const DENOMINATOR: u128 = MILLIS * GIB;

impl Sum {
    /// Adds `rate * amount / divisor`, exactly. Amounts are below 2^110 and rates below 2^128: no overflow in 256 bits.
    fn add(&mut self, rate: Decimal, amount: u128, divisor: u128) {
        let scaled = Uint256::from(rate.atomics()) * Uint256::from(amount) * Uint256::from(DENOMINATOR / divisor);
        self.0 += scaled;
    }

    fn times(self, multiplier: Decimal) -> Option<UnitPrice> {
        let one = Uint256::from(Decimal::one().atomics());
        let product = self.0.checked_mul(multiplier.atomics().into()).ok()?;
        let divisor = Uint256::from(DENOMINATOR) * one;
        let rounded_up = product.checked_add(divisor - Uint256::one()).ok()? / divisor;
        Uint128::try_from(rounded_up)
            .ok()
            .map(|atomics| UnitPrice(Decimal::new(atomics)))
    }
}
