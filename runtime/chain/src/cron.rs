//! Calls of contracts that come again and again: governance lists them, blocks begin or end with them.
//!
//! A call that fails leaves no trace in any contract; it is counted and its reason kept, and the block goes on. A call
//! sees the sudo entry point only and runs with a gas limit of its own, so a block's work stays bounded.

use supercloud_proto::cosmwasm::wasm::v1::MsgSudoContract;
use supercloud_proto::prost::Message as _;
use supercloud_proto::supercloud::cron::v1::{Schedule, ScheduleStatus, Stage};
use thiserror::Error;

use crate::address::AddressCodec;
use crate::clock::{to_nanos, to_timestamp};
use crate::error::{SdkError, TxError};
use crate::event::Event;
use crate::gas::GasMeter;
use crate::gov::compute_after;
use crate::machine::Machine;
use crate::message::{Message, Rights};
use crate::state_key::cron as key;
use crate::store::Direction;
use crate::wasm::assert_json;

pub(crate) mod cancel;
pub(crate) mod query;
pub(crate) mod schedule;

/// Most schedules: every block looks at all of them.
pub(crate) const MAX_SCHEDULES: usize = 64;
/// Longest name in bytes.
const MAX_NAME_LEN: usize = 64;
/// Longest message in bytes.
const MAX_MSG_LEN: usize = 10_000;
/// Longest reason that is kept, in bytes.
const MAX_ERROR_LEN: usize = 500;
/// Least and most SDK gas of a call: less cannot even load a contract.
const GAS_LIMITS: std::ops::RangeInclusive<u64> = 100_000..=1_000_000_000;
/// Longest interval: a century is far from overflow.
const MAX_INTERVAL_SECONDS: u64 = 100 * 366 * 86_400;

/// Errors of codespace `cron`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CronError {
    /// 2: a schedule that could not run.
    #[error("{field}: {reason}: invalid schedule")]
    Invalid {
        /// Which part.
        field: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// 3: no schedule of that name.
    #[error("{name}: schedule not found")]
    NotFound {
        /// Which name.
        name: String,
    },
    /// 4: no room for another one.
    #[error("{MAX_SCHEDULES} schedules are the most: too many schedules")]
    TooMany,
}

impl CronError {
    /// The code.
    pub fn code(&self) -> u32 {
        match self {
            Self::Invalid { .. } => 2,
            Self::NotFound { .. } => 3,
            Self::TooMany => 4,
        }
    }
}

/// Refuses what can be refused without state; also used by genesis.
pub(crate) fn assert_valid(schedule: &Schedule, codec: &AddressCodec) -> Result<(), TxError> {
    let invalid = |field: &'static str, reason: String| TxError::from(CronError::Invalid { field, reason });
    let name = schedule.name.as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(byte);
    if name.is_empty() || name.len() > MAX_NAME_LEN || !name.iter().all(is_plain) {
        let text = format!(
            "{:?} must have 1 to {MAX_NAME_LEN} characters out of a-z 0-9 - _ .",
            schedule.name
        );
        return Err(invalid("name", text));
    }
    codec.parse(&schedule.contract)?;
    if schedule.msg.len() > MAX_MSG_LEN {
        let text = format!("{} bytes, limit: {MAX_MSG_LEN}", schedule.msg.len());
        return Err(invalid("msg", text));
    }
    assert_json(&schedule.msg)?;
    if !matches!(schedule.stage(), Stage::BeginBlock | Stage::EndBlock) {
        return Err(invalid("stage", format!("{} is no stage", schedule.stage)));
    }
    if !GAS_LIMITS.contains(&schedule.gas_limit) {
        let (least, most) = (GAS_LIMITS.start(), GAS_LIMITS.end());
        let text = format!("{} is not between {least} and {most}", schedule.gas_limit);
        return Err(invalid("gas_limit", text));
    }
    if schedule.interval_seconds > MAX_INTERVAL_SECONDS {
        let text = format!("{}, limit: {MAX_INTERVAL_SECONDS}", schedule.interval_seconds);
        return Err(invalid("interval_seconds", text));
    }
    Ok(())
}

fn read_status(bytes: &[u8]) -> Result<ScheduleStatus, TxError> {
    Ok(ScheduleStatus::decode(bytes).map_err(|error| SdkError::corrupt("schedule", &error))?)
}

fn load(machine: &mut Machine<'_>, name: &str) -> Result<Option<ScheduleStatus>, TxError> {
    let bytes = machine.read(&key::schedule(name))?;
    bytes.map(|bytes| read_status(&bytes)).transpose()
}

/// All schedules by name.
pub(crate) fn load_all(machine: &mut Machine<'_>) -> Result<Vec<ScheduleStatus>, TxError> {
    let entries = machine.list(key::SCHEDULES, MAX_SCHEDULES)?;
    entries.iter().map(|(_, bytes)| read_status(bytes)).collect()
}

pub(crate) fn apply_status(machine: &mut Machine<'_>, status: &ScheduleStatus) -> Result<(), TxError> {
    let name = status.schedule.as_ref().map_or("", |schedule| &schedule.name);
    Ok(machine.write(key::schedule(name), status.encode_to_vec())?)
}

/// When a call with an interval is due next, in nanoseconds since 1970. Calls of every block wait for a block.
pub(crate) fn compute_next_due(machine: &Machine<'_>) -> Option<u64> {
    let entries = machine.state.prefix(key::SCHEDULES, Direction::Ascending);
    let next = |bytes: Vec<u8>| {
        let status = read_status(&bytes).ok()?;
        status
            .schedule
            .as_ref()
            .filter(|schedule| schedule.interval_seconds > 0)?;
        next_nanos(&status).ok()
    };
    entries.filter_map(|(_, bytes)| next(bytes)).min()
}

fn next_nanos(status: &ScheduleStatus) -> Result<u64, SdkError> {
    let next = status.next_time.as_ref();
    next.map_or(Ok(0), |time| to_nanos("next_time", time))
}

/// Makes all calls of a stage that are due.
pub(crate) fn apply_stage(machine: &mut Machine<'_>, stage: Stage) -> Result<(), TxError> {
    machine.gas = GasMeter::infinite();
    for mut status in load_all(machine)? {
        let Some(schedule) = status.schedule.clone() else {
            continue;
        };
        if schedule.stage() != stage || next_nanos(&status)? > machine.block.time_nanos {
            continue;
        }
        let gas_limit = schedule.gas_limit;
        let (outcome, gas_used) = machine.with_gas_limit(gas_limit, |machine| {
            machine.atomically(|machine| call(machine, &schedule))
        });
        let gas_used = gas_used.min(gas_limit);
        record(machine, &mut status, &schedule, &outcome, gas_used);
        apply_status(machine, &status)?;
        machine.emit(to_event(&schedule, &status, &outcome));
    }
    Ok(())
}

fn call(machine: &mut Machine<'_>, schedule: &Schedule) -> Result<(), TxError> {
    (machine.message_depth, machine.query_depth) = (0, 0);
    let sudo = MsgSudoContract {
        authority: machine.text(&machine.env.gov),
        contract: schedule.contract.clone(),
        msg: schedule.msg.clone(),
    };
    Message::apply(sudo, machine, Rights::Own).map(|_| ())
}

fn record(
    machine: &Machine<'_>,
    status: &mut ScheduleStatus,
    schedule: &Schedule,
    outcome: &Result<(), TxError>,
    gas_used: u64,
) {
    let now = machine.block.time_nanos;
    status.runs += 1;
    status.last_gas_used = gas_used;
    status.last_height = machine.block.height;
    status.last_time = Some(to_timestamp(now));
    status.next_time = Some(to_timestamp(compute_after(now, schedule.interval_seconds)));
    match outcome {
        Ok(()) => status.failures_in_a_row = 0,
        Err(error) => {
            status.failures += 1;
            status.failures_in_a_row += 1;
            status.last_failure_height = machine.block.height;
            status.last_error = shorten(error.stored_text());
        }
    }
}

fn shorten(mut text: String) -> String {
    let end = (0..=MAX_ERROR_LEN).rev().find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or_default());
    text
}

fn to_event(schedule: &Schedule, status: &ScheduleStatus, outcome: &Result<(), TxError>) -> Event {
    let event = Event::new("cron_call")
        .with("name", &*schedule.name)
        .with("_contract_address", &*schedule.contract)
        .with("gas_used", status.last_gas_used.to_string());
    match outcome {
        Ok(()) => event.with("result", "success"),
        Err(_) => event.with("result", "failure").with("error", &*status.last_error),
    }
}
