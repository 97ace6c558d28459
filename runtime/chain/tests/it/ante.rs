use supercloud_proto::cosmos::tx::signing::v1beta1::SignMode;
use supercloud_proto::cosmos::tx::v1beta1::{ModeInfo, mode_info};
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::{Any, Timestamp};

use supercloud_chain::{GenesisCoin, TxResult};

use crate::world::{Draft, Person, World, coin, event, kinds, send, signer_info};

fn draft(world: &World) -> Draft {
    world.draft(
        &world.alice,
        vec![send(&world.alice.address, &world.bob.address, 5, "uakt")],
    )
}

/// Runs a bent transaction of alice.
fn run(world: &mut World, bend: impl FnOnce(&World, &mut Draft)) -> TxResult {
    let mut draft = draft(world);
    bend(world, &mut draft);
    let raw = draft.sign(&[&world.alice]);
    world.deliver_raw(&raw)
}

#[track_caller]
fn refused(result: &TxResult, code: u32, log: &str) {
    assert_eq!(
        (result.codespace.as_str(), result.code, result.log.as_str()),
        ("sdk", code, log)
    );
}

#[test]
fn successful_send_has_empty_log_and_the_events_of_other_chains() {
    let mut world = World::new();
    let result = run(&mut world, |_, draft| {
        draft.auth.fee.as_mut().unwrap().amount = vec![coin(7, "uakt")]
    });
    assert_eq!(
        (result.code, result.log.as_str(), result.gas_wanted),
        (0, "", 20_000_000)
    );
    assert_eq!(
        kinds(&result.events),
        [
            "coin_spent",
            "coin_received",
            "transfer",
            "message",
            "tx",
            "tx",
            "tx",
            "message",
            "coin_spent",
            "coin_received",
            "transfer",
            "message"
        ]
    );
    let alice = world.alice.address.clone();
    assert_eq!(result.events[2].get("recipient"), Some(world.gov.as_str()));
    assert_eq!(result.events[4].get("fee"), Some("7uakt"));
    assert_eq!(result.events[5].get("acc_seq"), Some(format!("{alice}/0").as_str()));
    let action = &result.events[7];
    let attributes: Vec<_> = action
        .attributes
        .iter()
        .map(|attribute| (&*attribute.key, &*attribute.value))
        .collect();
    assert_eq!(
        attributes,
        [
            ("action", "/cosmos.bank.v1beta1.MsgSend"),
            ("sender", alice.as_str()),
            ("module", "bank"),
            ("msg_index", "0")
        ]
    );
    assert_eq!(world.balance(&world.bob.address, "uakt"), 1_000_000_005);
    assert_eq!(world.balance(&world.gov, "uakt"), 7);
    let account = world.account(&alice);
    assert_eq!(
        (account.sequence, account.pub_key.unwrap().type_url.as_str()),
        (1, "/cosmos.crypto.secp256k1.PubKey")
    );
}

#[test]
fn wrong_sequence_names_both_numbers() {
    let mut world = World::new();
    let result = run(&mut world, |world, draft| {
        draft.auth.signer_infos = vec![signer_info(&world.alice, 3)]
    });
    refused(
        &result,
        32,
        "account sequence mismatch, expected 0, got 3: incorrect account sequence",
    );
}

#[test]
fn signature_for_another_chain_or_account_number_is_refused() {
    let mut world = World::new();
    let text = "signature verification failed; please verify account number (1), sequence (0) and chain-id \
                (supercloud-test-1): unauthorized";
    let result = run(&mut world, |_, draft| draft.chain_id = "other-1".into());
    refused(&result, 4, text);
    let result = run(&mut world, |_, draft| draft.account_number += 1);
    refused(&result, 4, text);
}

#[test]
fn high_s_signature_is_refused() {
    let mut world = World::new();
    let mut raw = draft(&world).sign(&[&world.alice]);
    let signature = k256::ecdsa::Signature::from_slice(&raw.signatures[0]).unwrap();
    let (r, s) = signature.split_scalars();
    raw.signatures[0] = k256::ecdsa::Signature::from_scalars(r, -s).unwrap().to_bytes().to_vec();
    assert_eq!(world.deliver_raw(&raw).code, 4);
}

#[test]
fn refused_transaction_takes_neither_fee_nor_sequence() {
    let mut world = World::new();
    let result = run(&mut world, |_, draft| {
        draft.auth.fee.as_mut().unwrap().amount = vec![coin(7, "uakt")];
        draft.chain_id = "other-1".into();
    });
    assert_eq!((result.code, kinds(&result.events)), (4, vec![]));
    assert_eq!(
        (
            world.balance(&world.gov, "uakt"),
            world.account(&world.alice.address).sequence
        ),
        (0, 0)
    );
}

#[test]
fn failed_message_keeps_fee_and_sequence_and_says_which_message() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.address.clone(), world.bob.address.clone());
    let result = run(&mut world, |_, draft| {
        draft.auth.fee.as_mut().unwrap().amount = vec![coin(7, "uakt")];
        draft.body.messages.push(send(&alice, &bob, 2_000_000_000, "uakt"));
    });
    let text = "failed to execute message; message index: 1: spendable balance 999999988uakt is smaller than \
                2000000000uakt: insufficient funds";
    refused(&result, 5, text);
    assert!(result.data.is_empty());
    assert_eq!(
        kinds(&result.events),
        ["coin_spent", "coin_received", "transfer", "message", "tx", "tx", "tx"]
    );
    assert_eq!(
        (world.balance(&world.gov, "uakt"), world.account(&alice).sequence),
        (7, 1)
    );
    assert_eq!(world.balance(&bob, "uakt"), 1_000_000_000);
}

#[test]
fn memo_of_256_characters_passes_and_one_more_does_not() {
    let mut world = World::new();
    assert_eq!(run(&mut world, |_, draft| draft.body.memo = "m".repeat(256)).code, 0);
    let result = run(&mut world, |_, draft| draft.body.memo = "m".repeat(257));
    refused(
        &result,
        12,
        "maximum number of characters is 256 but received 257 characters: memo too large",
    );
}

#[test]
fn timeout_height_is_the_last_valid_height() {
    let mut world = World::new();
    world.block(vec![]);
    assert_eq!(run(&mut world, |_, draft| draft.body.timeout_height = 2).code, 0);
    let result = run(&mut world, |_, draft| draft.body.timeout_height = 2);
    refused(&result, 30, "block height: 3, timeout height: 2: tx timeout height");
}

#[test]
fn timeout_timestamp_is_the_last_valid_time() {
    let mut world = World::new();
    let at = |world: &World, seconds: u64| {
        let nanos = world.time_nanos + seconds * 1_000_000_000;
        Some(Timestamp {
            seconds: (nanos / 1_000_000_000) as i64,
            nanos: 0,
        })
    };
    assert_eq!(
        run(&mut world, |world, draft| draft.body.timeout_timestamp = at(world, 1)).code,
        0
    );
    let result = run(&mut world, |world, draft| draft.body.timeout_timestamp = at(world, 0));
    refused(&result, 42, "block time is after timeout timestamp: tx timeout");
}

#[test]
fn features_of_other_chains_are_refused_by_name() {
    let mut world = World::new();
    let result = run(&mut world, |_, draft| draft.body.unordered = true);
    refused(
        &result,
        37,
        "unordered transactions do not exist on this chain: feature not supported",
    );
    let result = run(&mut world, |_, draft| {
        let single = mode_info::Single {
            mode: SignMode::Textual.into(),
        };
        draft.auth.signer_infos[0].mode_info = Some(ModeInfo {
            sum: Some(mode_info::Sum::Single(single)),
        });
    });
    let text = "sign mode SIGN_MODE_TEXTUAL is not supported by this chain, only SIGN_MODE_DIRECT and \
                SIGN_MODE_LEGACY_AMINO_JSON: feature not supported";
    refused(&result, 37, text);
    let result = run(&mut world, |_, draft| {
        draft.auth.signer_infos[0].public_key = Some(Any {
            type_url: "/cosmos.crypto.secp256r1.PubKey".into(),
            value: Vec::new(),
        });
    });
    let text = "keys of type /cosmos.crypto.secp256r1.PubKey are not supported by this chain: invalid pubkey";
    refused(&result, 8, text);
    let result = run(&mut world, |_, draft| draft.body.extension_options.push(Any::default()));
    assert_eq!(result.code, 31);
}

#[test]
fn unknown_message_is_an_unknown_request() {
    let mut world = World::new();
    let any = Any {
        type_url: "/cosmos.group.v1.MsgExec".into(),
        value: Vec::new(),
    };
    let result = run(&mut world, |_, draft| draft.body.messages = vec![any]);
    refused(
        &result,
        6,
        "this chain does not know message \"/cosmos.group.v1.MsgExec\": unknown request",
    );
}

#[test]
fn unknown_field_and_second_encoding_are_refused() {
    let mut world = World::new();
    let mut raw = draft(&world).sign(&[&world.alice]);
    raw.auth_info_bytes.extend([0x30, 1]);
    let result = world.deliver_raw(&raw);
    refused(
        &result,
        2,
        "cosmos.tx.v1beta1.AuthInfo has unknown field 6: tx parse error",
    );
    let mut bytes = draft(&world).sign(&[&world.alice]).encode_to_vec();
    // The same length in two bytes instead of one or two: a longer form of the same number.
    let signature_len = bytes.len() - 65;
    assert_eq!(bytes[signature_len], 64);
    bytes.splice(signature_len..=signature_len, [0xc0, 0x00]);
    let result = world.block(vec![bytes]).tx_results.remove(0);
    refused(&result, 2, "transaction is not in canonical form: tx parse error");
    let result = world.block(vec![b"garbage".to_vec()]).tx_results.remove(0);
    assert_eq!((result.code, result.codespace.as_str()), (2, "sdk"));
}

#[test]
fn key_must_hash_to_the_signer() {
    let mut world = World::new();
    let result = run(&mut world, |world, draft| {
        draft.auth.signer_infos = vec![signer_info(&world.bob, 0)]
    });
    let text = format!(
        "pubKey does not match signer address {} with signer index: 0: invalid pubkey",
        world.alice.address
    );
    refused(&result, 8, &text);
}

#[test]
fn key_may_be_left_out_once_the_chain_knows_it() {
    let mut world = World::new();
    let result = run(&mut world, |_, draft| draft.auth.signer_infos[0].public_key = None);
    assert_eq!(result.code, 8);
    assert_eq!(run(&mut world, |_, _| {}).code, 0);
    assert_eq!(
        run(&mut world, |_, draft| draft.auth.signer_infos[0].public_key = None).code,
        0
    );
}

#[test]
fn sender_without_account_is_an_unknown_address() {
    let mut world = World::new();
    let stranger = Person::new("stranger");
    let mut draft = draft(&world);
    draft.body.messages = vec![send(&stranger.address, &world.bob.address, 5, "uakt")];
    draft.auth.signer_infos = vec![signer_info(&stranger, 0)];
    let result = world.deliver_raw(&draft.sign(&[&stranger]));
    let text = format!(
        "fee payer address: {} does not exist: unknown address",
        stranger.address
    );
    refused(&result, 9, &text);
}

#[test]
fn no_message_no_signature_and_wrong_counts_are_told_apart() {
    let mut world = World::new();
    let result = run(&mut world, |_, draft| draft.body.messages.clear());
    refused(&result, 18, "must contain at least one message: invalid request");
    let raw = draft(&world).sign(&[]);
    refused(&world.deliver_raw(&raw), 15, "no signatures supplied");
    let raw = draft(&world).sign(&[&world.alice, &world.bob]);
    let text = "wrong number of signers; expected 1, got 2 signatures and 1 signer infos: unauthorized";
    refused(&world.deliver_raw(&raw), 4, text);
    let raw = draft(&world).sign(&[&world.alice; 8]);
    refused(
        &world.deliver_raw(&raw),
        14,
        "signatures: 8, limit: 7: maximum number of signatures exceeded",
    );
}

#[test]
fn two_signers_both_sign_and_both_count_up() {
    let mut world = World::new();
    let (alice, bob, carol) = (world.alice.clone(), world.bob.clone(), world.carol.clone());
    let mut draft = draft(&world);
    draft.body.messages.push(send(&bob.address, &carol.address, 6, "uakt"));
    draft.auth.signer_infos.push(signer_info(&bob, 0));
    // Account numbers differ, so each signs a document of its own.
    let mut raw = draft.sign(&[&alice]);
    draft.account_number = world.account(&bob.address).account_number;
    raw.signatures.push(draft.sign(&[&bob]).signatures.remove(0));
    assert_eq!(world.deliver_raw(&raw).log, "");
    assert_eq!(
        (
            world.account(&alice.address).sequence,
            world.account(&bob.address).sequence
        ),
        (1, 1)
    );
    assert_eq!(world.balance(&carol.address, "uakt"), 1_000_000_006);
}

#[test]
fn gas_limit_stops_the_transaction_and_names_the_numbers() {
    let mut world = World::new();
    let result = run(&mut world, |_, draft| {
        draft.auth.fee.as_mut().unwrap().gas_limit = 20_000
    });
    assert_eq!((result.code, result.gas_wanted), (11, 20_000));
    assert!(result.gas_used > 20_000);
    let text = format!(
        "out of gas in location: Has; gasWanted: 20000, gasUsed: {}: out of gas",
        result.gas_used
    );
    assert_eq!(result.log, text);
    assert_eq!(world.account(&world.alice.address).sequence, 1);
    let result = run(&mut world, |_, draft| {
        draft.auth.fee.as_mut().unwrap().gas_limit = 150_000_001
    });
    refused(
        &result,
        41,
        "tx gas limit 150000001 exceeds max gas 150000000: invalid gas limit",
    );
}

#[test]
fn fee_below_the_minimum_names_what_is_required() {
    let mut world = World::with(|genesis| {
        genesis.fees.min_gas_prices = vec![GenesisCoin {
            denom: "uakt".into(),
            amount: "0.025".into(),
        }];
    });
    let pay = |amount| {
        move |_: &World, draft: &mut Draft| {
            let fee = draft.auth.fee.as_mut().unwrap();
            (fee.gas_limit, fee.amount) = (200_000, vec![coin(amount, "uakt")]);
        }
    };
    let result = run(&mut world, pay(4_999));
    refused(
        &result,
        13,
        "insufficient fees; got: 4999uakt required: 5000uakt: insufficient fee",
    );
    assert_eq!(run(&mut world, pay(5_000)).code, 0);
    let check = world.signed(
        &world.alice,
        vec![send(&world.alice.address, &world.bob.address, 5, "uakt")],
    );
    assert_eq!(world.chain.check_tx(&check).code, 13);
}

#[test]
fn check_knows_transactions_that_wait_and_forgets_them_after_a_block() {
    let mut world = World::new();
    let first = draft(&world).sign(&[&world.alice]).encode_to_vec();
    let mut second = draft(&world);
    second.auth.signer_infos = vec![signer_info(&world.alice, 1)];
    let second = second.sign(&[&world.alice]).encode_to_vec();
    assert_eq!(world.chain.check_tx(&second).code, 32);
    assert_eq!(world.chain.check_tx(&first).code, 0);
    assert_eq!(world.chain.check_tx(&first).code, 32);
    assert_eq!(world.chain.check_tx(&second).code, 0);
    world.block(vec![]);
    assert_eq!(world.chain.check_tx(&first).code, 0);
    let results = world.block(vec![first, second]).tx_results;
    assert_eq!(results.iter().map(|result| result.code).collect::<Vec<_>>(), [0, 0]);
}

#[test]
fn fee_payer_of_its_own_signs_too() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let mut draft = draft(&world);
    let fee = draft.auth.fee.as_mut().unwrap();
    (fee.payer, fee.amount) = (bob.address.clone(), vec![coin(9, "uakt")]);
    draft.auth.signer_infos.push(signer_info(&bob, 0));
    let mut raw = draft.sign(&[&alice]);
    draft.account_number = world.account(&bob.address).account_number;
    raw.signatures.push(draft.sign(&[&bob]).signatures.remove(0));
    let result = world.deliver_raw(&raw);
    assert_eq!(result.log, "");
    let paid = result
        .events
        .iter()
        .find(|event| event.get("fee_payer").is_some())
        .unwrap();
    assert_eq!(paid.get("fee_payer"), Some(bob.address.as_str()));
    assert_eq!(world.balance(&bob.address, "uakt"), 1_000_000_000 - 9 + 5);
    assert_eq!(
        event(&result.events[..1], "coin_spent").get("spender"),
        Some(bob.address.as_str())
    );
}
