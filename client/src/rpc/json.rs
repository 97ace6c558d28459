//! The JSON of a CometBFT node as it comes: numbers are texts, lists may be null.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::ExecResult;
use crate::error::ClientError;
use crate::event::Event;
use crate::outcome::TxOutcome;

pub(super) fn decode_base64(what: &str, text: Option<&str>) -> Result<Vec<u8>, ClientError> {
    STANDARD
        .decode(text.unwrap_or_default())
        .map_err(|error| ClientError::malformed(what, error))
}

pub(super) fn parse_time(what: &str, text: &str) -> Result<u64, ClientError> {
    let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|error| ClientError::malformed(what, error))?;
    u64::try_from(time.unix_timestamp_nanos()).map_err(|error| ClientError::malformed(what, error))
}

#[derive(Deserialize)]
pub(super) struct Response {
    pub(super) result: Option<Value>,
    pub(super) error: Option<ResponseError>,
}

#[derive(Deserialize)]
pub(super) struct ResponseError {
    pub(super) code: i64,
    #[serde(default)]
    pub(super) message: String,
    pub(super) data: Option<String>,
}

/// A number that CometBFT writes as text.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Number(String);

impl Number {
    pub(super) fn value(&self, what: &str) -> Result<u64, ClientError> {
        self.0
            .parse()
            .map_err(|_| ClientError::malformed(what, format!("{:?} is no number", self.0)))
    }
}

#[derive(Deserialize)]
pub(super) struct RawStatus {
    pub(super) node_info: RawNodeInfo,
    pub(super) sync_info: RawSyncInfo,
}

#[derive(Deserialize)]
pub(super) struct RawNodeInfo {
    pub(super) network: String,
    pub(super) version: String,
    pub(super) moniker: String,
}

#[derive(Deserialize)]
pub(super) struct RawSyncInfo {
    pub(super) latest_block_height: Number,
    pub(super) latest_block_time: String,
    pub(super) catching_up: bool,
}

#[derive(Deserialize)]
pub(super) struct RawAbci {
    pub(super) response: RawAbciResponse,
}

#[derive(Deserialize)]
pub(super) struct RawAbciResponse {
    #[serde(default)]
    pub(super) code: u32,
    pub(super) codespace: Option<String>,
    pub(super) log: Option<String>,
    pub(super) value: Option<String>,
    pub(super) height: Number,
}

#[derive(Deserialize)]
pub(super) struct RawCheck {
    pub(super) code: u32,
    pub(super) codespace: String,
    pub(super) log: String,
    pub(super) hash: String,
}

#[derive(Deserialize)]
pub(super) struct RawTx {
    pub(super) hash: String,
    pub(super) height: Number,
    pub(super) index: u32,
    pub(super) tx: String,
    pub(super) tx_result: RawExec,
}

impl RawTx {
    pub(super) fn into_outcome(self) -> Result<TxOutcome, ClientError> {
        let result = self.tx_result.into_result()?;
        Ok(TxOutcome {
            height: self.height.value("tx")?,
            index: self.index,
            raw: decode_base64("tx", Some(&self.tx))?,
            hash: self.hash,
            code: result.code,
            codespace: result.codespace,
            log: result.log,
            gas_wanted: result.gas_wanted,
            gas_used: result.gas_used,
            events: result.events,
            data: result.data,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct RawExec {
    #[serde(default)]
    pub(super) code: u32,
    pub(super) codespace: Option<String>,
    pub(super) log: Option<String>,
    pub(super) gas_wanted: Number,
    pub(super) gas_used: Number,
    pub(super) events: Option<Vec<Event>>,
    pub(super) data: Option<String>,
}

impl RawExec {
    pub(super) fn into_result(self) -> Result<ExecResult, ClientError> {
        Ok(ExecResult {
            code: self.code,
            codespace: self.codespace.unwrap_or_default(),
            log: self.log.unwrap_or_default(),
            gas_wanted: self.gas_wanted.value("gas_wanted")?,
            gas_used: self.gas_used.value("gas_used")?,
            events: self.events.unwrap_or_default(),
            data: decode_base64("tx result", self.data.as_deref())?,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct RawSearch {
    pub(super) txs: Vec<RawTx>,
    pub(super) total_count: Number,
}

#[derive(Deserialize)]
pub(super) struct RawBlock {
    pub(super) block_id: RawBlockId,
    pub(super) block: RawBlockBody,
}

#[derive(Deserialize)]
pub(super) struct RawBlockId {
    pub(super) hash: String,
}

#[derive(Deserialize)]
pub(super) struct RawBlockBody {
    pub(super) header: RawHeader,
    pub(super) data: RawData,
}

#[derive(Deserialize)]
pub(super) struct RawHeader {
    pub(super) height: Number,
    pub(super) time: String,
}

#[derive(Deserialize)]
pub(super) struct RawData {
    pub(super) txs: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub(super) struct RawBlockResults {
    pub(super) height: Number,
    pub(super) txs_results: Option<Vec<RawExec>>,
    pub(super) finalize_block_events: Option<Vec<Event>>,
}
