//! Proofs of stores: by our verifier and by the `ics23` crate, for keys that are there and keys that are not, at the last
//! height and at past ones; and none that was tampered with.

use ics23::HostFunctionsProvider;
use proptest::prelude::*;
use prost::Message;
use sha2::{Digest, Sha256};
use supercloud_chain::store::{Changes, Proved, Reader, Store, StoreError};
use supercloud_store::proof::{
    CommitmentProof, ExistenceProof, Proof, ProofError, ics23_spec, verify_absence, verify_membership,
};
use supercloud_store::{DiskConfig, EMPTY, Hash, MemoryStore, Pruning, provable_value};

use crate::chains::{Random, State, apply, changes_at, commit_through, key, open, small};

/// The only hash that the specification names.
struct Sha256Only;

impl HostFunctionsProvider for Sha256Only {
    fn sha2_256(message: &[u8]) -> [u8; 32] {
        Sha256::digest(message).into()
    }
    fn sha2_512(_: &[u8]) -> [u8; 64] {
        unreachable!("not in the specification")
    }
    fn sha2_512_truncated(_: &[u8]) -> [u8; 32] {
        unreachable!("not in the specification")
    }
    fn keccak_256(_: &[u8]) -> [u8; 32] {
        unreachable!("not in the specification")
    }
    fn ripemd160(_: &[u8]) -> [u8; 20] {
        unreachable!("not in the specification")
    }
    fn blake2b_512(_: &[u8]) -> [u8; 64] {
        unreachable!("not in the specification")
    }
    fn blake2s_256(_: &[u8]) -> [u8; 32] {
        unreachable!("not in the specification")
    }
    fn blake3(_: &[u8]) -> [u8; 32] {
        unreachable!("not in the specification")
    }
}

/// The specification as another implementation reads it from the wire.
fn foreign_spec() -> ics23::ProofSpec {
    prost_of_ics23::decode_spec(&ics23_spec().encode_to_vec())
}

mod prost_of_ics23 {
    //! The `ics23` crate is on another version of `prost`, whose trait is reached through its own messages.

    /// Decodes a specification.
    pub(super) fn decode_spec(bytes: &[u8]) -> ics23::ProofSpec {
        prost_013::Message::decode(bytes).unwrap()
    }

    /// Decodes a proof.
    pub(super) fn decode_proof(bytes: &[u8]) -> ics23::CommitmentProof {
        prost_013::Message::decode(bytes).unwrap()
    }
}

/// Whether an unmodified ICS-23 client accepts the proof.
fn is_accepted_by_ics23(root: &Hash, key: &[u8], proved: &Proved) -> bool {
    let proof = prost_of_ics23::decode_proof(&proved.proof);
    let spec = foreign_spec();
    let root = root.to_vec();
    match &proved.value {
        Some(value) => {
            let value = provable_value(value);
            ics23::verify_membership::<Sha256Only>(&proof, &spec, &root, key, &value)
        }
        None => ics23::verify_non_membership::<Sha256Only>(&proof, &spec, &root, key),
    }
}

fn verify(root: &Hash, key: &[u8], proved: &Proved) -> Result<(), ProofError> {
    match &proved.value {
        Some(value) => verify_membership(root, key, value, &proved.proof),
        None => verify_absence(root, key, &proved.proof),
    }
}

fn assert_proves_all(reader: &dyn Reader, state: &State, keys: impl Iterator<Item = u64>) {
    for i in keys {
        let key = key(i);
        let proved = reader.prove(&key).unwrap();
        assert_eq!(proved.value.as_ref(), state.get(&key));
        verify(&reader.root(), &key, &proved).unwrap();
        assert!(is_accepted_by_ics23(&reader.root(), &key, &proved), "key {i}");
    }
}

#[test]
fn every_key_is_proved_present_or_absent_at_every_kept_height() {
    let dir = tempfile::tempdir().unwrap();
    let config = DiskConfig {
        pruning: Pruning::KeepLast(40),
        ..small()
    };
    let mut store = open(dir.path(), config);
    let mut states = vec![State::new()];
    for height in 1..=60 {
        let changes = changes_at(height, 11, 300, 40);
        let mut state = states[height as usize - 1].clone();
        apply(&mut state, &changes);
        states.push(state);
        store.commit(height, changes).unwrap();
    }
    assert_proves_all(&*store.latest(), &states[60], 0..400);
    let mut random = Random(2);
    for height in [59, 50, 35, 21] {
        let keys: Vec<u64> = (0..60).map(|_| random.below(400)).collect();
        let view = store.at(height).unwrap();
        assert_proves_all(&*view, &states[height as usize], keys.into_iter());
    }
    drop(store);
    let store = open(dir.path(), config);
    for height in [60, 44, 21] {
        assert_proves_all(&*store.at(height).unwrap(), &states[height as usize], 0..40);
    }
}

/// The roots were computed with the `jmt` crate: see `bench/tests/jmt.rs`, which also compares random histories.
#[test]
fn known_roots_of_the_jmt_crate_are_ours() {
    for (count, expected) in [
        (1u32, "34c93e6c4c4347ca9a85bae2525c70bcdab00e2ca86b758d171e2ab5c237abb0"),
        (2, "addc03ddc0b6d2b68402f898e8ec6089b8bc4d4729bf1dd980aaa0a65a5b1663"),
        (100, "0a36e9ab7887c586e4ef43e72edc6c0a7244e3e9427a07aea8e435ef36d5f619"),
        (
            5_000,
            "667e148817033ccba42239f7c89b7ff525a02f5ff4b53a210ea0639e6b5f8c23",
        ),
    ] {
        let entry = |i: u32| {
            (
                format!("key/{i}").into_bytes(),
                Some(i.to_le_bytes()[..(i % 5) as usize].to_vec()),
            )
        };
        let mut store = MemoryStore::new();
        let root = store.commit(0, (0..count).map(entry).collect()).unwrap();
        assert_eq!(hex::encode(root), expected, "{count} entries");
    }
}

#[test]
fn absence_in_an_empty_state_needs_no_proof() {
    let store = MemoryStore::new();
    let proved = store.latest().prove(b"a").unwrap();
    assert_eq!(proved.value, None);
    verify_absence(&EMPTY, b"a", &proved.proof).unwrap();
    verify_absence(&EMPTY, b"a", b"anything").unwrap();
    let error = verify_absence(&[1; 32], b"a", &proved.proof).unwrap_err();
    assert_eq!(error, ProofError::NotNeighbours);
}

#[test]
fn single_entry_proves_itself_and_the_absence_of_all_others() {
    let mut store = MemoryStore::new();
    store.commit(1, Changes::from([(key(1), Some(vec![5]))])).unwrap();
    let state = State::from([(key(1), vec![5])]);
    assert_proves_all(&*store.latest(), &state, 0..40);
}

#[test]
fn values_that_look_like_the_marker_of_empty_values_stay_apart() {
    let mut roots = std::collections::BTreeSet::new();
    let marker = b"supercloud/empty".to_vec();
    let values = [Vec::new(), marker.clone(), marker.repeat(2), [marker, vec![0]].concat()];
    for value in values {
        let mut store = MemoryStore::new();
        let root = store.commit(1, Changes::from([(key(1), Some(value.clone()))])).unwrap();
        assert!(roots.insert(root));
        assert_proves_all(&*store.latest(), &State::from([(key(1), value)]), 0..10);
    }
}

#[test]
fn proof_that_would_undo_too_much_is_refused_with_the_height_that_is_possible() {
    let dir = tempfile::tempdir().unwrap();
    let config = DiskConfig {
        proof_changes: 50,
        ..small()
    };
    let mut store = open(dir.path(), config);
    commit_through(&mut store, 1..=60, 4);
    store.checkpoint().unwrap();
    match store.at(5).unwrap().prove(b"a") {
        Err(StoreError::NotProvable { height: 5, reason }) => {
            assert!(
                reason.starts_with("more than 50 keys changed since; heights from "),
                "{reason}"
            );
        }
        other => panic!("{other:?}"),
    }
    assert!(store.at(59).unwrap().prove(b"a").is_ok());
}

/// A store with a few hundred entries and its proofs of presence and absence.
fn samples() -> (Hash, Vec<(Vec<u8>, Proved)>) {
    let mut store = MemoryStore::new();
    commit_through(&mut store, 1..=30, 9);
    let view = store.latest();
    let proofs = (0..60).map(|i| (key(i), view.prove(&key(i)).unwrap())).collect();
    (view.root(), proofs)
}

#[test]
fn proof_of_one_thing_does_not_prove_another() {
    let (root, proofs) = samples();
    for (key, proved) in &proofs {
        let mut other_root = root;
        other_root[31] ^= 1;
        let wrong_root = verify(&other_root, key, proved).unwrap_err();
        assert!(matches!(wrong_root, ProofError::WrongRoot { .. }), "{wrong_root}");
        let other_key = [key.as_slice(), b"x"].concat();
        let wrong_key = verify(&root, &other_key, proved).unwrap_err();
        assert!(matches!(wrong_key, ProofError::WrongKey { .. }), "{wrong_key}");
        if let Some(value) = &proved.value {
            let other = [value.as_slice(), b"x"].concat();
            let wrong_value = verify_membership(&root, key, &other, &proved.proof).unwrap_err();
            assert_eq!(wrong_value, ProofError::WrongValue { key: hex::encode(key) });
            let wrong_kind = verify_absence(&root, key, &proved.proof).unwrap_err();
            assert!(matches!(wrong_kind, ProofError::WrongKind { .. }));
        } else {
            let wrong_kind = verify_membership(&root, key, b"x", &proved.proof).unwrap_err();
            assert!(matches!(wrong_kind, ProofError::WrongKind { .. }));
        }
    }
}

fn existence(proved: &Proved) -> Option<ExistenceProof> {
    match CommitmentProof::decode(proved.proof.as_slice()).unwrap().proof? {
        Proof::Exist(proof) => Some(proof),
        Proof::Nonexist(_) => None,
    }
}

/// An absence proof put together from existence proofs.
fn absence(key: &[u8], left: Option<&ExistenceProof>, right: Option<&ExistenceProof>) -> Vec<u8> {
    let proof = supercloud_store::proof::NonExistenceProof {
        key: key.to_vec(),
        left: left.cloned(),
        right: right.cloned(),
    };
    CommitmentProof {
        proof: Some(Proof::Nonexist(proof)),
    }
    .encode_to_vec()
}

#[test]
fn no_choice_of_neighbours_proves_the_absence_of_an_entry() {
    let (root, proofs) = samples();
    let entries: Vec<ExistenceProof> = proofs
        .iter()
        .filter_map(|(_, proved)| existence(proved))
        .take(16)
        .collect();
    let choices = || entries.iter().map(Some).chain([None]);
    for target in &entries {
        for left in choices() {
            for right in choices() {
                let forged = absence(&target.key, left, right);
                assert!(verify_absence(&root, &target.key, &forged).is_err());
            }
        }
    }
}

#[test]
fn neighbours_further_apart_do_not_prove_an_absence_between_them() {
    let (root, proofs) = samples();
    let mut entries: Vec<ExistenceProof> = proofs.iter().filter_map(|(_, proved)| existence(proved)).collect();
    entries.sort_by_key(|proof| Sha256::digest(&proof.key));
    let (absent, _) = proofs.iter().find(|(_, proved)| proved.value.is_none()).unwrap();
    let at = entries.partition_point(|proof| Sha256::digest(&proof.key) < Sha256::digest(absent));
    assert!(at >= 2 && at + 1 < entries.len());
    for (left, right) in [
        (Some(at - 2), Some(at)),
        (Some(at - 1), Some(at + 1)),
        (None, Some(at)),
        (Some(at - 1), None),
    ] {
        let forged = absence(absent, left.map(|i| &entries[i]), right.map(|i| &entries[i]));
        assert_eq!(verify_absence(&root, absent, &forged), Err(ProofError::NotNeighbours));
    }
}

proptest! {
    #[test]
    fn no_changed_byte_of_a_proof_goes_unnoticed(sample in 0usize..60, at: prop::sample::Index, flip in 1u8..=255) {
        let (root, proofs) = samples();
        let (key, proved) = &proofs[sample];
        let mut changed = proved.clone();
        let at = at.index(changed.proof.len());
        changed.proof[at] ^= flip;
        // Bytes that do not decode to the same proof must not prove the same thing.
        let same = CommitmentProof::decode(changed.proof.as_slice()) == CommitmentProof::decode(proved.proof.as_slice());
        prop_assert!(same || verify(&root, key, &changed).is_err());
    }

    #[test]
    fn any_bytes_are_refused_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(verify_membership(&[1; 32], b"a", b"b", &bytes).is_err());
        prop_assert!(verify_absence(&[1; 32], b"a", &bytes).is_err());
    }
}
