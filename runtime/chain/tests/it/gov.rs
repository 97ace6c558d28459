use supercloud_chain::{BlockOutput, TxResult};
use supercloud_proto::cosmos::gov::v1::{
    MsgSubmitProposal, MsgSubmitProposalResponse, MsgVote, Proposal, ProposalStatus, QueryProposalRequest,
    QueryProposalResponse, QueryProposalsRequest, QueryProposalsResponse, VoteOption,
};
use supercloud_proto::cosmwasm::wasm::v1::{MsgPinCodes, MsgStoreCode, MsgSudoContract};
use supercloud_proto::osmosis::tokenfactory::v1beta1::{MsgChangeAdmin, MsgMint};
use supercloud_proto::pack;
use supercloud_proto::prost_types::Any;
use supercloud_proto::supercloud::bank::v1::MsgSetSendRestriction;
use supercloud_proto::supercloud::gov::v1::{MsgSetCouncil, QueryCouncilRequest, QueryCouncilResponse, Voter};
use supercloud_proto::supercloud::tokenfactory::v1::MsgSetMintCap;

use crate::fake_vm::puppet;
use crate::world::{FUNDS, Person, World, coin, instantiate_msg, response, send};

pub(crate) fn submission(proposer: &str, messages: Vec<Any>) -> MsgSubmitProposal {
    MsgSubmitProposal {
        messages,
        proposer: proposer.to_owned(),
        title: "t".into(),
        summary: "s".into(),
        ..MsgSubmitProposal::default()
    }
}

pub(crate) fn submit(world: &mut World, messages: Vec<Any>) -> u64 {
    let alice = world.alice.clone();
    let result = world.succeed(&alice, vec![pack(&submission(&alice.address, messages))]);
    response::<MsgSubmitProposalResponse>(&result).proposal_id
}

pub(crate) fn vote(world: &mut World, voter: &Person, proposal_id: u64, option: VoteOption) -> TxResult {
    let message = MsgVote {
        proposal_id,
        voter: voter.address.clone(),
        option: option.into(),
        metadata: String::new(),
    };
    world.deliver(voter, vec![pack(&message)])
}

pub(crate) fn proposal(world: &World, proposal_id: u64) -> Proposal {
    let response: QueryProposalResponse =
        world.ask("/cosmos.gov.v1.Query/Proposal", &QueryProposalRequest { proposal_id });
    response.proposal.unwrap()
}

/// Submits, lets alice (6 of 10) say yes and waits.
pub(crate) fn pass(world: &mut World, messages: Vec<Any>) -> (u64, BlockOutput) {
    let id = submit(world, messages);
    let alice = world.alice.clone();
    assert_eq!(vote(world, &alice, id, VoteOption::Yes).log, "");
    let output = world.block_after(20, vec![]);
    (id, output)
}

#[track_caller]
pub(crate) fn execute(world: &mut World, messages: Vec<Any>) {
    let (id, _) = pass(world, messages);
    let proposal = proposal(world, id);
    assert_eq!(
        (proposal.status(), proposal.failed_reason.as_str()),
        (ProposalStatus::Passed, "")
    );
}

fn gift(world: &World, amount: u128) -> Any {
    send(&world.gov, &world.carol.address, amount, "uakt")
}

pub(crate) fn fund_gov(world: &mut World, amount: u128) {
    let bob = world.bob.clone();
    let gov = world.gov.clone();
    world.succeed(&bob, vec![send(&bob.address, &gov, amount, "uakt")]);
}

#[test]
fn passed_proposal_runs_when_voting_ends_and_not_before() {
    let mut world = World::new();
    fund_gov(&mut world, 100);
    let messages = vec![gift(&world, 60)];
    let id = submit(&mut world, messages);
    let end = world.time_nanos + 10_000_000_000;
    assert_eq!(world.chain.next_scheduled_nanos(), Some(end));
    let alice = world.alice.clone();
    vote(&mut world, &alice, id, VoteOption::Yes);
    world.block_after(8, vec![]);
    assert_eq!(world.time_nanos + 1_000_000_000, end);
    assert_eq!(proposal(&world, id).status(), ProposalStatus::VotingPeriod);
    let output = world.block(vec![]);
    let passed = proposal(&world, id);
    assert_eq!(passed.status(), ProposalStatus::Passed);
    assert_eq!(passed.final_tally_result.unwrap().yes_count, "6");
    assert_eq!(world.balance(&world.carol.address, "uakt"), FUNDS + 60);
    assert_eq!(world.chain.next_scheduled_nanos(), None);
    let results: Vec<_> = output
        .events
        .iter()
        .filter_map(|event| event.get("proposal_result"))
        .collect();
    assert_eq!(results, ["proposal_passed", "proposal_executed"]);
    assert!(
        output
            .events
            .iter()
            .all(|event| event.get("mode") == Some("BeginBlock"))
    );
    assert_eq!(vote(&mut world, &alice, id, VoteOption::No).code, 3);
}

#[test]
fn failing_message_undoes_the_whole_proposal_and_keeps_the_reason() {
    let mut world = World::new();
    fund_gov(&mut world, 100);
    let messages = vec![gift(&world, 60), gift(&world, 60)];
    let (id, _) = pass(&mut world, messages);
    let failed = proposal(&world, id);
    assert_eq!(failed.status(), ProposalStatus::Failed);
    let reason = "message 1 (/cosmos.bank.v1beta1.MsgSend): spendable balance 40uakt is smaller than 60uakt: \
                  insufficient funds";
    assert_eq!(failed.failed_reason, reason);
    assert_eq!(
        (
            world.balance(&world.gov, "uakt"),
            world.balance(&world.carol.address, "uakt")
        ),
        (100, FUNDS)
    );
}

#[test]
fn timelock_lies_between_passing_and_running() {
    let mut world = World::with(|genesis| genesis.gov.timelock_seconds = 100);
    fund_gov(&mut world, 100);
    let messages = vec![gift(&world, 60)];
    let (id, _) = pass(&mut world, messages);
    assert_eq!(proposal(&world, id).status(), ProposalStatus::Passed);
    assert_eq!(
        world.chain.next_scheduled_nanos(),
        Some(world.time_nanos + 100_000_000_000)
    );
    world.block_after(99, vec![]);
    assert_eq!(world.balance(&world.carol.address, "uakt"), FUNDS);
    world.block(vec![]);
    assert_eq!(world.balance(&world.carol.address, "uakt"), FUNDS + 60);
}

#[test]
fn expedited_proposals_have_a_timelock_of_their_own() {
    let mut world = World::with(|genesis| {
        genesis.gov.timelock_seconds = 100;
        genesis.gov.expedited_voting_period_seconds = 5;
        genesis.gov.expedited_timelock_seconds = 7;
    });
    fund_gov(&mut world, 100);
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let message = MsgSubmitProposal {
        expedited: true,
        ..submission(&alice.address, vec![gift(&world, 60)])
    };
    let result = world.succeed(&alice, vec![pack(&message)]);
    let id = response::<MsgSubmitProposalResponse>(&result).proposal_id;
    vote(&mut world, &alice, id, VoteOption::Yes);
    vote(&mut world, &bob, id, VoteOption::Yes);
    world.block_after(5, vec![]);
    assert_eq!(proposal(&world, id).status(), ProposalStatus::Passed);
    world.block_after(6, vec![]);
    assert_eq!(world.balance(&world.carol.address, "uakt"), FUNDS);
    world.block(vec![]);
    assert_eq!(world.balance(&world.carol.address, "uakt"), FUNDS + 60);
}

#[test]
fn timelock_is_a_century_at_most() {
    const CENTURY: u64 = 100 * 366 * 86_400;
    let with = |seconds| {
        let mut genesis = crate::world::genesis();
        (genesis.gov.timelock_seconds, genesis.gov.expedited_timelock_seconds) = (seconds, seconds);
        genesis.assert_valid()
    };
    assert!(with(0).is_ok() && with(CENTURY).is_ok());
    let refused = with(CENTURY + 1).unwrap_err().to_string();
    assert_eq!(
        refused,
        format!("gov.timelock_seconds: {} is not between 0 and {CENTURY}", CENTURY + 1)
    );
}

#[test]
fn proposal_without_quorum_or_majority_is_rejected() {
    let mut world = World::with(|genesis| genesis.gov.quorum_bps = 5_000);
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let messages = vec![gift(&world, 1)];
    let id = submit(&mut world, messages.clone());
    vote(&mut world, &bob, id, VoteOption::Yes);
    world.block_after(20, vec![]);
    assert_eq!(proposal(&world, id).status(), ProposalStatus::Rejected);
    let id = submit(&mut world, messages);
    vote(&mut world, &bob, id, VoteOption::Yes);
    vote(&mut world, &alice, id, VoteOption::Yes);
    vote(&mut world, &alice, id, VoteOption::No);
    world.block_after(20, vec![]);
    let rejected = proposal(&world, id);
    assert_eq!(rejected.status(), ProposalStatus::Rejected);
    let tally = rejected.final_tally_result.unwrap();
    assert_eq!((tally.yes_count.as_str(), tally.no_count.as_str()), ("4", "6"));
}

#[test]
fn proposal_without_a_title_or_a_summary_is_refused() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let whole = submission(&alice.address, vec![gift(&world, 1)]);
    let refused = |world: &mut World, message: MsgSubmitProposal| {
        let result = world.deliver(&alice, vec![pack(&message)]);
        assert_eq!((result.codespace.as_str(), result.code), ("sdk", 18));
        result.log
    };
    let (title, summary) = (String::new(), String::new());
    let untitled = MsgSubmitProposal { title, ..whole.clone() };
    let log = refused(&mut world, untitled);
    assert_eq!(log, "proposal title cannot be empty: invalid request");
    let log = refused(&mut world, MsgSubmitProposal { summary, ..whole });
    assert_eq!(log, "proposal summary cannot be empty: invalid request");
}

#[test]
fn only_the_council_proposes_and_votes() {
    let mut world = World::new();
    let carol = world.carol.clone();
    let messages = vec![gift(&world, 1)];
    let text = format!(
        "{} is not a member of the council: invalid proposer or voter",
        carol.address
    );
    let result = world.deliver(&carol, vec![pack(&submission(&carol.address, messages.clone()))]);
    assert_eq!((result.codespace.as_str(), result.code), ("gov", 18));
    assert!(result.log.ends_with(&text), "{}", result.log);
    let id = submit(&mut world, messages);
    assert_eq!(vote(&mut world, &carol, id, VoteOption::Yes).code, 18);
    let result = vote(&mut world, &carol, 99, VoteOption::Yes);
    assert_eq!((result.codespace.as_str(), result.code), ("gov", 3));
    assert!(result.log.ends_with(": 99: inactive proposal"), "{}", result.log);
    assert_eq!(vote(&mut world, &carol, id, VoteOption::Unspecified).code, 7);
}

#[test]
fn proposal_with_a_foreign_signer_or_unknown_message_is_refused_at_once() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let foreign = send(&alice.address, &world.gov, 1, "uakt");
    let result = world.deliver(&alice, vec![pack(&submission(&alice.address, vec![foreign]))]);
    assert_eq!((result.codespace.as_str(), result.code), ("gov", 13));
    let unknown = Any {
        type_url: "/cosmos.gov.v1.MsgExecLegacyContent".into(),
        value: Vec::new(),
    };
    let result = world.deliver(&alice, vec![pack(&submission(&alice.address, vec![unknown]))]);
    assert_eq!((result.codespace.as_str(), result.code), ("gov", 12));
    let result = world.deliver(&alice, vec![pack(&submission(&alice.address, vec![]))]);
    assert_eq!((result.codespace.as_str(), result.code), ("gov", 11));
}

#[test]
fn messages_of_governance_are_refused_from_anybody_else() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let authority = alice.address.clone();
    let messages = [
        pack(&MsgSetSendRestriction {
            authority: authority.clone(),
            denom: "uact".into(),
            restricted: true,
            allowed_addresses: vec![],
        }),
        pack(&MsgSetMintCap {
            authority: authority.clone(),
            denom: "uact".into(),
            amount_per_day: "1".into(),
        }),
        pack(&MsgSetCouncil {
            authority: authority.clone(),
            voters: vec![Voter {
                address: authority.clone(),
                weight: 1,
            }],
        }),
        pack(&MsgPinCodes {
            authority: authority.clone(),
            code_ids: vec![1],
        }),
        pack(&MsgSudoContract {
            authority: authority.clone(),
            contract: authority.clone(),
            msg: b"{}".to_vec(),
        }),
    ];
    let text = format!(
        "invalid authority; expected {}, got {authority}: unauthorized",
        world.gov
    );
    for message in messages {
        let result = world.deliver(&alice, vec![message]);
        assert_eq!(result.code, 4);
        assert!(result.log.ends_with(&text), "{}", result.log);
    }
}

#[test]
fn governance_names_the_first_minter_restricts_and_caps() {
    let mut world = World::new();
    let (gov, carol) = (world.gov.clone(), world.carol.clone());
    let change = MsgChangeAdmin {
        sender: gov.clone(),
        denom: "uact".into(),
        new_admin: carol.address.clone(),
    };
    let cap = MsgSetMintCap {
        authority: gov.clone(),
        denom: "uact".into(),
        amount_per_day: "10".into(),
    };
    let restrict = MsgSetSendRestriction {
        authority: gov.clone(),
        denom: "uact".into(),
        restricted: true,
        allowed_addresses: vec![carol.address.clone()],
    };
    execute(&mut world, vec![pack(&change), pack(&cap), pack(&restrict)]);
    let mint = |amount| {
        let sender = Person::new("carol").address;
        pack(&MsgMint {
            sender,
            amount: Some(coin(amount, "uact")),
            mint_to_address: String::new(),
        })
    };
    assert_eq!(world.deliver(&carol, vec![mint(11)]).code, 101);
    world.succeed(&carol, vec![mint(10)]);
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    assert_eq!(
        world
            .deliver(&alice, vec![send(&alice.address, &bob.address, 1, "uact")])
            .code,
        4
    );
    // Lifting the restriction and the cap.
    let free = MsgSetSendRestriction {
        authority: gov.clone(),
        denom: "uact".into(),
        ..Default::default()
    };
    let no_cap = MsgSetMintCap {
        authority: gov,
        denom: "uact".into(),
        amount_per_day: String::new(),
    };
    execute(&mut world, vec![pack(&free), pack(&no_cap)]);
    world.succeed(&alice, vec![send(&alice.address, &bob.address, 1, "uact")]);
    world.succeed(&carol, vec![mint(1_000)]);
}

#[test]
fn governance_replaces_the_council_and_old_votes_stop_counting() {
    let mut world = World::new();
    let (gov, bob, carol) = (world.gov.clone(), world.bob.clone(), world.carol.clone());
    let council = MsgSetCouncil {
        authority: gov,
        voters: vec![Voter {
            address: carol.address.clone(),
            weight: 3,
        }],
    };
    let first = submit(&mut world, vec![pack(&council)]);
    let messages = vec![gift(&world, 1)];
    let second = submit(&mut world, messages);
    let alice = world.alice.clone();
    for id in [first, second] {
        vote(&mut world, &alice, id, VoteOption::Yes);
    }
    world.block_after(20, vec![]);
    let council: QueryCouncilResponse = world.ask("/supercloud.gov.v1.Query/Council", &QueryCouncilRequest {});
    assert_eq!(
        council.voters,
        [Voter {
            address: carol.address.clone(),
            weight: 3
        }]
    );
    // Both votes were counted before the first proposal ran.
    assert_eq!(proposal(&world, second).status(), ProposalStatus::Failed);
    let third = world.deliver(&bob, vec![pack(&submission(&bob.address, vec![gift(&world, 1)]))]);
    assert_eq!(third.code, 18);
}

#[test]
fn governance_uploads_and_calls_sudo_and_its_instances_may_instantiate_any_code() {
    let mut world = World::new();
    let gov = world.gov.clone();
    let store = MsgStoreCode {
        sender: gov.clone(),
        wasm_byte_code: puppet("gov", None),
        instantiate_permission: Some(supercloud_proto::cosmwasm::wasm::v1::AccessConfig {
            permission: supercloud_proto::cosmwasm::wasm::v1::AccessType::Nobody.into(),
            addresses: vec![],
        }),
    };
    execute(&mut world, vec![pack(&store)]);
    let alice = world.alice.clone();
    let denied = world.deliver(&alice, vec![pack(&instantiate_msg(&alice.address, 1, "{}"))]);
    assert_eq!(
        (denied.code, denied.log.ends_with("can not instantiate: unauthorized")),
        (4, true)
    );
    let child = r#"{"id":1,"reply_on":"never","msg":{"wasm":{"instantiate":{"admin":null,"code_id":1,"msg":"e30=","funds":[],"label":"child"}}}}"#;
    let parent = instantiate_msg(&gov, 1, &format!(r#"{{"messages":[{child}]}}"#));
    execute(&mut world, vec![pack(&parent)]);
    let parent = supercloud_chain::compute_classic_address(1, 1);
    let parent = crate::world::codec().to_text(&parent);
    // The same through an ordinary call is denied: the right does not stick to the contract.
    let later = world.execute(&parent, &format!(r#"{{"messages":[{child}]}}"#));
    assert_eq!(later.code, 4, "{}", later.log);
    let sudo = MsgSudoContract {
        authority: gov,
        contract: parent.clone(),
        msg: br#"{"set":{"a":"b"}}"#.to_vec(),
    };
    execute(&mut world, vec![pack(&sudo)]);
    assert_eq!(
        (
            world.stored(&parent, "sudo").as_str(),
            world.stored(&parent, "a").as_str()
        ),
        ("yes", "b")
    );
}

#[test]
fn proposal_that_runs_out_of_gas_fails_and_the_chain_goes_on() {
    let mut world = World::with(|genesis| genesis.gov.execution_gas_limit = 1_000_000);
    let puppet = world.puppet();
    let sudo = MsgSudoContract {
        authority: world.gov.clone(),
        contract: puppet,
        msg: br#"{"run_out":true}"#.to_vec(),
    };
    let (id, _) = pass(&mut world, vec![pack(&sudo)]);
    let failed = proposal(&world, id);
    assert_eq!(failed.status(), ProposalStatus::Failed);
    assert!(
        failed
            .failed_reason
            .contains("out of gas in location: wasm contract; gasWanted: 1000000")
    );
    world.block(vec![]);
}

#[test]
fn proposals_are_listed_by_status_and_voter() {
    let mut world = World::new();
    let messages = vec![gift(&world, 1)];
    pass(&mut world, messages.clone());
    let second = submit(&mut world, messages);
    let list = |world: &World, request: QueryProposalsRequest| -> Vec<u64> {
        let response: QueryProposalsResponse = world.ask("/cosmos.gov.v1.Query/Proposals", &request);
        response.proposals.iter().map(|proposal| proposal.id).collect()
    };
    assert_eq!(list(&world, QueryProposalsRequest::default()), [1, 2]);
    let mut voting = QueryProposalsRequest::default();
    voting.set_proposal_status(ProposalStatus::VotingPeriod);
    assert_eq!(list(&world, voting), [second]);
    let by_voter = QueryProposalsRequest {
        voter: world.alice.address.clone(),
        ..Default::default()
    };
    assert_eq!(list(&world, by_voter), [1]);
    let missing = world.query("/cosmos.gov.v1.Query/Proposal", &[8, 9]);
    assert_eq!(
        (missing.code, missing.log.as_str()),
        (
            22,
            "rpc error: code = NotFound desc = proposal 9 doesn't exist: key not found"
        )
    );
}
