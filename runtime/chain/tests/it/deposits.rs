//! Proposals on a chain that asks for deposits, and changes of governance's own rules.

use supercloud_chain::{GenesisCoin, GenesisGov, TxResult};
use supercloud_proto::cosmos::bank::v1beta1::{Input, MsgMultiSend, Output};
use supercloud_proto::cosmos::base::v1beta1::Coin;
use supercloud_proto::cosmos::gov::v1::{
    MsgCancelProposal, MsgCancelProposalResponse, MsgDeposit, MsgSubmitProposal, MsgSubmitProposalResponse,
    MsgUpdateParams, Params, ProposalStatus, QueryDepositRequest, QueryDepositResponse, QueryDepositsRequest,
    QueryDepositsResponse, QueryParamsRequest, QueryParamsResponse, QueryProposalRequest, QueryProposalsRequest,
    QueryProposalsResponse, VoteOption,
};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::{Any, Duration};
use supercloud_proto::supercloud::gov::v1::{Execution, MsgUpdateExecution, QueryCouncilRequest, QueryCouncilResponse};

use crate::gov::{execute, fund_gov, proposal, submission, submit, vote};
use crate::world::{FUNDS, Person, World, codec, coin, event, response, send};

fn genesis_coin(amount: &str) -> Vec<GenesisCoin> {
    vec![GenesisCoin {
        denom: "uakt".into(),
        amount: amount.into(),
    }]
}

/// Voting begins with 1000 uakt (2000 when expedited) within 100 s and lasts 10 s (5 s).
fn world(change: impl FnOnce(&mut GenesisGov)) -> World {
    World::with(|genesis| {
        let gov = &mut genesis.gov;
        gov.min_deposit = genesis_coin("1000");
        gov.expedited_min_deposit = genesis_coin("2000");
        gov.max_deposit_period_seconds = 100;
        gov.expedited_voting_period_seconds = 5;
        change(gov);
    })
}

fn uakt(amount: u128) -> Vec<Coin> {
    vec![coin(amount, "uakt")]
}

fn gift(world: &World) -> Any {
    send(&world.gov, &world.carol.address, 1, "uakt")
}

/// Carol, who has no vote, proposes.
fn propose(world: &mut World, deposit: Vec<Coin>, bend: impl FnOnce(&mut MsgSubmitProposal)) -> TxResult {
    let carol = world.carol.clone();
    let mut message = submission(&carol.address, vec![gift(world)]);
    message.initial_deposit = deposit;
    bend(&mut message);
    world.deliver(&carol, vec![pack(&message)])
}

fn id(result: &TxResult) -> u64 {
    assert_eq!(result.log, "");
    response::<MsgSubmitProposalResponse>(result).proposal_id
}

fn deposit(world: &mut World, depositor: &Person, proposal_id: u64, amount: Vec<Coin>) -> TxResult {
    let message = MsgDeposit {
        proposal_id,
        depositor: depositor.address.clone(),
        amount,
    };
    world.deliver(depositor, vec![pack(&message)])
}

fn held(world: &World) -> u128 {
    let account = supercloud_chain::Address::from_module("gov_deposits");
    world.balance(&codec().to_text(&account), "uakt")
}

fn deposits(world: &World, proposal_id: u64) -> Vec<(String, Vec<Coin>)> {
    let request = QueryDepositsRequest {
        proposal_id,
        pagination: None,
    };
    let response: QueryDepositsResponse = world.ask("/cosmos.gov.v1.Query/Deposits", &request);
    assert!(response.pagination.is_some());
    let deposits = response.deposits.into_iter();
    deposits.map(|deposit| (deposit.depositor, deposit.amount)).collect()
}

fn is_gone(world: &World, proposal_id: u64) -> bool {
    let request = QueryProposalRequest { proposal_id };
    world
        .query("/cosmos.gov.v1.Query/Proposal", &request.encode_to_vec())
        .code
        == 22
}

#[track_caller]
fn refused(result: &TxResult, code: u32, text: &str) {
    let log = result.log.strip_prefix("failed to execute message; message index: 0: ");
    assert_eq!(log, Some(text));
    assert_eq!((result.codespace.as_str(), result.code), ("gov", code));
}

#[test]
fn anybody_proposes_and_voting_begins_when_the_deposit_suffices() {
    let mut world = world(|_| {});
    let (alice, bob, carol) = (world.alice.clone(), world.bob.clone(), world.carol.clone());
    let result = propose(&mut world, uakt(400), |_| {});
    let id = id(&result);
    assert_eq!(
        event(&result.events, "submit_proposal").get("voting_period_start"),
        None
    );
    let waiting = proposal(&world, id);
    assert_eq!(
        (waiting.status(), waiting.voting_end_time),
        (ProposalStatus::DepositPeriod, None)
    );
    assert_eq!(vote(&mut world, &alice, id, VoteOption::Yes).code, 3);
    let end = world.time_nanos - 1_000_000_000 + 100_000_000_000;
    assert_eq!(world.chain.next_scheduled_nanos(), Some(end));

    assert_eq!(deposit(&mut world, &bob, id, uakt(599)).log, "");
    assert_eq!(proposal(&world, id).status(), ProposalStatus::DepositPeriod);
    let result = deposit(&mut world, &bob, id, uakt(10));
    let started = result.events.iter().find_map(|event| event.get("voting_period_start"));
    assert_eq!(started, Some(id.to_string().as_str()));
    let voting = proposal(&world, id);
    assert_eq!(
        (voting.status(), voting.total_deposit),
        (ProposalStatus::VotingPeriod, uakt(1_009))
    );
    let mut expected = vec![(bob.address.clone(), uakt(609)), (carol.address.clone(), uakt(400))];
    expected.sort_by_key(|(address, _)| codec().parse(address).unwrap());
    assert_eq!(deposits(&world, id), expected);
    assert_eq!(held(&world), 1_009);

    vote(&mut world, &alice, id, VoteOption::Yes);
    world.block_after(20, vec![]);
    assert_eq!(
        proposal(&world, id).status(),
        ProposalStatus::Failed,
        "the pool is empty"
    );
    assert_eq!((held(&world), deposits(&world, id)), (0, vec![]));
    let balances = [&bob, &carol].map(|person| world.balance(&person.address, "uakt"));
    assert_eq!(balances, [FUNDS, FUNDS]);
    let late = deposit(&mut world, &bob, id, uakt(10));
    refused(&late, 3, &format!("{id}: inactive proposal"));
}

#[test]
fn proposal_without_its_deposit_is_dropped_in_time_and_paid_back_or_not() {
    for burn in [false, true] {
        let mut world = world(|gov| gov.burn_proposal_deposit_prevote = burn);
        let supply = world.supply("uakt");
        let id = id(&propose(&mut world, uakt(999), |_| {}));
        world.block_after(99, vec![]);
        assert_eq!(proposal(&world, id).status(), ProposalStatus::DepositPeriod);
        let output = world.block(vec![]);
        assert!(is_gone(&world, id));
        assert_eq!(
            event(&output.events, "inactive_proposal").get("proposal_result"),
            Some("proposal_dropped")
        );
        let burned = if burn { 999 } else { 0 };
        assert_eq!(world.supply("uakt"), supply - burned);
        assert_eq!(world.balance(&world.carol.address, "uakt"), FUNDS - burned);
        assert_eq!((held(&world), world.chain.next_scheduled_nanos()), (0, None));
    }
}

#[test]
fn deposits_burn_by_veto_and_without_a_quorum_as_the_rules_say() {
    for (option, rules, burned) in [
        (Some(VoteOption::No), (true, true), 0),
        (Some(VoteOption::NoWithVeto), (true, true), 1_000),
        (Some(VoteOption::NoWithVeto), (true, false), 0),
        (None, (true, true), 1_000),
        (None, (false, true), 0),
    ] {
        let mut world = world(|gov| (gov.burn_vote_quorum, gov.burn_vote_veto) = rules);
        let (alice, supply) = (world.alice.clone(), world.supply("uakt"));
        let id = id(&propose(&mut world, uakt(1_000), |_| {}));
        if let Some(option) = option {
            assert_eq!(vote(&mut world, &alice, id, option).log, "");
        }
        world.block_after(20, vec![]);
        assert_eq!(proposal(&world, id).status(), ProposalStatus::Rejected);
        assert_eq!(supply - world.supply("uakt"), burned, "{option:?} {rules:?}");
        assert_eq!(held(&world), 0);
    }
}

#[test]
fn expedited_proposal_that_does_not_pass_goes_on_as_an_ordinary_one() {
    let mut world = world(|_| {});
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let result = propose(&mut world, uakt(1_999), |message| message.expedited = true);
    let id = id(&result);
    assert_eq!(proposal(&world, id).status(), ProposalStatus::DepositPeriod);
    deposit(&mut world, &bob, id, uakt(20));
    let start = world.time_nanos;
    // 6 of 10 pass an ordinary proposal but not an expedited one.
    vote(&mut world, &alice, id, VoteOption::Yes);
    vote(&mut world, &bob, id, VoteOption::No);
    let output = world.block_after(5, vec![]);
    let results: Vec<_> = output
        .events
        .iter()
        .filter_map(|event| event.get("proposal_result"))
        .collect();
    assert_eq!(results, ["expedited_proposal_rejected"]);
    let ordinary = proposal(&world, id);
    assert_eq!(
        (ordinary.status(), ordinary.expedited),
        (ProposalStatus::VotingPeriod, false)
    );
    assert_eq!(held(&world), 2_019);
    assert_eq!(world.chain.next_scheduled_nanos(), Some(start + 10_000_000_000));
    world.block_after(5, vec![]);
    assert_eq!(proposal(&world, id).final_tally_result.unwrap().yes_count, "6");
    assert_ne!(proposal(&world, id).status(), ProposalStatus::VotingPeriod);
    assert_eq!(held(&world), 0);
}

#[test]
fn veto_of_an_expedited_proposal_burns_no_deposit_until_the_ordinary_vote_is_over() {
    let mut world = world(|gov| gov.burn_vote_veto = true);
    let (alice, supply) = (world.alice.clone(), world.supply("uakt"));
    let id = id(&propose(&mut world, uakt(2_000), |message| message.expedited = true));
    assert_eq!(vote(&mut world, &alice, id, VoteOption::NoWithVeto).log, "");
    world.block_after(5, vec![]);
    let ordinary = proposal(&world, id);
    assert_eq!(
        (ordinary.status(), ordinary.expedited),
        (ProposalStatus::VotingPeriod, false)
    );
    assert_eq!((held(&world), world.supply("uakt")), (2_000, supply));
    assert_eq!(deposits(&world, id), [(world.carol.address.clone(), uakt(2_000))]);
    world.block_after(5, vec![]);
    assert_eq!(proposal(&world, id).status(), ProposalStatus::Rejected);
    assert_eq!((held(&world), world.supply("uakt")), (0, supply - 2_000));
}

#[test]
fn coins_come_to_the_account_of_deposits_as_deposits_only() {
    let mut world = world(|_| {});
    let puppet = world.puppet();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let account = codec().to_text(&supercloud_chain::Address::from_module("gov_deposits"));
    let text =
        format!("failed to execute message; message index: 0: {account} is not allowed to receive funds: unauthorized");
    let multi = MsgMultiSend {
        inputs: vec![Input {
            address: bob.address.clone(),
            coins: uakt(5),
        }],
        outputs: vec![Output {
            address: account.clone(),
            coins: uakt(5),
        }],
    };
    for message in [send(&bob.address, &account, 5, "uakt"), pack(&multi)] {
        let result = world.deliver(&bob, vec![message]);
        assert_eq!((result.codespace.as_str(), result.code), ("sdk", 4));
        assert_eq!(result.log, text);
    }
    let script = format!(
        r#"{{"messages":[{{"id":0,"reply_on":"never","gas_limit":null,"msg":{{"bank":{{"send":{{"to_address":"{account}","amount":[{{"amount":"5","denom":"uakt"}}]}}}}}}}}]}}"#
    );
    world.succeed(&alice, vec![send(&alice.address, &puppet, 5, "uakt")]);
    let result = world.execute(&puppet, &script);
    assert_eq!((result.codespace.as_str(), result.code), ("sdk", 4), "{}", result.log);
    assert!(result.log.contains("is not allowed to receive funds"), "{}", result.log);
    assert_eq!(held(&world), 0);
    id(&propose(&mut world, uakt(400), |_| {}));
    assert_eq!(held(&world), 400);
}

#[test]
fn deposits_have_a_denom_and_a_least_size() {
    let mut world = world(|gov| gov.min_initial_deposit_bps = 2_500);
    let bob = world.bob.clone();
    let result = propose(&mut world, uakt(249), |_| {});
    let text = "received 249uakt but need at least 250uakt: minimum deposit is too small";
    refused(&result, 16, text);
    let id = id(&propose(&mut world, uakt(250), |_| {}));
    let result = deposit(&mut world, &bob, id, uakt(9));
    let text = "received 9uakt but need at least 10uakt: minimum deposit is too small";
    refused(&result, 16, text);
    assert_eq!(deposit(&mut world, &bob, id, uakt(10)).log, "");
    let alice = world.alice.clone();
    let result = deposit(&mut world, &alice, id, vec![coin(10, "uact")]);
    let text = "deposited uact, but gov accepts only the following denom(s): uakt: invalid deposit denom";
    refused(&result, 23, text);
    assert_eq!(deposit(&mut world, &bob, id, vec![]).code, 10);
    assert_eq!(held(&world), 260);
}

#[test]
fn chain_without_deposits_and_without_fees_takes_none() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let message = gift(&world);
    let id = submit(&mut world, vec![message]);
    let result = deposit(&mut world, &alice, id, uakt(1));
    assert_eq!((result.codespace.as_str(), result.code), ("sdk", 37));
    let result = propose(&mut world, vec![], |_| {});
    assert_eq!((result.codespace.as_str(), result.code), ("gov", 18));
}

/// Clients that know other chains send a deposit whether one is needed or not.
#[test]
fn chain_that_needs_no_deposits_takes_them_in_denoms_of_fees_and_gives_them_back() {
    let mut world = World::with(|genesis| {
        genesis.fees.min_gas_prices = vec![GenesisCoin {
            denom: "uakt".into(),
            amount: "0".into(),
        }];
    });
    fund_gov(&mut world, 1);
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let supply = world.supply("uakt");
    let mut message = submission(&alice.address, vec![gift(&world)]);
    message.initial_deposit = uakt(1_000);
    let id = id(&world.deliver(&alice, vec![pack(&message)]));
    assert_eq!(proposal(&world, id).status(), ProposalStatus::VotingPeriod);
    assert_eq!(held(&world), 1_000);
    assert_eq!(deposit(&mut world, &bob, id, uakt(1)).log, "");
    let refused = deposit(&mut world, &bob, id, vec![coin(1, "uact")]);
    assert_eq!((refused.codespace.as_str(), refused.code), ("gov", 23));
    assert_eq!(proposal(&world, id).total_deposit, uakt(1_001));
    assert_eq!(vote(&mut world, &alice, id, VoteOption::Yes).log, "");
    world.block_after(20, vec![]);
    assert_eq!(proposal(&world, id).status(), ProposalStatus::Passed);
    assert_eq!((held(&world), world.supply("uakt")), (0, supply));
    // The council alone proposes there, whatever others pay.
    let refused = propose(&mut world, uakt(1_000), |_| {});
    assert_eq!((refused.codespace.as_str(), refused.code), ("gov", 18));
    assert_eq!(held(&world), 0);
}

fn cancel(world: &mut World, proposer: &Person, proposal_id: u64) -> TxResult {
    let message = MsgCancelProposal {
        proposal_id,
        proposer: proposer.address.clone(),
    };
    world.deliver(proposer, vec![pack(&message)])
}

#[test]
fn proposer_takes_a_proposal_back_and_loses_a_part_of_all_deposits() {
    let stranger = Person::new("stranger");
    for (destination, burned) in [("", 504), (stranger.address.as_str(), 0)] {
        let mut world = world(|gov| gov.proposal_cancel_dest = destination.into());
        let (alice, bob, carol) = (world.alice.clone(), world.bob.clone(), world.carol.clone());
        let supply = world.supply("uakt");
        let id = id(&propose(&mut world, uakt(1_000), |_| {}));
        deposit(&mut world, &bob, id, uakt(11));
        vote(&mut world, &alice, id, VoteOption::Yes);
        let result = cancel(&mut world, &bob, id);
        refused(
            &result,
            18,
            &format!("{} is not the proposer: invalid proposer", bob.address),
        );
        let result = cancel(&mut world, &carol, id);
        let answer: MsgCancelProposalResponse = response(&result);
        assert_eq!((answer.proposal_id, answer.canceled_height), (id, world.chain.height()));
        event(&result.events, "cancel_proposal");
        assert!(is_gone(&world, id));
        // Half of 1000 and half of 11, each rounded down.
        let kept = 500 + 5;
        assert_eq!(world.balance(&bob.address, "uakt"), FUNDS - 5);
        assert_eq!(world.balance(&carol.address, "uakt"), FUNDS - 500);
        assert_eq!(supply - world.supply("uakt"), if burned == 0 { 0 } else { kept });
        assert_eq!(
            world.balance(&stranger.address, "uakt"),
            if burned == 0 { kept } else { 0 }
        );
        assert_eq!((held(&world), world.chain.next_scheduled_nanos()), (0, None));
        world.block_after(20, vec![]);
        assert_eq!(cancel(&mut world, &carol, id).code, 20);
    }
}

#[test]
fn proposal_is_taken_back_in_its_deposit_period_and_not_after_its_vote() {
    let mut world = world(|_| {});
    let carol = world.carol.clone();
    let waiting = id(&propose(&mut world, uakt(100), |_| {}));
    assert_eq!(cancel(&mut world, &carol, waiting).log, "");
    assert_eq!(world.chain.next_scheduled_nanos(), None);
    let decided = id(&propose(&mut world, uakt(1_000), |_| {}));
    world.block_after(20, vec![]);
    let result = cancel(&mut world, &carol, decided);
    let text = format!("proposal {decided} should be in the deposit or voting period: invalid proposal");
    refused(&result, 21, &text);
}

#[test]
fn deposits_are_found_by_depositor() {
    let mut world = world(|_| {});
    let (bob, carol) = (world.bob.clone(), world.carol.clone());
    let first = id(&propose(&mut world, uakt(100), |_| {}));
    let second = id(&propose(&mut world, uakt(100), |_| {}));
    deposit(&mut world, &bob, second, uakt(50));
    let of = |world: &World, depositor: &Person| -> Vec<u64> {
        let request = QueryProposalsRequest {
            depositor: depositor.address.clone(),
            ..QueryProposalsRequest::default()
        };
        let response: QueryProposalsResponse = world.ask("/cosmos.gov.v1.Query/Proposals", &request);
        response.proposals.iter().map(|proposal| proposal.id).collect()
    };
    assert_eq!(
        (of(&world, &carol), of(&world, &bob)),
        (vec![first, second], vec![second])
    );
    let ask = |proposal_id: u64| QueryDepositRequest {
        proposal_id,
        depositor: bob.address.clone(),
    };
    let found: QueryDepositResponse = world.ask("/cosmos.gov.v1.Query/Deposit", &ask(second));
    assert_eq!(found.deposit.unwrap().amount, uakt(50));
    let missing = world.query("/cosmos.gov.v1.Query/Deposit", &ask(first).encode_to_vec());
    assert_eq!(missing.code, 18);
}

fn params(world: &World) -> Params {
    let response: QueryParamsResponse = world.ask("/cosmos.gov.v1.Query/Params", &QueryParamsRequest::default());
    response.params.unwrap()
}

#[test]
fn governance_changes_its_own_rules() {
    let mut world = World::new();
    let mut new = params(&world);
    assert_eq!(
        (new.min_deposit.len(), new.quorum.as_str()),
        (0, "0.334000000000000000")
    );
    new.min_deposit = uakt(500);
    new.voting_period = Some(Duration { seconds: 33, nanos: 0 });
    new.quorum = "0.5".into();
    let authority = world.gov.clone();
    let update = MsgUpdateParams {
        authority: authority.clone(),
        params: Some(new.clone()),
    };
    let timelock = MsgUpdateExecution {
        authority,
        execution: Some(Execution {
            timelock_seconds: 60,
            expedited_timelock_seconds: 6,
            gas_limit: 5_000_000,
        }),
    };
    execute(&mut world, vec![pack(&update), pack(&timelock)]);
    new.quorum = "0.500000000000000000".into();
    assert_eq!(params(&world), new);
    let council: QueryCouncilResponse = world.ask("/supercloud.gov.v1.Query/Council", &QueryCouncilRequest::default());
    assert_eq!(
        (
            council.timelock_seconds,
            council.expedited_timelock_seconds,
            council.execution_gas_limit
        ),
        (60, 6, 5_000_000)
    );
    let id = id(&propose(&mut world, uakt(500), |_| {}));
    let period =
        proposal(&world, id).voting_end_time.unwrap().seconds - proposal(&world, id).voting_start_time.unwrap().seconds;
    assert_eq!(period, 33);
    // A restart reads them again.
    world.restart();
    assert_eq!(params(&world).min_deposit, uakt(500));
}

#[test]
fn rules_that_nobody_could_govern_by_are_refused_when_they_are_proposed() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let bent = |world: &World, bend: fn(&mut Params)| {
        let mut params = params(world);
        bend(&mut params);
        pack(&MsgUpdateParams {
            authority: world.gov.clone(),
            params: Some(params),
        })
    };
    for (bend, text) in [
        (
            (|it| it.quorum = "1.1".into()) as fn(&mut Params),
            "gov.quorum_bps: 11000",
        ),
        (|it| it.threshold = "1".into(), "gov.threshold_bps: 10000"),
        (|it| it.quorum = "0.12345".into(), "four digits"),
        (|it| it.voting_period = None, "gov.voting_period_seconds: 0"),
        (
            |it| it.voting_period = Some(Duration { seconds: 1, nanos: 1 }),
            "whole seconds",
        ),
        (|it| it.min_deposit = vec![coin(0, "uakt")], "not positive"),
        (
            |it| it.expedited_min_deposit = vec![coin(1, "uakt")],
            "expedited_min_deposit",
        ),
        (|it| it.proposal_cancel_dest = "x".into(), "proposal_cancel_dest"),
    ] {
        let message = bent(&world, bend);
        let result = world.deliver(&alice, vec![pack(&submission(&alice.address, vec![message]))]);
        assert_eq!((result.codespace.as_str(), result.code), ("gov", 12), "{text}");
        assert!(result.log.contains(text), "{}", result.log);
    }
    let own = MsgUpdateParams {
        authority: alice.address.clone(),
        params: Some(params(&world)),
    };
    assert_eq!(world.deliver(&alice, vec![pack(&own)]).code, 4);
    let short = MsgUpdateExecution {
        authority: world.gov.clone(),
        execution: None,
    };
    let result = world.deliver(&alice, vec![pack(&submission(&alice.address, vec![pack(&short)]))]);
    assert!(result.log.contains("gov.execution_gas_limit: 0"), "{}", result.log);
}

#[test]
fn proposals_within_proposals_are_checked_to_the_last_and_not_deep() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let gov = world.gov.clone();
    let nested =
        |inner: Any, levels: usize| (0..levels).fold(inner, |message, _| pack(&submission(&gov, vec![message])));
    let run = |world: &mut World, message: Any| {
        let result = world.deliver(&alice, vec![pack(&submission(&alice.address, vec![message]))]);
        (result.codespace, result.code)
    };
    let message = gift(&world);
    assert_eq!(run(&mut world, nested(message.clone(), 2)), (String::new(), 0));
    assert_eq!(run(&mut world, nested(message, 4)), ("sdk".into(), 18));
    let unknown = Any {
        type_url: "/other.Msg".into(),
        value: Vec::new(),
    };
    assert_eq!(run(&mut world, nested(unknown, 1)), ("gov".into(), 12));
    // What is stored can be written as JSON and read again.
    let exported = world.chain.querier(None).unwrap().export().unwrap();
    let json = serde_json::to_string(&exported).unwrap();
    assert_eq!(
        serde_json::from_str::<supercloud_chain::Genesis>(&json).unwrap(),
        exported
    );
}

#[test]
fn contract_cannot_send_messages_that_are_nested_without_end() {
    let mut world = World::new();
    let contract = world.puppet();
    let inner = send(&contract, &contract, 1, "uakt");
    let deep = (0..4_900).fold(inner, |message, _| {
        pack(&supercloud_proto::cosmos::authz::v1beta1::MsgExec {
            grantee: contract.clone(),
            msgs: vec![message],
        })
    });
    assert!(deep.value.len() < 512 * 1024, "{}", deep.value.len());
    use base64::Engine;
    let value = base64::prelude::BASE64_STANDARD.encode(&deep.value);
    let script = format!(
        r#"{{"messages":[{{"id":0,"reply_on":"never","msg":{{"any":{{"type_url":"{}","value":"{value}"}}}}}}]}}"#,
        deep.type_url
    );
    let result = world.execute(&contract, &script);
    assert!(result.log.contains("nested deeper than 4 levels"), "{}", result.log);
}
