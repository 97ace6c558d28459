//! The integrity check: does every block follow from the one before, and is it found by the index?

use supercloud_rpc::{BlockRecord, SealInput, Validator, seal_block};

use super::{DiskArchive, load_at, lock};
use crate::archive::Archive;
use crate::validator::assert_signed;

/// Findings that are named; there may be more.
const MAX_NAMED: usize = 100;

/// What a check of the archive found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ArchiveReport {
    /// Lowest and highest height.
    pub(crate) heights: Option<(u64, u64)>,
    /// Transactions in them.
    pub(crate) txs: u64,
    /// Everything that is wrong, up to a hundred things.
    pub(crate) damage: Vec<String>,
}

impl DiskArchive {
    /// Reads every block, seals it again after the one before, and looks it up. `progress` hears of heights.
    pub(crate) fn check(&self, validator: &Validator, progress: &mut dyn FnMut(u64)) -> ArchiveReport {
        let heights = self.earliest().zip(self.latest().map(|record| record.header.height));
        let mut report = ArchiveReport {
            heights,
            ..ArchiveReport::default()
        };
        let Some((first, last)) = heights else { return report };
        let mut previous: Option<BlockRecord> = None;
        for height in first..=last {
            progress(height);
            let record = match self.read_again(height) {
                Ok(record) => record,
                Err(reason) => {
                    report.damage.push(format!("block {height}: {reason}"));
                    previous = None;
                    continue;
                }
            };
            report.txs += record.txs.len() as u64;
            let mut found = self.compare_index(&record);
            found.extend(compare_block(previous.as_ref(), &record, validator));
            report
                .damage
                .extend(found.into_iter().map(|what| format!("block {height}: {what}")));
            if report.damage.len() >= MAX_NAMED {
                report.damage.truncate(MAX_NAMED);
                return report;
            }
            previous = Some(record);
        }
        report
    }

    /// From the medium, not from memory.
    fn read_again(&self, height: u64) -> Result<BlockRecord, String> {
        let place = self.index.place(height).map_err(|error| error.to_string())?;
        let place = place.ok_or("the index does not have it")?;
        let dir = lock(&self.log).dir().to_owned();
        let (record, _) = load_at(&dir, height, &place).map_err(|error| error.to_string())?;
        Ok(record)
    }

    fn compare_index(&self, record: &BlockRecord) -> Vec<String> {
        let mut found = Vec::new();
        if self.index.height_of(&record.id.hash).ok().flatten() != Some(record.header.height) {
            found.push("the index does not find its hash".to_owned());
        }
        for hash in &record.tx_hashes {
            if self.index.locate_tx(hash, 0).ok().flatten().is_none() {
                found.push(format!(
                    "the index does not find transaction {}",
                    hex::encode_upper(hash)
                ));
            }
        }
        found
    }
}

fn compare_block(previous: Option<&BlockRecord>, record: &BlockRecord, validator: &Validator) -> Vec<String> {
    let mut found = Vec::new();
    if record.results.len() != record.txs.len() {
        let (results, txs) = (record.results.len(), record.txs.len());
        found.push(format!("it has {txs} transactions and {results} results"));
    }
    if record.header.proposer == validator.address
        && let Err(reason) = assert_signed(record, validator)
    {
        found.push(reason);
    }
    let Some(previous) = previous else { return found };
    if record.header.app_hash != previous.app_hash {
        found.push("its app hash is not the one that the block before left".to_owned());
    }
    if record.header.proposer != validator.address {
        // Made under another key: the validator set that it was sealed with is not known here.
        return found;
    }
    let sealed = seal_block(&SealInput {
        chain_id: &record.header.chain_id,
        previous: Some(previous),
        time_nanos: record.header.time_nanos,
        app_hash: previous.app_hash,
        validators: std::slice::from_ref(validator),
        proposer: record.header.proposer,
        txs: &record.txs,
    });
    if sealed.header != record.header || sealed.id != record.id || sealed.last_commit != record.last_commit {
        found.push("sealing it again after the block before gives another block".to_owned());
    }
    found
}
