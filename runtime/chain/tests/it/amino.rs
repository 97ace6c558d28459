//! Transactions that CosmJS 0.36.1 signed in SIGN_MODE_LEGACY_AMINO_JSON (`vectors/cosmjs_amino.json`), and what stands
//! or falls with the signed text.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use k256::ecdsa::Signature;
use k256::ecdsa::signature::Signer;
use serde::Deserialize;
use supercloud_chain::TxResult;
use supercloud_proto::cosmos::crypto::multisig::LegacyAminoPubKey;
use supercloud_proto::cosmos::crypto::multisig::v1beta1::{CompactBitArray, MultiSignature};
use supercloud_proto::cosmos::crypto::secp256k1::PubKey;
use supercloud_proto::cosmos::tx::signing::v1beta1::SignMode;
use supercloud_proto::cosmos::tx::v1beta1::{AuthInfo, ModeInfo, SignDoc, SignerInfo, TxBody, TxRaw, mode_info};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Any;

use crate::world::{CHAIN_ID, Person, World, event, public_key, send};

#[derive(Deserialize)]
struct Vectors {
    singles: Vec<Single>,
    multisig: Multisig,
}

#[derive(Deserialize)]
struct Single {
    name: String,
    document: String,
    tx: String,
}

#[derive(Deserialize)]
struct Multisig {
    address: String,
    one: String,
    two: String,
    three: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("vectors/cosmjs_amino.json")).unwrap()
}

fn bytes(text: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text).unwrap()
}

fn run(world: &mut World, raw: Vec<u8>) -> TxResult {
    world.block(vec![raw]).tx_results.remove(0)
}

#[track_caller]
fn assert_not_signed(result: &TxResult) {
    assert_eq!((result.codespace.as_str(), result.code), ("sdk", 4), "{}", result.log);
    assert!(
        result.log.starts_with("signature verification failed"),
        "{}",
        result.log
    );
}

#[test]
fn every_message_that_cosmjs_signs_in_amino_json_passes() {
    for vector in vectors().singles {
        let mut world = World::new();
        let result = run(&mut world, bytes(&vector.tx));
        // Messages may fail, as their contracts do not exist; the signature must not.
        let sequence = world.account(&world.alice.address).sequence;
        assert_eq!(sequence, 1, "{}: {}", vector.name, result.log);
    }
}

#[test]
fn changed_text_is_not_signed() {
    for vector in vectors().singles {
        let mut world = World::with(|genesis| genesis.chain_id = "other-1".into());
        assert_not_signed(&run(&mut world, bytes(&vector.tx)));
        assert_eq!(world.account(&world.alice.address).sequence, 0);
    }
    let vector = &vectors().singles[0];
    assert!(vector.document.contains("\\u003ca \\u0026 b\\u003e"));
    let mut raw = TxRaw::decode(&*bytes(&vector.tx)).unwrap();
    let mut body = TxBody::decode(&*raw.body_bytes).unwrap();
    body.timeout_height += 1;
    raw.body_bytes = body.encode_to_vec();
    assert_not_signed(&run(&mut World::new(), raw.encode_to_vec()));
}

#[test]
fn fee_payer_and_granter_are_part_of_the_signed_text() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let mut draft = world.draft(&alice, vec![send(&alice.address, &world.bob.address, 5, "uakt")]);
    draft.auth.signer_infos[0].mode_info = Some(single(SignMode::LegacyAminoJson));
    draft.auth.fee.as_mut().unwrap().payer = alice.address.clone();
    let fee = |payer: &str| format!(r#"{{"amount":[],"gas":"20000000"{payer}}}"#);
    let (from, to) = (&alice.address, &world.bob.address);
    let document = |fee: String| {
        format!(
            r#"{{"account_number":"1","chain_id":"{CHAIN_ID}","fee":{fee},"memo":"","msgs":[{{"type":"cosmos-sdk/MsgSend","value":{{"amount":[{{"amount":"5","denom":"uakt"}}],"from_address":"{from}","to_address":"{to}"}}}}],"sequence":"0"}}"#
        )
    };
    let without = document(fee(""));
    let with = document(fee(&format!(r#","payer":"{}""#, alice.address)));
    let mut raw = draft.sign(&[&alice]);
    raw.signatures = vec![sign(&alice, without.as_bytes())];
    assert_not_signed(&world.deliver_raw(&raw));
    raw.signatures = vec![sign(&alice, with.as_bytes())];
    assert_eq!(world.deliver_raw(&raw).log, "");
}

#[test]
fn extensions_have_no_amino_form() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let mut draft = world.draft(&alice, vec![send(&alice.address, &world.bob.address, 5, "uakt")]);
    draft.auth.signer_infos[0].mode_info = Some(single(SignMode::LegacyAminoJson));
    draft.body.non_critical_extension_options = vec![Any {
        type_url: "/other.Extension".into(),
        value: Vec::new(),
    }];
    let raw = draft.sign(&[&alice]);
    let result = world.deliver_raw(&raw);
    let text = "SIGN_MODE_LEGACY_AMINO_JSON does not support extension options: invalid request";
    assert_eq!((result.code, result.log.as_str()), (18, text));
}

#[test]
fn fields_that_amino_leaves_out_are_refused_with_it_and_pass_without() {
    let mut world = World::new();
    let alice = world.alice.clone();
    for (mode, refusal) in [
        (
            SignMode::LegacyAminoJson,
            "protobuf transaction contains unknown non-critical fields. This is a transaction malleability issue and \
             SIGN_MODE_LEGACY_AMINO_JSON cannot be used.: invalid request",
        ),
        (SignMode::Direct, ""),
    ] {
        let mut draft = world.draft(&alice, vec![send(&alice.address, &world.bob.address, 5, "uakt")]);
        draft.auth.signer_infos[0].mode_info = Some(single(mode));
        let mut raw = draft.sign(&[&alice]);
        // Field 1024, varint 1.
        raw.body_bytes.extend([0x80, 0x40, 1]);
        let document = match mode {
            SignMode::Direct => SignDoc {
                body_bytes: raw.body_bytes.clone(),
                auth_info_bytes: raw.auth_info_bytes.clone(),
                chain_id: CHAIN_ID.into(),
                account_number: 1,
            }
            .encode_to_vec(),
            _ => format!(
                r#"{{"account_number":"1","chain_id":"{CHAIN_ID}","fee":{{"amount":[],"gas":"20000000"}},"memo":"","msgs":[{{"type":"cosmos-sdk/MsgSend","value":{{"amount":[{{"amount":"5","denom":"uakt"}}],"from_address":"{}","to_address":"{}"}}}}],"sequence":"0"}}"#,
                alice.address, world.bob.address
            )
            .into_bytes(),
        };
        raw.signatures = vec![sign(&alice, &document)];
        let result = world.deliver_raw(&raw);
        assert_eq!((result.code == 0, result.log.as_str()), (refusal.is_empty(), refusal));
    }
}

#[test]
fn multisig_in_amino_with_a_field_that_it_leaves_out_is_refused() {
    let mut world = World::new();
    let vectors = funded(&mut world);
    let mut raw = TxRaw::decode(&*bytes(&vectors.two)).unwrap();
    raw.body_bytes.extend([0x80, 0x40, 1]);
    let result = run(&mut world, raw.encode_to_vec());
    assert_eq!((result.codespace.as_str(), result.code), ("sdk", 18), "{}", result.log);
    assert_eq!(run(&mut world, bytes(&vectors.two)).log, "");
}

/// The account of the vectors, with coins; account number 4.
fn funded(world: &mut World) -> Multisig {
    let vectors = vectors().multisig;
    let alice = world.alice.clone();
    world.succeed(&alice, vec![send(&alice.address, &vectors.address, 100, "uakt")]);
    assert_eq!(world.account(&vectors.address).account_number, 4);
    vectors
}

#[test]
fn threshold_key_of_cosmjs_signs_with_two_or_three_of_three_and_not_with_one() {
    let mut world = World::new();
    let vectors = funded(&mut world);
    assert_not_signed(&run(&mut world, bytes(&vectors.one)));
    let result = run(&mut world, bytes(&vectors.two));
    assert_eq!((result.code, result.log.as_str()), (0, ""));
    let account = world.account(&vectors.address);
    assert_eq!(
        (account.sequence, account.pub_key.unwrap().type_url.as_str()),
        (1, "/cosmos.crypto.multisig.LegacyAminoPubKey")
    );
    let signatures = |result: &TxResult| {
        let parts = result.events.iter().filter(|event| event.get("signature").is_some());
        parts.count()
    };
    assert_eq!(signatures(&result), 3);

    let mut world = World::new();
    let vectors = funded(&mut world);
    let more = run(&mut world, bytes(&vectors.three));
    assert_eq!((more.code, more.log.as_str()), (0, ""));
    assert_eq!(signatures(&more), 4);
    // One signature more to check and 66 bytes more to carry.
    let difference = more.gas_used - result.gas_used;
    assert!((1_000 + 660..1_000 + 760).contains(&difference), "{difference}");
}

fn single(mode: SignMode) -> ModeInfo {
    ModeInfo {
        sum: Some(mode_info::Sum::Single(mode_info::Single { mode: mode.into() })),
    }
}

fn sign(person: &Person, document: &[u8]) -> Vec<u8> {
    let signature: Signature = person.key.sign(document);
    signature.normalize_s().unwrap_or(signature).to_bytes().to_vec()
}

fn threshold_key(threshold: u32, people: &[&Person]) -> LegacyAminoPubKey {
    let key = |person: &&Person| {
        pack(&PubKey {
            key: public_key(&person.key),
        })
    };
    LegacyAminoPubKey {
        threshold,
        public_keys: people.iter().map(key).collect(),
    }
}

/// A transaction of the vectors' account, signed directly by those whose bit is set.
fn direct(world: &World, address: &str, elems: u8, extra: u32, signers: &[&Person]) -> TxRaw {
    let modes = signers.iter().map(|_| single(SignMode::Direct)).collect();
    let multi = mode_info::Multi {
        bitarray: Some(CompactBitArray {
            extra_bits_stored: extra,
            elems: vec![elems],
        }),
        mode_infos: modes,
    };
    let mut draft = world.draft(&world.alice, vec![send(address, &world.bob.address, 5, "uakt")]);
    draft.auth.signer_infos = vec![SignerInfo {
        public_key: Some(pack(&threshold_key(2, &[&world.alice, &world.bob, &world.carol]))),
        mode_info: Some(ModeInfo {
            sum: Some(mode_info::Sum::Multi(multi)),
        }),
        sequence: 0,
    }];
    let (body_bytes, auth_info_bytes) = (draft.body.encode_to_vec(), draft.auth.encode_to_vec());
    let document = SignDoc {
        body_bytes: body_bytes.clone(),
        auth_info_bytes: auth_info_bytes.clone(),
        chain_id: CHAIN_ID.into(),
        account_number: 4,
    }
    .encode_to_vec();
    let signatures = signers.iter().map(|person| sign(person, &document)).collect();
    TxRaw {
        body_bytes,
        auth_info_bytes,
        signatures: vec![MultiSignature { signatures }.encode_to_vec()],
    }
}

#[test]
fn keys_of_a_threshold_key_may_sign_directly() {
    let mut world = World::new();
    let address = funded(&mut world).address;
    let (alice, bob, carol) = (world.alice.clone(), world.bob.clone(), world.carol.clone());
    for (elems, extra, signers, why) in [
        (0b1000_0000, 3, vec![&alice], "fewer than the threshold"),
        (0b1010_0000, 3, vec![&alice, &bob], "bob signs for carol"),
        (0b1010_0000, 3, vec![&carol, &alice], "wrong order"),
        (0b1010_0000, 3, vec![&alice, &carol, &bob], "more signatures than bits"),
        (0b1010_0000, 4, vec![&alice, &carol], "a bit too many"),
        (0b1010_0000, 0, vec![&alice, &carol], "eight bits"),
        (0b1010_0000, 9, vec![&alice, &carol], "no such number of bits"),
    ] {
        let raw = direct(&world, &address, elems, extra, &signers);
        let result = world.deliver_raw(&raw);
        assert_eq!(result.code, 4, "{why}: {}", result.log);
    }
    let raw = direct(&world, &address, 0b1010_0000, 3, &[&alice, &carol]);
    let mut longer = raw.clone();
    // An unknown field that means nothing.
    longer.signatures[0].extend([0x10, 0x01]);
    assert_not_signed(&world.deliver_raw(&longer));
    let result = world.deliver_raw(&raw);
    assert_eq!((result.code, result.log.as_str()), (0, ""));
    assert_eq!(world.balance(&address, "uakt"), 95);
}

#[test]
fn malformed_threshold_keys_and_keys_of_others_are_refused() {
    let mut world = World::new();
    let address = funded(&mut world).address;
    let (alice, bob, carol) = (world.alice.clone(), world.bob.clone(), world.carol.clone());
    let nested = LegacyAminoPubKey {
        threshold: 1,
        public_keys: vec![pack(&threshold_key(1, &[&alice]))],
    };
    for (key, text) in [
        (
            threshold_key(0, &[&alice, &bob, &carol]),
            "threshold 0 of a key with 3 keys",
        ),
        (
            threshold_key(4, &[&alice, &bob, &carol]),
            "threshold 4 of a key with 3 keys",
        ),
        (
            threshold_key(2, &[&bob, &alice, &carol]),
            "pubKey does not match signer address",
        ),
        (
            nested,
            "keys of type /cosmos.crypto.multisig.LegacyAminoPubKey are not supported",
        ),
    ] {
        let mut raw = direct(&world, &address, 0b1010_0000, 3, &[&alice, &carol]);
        let mut auth = AuthInfo::decode(&*raw.auth_info_bytes).unwrap();
        auth.signer_infos[0].public_key = Some(pack(&key));
        raw.auth_info_bytes = auth.encode_to_vec();
        let result = world.deliver_raw(&raw);
        assert_eq!(result.code, 8, "{}", result.log);
        assert!(result.log.starts_with(text), "{}", result.log);
    }
}

#[test]
fn keys_of_threshold_keys_count_against_the_limit_of_signatures() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let people: Vec<Person> = (0..8).map(|number| Person::new(&format!("signer {number}"))).collect();
    for (count, code) in [(8, 14), (7, 4)] {
        let key = threshold_key(1, &people.iter().take(count).collect::<Vec<_>>());
        let address = address_of(&key);
        world.succeed(&alice, vec![send(&alice.address, &address, 100, "uakt")]);
        let mut draft = world.draft(&alice, vec![send(&address, &alice.address, 5, "uakt")]);
        draft.auth.signer_infos[0] = SignerInfo {
            public_key: Some(pack(&key)),
            mode_info: Some(single(SignMode::Direct)),
            sequence: 0,
        };
        let raw = draft.sign(&[&alice]);
        let result = world.deliver_raw(&raw);
        assert_eq!(result.code, code, "{}", result.log);
    }
}

/// By the written rule, independently of the chain's code.
fn address_of(key: &LegacyAminoPubKey) -> String {
    use sha2::{Digest, Sha256};
    let mut amino = hex::decode("22c1f7e208").unwrap();
    amino.push(u8::try_from(key.threshold).unwrap());
    for any in &key.public_keys {
        amino.extend(hex::decode("1226eb5ae98721").unwrap());
        amino.extend(PubKey::decode(&*any.value).unwrap().key);
    }
    let address = supercloud_chain::Address::from_bytes(&Sha256::digest(amino)[..20]).unwrap();
    crate::world::codec().to_text(&address)
}

#[test]
fn two_signers_sign_one_transaction_in_different_modes() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let messages = vec![
        send(&alice.address, &bob.address, 5, "uakt"),
        send(&bob.address, &alice.address, 3, "uakt"),
    ];
    let mut draft = world.draft(&alice, messages);
    let mut second = crate::world::signer_info(&bob, 0);
    second.mode_info = Some(single(SignMode::LegacyAminoJson));
    draft.auth.signer_infos.push(second);
    let mut raw = draft.sign(&[&alice, &bob]);
    let message = |from: &Person, to: &Person, amount: u8| {
        format!(
            r#"{{"type":"cosmos-sdk/MsgSend","value":{{"amount":[{{"amount":"{amount}","denom":"uakt"}}],"from_address":"{}","to_address":"{}"}}}}"#,
            from.address, to.address
        )
    };
    let document = format!(
        r#"{{"account_number":"2","chain_id":"{CHAIN_ID}","fee":{{"amount":[],"gas":"20000000"}},"memo":"","msgs":[{},{}],"sequence":"0"}}"#,
        message(&alice, &bob, 5),
        message(&bob, &alice, 3)
    );
    assert_not_signed(&world.deliver_raw(&raw));
    raw.signatures[1] = sign(&bob, document.as_bytes());
    let result = world.deliver_raw(&raw);
    assert_eq!((result.code, result.log.as_str()), (0, ""));
    let sequences = [&alice, &bob].map(|person| world.account(&person.address).sequence);
    assert_eq!(sequences, [1, 1]);
    assert!(event(&result.events[..1], "tx").get("fee").is_some());
}

#[test]
fn estimate_for_a_threshold_key_covers_all_signatures() {
    let mut world = World::new();
    let vectors = funded(&mut world);
    let mut raw = TxRaw::decode(&*bytes(&vectors.three)).unwrap();
    raw.signatures = vec![Vec::new()];
    let estimate = world.chain.simulate(&raw.encode_to_vec());
    assert_eq!(estimate.log, "");
    let used = run(&mut world, bytes(&vectors.three)).gas_used;
    assert!(used <= estimate.gas_used, "{used} {}", estimate.gas_used);
}
