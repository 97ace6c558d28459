//! The archive on disk answers as the one in memory does, after restarts, cuts and a lost index.

use supercloud_chain::{Attribute, BlockOutput, Event, TxResult};
use supercloud_rpc::{BlockRecord, Commit, Query, SealInput, SearchError, seal_block, tx_hash};

use super::{ArchiveConfig, ArchiveError, Cut, DiskArchive};
use crate::archive::{Archive, MemoryArchive, ProposedBlock};

const QUERIES: [&str; 17] = [
    "transfer.to='a'",
    "transfer.to='a' AND transfer.amount='3'",
    "transfer.amount='2' AND tx.height>4 AND tx.height<=9",
    "transfer.amount>2 AND tx.height=7",
    "transfer.to EXISTS",
    "tx.height>=3",
    "transfer.hidden='1'",
    "transfer.to='nobody'",
    "tick.by='cron'",
    "tick.by='cron' AND block.height<6",
    "block.height=5",
    "block.height>3 AND block.height<6 AND tm.event='NewBlock'",
    "tm.event='Tx' AND transfer.amount='1' AND tx.height>3 AND tx.height<9",
    "tick.by='cron' AND tick.by='gov'",
    "tick.by='cron' AND tx.height=4",
    "transfer.to='a' AND block.height=4",
    "transfer.to='a' AND tick.by='cron'",
];

fn config() -> ArchiveConfig {
    ArchiveConfig {
        segment_bytes: 4 << 10,
        ..ArchiveConfig::default()
    }
}

fn event(kind: &str, attributes: &[(&str, String, bool)]) -> Event {
    let attributes = attributes.iter().map(|(key, value, index)| Attribute {
        key: (*key).to_owned(),
        value: value.clone(),
        index: *index,
    });
    Event {
        kind: kind.to_owned(),
        attributes: attributes.collect(),
    }
}

fn result(height: u64, index: u64) -> TxResult {
    let to = ["a", "b", "c"][((height * 7 + index) % 3) as usize].to_owned();
    let amount = ((height + index) % 5).to_string();
    TxResult {
        code: u32::from((height + index).is_multiple_of(4)),
        codespace: String::new(),
        data: vec![index as u8; 3],
        log: String::new(),
        info: String::new(),
        gas_wanted: 100,
        gas_used: height,
        events: vec![event(
            "transfer",
            &[
                ("to", to, true),
                ("amount", amount, true),
                ("hidden", "1".to_owned(), false),
            ],
        )],
    }
}

/// Transactions repeat every six blocks, so hashes have several places.
fn block(previous: Option<&BlockRecord>) -> (ProposedBlock, BlockOutput) {
    let height = previous.map_or(1, |previous| previous.header.height + 1);
    let txs: Vec<Vec<u8>> = (0..height % 4)
        .map(|index| vec![(height % 6) as u8, index as u8])
        .collect();
    let sealed = seal_block(&SealInput {
        chain_id: "archive-1",
        previous,
        time_nanos: height * 1_000_000_000,
        app_hash: [height as u8; 32],
        validators: &[],
        proposer: [9; 20],
        txs: &txs,
    });
    let output = BlockOutput {
        tx_results: (0..txs.len() as u64).map(|index| result(height, index)).collect(),
        events: vec![event(
            "tick",
            &[(
                "by",
                if height.is_multiple_of(2) { "cron" } else { "gov" }.to_owned(),
                true,
            )],
        )],
        app_hash: [height as u8 + 1; 32],
    };
    let block = ProposedBlock {
        sealed,
        commit: Commit::empty(),
        txs,
    };
    (block, output)
}

fn extend(archives: &[&dyn Archive], blocks: u64) {
    for _ in 0..blocks {
        for archive in archives {
            let (block, output) = block(archive.latest().as_deref());
            archive.propose(&block).unwrap();
            archive.push(block.executed(output)).unwrap();
        }
    }
}

fn assert_same(disk: &DiskArchive, memory: &MemoryArchive) {
    let same = |one: &Option<std::sync::Arc<BlockRecord>>, other: &Option<std::sync::Arc<BlockRecord>>| {
        assert_eq!(format!("{one:?}"), format!("{other:?}"));
    };
    assert_eq!(disk.earliest(), memory.earliest());
    same(&disk.latest(), &memory.latest());
    let last = memory.latest().unwrap().header.height;
    for height in 0..=last + 1 {
        same(&disk.block(height), &memory.block(height));
        let hash = memory.block(height).map_or([7; 32], |record| record.id.hash);
        assert_eq!(disk.height_of(&hash), memory.height_of(&hash));
        for index in 0..4 {
            let hash = tx_hash(&[(height % 6) as u8, index]);
            assert_eq!(disk.locate_tx(&hash), memory.locate_tx(&hash), "{height} {index}");
        }
    }
    for text in QUERIES {
        let query = Query::parse(text).unwrap();
        assert_eq!(disk.search_txs(&query), memory.search_txs(&query), "{text}");
        assert_eq!(disk.search_blocks(&query), memory.search_blocks(&query), "{text}");
    }
    let by_hash = format!("tx.hash='{}'", hex::encode(tx_hash(&[3, 0])));
    let query = Query::parse(&by_hash).unwrap();
    assert_eq!(disk.search_txs(&query), memory.search_txs(&query));
    disk.assert_sound().unwrap();
}

#[test]
fn the_archive_on_disk_answers_as_the_one_in_memory() {
    let dir = tempfile::tempdir().unwrap();
    let memory = MemoryArchive::default();
    for _ in 0..4 {
        let disk = DiskArchive::open(dir.path(), config()).unwrap();
        extend(&[&disk, &memory], 15);
        assert_same(&disk, &memory);
        drop(disk);
        let disk = DiskArchive::open(dir.path(), config()).unwrap();
        assert_eq!(disk.recovery(), &super::ArchiveRecovery::default());
        assert_same(&disk, &memory);
    }
    let segments = super::log::list_segments(&dir.path().join("log")).unwrap();
    assert!(segments.len() > 2, "{segments:?}");
}

#[test]
fn a_search_that_goes_through_too_much_is_refused_and_the_index_alone_answers_what_it_can() {
    let dir = tempfile::tempdir().unwrap();
    let memory = MemoryArchive::default();
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    extend(&[&disk, &memory], 40);
    let blocks = |text: &str, entries: usize, blocks: usize| {
        let limits = super::search::SearchLimits { entries, blocks };
        let found = disk.search_blocks_within(&Query::parse(text).unwrap(), limits);
        found.map(|heights| heights.len())
    };
    assert_eq!(blocks("tick.by='cron'", 20, 0), Ok(20));
    let refused = Err(SearchError::TooManyEntries { limit: 19 });
    assert_eq!(blocks("tick.by='cron'", 19, 40), refused);
    // The index is asked for 38, too.
    assert_eq!(blocks("tick.by='cron' AND block.height>38", 2, 0), Ok(1));
    assert_eq!(blocks("block.height>10", 31, 0), Ok(30));
    let refused = Err(SearchError::TooManyEntries { limit: 30 });
    assert_eq!(blocks("block.height>10", 30, 40), refused);
    assert_eq!(blocks("tick.by EXISTS", 40, 40), Ok(40));
    let refused = Err(SearchError::TooManyBlocks { limit: 39 });
    assert_eq!(blocks("tick.by EXISTS", 40, 39), refused);
    let txs = |text: &str, blocks: usize| {
        let limits = super::search::SearchLimits { entries: 100, blocks };
        disk.search_txs_within(&Query::parse(text).unwrap(), limits)
    };
    let all = |text: &str| memory.search_txs(&Query::parse(text).unwrap());
    let to_a = "transfer.to='a' AND tx.height>5";
    assert_eq!(txs(to_a, 0), all(to_a));
    // Two values of one event: the blocks tell whether it is one event.
    let both = "transfer.to='a' AND transfer.amount='3'";
    let found = all(both).unwrap();
    let heights: std::collections::BTreeSet<u64> = found.iter().map(|at| at.height).collect();
    assert!(!heights.is_empty());
    assert_eq!(txs(both, heights.len()), Ok(found));
    let limit = heights.len() - 1;
    assert_eq!(txs(both, limit), Err(SearchError::TooManyBlocks { limit }));
    assert_eq!(txs("tx.height>=3", 38), all("tx.height>=3"));
    assert_eq!(txs("tx.height>=3", 37), Err(SearchError::TooManyBlocks { limit: 37 }));
}

#[test]
fn a_lost_index_is_made_anew_from_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let memory = MemoryArchive::default();
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    extend(&[&disk, &memory], 30);
    drop(disk);
    std::fs::remove_dir_all(dir.path().join(super::open::INDEX_DIR)).unwrap();
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    assert_eq!(disk.recovery().indexed_blocks, 30);
    assert_same(&disk, &memory);
}

#[test]
fn cut_off_blocks_are_gone_from_log_and_index() {
    let dir = tempfile::tempdir().unwrap();
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    extend(&[&disk], 40);
    drop(disk);
    for keep in [39, 25, 24, 1] {
        let memory = MemoryArchive::default();
        extend(&[&memory], keep);
        let disk = DiskArchive::truncate(dir.path(), config(), keep).unwrap();
        assert_same(&disk, &memory);
    }
    let disk = DiskArchive::truncate(dir.path(), config(), 0).unwrap();
    assert_eq!((disk.earliest(), disk.logged_height()), (None, None));
    let memory = MemoryArchive::default();
    extend(&[&disk, &memory], 3);
    assert_same(&disk, &memory);
}

/// What a pruned archive shows is what one that keeps everything shows of the same heights.
fn assert_same_from(disk: &DiskArchive, memory: &MemoryArchive, lowest: u64) {
    assert_eq!(disk.earliest(), Some(lowest));
    let last = memory.latest().unwrap().header.height;
    for height in 0..=last + 1 {
        let kept = memory.block(height).filter(|_| height >= lowest);
        assert_eq!(format!("{:?}", disk.block(height)), format!("{kept:?}"));
        if let Some(record) = memory.block(height) {
            let found = disk.height_of(&record.id.hash);
            assert_eq!(found, Some(height).filter(|height| *height >= lowest));
        }
    }
    for text in QUERIES {
        let query = Query::parse(text).unwrap();
        let mut txs = memory.search_txs(&query).unwrap();
        txs.retain(|at| at.height >= lowest);
        assert_eq!(disk.search_txs(&query), Ok(txs), "{text}");
        let mut blocks = memory.search_blocks(&query).unwrap();
        blocks.retain(|height| *height >= lowest);
        assert_eq!(disk.search_blocks(&query), Ok(blocks), "{text}");
    }
    disk.assert_sound().unwrap();
}

fn pruning(keep: u64) -> ArchiveConfig {
    ArchiveConfig { keep, ..config() }
}

#[test]
fn old_blocks_go_away_in_whole_segments_and_as_many_as_wanted_stay() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let memory = MemoryArchive::default();
    for _ in 0..4 {
        let disk = DiskArchive::open(dir.path(), pruning(20)).unwrap();
        assert_eq!(disk.recovery().index_rebuilt, None);
        for _ in 0..25 {
            extend(&[&disk, &memory], 1);
            let last = disk.latest().unwrap().header.height;
            let lowest = disk.earliest().unwrap();
            assert!(lowest == 1 || lowest + 20 <= last + 1, "{lowest} {last}");
        }
        let lowest = disk.earliest().unwrap();
        assert_same_from(&disk, &memory, lowest);
    }
    let disk = DiskArchive::open(dir.path(), pruning(20)).unwrap();
    assert!(disk.earliest().unwrap() > 50, "{:?}", disk.earliest());
    drop(disk);
    let files = super::log::list_segments(&log).unwrap();
    assert!(files[0] > 40, "{files:?}");
    // Kept from now on, whatever the setting: what is gone stays gone.
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    assert_same_from(&disk, &memory, files[0]);
}

#[test]
fn interrupted_pruning_is_finished_or_taken_back_on_opening() {
    let dir = tempfile::tempdir().unwrap();
    let memory = MemoryArchive::default();
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    extend(&[&disk, &memory], 60);
    let segments = super::log::list_segments(&dir.path().join("log")).unwrap();
    for height in 1..=2 {
        let place = disk.index.place(height).unwrap().unwrap();
        disk.index.remove(&disk.block(height).unwrap(), &place).unwrap();
    }
    drop(disk);
    // Everything is to be kept again: the rows come back from the log.
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    assert!(disk.recovery().index_rebuilt.is_some());
    assert_same(&disk, &memory);
    for height in 1..=2 {
        let place = disk.index.place(height).unwrap().unwrap();
        disk.index.remove(&disk.block(height).unwrap(), &place).unwrap();
    }
    drop(disk);
    let keep = 61 - segments[1];
    let disk = DiskArchive::open(dir.path(), pruning(keep)).unwrap();
    assert_eq!(disk.recovery().index_rebuilt, None);
    assert_same_from(&disk, &memory, segments[1]);
    let left = super::log::list_segments(&dir.path().join("log")).unwrap();
    assert_eq!(left, segments[1..]);
}

#[test]
fn a_block_without_results_waits_for_them() {
    let dir = tempfile::tempdir().unwrap();
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    extend(&[&disk], 5);
    let (block, output) = block(disk.latest().as_deref());
    disk.propose(&block).unwrap();
    assert_eq!(
        (disk.latest().unwrap().header.height, disk.logged_height()),
        (5, Some(6))
    );
    assert!(disk.block(6).is_none(), "it is not seen");
    let error = disk.propose(&block).unwrap_err();
    assert!(
        matches!(error, ArchiveError::OutOfOrder { got: 6, last: Some(6) }),
        "{error}"
    );
    drop(disk);
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    assert_eq!(disk.unfinished().unwrap().input(), block.input());
    disk.push(block.executed(output)).unwrap();
    let memory = MemoryArchive::default();
    extend(&[&memory], 6);
    assert_same(&disk, &memory);
}

#[test]
fn finished_blocks_follow_each_other_before_they_are_shown() {
    let dir = tempfile::tempdir().unwrap();
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    extend(&[&disk], 5);
    let tip_height = |disk: &DiskArchive| disk.tip().unwrap().header.height;
    let mut finished = Vec::new();
    for height in 6..=8 {
        let (block, output) = block(disk.tip().as_deref());
        let record = block.clone().executed(output);
        disk.propose(&block).unwrap();
        disk.finish(record.clone()).unwrap();
        assert_eq!((tip_height(&disk), disk.logged_height()), (height, Some(height)));
        finished.push(record);
    }
    assert_eq!(disk.latest().unwrap().header.height, 5);
    for record in &finished {
        let height = record.header.height;
        assert!(disk.block(height).is_none(), "{height} is not seen");
        assert_eq!(disk.height_of(&record.id.hash), None);
    }
    let memory = MemoryArchive::default();
    extend(&[&memory], 8);
    disk.show().unwrap();
    assert_same(&disk, &memory);
    disk.show().unwrap();
    assert_same(&disk, &memory);
}

#[test]
fn blocks_that_were_never_shown_are_found_after_opening() {
    let dir = tempfile::tempdir().unwrap();
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    extend(&[&disk], 5);
    for _ in 0..3 {
        let (block, output) = block(disk.tip().as_deref());
        disk.propose(&block).unwrap();
        disk.finish(block.executed(output)).unwrap();
    }
    drop(disk);
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    assert_eq!(disk.recovery().indexed_blocks, 3);
    assert_eq!(disk.tip().unwrap().header.height, 8);
    let memory = MemoryArchive::default();
    extend(&[&memory], 8);
    assert_same(&disk, &memory);
}

#[test]
fn several_threads_show_blocks_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut last = 0;
                for _ in 0..200 {
                    disk.show().unwrap();
                    let shown = disk.latest().map_or(0, |record| record.header.height);
                    assert!(shown >= last, "{shown} after {last}");
                    assert!((last + 1..=shown).all(|height| disk.block(height).is_some()));
                    last = shown;
                }
            });
        }
        for _ in 0..40 {
            let (block, output) = block(disk.tip().as_deref());
            disk.propose(&block).unwrap();
            disk.finish(block.executed(output)).unwrap();
        }
    });
    disk.show().unwrap();
    let memory = MemoryArchive::default();
    extend(&[&memory], 40);
    assert_same(&disk, &memory);
}

#[test]
fn blocks_out_of_order_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    extend(&[&disk], 2);
    let (next, output) = block(disk.latest().as_deref());
    let (second, _) = block(disk.block(1).as_deref());
    let error = disk.propose(&second).unwrap_err();
    assert!(
        matches!(error, ArchiveError::OutOfOrder { got: 2, last: Some(2) }),
        "{error}"
    );
    let error = disk.push(next.executed(output)).unwrap_err();
    assert!(
        matches!(error, ArchiveError::OutOfOrder { got: 3, last: Some(2) }),
        "{error}"
    );
}

/// The last segment of the log, and its bytes.
fn last_segment(dir: &std::path::Path) -> (std::path::PathBuf, Vec<u8>) {
    let log = dir.join("log");
    let last = *super::log::list_segments(&log).unwrap().last().unwrap();
    let path = super::log::segment_path(&log, last);
    let bytes = std::fs::read(&path).unwrap();
    (path, bytes)
}

fn cutting(cut: Cut) -> ArchiveConfig {
    ArchiveConfig { cut, ..config() }
}

/// Opens an archive that is not changed by that, and says after which block it is damaged and why that stays.
fn open_refused(dir: &std::path::Path, cut: Cut) -> (u64, String) {
    let (path, before) = last_segment(dir);
    let error = DiskArchive::open(dir, cutting(cut)).err().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), before);
    match error {
        ArchiveError::DamagedEnd { last, why, .. } => (last, why),
        error => panic!("{error}"),
    }
}

#[test]
fn a_torn_block_is_cut_off_unless_the_state_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    extend(&[&disk], 20);
    let (block, _) = block(disk.latest().as_deref());
    disk.propose(&block).unwrap();
    drop(disk);
    let (path, mut bytes) = last_segment(dir.path());
    bytes.pop();
    std::fs::write(&path, &bytes).unwrap();
    let refused = open_refused(dir.path(), Cut::Torn { state: 21 });
    assert_eq!(refused, (20, "the state is at height 21".to_owned()));
    let disk = DiskArchive::open(dir.path(), cutting(Cut::Torn { state: 20 })).unwrap();
    assert_eq!(disk.logged_height(), Some(20));
    assert!(disk.recovery().dropped_bytes > 0);
}

#[test]
fn a_torn_first_block_is_cut_off_though_the_state_begins_high() {
    let dir = tempfile::tempdir().unwrap();
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    let (mut block, _) = block(None);
    block.sealed.header.height = 101;
    disk.propose(&block).unwrap();
    drop(disk);
    let (path, mut bytes) = last_segment(dir.path());
    bytes.pop();
    std::fs::write(&path, &bytes).unwrap();
    let disk = DiskArchive::open(dir.path(), cutting(Cut::Torn { state: 100 })).unwrap();
    assert_eq!(disk.logged_height(), None);
}

#[test]
fn damage_before_whole_blocks_is_left_as_it_is_unless_all_after_it_may_go() {
    let dir = tempfile::tempdir().unwrap();
    let disk = DiskArchive::open(dir.path(), config()).unwrap();
    extend(&[&disk], 20);
    let segment = *super::log::list_segments(&dir.path().join("log"))
        .unwrap()
        .last()
        .unwrap();
    let damaged = segment + 1;
    assert!(damaged < 20, "{damaged}");
    let place = disk.index.place(damaged).unwrap().unwrap();
    drop(disk);
    let (path, mut bytes) = last_segment(dir.path());
    bytes[place.block as usize + 40] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    // Otherwise reading begins after the last block.
    std::fs::remove_dir_all(dir.path().join(super::open::INDEX_DIR)).unwrap();
    let refused = open_refused(dir.path(), Cut::Torn { state: 0 });
    assert_eq!(refused, (segment, "whole records follow".to_owned()));
    let refused = open_refused(dir.path(), Cut::After { height: damaged });
    assert_eq!(refused, (segment, format!("height {damaged} is asked for")));
    let disk = DiskArchive::open(dir.path(), cutting(Cut::After { height: segment })).unwrap();
    let memory = MemoryArchive::default();
    extend(&[&memory], segment);
    assert_same(&disk, &memory);
}
