//! Pages of lists. Every list of the state is a range of keys below a prefix.

use supercloud_proto::cosmos::base::query::v1beta1::{PageRequest, PageResponse};

use crate::gas::kv;
use crate::machine::Machine;
use crate::query::QueryError;
use crate::state::compute_prefix_end;
use crate::state_key::compute_metered_len;
use crate::store::Direction;

/// Entries of a page when the request does not say.
const DEFAULT_LIMIT: u64 = 100;
/// Most entries of a page.
const MAX_LIMIT: u64 = 1_000;

/// A stored entry; the key is without the prefix of the list.
pub(crate) struct Item<'a> {
    pub(crate) key: &'a [u8],
    pub(crate) value: &'a [u8],
}

/// One page of the list below `prefix`, of which every entry is an element. `read` sees only those of the page. Every entry
/// that is looked at is paid for: contracts may ask too.
pub(crate) fn read_page<T>(
    machine: &mut Machine<'_>,
    prefix: &[u8],
    request: Option<PageRequest>,
    mut read: impl FnMut(&Machine<'_>, Item<'_>) -> Result<T, QueryError>,
) -> Result<(Vec<T>, Option<PageResponse>), QueryError> {
    walk(machine, prefix, request, |machine, item, is_wanted| {
        Ok(Some(is_wanted.then(|| read(machine, item)).transpose()?))
    })
}

/// As [`read_page`] of a list of which some entries are no elements: `read` makes nothing of those.
pub(crate) fn read_filtered_page<T>(
    machine: &mut Machine<'_>,
    prefix: &[u8],
    request: Option<PageRequest>,
    mut read: impl FnMut(&Machine<'_>, Item<'_>) -> Result<Option<T>, QueryError>,
) -> Result<(Vec<T>, Option<PageResponse>), QueryError> {
    walk(machine, prefix, request, |machine, item, _| {
        Ok(read(machine, item)?.map(Some))
    })
}

/// `read` is told whether the element would be on the page, and answers with nothing where the entry is no element, and with an
/// empty element where it was not wanted.
fn walk<T>(
    machine: &mut Machine<'_>,
    prefix: &[u8],
    request: Option<PageRequest>,
    mut read: impl FnMut(&Machine<'_>, Item<'_>, bool) -> Result<Option<Option<T>>, QueryError>,
) -> Result<(Vec<T>, Option<PageResponse>), QueryError> {
    let request = request.unwrap_or_default();
    if request.offset > 0 && !request.key.is_empty() {
        let text = "invalid request, either offset or key is expected, got both";
        return Err(QueryError::InvalidArgument(text.to_owned()));
    }
    let limit = if request.limit == 0 {
        DEFAULT_LIMIT
    } else {
        request.limit.min(MAX_LIMIT)
    };
    // Who names no limit gets the total too, as in the Cosmos SDK.
    let count_total = (request.count_total || request.limit == 0) && request.key.is_empty();
    let (start, end, direction) = compute_range(prefix, &request);

    let (mut elements, mut next_key, mut total) = (Vec::new(), Vec::new(), 0u64);
    let (mut cost, affordable) = (0u64, machine.gas.remaining());
    let range = machine.state.range(Some(&start), end.as_deref(), direction);
    let mut range = range.within(affordable);
    while let Some((key, value)) = range.next() {
        cost = cost.saturating_add(kv::compute_step(compute_metered_len(&key), value.len()));
        if cost.saturating_add(range.skip_gas()) > affordable {
            break;
        }
        let key = &key[prefix.len()..];
        let full = elements.len() as u64 == limit;
        if full && !count_total && !next_key.is_empty() {
            break;
        }
        let is_wanted = !full && total >= request.offset;
        let Some(element) = read(machine, Item { key, value: &value }, is_wanted)? else {
            continue;
        };
        total += 1;
        if total <= request.offset {
            continue;
        }
        if !full {
            elements.extend(element);
        } else if next_key.is_empty() {
            next_key = key.to_vec();
        }
    }
    let cost = cost.saturating_add(range.skip_gas());
    drop(range);
    machine.charge(cost, "IterNext")?;
    Ok((
        elements,
        Some(PageResponse {
            next_key,
            total: if count_total { total } else { 0 },
        }),
    ))
}

fn compute_range(prefix: &[u8], request: &PageRequest) -> (Vec<u8>, Option<Vec<u8>>, Direction) {
    let from = [prefix, &request.key].concat();
    match (request.reverse, request.key.is_empty()) {
        (false, _) => (from, compute_prefix_end(prefix), Direction::Ascending),
        (true, true) => (from, compute_prefix_end(prefix), Direction::Descending),
        // The key itself is the first element of the page, so the end lies just behind it.
        (true, false) => (
            prefix.to_vec(),
            Some([from.as_slice(), &[0]].concat()),
            Direction::Descending,
        ),
    }
}
