//! What all nodes are fed, and what must come out.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use supercloud_chain::store::Store;
use supercloud_chain::{BlockInput, BlockOutput, Genesis};
use supercloud_store::snapshot::{SnapshotReader, export_snapshot};

use crate::scene::Scene;

/// Blocks of the trace, without those that set the suite up.
const BLOCKS: usize = 5_000;
/// Where the trace is cut: a snapshot is taken and a genesis exported.
const CUT: usize = 3_000;
/// Where a young state is exported too, to be compared entry by entry.
const EARLY: usize = 400;
const SEED: u64 = 0x5eed_0004;

/// A recorded chain.
pub(crate) struct Trace {
    pub(crate) genesis: Genesis,
    pub(crate) blocks: Vec<(BlockInput, BlockOutput)>,
    /// A young state, as a stream and as a genesis.
    pub(crate) early: (Vec<u8>, Genesis),
    /// Blocks before the cut.
    pub(crate) cut: usize,
    /// The state there, as a stream.
    pub(crate) snapshot: Vec<u8>,
    /// The state there, as a genesis whose chain goes on at the next height.
    pub(crate) exported: Genesis,
}

/// The trace, recorded once.
pub(crate) fn trace() -> Arc<Trace> {
    static TRACE: OnceLock<Arc<Trace>> = OnceLock::new();
    TRACE.get_or_init(|| Arc::new(Trace::record())).clone()
}

/// The state as a stream, and as a genesis whose chain goes on at the next height.
fn export(scene: &Scene) -> (Vec<u8>, Genesis) {
    let mut snapshot = Vec::new();
    export_snapshot(&*scene.recorder.store.latest(), &mut snapshot).unwrap();
    let chain = &scene.recorder.chain;
    let exported = Genesis {
        initial_height: chain.height() + 1,
        ..chain.querier(None).unwrap().export().unwrap()
    };
    (snapshot, exported)
}

impl Trace {
    fn record() -> Self {
        let begun = std::time::Instant::now();
        let mut scene = Scene::new(SEED);
        (0..EARLY).for_each(|_| scene.play_block());
        let early = export(&scene);
        (EARLY..CUT).for_each(|_| scene.play_block());
        let cut = scene.recorder.blocks.len();
        let (snapshot, exported) = export(&scene);
        (CUT..BLOCKS).for_each(|_| scene.play_block());
        let recorder = scene.recorder;
        let trace = Self {
            genesis: recorder.genesis,
            blocks: recorder.blocks,
            early,
            cut,
            snapshot,
            exported,
        };
        trace.report(begun.elapsed());
        trace.assert_varied();
        trace
    }

    /// The young state.
    pub(crate) fn early_entries(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut reader = SnapshotReader::open(&*self.early.0).unwrap();
        let mut entries = BTreeMap::new();
        while let Some(chunk) = reader.next_entries().unwrap() {
            entries.extend(chunk);
        }
        entries
    }

    /// A contract of the trace.
    pub(crate) fn contract(&self) -> String {
        let mut events = self
            .blocks
            .iter()
            .flat_map(|(_, output)| &output.tx_results)
            .flat_map(|result| &result.events);
        let made = events.rfind(|event| event.kind == "instantiate").unwrap();
        made.get("_contract_address").unwrap().to_owned()
    }

    /// What was played, for people.
    fn report(&self, took: std::time::Duration) {
        let mut messages: BTreeMap<(String, bool), u64> = BTreeMap::new();
        let mut codes: BTreeMap<(String, u32), u64> = BTreeMap::new();
        for result in self.blocks.iter().flat_map(|(_, output)| &output.tx_results) {
            *codes.entry((result.codespace.clone(), result.code)).or_default() += 1;
            for event in result.events.iter().filter(|event| event.get("action").is_some()) {
                let action = event.get("action").unwrap_or_default().to_owned();
                *messages.entry((action, result.is_ok())).or_default() += 1;
            }
        }
        let mut outside: BTreeMap<String, u64> = BTreeMap::new();
        for event in self.blocks.iter().flat_map(|(_, output)| &output.events) {
            let key = format!("{} {}", event.kind, event.get("proposal_result").unwrap_or_default());
            *outside.entry(key).or_default() += 1;
        }
        eprintln!(
            "{} blocks in {took:.0?}; {codes:#?} {messages:#?} {outside:#?}",
            self.blocks.len()
        );
    }

    /// A trace that only fails, or only succeeds, proves little.
    fn assert_varied(&self) {
        let results = self.blocks.iter().flat_map(|(_, output)| &output.tx_results);
        let (mut good, mut bad) = (0, 0);
        let mut failures = std::collections::BTreeSet::new();
        for result in results {
            if result.is_ok() {
                good += 1;
            } else {
                bad += 1;
                failures.insert((result.codespace.as_str(), result.code));
            }
        }
        assert!(good > BLOCKS / 4 && bad > BLOCKS / 10, "{good} succeed, {bad} fail");
        assert!(failures.len() > 12, "{failures:?}");
        for failure in [
            ("sdk", 2),
            ("sdk", 4),
            ("sdk", 5),
            ("sdk", 11),
            ("sdk", 13),
            ("sdk", 32),
            ("wasm", 5),
        ] {
            assert!(failures.contains(&failure), "{failure:?} is not among {failures:?}");
        }
    }
}
