//! Which contracts a transaction called, with what, and what it cost: the tree that developers look at.
//!
//! Calls are recorded while blocks run and only where a node asks for it. Like all diagnostics they go into no state, event
//! or hash. The log is bounded: the oldest transactions leave first, long messages are cut.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::address::Address;
use crate::error::TxError;
use crate::machine::{Machine, TxPosition};
use crate::vm::EntryPoint;

/// Transactions whose calls are kept.
const MAX_TRACES: usize = 1_000;
/// Bytes of messages and answers that are kept.
const MAX_BYTES: usize = 64 << 20;
/// Calls of one transaction that are kept.
const MAX_CALLS: usize = 2_000;
/// Bytes of one message or answer.
const MAX_TEXT: usize = 8 << 10;
/// Bytes of a message's name.
const MAX_NAME: usize = 64;
/// Lines of the gas report.
const MAX_LINES: usize = 10_000;

/// JSON as a contract got or gave it; cut text when it was too long, and then no JSON any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallText(String);

impl CallText {
    fn new(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        match text.char_indices().find(|(at, c)| at + c.len_utf8() > MAX_TEXT) {
            None => Self(text.into_owned()),
            Some((end, _)) => Self(format!("{}... ({} bytes)", &text[..end], bytes.len())),
        }
    }
}

impl Serialize for CallText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_str::<Value>(&self.0) {
            Ok(json) => json.serialize(serializer),
            Err(_) => serializer.serialize_str(&self.0),
        }
    }
}

/// One call of an entry point.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContractCall {
    /// Bech32 address.
    pub contract: String,
    /// Entry point, such as `execute`.
    pub entry_point: String,
    /// Name of the message: its only field, or the id of a reply.
    pub message: String,
    /// The message.
    pub msg: CallText,
    /// Who sent it and with which coins, where the entry point is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub info: Option<CallText>,
    /// SDK gas of the contract, its storage and its queries; not of the messages that it sent.
    pub gas_used: u64,
    /// The same with all that is below in `calls`.
    pub gas_total: u64,
    /// What the contract answered: attributes, events, messages, data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<CallText>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Queries that it made, messages that it sent to contracts, replies that it got; in the order in which they ran.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<ContractCall>,
}

/// The calls of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallTrace {
    /// Height of its block.
    pub height: u64,
    /// Its position in the block, from 0.
    pub index: u32,
    /// Calls by its messages.
    pub calls: Vec<ContractCall>,
    /// Calls that were not kept because there were too many.
    pub left_out: u64,
}

/// What calls of one kind cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GasLine {
    /// Bech32 address.
    pub contract: String,
    /// Entry point, such as `execute`.
    pub entry_point: String,
    /// Name of the message.
    pub message: String,
    /// Calls, failed ones too.
    pub calls: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Least SDK gas, as in [`ContractCall::gas_used`].
    pub min: u64,
    /// Average, rounded down.
    pub avg: u64,
    /// Most.
    pub max: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    calls: u64,
    failed: u64,
    min: u64,
    max: u64,
    total: u64,
}

/// What was recorded so far.
#[derive(Debug, Default)]
pub struct CallLog(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    traces: BTreeMap<[u8; 32], (CallTrace, usize)>,
    order: VecDeque<[u8; 32]>,
    bytes: usize,
    /// By contract, entry point and message.
    costs: BTreeMap<(String, String, String), Cost>,
}

impl CallLog {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The calls of the transaction with this hash, if they are kept.
    pub fn trace(&self, tx_hash: &[u8; 32]) -> Option<CallTrace> {
        self.lock().traces.get(tx_hash).map(|(trace, _)| trace.clone())
    }

    /// What all calls cost since the log began, by contract, entry point and message.
    pub fn gas_report(&self) -> Vec<GasLine> {
        let line = |((contract, entry_point, message), cost): (&(String, String, String), &Cost)| GasLine {
            contract: contract.clone(),
            entry_point: entry_point.clone(),
            message: message.clone(),
            calls: cost.calls,
            failed: cost.failed,
            min: cost.min,
            avg: cost.total.checked_div(cost.calls).unwrap_or_default(),
            max: cost.max,
        };
        self.lock().costs.iter().map(line).collect()
    }

    /// Forgets the transactions of blocks above `height`, which were taken back. The gas report keeps what they cost.
    pub fn forget_above(&self, height: u64) {
        let mut kept = self.lock();
        let Kept {
            traces, order, bytes, ..
        } = &mut *kept;
        traces.retain(|_, (trace, size)| {
            let keep = trace.height <= height;
            if !keep {
                *bytes -= *size;
            }
            keep
        });
        order.retain(|hash| traces.contains_key(hash));
    }

    fn add(&self, tx_hash: Option<[u8; 32]>, trace: CallTrace, costs: Vec<(ContractCall, bool)>) {
        let mut kept = self.lock();
        let mut size = 0;
        for (call, failed) in costs {
            size +=
                call.msg.0.len() + call.answer.as_ref().map_or(0, |answer| answer.0.len()) + size_of::<ContractCall>();
            kept.count(call, failed);
        }
        let Some(tx_hash) = tx_hash else { return };
        if let Some((_, old)) = kept.traces.insert(tx_hash, (trace, size)) {
            kept.bytes -= old;
        } else {
            kept.order.push_back(tx_hash);
        }
        kept.bytes += size;
        while kept.order.len() > MAX_TRACES || (kept.bytes > MAX_BYTES && kept.order.len() > 1) {
            let Some(oldest) = kept.order.pop_front() else { break };
            let freed = kept.traces.remove(&oldest).map_or(0, |(_, size)| size);
            kept.bytes -= freed;
        }
    }
}

impl Kept {
    fn count(&mut self, call: ContractCall, failed: bool) {
        let key = (call.contract, call.entry_point, call.message);
        if self.costs.len() >= MAX_LINES && !self.costs.contains_key(&key) {
            return;
        }
        let cost = self.costs.entry(key).or_default();
        cost.min = if cost.calls == 0 {
            call.gas_used
        } else {
            cost.min.min(call.gas_used)
        };
        cost.max = cost.max.max(call.gas_used);
        cost.calls += 1;
        cost.failed += u64::from(failed);
        cost.total = cost.total.saturating_add(call.gas_used);
    }
}

/// Collects the calls of one transaction after the other and hands each over when the next begins.
#[derive(Debug)]
pub(crate) struct CallRecorder {
    log: Arc<CallLog>,
    height: u64,
    tx: Option<TxPosition>,
    calls: Vec<Recorded>,
    /// Calls in progress: a query runs inside of a call.
    open: Vec<usize>,
    left_out: u64,
}

#[derive(Debug)]
struct Recorded {
    call: ContractCall,
    parent: Option<usize>,
    depth: u32,
    is_query: bool,
}

impl CallRecorder {
    pub(crate) fn new(log: Arc<CallLog>, height: u64) -> Self {
        Self {
            log,
            height,
            tx: None,
            calls: Vec::new(),
            open: Vec::new(),
            left_out: 0,
        }
    }

    fn begin(
        &mut self,
        tx: Option<TxPosition>,
        depth: u32,
        entry_point: EntryPoint,
        call: ContractCall,
    ) -> Option<usize> {
        if tx != self.tx {
            self.hand_over();
            self.tx = tx;
        }
        if self.calls.len() >= MAX_CALLS {
            self.left_out += 1;
            return None;
        }
        // A message was sent by the last call one level above; that call has ended.
        let sender = || {
            let above = depth.checked_sub(1)?;
            self.calls
                .iter()
                .rposition(|recorded| recorded.depth == above && !recorded.is_query)
        };
        let parent = self.open.last().copied().or_else(sender);
        self.calls.push(Recorded {
            call,
            parent,
            depth,
            is_query: entry_point == EntryPoint::Query,
        });
        let index = self.calls.len() - 1;
        self.open.push(index);
        Some(index)
    }

    fn end(&mut self, index: usize, gas_used: u64, outcome: Result<&[u8], &TxError>) {
        self.open.retain(|open| *open != index);
        let Some(Recorded { call, .. }) = self.calls.get_mut(index) else {
            return;
        };
        call.gas_used = gas_used;
        match outcome {
            Ok(answer) => match serde_json::from_slice::<Value>(answer) {
                Ok(Value::Object(mut fields)) if fields.contains_key("error") => {
                    let error = fields.remove("error").unwrap_or_default();
                    call.error = Some(error.as_str().map_or_else(|| error.to_string(), str::to_owned));
                }
                Ok(Value::Object(mut fields)) if fields.contains_key("ok") => {
                    let ok = fields.remove("ok").unwrap_or_default();
                    call.answer = Some(CallText::new(ok.to_string().as_bytes()));
                }
                _ => call.answer = Some(CallText::new(answer)),
            },
            Err(error) => call.error = Some(error.to_string()),
        }
    }

    fn hand_over(&mut self) {
        let recorded = std::mem::take(&mut self.calls);
        self.open.clear();
        let left_out = std::mem::take(&mut self.left_out);
        let Some(tx) = self.tx else {
            let costs = recorded.into_iter().map(cost_of).collect();
            let trace = CallTrace {
                height: self.height,
                index: 0,
                calls: Vec::new(),
                left_out,
            };
            return self.log.add(None, trace, costs);
        };
        let costs = recorded
            .iter()
            .map(|recorded| (recorded.call.clone(), recorded.call.error.is_some()));
        let costs: Vec<_> = costs.collect();
        let trace = CallTrace {
            height: self.height,
            index: tx.index,
            calls: to_tree(recorded),
            left_out,
        };
        self.log.add(Some(tx.hash), trace, costs);
    }
}

impl Drop for CallRecorder {
    fn drop(&mut self) {
        self.hand_over();
    }
}

fn cost_of(recorded: Recorded) -> (ContractCall, bool) {
    let failed = recorded.call.error.is_some();
    (recorded.call, failed)
}

/// Parents come before their children, so the list can be folded from its end.
fn to_tree(mut recorded: Vec<Recorded>) -> Vec<ContractCall> {
    let mut roots = Vec::new();
    for call in recorded.iter_mut() {
        call.call.gas_total = call.call.gas_used;
    }
    while let Some(Recorded {
        mut call,
        parent,
        is_query,
        ..
    }) = recorded.pop()
    {
        call.calls.reverse();
        match parent.and_then(|parent| recorded.get_mut(parent)) {
            Some(parent) => {
                // The gas of a query is in that of the call that made it.
                if !is_query {
                    parent.call.gas_total = parent.call.gas_total.saturating_add(call.gas_total);
                }
                parent.call.calls.push(call);
            }
            None => roots.push(call),
        }
    }
    roots.reverse();
    roots
}

/// Notes the beginning of a call, where calls are recorded.
pub(crate) fn begin(
    machine: &mut Machine<'_>,
    contract: &Address,
    entry_point: EntryPoint,
    args: &[&[u8]],
) -> Option<usize> {
    machine.calls.as_ref()?;
    let text = machine.text(contract);
    let (tx, depth) = (machine.tx, machine.message_depth);
    // Environment first, then who sends it where the entry point is told, then the message.
    let with_info = matches!(entry_point, EntryPoint::Execute | EntryPoint::Instantiate);
    let (info, msg) = if with_info {
        (args.get(1), args.get(2))
    } else {
        (None, args.get(1))
    };
    let msg = msg.copied().unwrap_or_default();
    let call = ContractCall {
        contract: text,
        entry_point: entry_point.export_name().to_owned(),
        message: name_of(entry_point, msg),
        msg: CallText::new(msg),
        info: info.map(|info| CallText::new(info)),
        ..ContractCall::default()
    };
    machine.calls.as_mut()?.begin(tx, depth, entry_point, call)
}

/// Notes how a call ended.
pub(crate) fn end(machine: &mut Machine<'_>, index: Option<usize>, gas_used: u64, outcome: Result<&[u8], &TxError>) {
    if let (Some(index), Some(recorder)) = (index, machine.calls.as_mut()) {
        recorder.end(index, gas_used, outcome);
    }
}

fn name_of(entry_point: EntryPoint, msg: &[u8]) -> String {
    let name = match serde_json::from_slice::<Value>(msg) {
        Ok(Value::Object(fields)) if entry_point == EntryPoint::Reply => {
            return format!("id {}", fields.get("id").unwrap_or(&Value::Null));
        }
        Ok(Value::Object(fields)) if fields.len() == 1 && is_dispatched(entry_point) => {
            fields.into_iter().next().map(|(name, _)| name).unwrap_or_default()
        }
        Ok(Value::String(name)) => name,
        _ => String::new(),
    };
    name.chars().take(MAX_NAME).collect()
}

/// Whether the first field of the message is its name.
fn is_dispatched(entry_point: EntryPoint) -> bool {
    !matches!(entry_point, EntryPoint::Instantiate | EntryPoint::Migrate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(contract: &str, gas_used: u64) -> ContractCall {
        ContractCall {
            contract: contract.to_owned(),
            gas_used,
            ..ContractCall::default()
        }
    }

    fn recorded(contract: &str, gas: u64, parent: Option<usize>, is_query: bool) -> Recorded {
        Recorded {
            call: call(contract, gas),
            parent,
            depth: 0,
            is_query,
        }
    }

    fn trace(height: u64) -> CallTrace {
        CallTrace {
            height,
            index: 0,
            calls: Vec::new(),
            left_out: 0,
        }
    }

    #[test]
    fn tree_keeps_the_order_and_adds_the_gas_of_messages_but_not_of_queries() {
        let list = vec![
            recorded("a", 10, None, false),
            recorded("asked", 4, Some(0), true),
            recorded("b", 20, Some(0), false),
            recorded("c", 30, Some(2), false),
            recorded("a", 5, Some(0), false),
            recorded("d", 1, None, false),
        ];
        let roots = to_tree(list);
        let names: Vec<_> = roots[0].calls.iter().map(|call| call.contract.as_str()).collect();
        assert_eq!(names, ["asked", "b", "a"]);
        assert_eq!((roots[0].gas_used, roots[0].gas_total), (10, 65));
        assert_eq!((roots[0].calls[1].gas_total, roots[1].gas_total), (50, 1));
    }

    #[test]
    fn oldest_traces_leave_at_the_limit_and_not_before() {
        let log = CallLog::default();
        let hash = |number: usize| {
            let mut hash = [0; 32];
            hash[..8].copy_from_slice(&(number as u64).to_be_bytes());
            hash
        };
        for number in 0..MAX_TRACES {
            log.add(Some(hash(number)), trace(number as u64), Vec::new());
        }
        assert!(log.trace(&hash(0)).is_some());
        log.add(Some(hash(MAX_TRACES)), trace(9), Vec::new());
        assert_eq!(log.trace(&hash(0)), None);
        assert!(log.trace(&hash(1)).is_some());
        log.forget_above(500);
        assert_eq!((log.trace(&hash(501)), log.trace(&hash(500)).is_some()), (None, true));
    }

    #[test]
    fn gas_report_has_the_least_the_average_and_the_most() {
        let log = CallLog::default();
        for (gas, failed) in [(10, false), (30, true), (25, false)] {
            log.add(None, trace(1), vec![(call("a", gas), failed)]);
        }
        let report = log.gas_report();
        assert_eq!(report.len(), 1);
        let line = &report[0];
        assert_eq!(
            (line.calls, line.failed, line.min, line.avg, line.max),
            (3, 1, 10, 21, 30)
        );
    }

    #[test]
    fn long_messages_are_cut_and_short_ones_stay_json() {
        let text = |bytes: &[u8]| serde_json::to_string(&CallText::new(bytes)).unwrap();
        assert_eq!(text(br#"{"a":1}"#), r#"{"a":1}"#);
        assert_eq!(CallText::new(&[b'x'; MAX_TEXT]).0.len(), MAX_TEXT);
        assert!(CallText::new(&[b'x'; MAX_TEXT + 1]).0.ends_with("... (8193 bytes)"));
    }
}
