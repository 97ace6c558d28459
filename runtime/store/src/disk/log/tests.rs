use proptest::prelude::*;

use super::record::parse_record;
use super::recover::RecoveredLog;
use super::*;
use crate::disk::config::LostBlocks;
use crate::disk::error::OpenError;

/// In memory where the system has such a folder: syncing it costs nothing.
fn fast_dir() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

fn entries(height: u64) -> Vec<LogEntry> {
    vec![
        LogEntry {
            key: height.to_be_bytes().as_slice().into(),
            value: Some(vec![height as u8; 40].as_slice().into()),
        },
        LogEntry {
            key: b"gone".as_slice().into(),
            value: None,
        },
    ]
}

fn record(height: u64) -> Vec<u8> {
    encode_record(height, &[height as u8; 32], &entries(height)).unwrap()
}

/// A log of heights 1 to 6 in two segments.
fn write_log(dir: &Path) {
    let mut log = Log::open(dir, SyncPolicy::EveryBlock, Vec::new()).unwrap();
    for height in 1..=6 {
        if height == 4 {
            log.end_segment().unwrap();
        }
        log.append(height, &record(height)).unwrap();
    }
    assert_eq!(log.segments, [1, 4]);
}

fn read(dir: &Path, lost: LostBlocks) -> Result<(Vec<u64>, RecoveredLog), OpenError> {
    let mut heights = Vec::new();
    let log = read_log(dir, lost, &mut |record| {
        assert_eq!(record.previous_root, [record.height as u8; 32]);
        assert_eq!(record.entries, entries(record.height));
        heights.push(record.height);
        Ok(())
    })?;
    Ok((heights, log.finish()?))
}

#[test]
fn records_are_read_back_in_order_across_segments() {
    let dir = tempfile::tempdir().unwrap();
    write_log(dir.path());
    let (heights, recovered) = read(dir.path(), LostBlocks::Refuse).unwrap();
    assert_eq!(heights, [1, 2, 3, 4, 5, 6]);
    let expected = RecoveredLog {
        segments: vec![1, 4],
        dropped_bytes: 0,
    };
    assert_eq!(recovered, expected);
}

#[test]
fn segments_go_when_all_their_blocks_are_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    write_log(dir.path());
    let mut log = Log::open(dir.path(), SyncPolicy::EveryBlock, vec![1, 4]).unwrap();
    log.remove_through(2).unwrap();
    assert_eq!(log.segments, [1, 4]);
    log.remove_through(3).unwrap();
    assert_eq!(log.segments, [4]);
    log.remove_through(6).unwrap();
    assert_eq!(log.segments, [4], "the open segment stays");
    log.end_segment().unwrap();
    log.remove_through(6).unwrap();
    assert_eq!(log.segments, [0; 0]);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    log.append(7, &record(7)).unwrap();
    assert_eq!(read(dir.path(), LostBlocks::Refuse).unwrap().0, [7]);
}

#[test]
fn torn_end_is_cut_off_at_every_length_and_the_log_goes_on() {
    let whole = tempfile::tempdir().unwrap();
    write_log(whole.path());
    let bytes = std::fs::read(segment_path(whole.path(), 4)).unwrap();
    let record_len = record(4).len();
    for len in (0..bytes.len()).step_by(5).chain([bytes.len() - 1]) {
        for zeroed in [false, true] {
            let dir = fast_dir();
            write_log(dir.path());
            let mut torn = bytes[..len].to_vec();
            if zeroed {
                torn.resize(bytes.len(), 0);
            }
            std::fs::write(segment_path(dir.path(), 4), &torn).unwrap();
            let (heights, recovered) = read(dir.path(), LostBlocks::Refuse).unwrap();
            let whole_records = len.saturating_sub(16) / record_len;
            assert_eq!(heights.len(), 3 + whole_records, "{len} {zeroed}");
            let mut log = Log::open(dir.path(), SyncPolicy::EveryBlock, recovered.segments).unwrap();
            let next = 4 + whole_records as u64;
            log.append(next, &record(next)).unwrap();
            let (heights, recovered) = read(dir.path(), LostBlocks::Refuse).unwrap();
            assert_eq!(heights.last(), Some(&next));
            assert_eq!(recovered.dropped_bytes, 0);
        }
    }
}

#[test]
fn damage_before_the_last_segment_is_refused_or_loses_all_that_follows() {
    let dir = tempfile::tempdir().unwrap();
    write_log(dir.path());
    let path = segment_path(dir.path(), 1);
    let mut bytes = std::fs::read(&path).unwrap();
    let offset = 16 + record(1).len();
    bytes[offset + 50] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    match read(dir.path(), LostBlocks::Refuse) {
        Err(OpenError::Log {
            path: named,
            offset: at,
            reason,
        }) => {
            assert_eq!((named, at), (path, offset as u64));
            assert_eq!(reason, "the record's checksum is wrong");
        }
        other => panic!("{other:?}"),
    }
    let (heights, recovered) = read(dir.path(), LostBlocks::Accept).unwrap();
    assert_eq!(heights, [1]);
    assert_eq!(recovered.segments, [1]);
    assert_eq!(read(dir.path(), LostBlocks::Refuse).unwrap().0, [1]);
}

#[test]
fn damage_in_the_last_segment_is_refused_while_whole_records_follow() {
    let whole = tempfile::tempdir().unwrap();
    write_log(whole.path());
    let bytes = std::fs::read(segment_path(whole.path(), 4)).unwrap();
    let record_len = record(4).len();
    // The header, the first record's length, its content, the second one's length; the last one has none after it.
    for (at, offset, follows) in [
        (3, 0, true),
        (16, 16, true),
        (16 + 60, 16, true),
        (16 + record_len, 16 + record_len, true),
        (16 + 2 * record_len, 16 + 2 * record_len, false),
        (16 + 2 * record_len + 60, 16 + 2 * record_len, false),
    ] {
        let dir = fast_dir();
        write_log(dir.path());
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        let path = segment_path(dir.path(), 4);
        std::fs::write(&path, &damaged).unwrap();
        match read(dir.path(), LostBlocks::Refuse) {
            Err(OpenError::Log { offset: found, .. }) => {
                assert_eq!((found, follows), (offset as u64, true), "byte {at}")
            }
            Ok((heights, recovered)) => {
                assert_eq!((heights, follows), (vec![1, 2, 3, 4, 5], false), "byte {at}");
                assert_eq!(recovered.dropped_bytes, record_len as u64);
                continue;
            }
            Err(error) => panic!("byte {at}: {error}"),
        }
        assert_eq!(
            std::fs::read(&path).unwrap(),
            damaged,
            "byte {at}: the file is as it was"
        );
        let (heights, _) = read(dir.path(), LostBlocks::Accept).unwrap();
        let before = if offset > 16 { 4 } else { 3 };
        assert_eq!(heights.last(), Some(&before), "byte {at}");
    }
}

#[test]
fn the_log_is_not_changed_before_the_end() {
    let dir = tempfile::tempdir().unwrap();
    write_log(dir.path());
    let path = segment_path(dir.path(), 4);
    let mut torn = std::fs::read(&path).unwrap();
    torn.pop();
    std::fs::write(&path, &torn).unwrap();
    let log = read_log(dir.path(), LostBlocks::Refuse, &mut |_| Ok(())).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), torn);
    let recovered = log.finish().unwrap();
    assert_eq!(recovered.dropped_bytes, record(6).len() as u64 - 1);
    assert_eq!(std::fs::read(&path).unwrap().len(), 16 + 2 * record(4).len());
}

#[test]
fn missing_segment_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = Log::open(dir.path(), SyncPolicy::EveryBlock, Vec::new()).unwrap();
    for height in 1..=6 {
        log.append(height, &record(height)).unwrap();
        log.end_segment().unwrap();
    }
    std::fs::remove_file(segment_path(dir.path(), 3)).unwrap();
    assert!(matches!(
        read(dir.path(), LostBlocks::Refuse),
        Err(OpenError::Log { offset: 16, .. })
    ));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(parse_record(&bytes).is_err());
    }

    #[test]
    fn no_flipped_bit_goes_unnoticed(index in 0usize..1_000, bit in 0u8..8) {
        let mut bytes = record(1);
        let index = index % bytes.len();
        bytes[index] ^= 1 << bit;
        prop_assert!(parse_record(&bytes).is_err());
    }
}
