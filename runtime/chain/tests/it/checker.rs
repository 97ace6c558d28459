//! What may wait for a block, and what a block has room for.

use supercloud_chain::{Chain, Checked, Checker, GenesisCoin, PreparedTx, TxResult};
use supercloud_proto::cosmos::consensus::v1::{MsgUpdateParams, QueryParamsRequest, QueryParamsResponse};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::tendermint::types::BlockParams;

use crate::gov::execute;
use crate::world::{FUNDS, Person, World, codec, coin, send, signer_info};

fn priced(change: impl FnOnce(&mut supercloud_chain::Genesis)) -> World {
    World::with(|genesis| {
        genesis.fees.min_gas_prices = vec![GenesisCoin {
            denom: "uakt".into(),
            amount: "0.01".into(),
        }];
        change(genesis);
    })
}

/// A transfer with sequence, fee and gas.
fn transfer(world: &World, person: &Person, sequence: u64, fee: u128, gas: u64) -> Vec<u8> {
    let mut draft = world.draft(person, vec![send(&person.address, &world.carol.address, 5, "uakt")]);
    draft.auth.signer_infos = vec![signer_info(person, sequence)];
    let signed = draft.auth.fee.as_mut().unwrap();
    (signed.amount, signed.gas_limit) = (vec![coin(fee, "uakt")], gas);
    draft.sign(&[person]).encode_to_vec()
}

fn prepare(chain: &Chain, raw: &[u8]) -> PreparedTx {
    chain.querier(None).unwrap().prepare(raw)
}

fn code(checked: &Checked) -> u32 {
    assert_eq!(checked.ticket.is_some(), checked.result.code == 0);
    checked.result.code
}

#[test]
fn a_ticket_says_who_signed_and_what_is_offered() {
    let world = priced(|_| {});
    let alice = &world.alice;
    let prepared = prepare(&world.chain, &transfer(&world, alice, 0, 3_000, 100_000));
    let mut checker = world.chain.checker();
    let claim = checker.claim(&prepared).unwrap();
    let checked = checker.check(&prepared);
    assert_eq!(code(&checked), 0, "{}", checked.result.log);
    let ticket = checked.ticket.unwrap();
    assert_eq!(ticket, claim);
    assert_eq!(
        ticket.signers,
        [(codec().parse(&alice.address).unwrap().as_bytes().to_vec(), 0)]
    );
    // Three times the least fee of 1,000.
    assert_eq!((ticket.priority, ticket.gas_wanted), (3_000_000, 100_000));
    assert_eq!(checker.claim(&prepare(&world.chain, b"garbage")), None);
}

#[test]
fn without_a_least_price_the_price_itself_is_the_priority() {
    let world = World::new();
    let mut checker = world.chain.checker();
    let prepared = prepare(&world.chain, &transfer(&world, &world.alice, 0, 50_000, 100_000));
    assert_eq!(checker.check(&prepared).ticket.unwrap().priority, 500_000);
}

#[test]
fn a_checker_counts_what_waits_and_a_new_one_does_not() {
    let world = priced(|_| {});
    let first = prepare(&world.chain, &transfer(&world, &world.alice, 0, 1_000, 100_000));
    let second = prepare(&world.chain, &transfer(&world, &world.alice, 1, 1_000, 100_000));
    let mut checker = world.chain.checker();
    assert_eq!(code(&checker.check(&second)), 32);
    assert_eq!(code(&checker.check_now(&first)), 0);
    assert_eq!(code(&checker.check_now(&second)), 32);
    assert_eq!(code(&checker.check(&first)), 0);
    assert_eq!(code(&checker.check(&first)), 32);
    assert_eq!(code(&checker.check(&second)), 0);
    assert_eq!(code(&world.chain.checker().check(&second)), 32);
}

#[test]
fn a_replacement_is_checked_behind_those_before_it_only() {
    let world = priced(|_| {});
    let waiting: Vec<PreparedTx> = (0..3)
        .map(|sequence| prepare(&world.chain, &transfer(&world, &world.alice, sequence, 1_000, 100_000)))
        .collect();
    let mut checker = world.chain.checker();
    for tx in &waiting {
        assert_eq!(code(&checker.check(tx)), 0);
    }
    let better = prepare(&world.chain, &transfer(&world, &world.alice, 1, 2_000, 100_000));
    assert_eq!(code(&checker.check(&better)), 32);
    assert_eq!(code(&checker.check_after(&waiting[..1], &better)), 0);
    assert_eq!(code(&checker.check_after(&waiting[..0], &better)), 32);
    assert_eq!(code(&checker.check_after(&waiting[..2], &better)), 32);
    let broke = prepare(&world.chain, &transfer(&world, &world.alice, 1, FUNDS, 100_000));
    assert_eq!(code(&checker.check_after(&waiting[..1], &broke)), 5);
}

#[test]
fn a_signature_that_was_found_good_proves_nothing_for_another_transaction() {
    let mut world = priced(|_| {});
    let raw = transfer(&world, &world.alice, 0, 1_000, 100_000);
    prepare(&world.chain, &raw);
    let good = supercloud_proto::cosmos::tx::v1beta1::TxRaw::decode(&*raw).unwrap();
    let other = transfer(&world, &world.alice, 0, 1_001, 100_000);
    let mut forged = supercloud_proto::cosmos::tx::v1beta1::TxRaw::decode(&*other).unwrap();
    forged.signatures.clone_from(&good.signatures);
    let mut checker: Checker = world.chain.checker();
    let forged = forged.encode_to_vec();
    assert_eq!(code(&checker.check(&prepare(&world.chain, &forged))), 4);
    let results = world.block(vec![forged, raw]).tx_results;
    assert_eq!(codes(&results), [4, 0]);
}

fn codes(results: &[TxResult]) -> Vec<u32> {
    results.iter().map(|result| result.code).collect()
}

/// Governance sets a block's gas.
fn limit_block_gas(world: &mut World, max_gas: i64) {
    let response: QueryParamsResponse = world.ask("/cosmos.consensus.v1.Query/Params", &QueryParamsRequest::default());
    let params = response.params.unwrap();
    let message = MsgUpdateParams {
        authority: world.gov.clone(),
        block: Some(BlockParams {
            max_gas,
            ..params.block.unwrap()
        }),
        evidence: params.evidence,
        validator: params.validator,
        abci: None,
    };
    execute(world, vec![pack(&message)]);
}

#[test]
fn gas_that_no_block_has_is_refused_before_it_waits() {
    let mut world = World::new();
    limit_block_gas(&mut world, 1_000_000);
    let alice = world.alice.clone();
    let sequence = world.account(&alice.address).sequence;
    for (gas, expected) in [(1_000_000, 0), (1_000_001, 41)] {
        let prepared = prepare(&world.chain, &transfer(&world, &alice, sequence, 1, gas));
        let checked = world.chain.checker().check(&prepared);
        assert_eq!(code(&checked), expected, "{}", checked.result.log);
    }
}

#[test]
fn a_block_whose_gas_is_used_up_runs_nothing_more() {
    let mut world = World::new();
    limit_block_gas(&mut world, 1_000_000);
    let bob = world.bob.clone();
    let sequence = world.account(&bob.address).sequence;
    let txs: Vec<_> = (0..30)
        .map(|index| transfer(&world, &bob, sequence + index, 1, 900_000))
        .collect();
    let output = world.block(txs);
    let refused: Vec<_> = output.tx_results.iter().filter(|result| result.code != 0).collect();
    let ran: u64 = output.tx_results.iter().map(|result| result.gas_used).sum();
    assert!(!refused.is_empty() && refused.len() < output.tx_results.len());
    for result in &refused {
        assert_eq!((result.codespace.as_str(), result.code), ("sdk", 11));
        assert_eq!((result.gas_wanted, result.gas_used), (900_000, 0));
        assert_eq!(
            result.log,
            format!("no block gas left to run tx, the block has used {ran} of 1000000: out of gas")
        );
    }
    assert!((1_000_000..1_900_000).contains(&ran), "{ran}");
    // Nothing of them happened: the sequence is that of those that ran.
    let ran = (output.tx_results.len() - refused.len()) as u64;
    assert_eq!(world.account(&bob.address).sequence, sequence + ran);
    assert_eq!(world.balance(&world.carol.address, "uakt"), FUNDS + 5 * u128::from(ran));
}
