//! Ranges of a contract's storage.

use crate::address::Address;
use crate::error::SdkError;
use crate::gas::kv;
use crate::machine::Machine;
use crate::state::compute_prefix_end;
use crate::state_key;
use crate::store::Direction;
use crate::wasm::json::{Binary, RawRangeResponse};

use super::{Failure, ok};

/// What is asked for of a contract's storage.
pub(super) struct Range {
    pub(super) start: Option<Binary>,
    pub(super) end: Option<Binary>,
    pub(super) limit: u16,
    pub(super) order: String,
}

pub(super) fn answer_raw_range(machine: &mut Machine<'_>, address: &Address, range: Range) -> Result<Vec<u8>, Failure> {
    let direction = match range.order.as_str() {
        "ascending" => Direction::Ascending,
        "descending" => Direction::Descending,
        other => return Err(SdkError::InvalidRequest(format!("unknown order {other}")).into()),
    };
    let prefix = state_key::wasm::storage(address);
    let start = [prefix.as_slice(), &range.start.unwrap_or_default().0].concat();
    let end = match range.end {
        Some(end) => Some([prefix.as_slice(), &end.0].concat()),
        None => compute_prefix_end(&prefix),
    };
    let limit = usize::from(range.limit);
    let (mut cost, affordable) = (0u64, machine.gas.remaining());
    let (mut entries, mut next_key) = (Vec::new(), None);
    let found = machine.state.range(Some(&start), end.as_deref(), direction);
    let mut found = found.within(affordable);
    loop {
        // The end costs a step too, and what is beyond the limit is looked at: it is the next key.
        let entry = found.next();
        cost += entry.as_ref().map_or(kv::ITERATOR_STEP, |(key, value)| {
            kv::compute_step(state_key::compute_metered_len(key), value.len())
        });
        let so_far = cost.saturating_add(found.skip_gas());
        let Some((key, value)) = entry.filter(|_| so_far <= affordable) else {
            break;
        };
        let own_key = Binary(key[prefix.len()..].to_vec());
        if entries.len() == limit {
            next_key = Some(own_key);
            break;
        }
        entries.push((own_key, Binary(value)));
    }
    let cost = cost.saturating_add(found.skip_gas());
    drop(found);
    machine.charge(cost, "IterNext")?;
    ok(&RawRangeResponse {
        data: entries,
        next_key,
    })
}
