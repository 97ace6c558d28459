//! What a block brings to subscribers, in CometBFT's order: the block, its header, its events, each transaction.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde_json::{Value, json};
use supercloud_chain::Event;

use crate::block::BlockRecord;
use crate::json;

/// Which event of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    NewBlock,
    NewBlockHeader,
    NewBlockEvents,
    Tx(usize),
}

/// One event with the tags that queries are compared with.
pub(super) struct Occasion<'a> {
    record: &'a BlockRecord,
    kind: Kind,
    pub(super) tags: BTreeMap<String, Vec<String>>,
    body: OnceCell<String>,
}

/// All events of a block.
pub(super) fn occasions(record: &BlockRecord) -> impl Iterator<Item = Occasion<'_>> {
    let kinds = [Kind::NewBlock, Kind::NewBlockHeader, Kind::NewBlockEvents];
    kinds
        .into_iter()
        .chain((0..record.txs.len()).map(Kind::Tx))
        .map(|kind| Occasion {
            record,
            kind,
            tags: tags(record, kind),
            body: OnceCell::new(),
        })
}

fn tags(record: &BlockRecord, kind: Kind) -> BTreeMap<String, Vec<String>> {
    let mut tags: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut add = |key: &str, value: String| tags.entry(key.to_owned()).or_default().push(value);
    let mut collect = |events: &[Event]| {
        for event in events {
            for attribute in &event.attributes {
                add(&format!("{}.{}", event.kind, attribute.key), attribute.value.clone());
            }
        }
    };
    let name = match kind {
        Kind::NewBlock | Kind::NewBlockEvents => {
            collect(&record.events);
            if kind == Kind::NewBlock {
                "NewBlock"
            } else {
                "NewBlockEvents"
            }
        }
        Kind::NewBlockHeader => "NewBlockHeader",
        Kind::Tx(index) => {
            if let Some(result) = record.results.get(index) {
                collect(&result.events);
            }
            if let Some(hash) = record.tx_hashes.get(index) {
                add("tx.hash", json::upper_hex(hash));
            }
            add("tx.height", record.header.height.to_string());
            "Tx"
        }
    };
    if matches!(kind, Kind::NewBlockEvents) {
        add("block.height", record.header.height.to_string());
    }
    add("tm.event", name.to_owned());
    tags
}

impl Occasion<'_> {
    /// The members `data` and `events` of the frame, encoded once for all subscribers.
    pub(super) fn body(&self) -> &str {
        self.body.get_or_init(|| {
            let (name, value) = self.value();
            let data = json!({ "type": format!("tendermint/event/{name}"), "value": value });
            format!("\"data\":{data},\"events\":{}", json!(self.tags))
        })
    }

    fn value(&self) -> (&'static str, Value) {
        let record = self.record;
        match self.kind {
            Kind::NewBlock => {
                let mut value = json::block(record);
                let results: Vec<Value> = record.results.iter().map(json::tx_result).collect();
                value["result_finalize_block"] = json!({
                    "events": json::events(&record.events),
                    "tx_results": results,
                    "validator_updates": [],
                    "consensus_param_updates": null,
                    "app_hash": json::base64(&record.app_hash),
                });
                ("NewBlock", value)
            }
            Kind::NewBlockHeader => ("NewBlockHeader", json!({ "header": json::header(&record.header) })),
            Kind::NewBlockEvents => (
                "NewBlockEvents",
                json!({
                    "height": record.header.height.to_string(),
                    "events": json::events(&record.events),
                    "num_txs": record.txs.len().to_string(),
                }),
            ),
            Kind::Tx(index) => {
                let result = record.results.get(index).map(json::tx_result);
                let raw = record.txs.get(index).map(|raw| json::base64(raw));
                let shown = json!({
                    "height": record.header.height.to_string(),
                    "index": index,
                    "tx": raw,
                    "result": result,
                });
                ("Tx", json!({ "TxResult": shown }))
            }
        }
    }
}
