//! Every module is accepted or refused as the table says, and every accepted one loads and runs.

use supercloud_chain::vm::{Analysis, CheckLayer, EntryPoint};

use super::{Contract, FOLDER, vector};
use crate::backend::MockBackend;
use crate::contract::check;

enum Verdict {
    /// Capabilities, entry points, migrate version.
    Accepted(&'static str, &'static str, Option<u64>),
    /// Its interface marker with the release that had it.
    Refused(&'static str),
}

use Verdict::{Accepted, Refused};

const UP_TO_1_3: &str = "1_1 1_2 1_3";
const UP_TO_2_2: &str = "1_1 1_2 1_3 1_4 2_0 2_1 2_2";

const V0_6: &str = "cosmwasm_api_0_6 (CosmWasm 0.7)";
const VM_1: &str = "cosmwasm_vm_version_1 (CosmWasm 0.8)";
const VM_2: &str = "cosmwasm_vm_version_2 (CosmWasm 0.9)";
const VM_3: &str = "cosmwasm_vm_version_3 (CosmWasm 0.10)";
const VM_4: &str = "cosmwasm_vm_version_4 (CosmWasm 0.11 to 0.13)";
const V5: &str = "interface_version_5 (CosmWasm 0.14)";
const V6: &str = "interface_version_6 (CosmWasm 0.15)";
const V7: &str = "interface_version_7 (CosmWasm 0.16)";

/// Name, bytes, verdict. Letters of entry points: i instantiate, e execute, q query, m migrate, s sudo, r reply, IBC the
/// six classic ones, IBC2 the four of version 2, CB the two callbacks.
const TABLE: [(&str, usize, Verdict); 65] = [
    // A body of it is broken too; the marker is looked at first.
    ("vm__corrupted", 91_861, Refused(V0_6)),
    ("vm__empty", 13_676, Accepted("iterator", "", None)),
    ("vm__cyberpunk", 246_437, Accepted(UP_TO_1_3, "i e q", None)),
    ("vm__cyberpunk_rust170", 198_039, Accepted("", "i e q", None)),
    ("vm__floaty_0.16", 153_984, Refused(V6)),
    ("vm__floaty_1.0", 158_096, Accepted("iterator", "i e", None)),
    ("vm__floaty_1.2", 163_839, Accepted("iterator", "i e", None)),
    ("vm__floaty_2.0", 181_603, Accepted("iterator", "i q", None)),
    ("vm__hackatom_0.7", 91_169, Refused(V0_6)),
    ("vm__hackatom_0.8", 155_461, Refused(VM_1)),
    ("vm__hackatom_0.9", 157_626, Refused(VM_2)),
    ("vm__hackatom_0.10", 179_227, Refused(VM_3)),
    ("vm__hackatom_0.11", 170_947, Refused(VM_4)),
    ("vm__hackatom_0.12", 182_254, Refused(VM_4)),
    ("vm__hackatom_0.14", 200_997, Refused(V5)),
    ("vm__hackatom_0.15", 177_717, Refused(V6)),
    ("vm__hackatom_0.16", 177_773, Refused(V7)),
    ("vm__hackatom_1.0", 211_117, Accepted("", "i m e q s", None)),
    ("vm__hackatom_1.2", 181_627, Accepted("", "i m e q s", None)),
    ("vm__hackatom_1.3", 232_040, Accepted("", "i m e q s", Some(42))),
    ("vm__hackatom", 296_109, Accepted(UP_TO_2_2, "i m e q s", Some(420))),
    ("vm__ibc_reflect_0.14", 291_184, Refused(V5)),
    ("vm__ibc_reflect_0.15", 261_466, Refused(V6)),
    ("vm__ibc_reflect_0.16", 283_900, Refused(V7)),
    (
        "vm__ibc_reflect_1.0",
        272_600,
        Accepted("iterator staking stargate", "i r q m IBC", None),
    ),
    (
        "vm__ibc_reflect_1.2",
        269_374,
        Accepted("iterator stargate", "i r q m IBC", None),
    ),
    (
        "vm__ibc_reflect",
        432_498,
        Accepted("1_1 1_2 1_3 1_4 2_0 2_1 2_2 iterator stargate", "i e r q m IBC", None),
    ),
    (
        "vm__ibc_callbacks",
        231_737,
        Accepted("iterator stargate", "i e q CB", None),
    ),
    ("vm__ibc2", 383_624, Accepted("ibc2 iterator", "i q IBC2", None)),
    ("wasmd-keeper__hackatom", 180_690, Accepted("", "i m e q s", None)),
    (
        "wasmd-keeper__hackatom_42",
        243_535,
        Accepted(UP_TO_2_2, "i m e q s", Some(42)),
    ),
    (
        "wasmd-keeper__hackatom_420",
        243_537,
        Accepted(UP_TO_2_2, "i m e q s", Some(420)),
    ),
    // Its execute is told of in the text beside the table.
    (
        "wasmd-keeper__burner",
        140_432,
        Accepted("1_1 1_2 1_3 1_4 iterator", "i e m", None),
    ),
    ("wasmd-keeper__cyberpunk", 204_975, Accepted(UP_TO_1_3, "i e q", None)),
    (
        "wasmd-keeper__ibc_reflect",
        363_907,
        Accepted("1_1 1_2 1_3 1_4 2_0 iterator stargate", "i e r q m IBC", None),
    ),
    (
        "wasmd-keeper__queue",
        199_808,
        Accepted("1_1 1_2 1_3 1_4 iterator", "i e m q", None),
    ),
    (
        "wasmd-keeper__reflect_1_0",
        262_794,
        Accepted("staking stargate", "i e r q", None),
    ),
    (
        "wasmd-keeper__reflect_1_1",
        257_047,
        Accepted("1_1 staking stargate", "i e r q m", None),
    ),
    (
        "wasmd-keeper__reflect_1_5",
        330_270,
        Accepted("1_1 1_2 1_3 1_4 staking stargate", "i e r q", None),
    ),
    (
        "wasmd-keeper__reflect_2_0",
        380_600,
        Accepted("1_1 1_2 1_3 1_4 2_0 staking stargate", "i e r q", None),
    ),
    (
        "wasmd-keeper__replier",
        207_285,
        Accepted("1_1 1_2 1_3 1_4 iterator", "i e q r", None),
    ),
    ("wasmd-keeper__staking", 225_636, Accepted("staking", "i e q", None)),
    (
        "wasmd-types__reflect",
        257_191,
        Accepted("1_1 staking stargate", "i e r q", None),
    ),
    ("wasmd-integration__escrow_0.7", 91_577, Refused(V0_6)),
    ("wasmd-integration__hackatom", 180_690, Accepted("", "i m e q s", None)),
    (
        "wasmd-integration__burner",
        140_432,
        Accepted("1_1 1_2 1_3 1_4 iterator", "i e m", None),
    ),
    (
        "wasmd-integration__reflect_1_5",
        330_270,
        Accepted("1_1 1_2 1_3 1_4 staking stargate", "i e r q", None),
    ),
    (
        "wasmd-integration__ibc_reflect",
        363_907,
        Accepted("1_1 1_2 1_3 1_4 2_0 iterator stargate", "i e r q m IBC", None),
    ),
    (
        "wasmd-integration__ibc_reflect_send",
        283_603,
        Accepted("iterator staking stargate", "i e q IBC", None),
    ),
    (
        "wasmd-e2e__cw20_base",
        313_424,
        Accepted("iterator staking", "i e q m", None),
    ),
    (
        "wasmd-e2e__cw20_ics20",
        341_462,
        Accepted("iterator stargate", "i e m q r IBC", None),
    ),
    ("wasmd-e2e__ibc2", 377_900, Accepted("ibc2 iterator", "i q IBC2", None)),
    (
        "wasmd-e2e__ibc_callbacks",
        311_144,
        Accepted("iterator stargate", "i e q CB", None),
    ),
    (
        "wasmd-e2e__reflect_2_2",
        403_163,
        Accepted("1_1 1_2 1_3 1_4 2_0 2_1 2_2 staking stargate", "i e r q", None),
    ),
    ("wasmd-system__cyberpunk", 304_759, Accepted(UP_TO_1_3, "i e q", None)),
    ("wasmd-system__hackatom", 178_823, Accepted("", "i m e q s", None)),
    (
        "wasmd-system__reflect",
        266_721,
        Accepted("1_1 staking stargate", "i e r q", None),
    ),
    (
        "wasmd-bench__cw1_whitelist",
        189_952,
        Accepted("iterator staking", "i e q", None),
    ),
    ("wasmd-bench__cw20_base", 267_072, Accepted("iterator", "i e q", None)),
    ("wasmvm__cyberpunk", 369_075, Accepted("", "i e q", None)),
    ("wasmvm__floaty_2.0", 181_603, Accepted("iterator", "i q", None)),
    ("wasmvm__hackatom", 232_040, Accepted("", "i m e q s", Some(42))),
    ("wasmvm__queue", 146_302, Accepted("iterator", "i e m q", None)),
    (
        "wasmvm__reflect",
        257_191,
        Accepted("1_1 staking stargate", "i e r q", None),
    ),
    (
        "wasmvm__ibc_reflect",
        254_798,
        Accepted("iterator stargate", "i r q m IBC", None),
    ),
];

fn entry_points(letters: &str) -> Vec<&'static str> {
    let names = |letter: &str| -> &[EntryPoint] {
        use EntryPoint::*;
        match letter {
            "i" => &[Instantiate],
            "e" => &[Execute],
            "q" => &[Query],
            "m" => &[Migrate],
            "s" => &[Sudo],
            "r" => &[Reply],
            "IBC" => &[
                IbcChannelOpen,
                IbcChannelConnect,
                IbcChannelClose,
                IbcPacketReceive,
                IbcPacketAck,
                IbcPacketTimeout,
            ],
            "IBC2" => &[Ibc2PacketReceive, Ibc2PacketAck, Ibc2PacketTimeout, Ibc2PacketSend],
            "CB" => &[IbcSourceCallback, IbcDestinationCallback],
            other => panic!("no entry point is called {other}"),
        }
    };
    let mut found: Vec<_> = letters
        .split_whitespace()
        .flat_map(names)
        .map(|e| e.export_name())
        .collect();
    found.sort_unstable();
    found
}

fn capabilities(short: &str) -> Vec<String> {
    let whole = |name: &str| match name.as_bytes()[0] {
        b'0'..=b'9' => format!("cosmwasm_{name}"),
        _ => name.to_owned(),
    };
    short.split_whitespace().map(whole).collect()
}

fn assert_analysis(name: &str, analysis: Analysis, requires: &str, letters: &str, migrate_version: Option<u64>) {
    assert_eq!(Vec::from_iter(&analysis.entry_points), entry_points(letters), "{name}");
    assert_eq!(
        Vec::from_iter(analysis.required_capabilities),
        capabilities(requires),
        "{name}"
    );
    assert_eq!(analysis.migrate_version, migrate_version, "{name}");
    let ibc = letters.split_whitespace().any(|letter| letter == "IBC");
    assert_eq!(analysis.has_ibc_entry_points, ibc, "{name}");
}

/// Instantiated with nonsense, a contract refuses in an orderly way: it ran.
fn assert_runs(name: &str, has_instantiate: bool) {
    let mut contract = Contract::new(name, MockBackend::default()).unwrap();
    let report = contract.instantiate("{\"nonsense\":[]}");
    let text = format!("{:?}", report.result.map(|bytes| String::from_utf8(bytes).unwrap()));
    match has_instantiate {
        true => assert!(text.starts_with("Ok(\"{\\\""), "{name}: {text}"),
        false => assert_eq!(text, "Err(MissingExport(\"instantiate\"))", "{name}"),
    }
}

#[test]
fn every_module_is_accepted_or_refused_as_the_table_says_and_accepted_ones_run() {
    if std::env::var_os(FOLDER).is_none() {
        eprintln!("skipped: {FOLDER} is not set, no public module runs");
        return;
    }
    let (mut ran, mut refused) = (0, 0);
    for (name, bytes, verdict) in &TABLE {
        let wasm = vector(name).unwrap();
        assert_eq!(wasm.len(), *bytes, "{name}");
        let result = check(&wasm);
        match verdict {
            Accepted(requires, letters, migrate_version) => {
                let analysis = result.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_analysis(name, analysis, requires, letters, *migrate_version);
                assert_runs(name, letters.contains('i'));
                ran += 1;
            }
            Refused(marker) => {
                let error = result.unwrap_err();
                assert_eq!(error.layer, CheckLayer::Interface, "{name}");
                let reason = format!("{marker} is not supported; only interface_version_8 is");
                assert_eq!(error.reason, reason, "{name}");
                refused += 1;
            }
        }
    }
    eprintln!("{ran} public modules ran, {refused} were refused as they must");
    assert_eq!((ran, refused), (50, 15));
}
