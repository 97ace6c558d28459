//! cosmos.gov.v1beta1, for clients that still speak it.

use supercloud_proto::cosmos::gov::v1::{MsgDeposit as NewDeposit, ProposalStatus};
use supercloud_proto::cosmos::gov::v1beta1::{
    MsgSubmitProposal, MsgSubmitProposalResponse, MsgVote, MsgVoteWeighted, QueryDepositRequest, QueryDepositResponse,
    QueryParamsRequest, QueryParamsResponse, QueryProposalRequest, QueryProposalResponse, QueryProposalsRequest,
    QueryProposalsResponse, QueryTallyResultRequest, QueryTallyResultResponse, QueryVoteRequest, QueryVoteResponse,
    QueryVotesRequest, QueryVotesResponse, TextProposal, VoteOption, WeightedVoteOption,
};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::prost_types::Any;

use crate::gov::{proposal, submit};
use crate::world::{World, coin, response, send};

fn propose(world: &mut World, content: Any) -> supercloud_chain::TxResult {
    let alice = world.alice.clone();
    let message = MsgSubmitProposal {
        content: Some(content),
        initial_deposit: Vec::new(),
        proposer: alice.address.clone(),
    };
    world.deliver(&alice, vec![pack(&message)])
}

fn text() -> TextProposal {
    TextProposal {
        title: "words".into(),
        description: "only".into(),
    }
}

#[test]
fn text_proposal_is_voted_on_and_runs_nothing() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let result = propose(&mut world, pack(&text()));
    assert_eq!(result.log, "");
    let proposal_id = response::<MsgSubmitProposalResponse>(&result).proposal_id;
    let yes = MsgVote {
        proposal_id,
        voter: alice.address.clone(),
        option: VoteOption::Yes.into(),
    };
    world.succeed(&alice, vec![pack(&yes)]);
    let part = |option: VoteOption, weight: &str| WeightedVoteOption {
        option: option.into(),
        weight: weight.into(),
    };
    let split = MsgVoteWeighted {
        proposal_id,
        voter: bob.address.clone(),
        options: vec![
            part(VoteOption::Yes, "250000000000000000"),
            part(VoteOption::Abstain, "750000000000000000"),
        ],
    };
    world.succeed(&bob, vec![pack(&split)]);

    let found: QueryProposalResponse = world.ask(
        "/cosmos.gov.v1beta1.Query/Proposal",
        &QueryProposalRequest { proposal_id },
    );
    assert_eq!(found.proposal.unwrap().content, Some(pack(&text())));
    let tally: QueryTallyResultResponse = world.ask(
        "/cosmos.gov.v1beta1.Query/TallyResult",
        &QueryTallyResultRequest { proposal_id },
    );
    let tally = tally.tally.unwrap();
    assert_eq!((tally.yes.as_str(), tally.abstain.as_str()), ("7", "3"));
    let votes: QueryVotesResponse = world.ask(
        "/cosmos.gov.v1beta1.Query/Votes",
        &QueryVotesRequest {
            proposal_id,
            pagination: None,
        },
    );
    assert_eq!(votes.votes.len(), 2);
    let vote = |voter: &str| {
        let request = QueryVoteRequest {
            proposal_id,
            voter: voter.into(),
        };
        let response: QueryVoteResponse = world.ask("/cosmos.gov.v1beta1.Query/Vote", &request);
        response.vote.unwrap()
    };
    #[allow(deprecated, reason = "older clients read the single option")]
    let single = vote(&alice.address).option;
    assert_eq!(single, VoteOption::Yes as i32);
    assert_eq!(vote(&bob.address).options, split.options);

    world.block_after(20, vec![]);
    assert_eq!(proposal(&world, proposal_id).status(), ProposalStatus::Passed);
    let passed: QueryProposalsResponse = world.ask(
        "/cosmos.gov.v1beta1.Query/Proposals",
        &QueryProposalsRequest {
            proposal_status: ProposalStatus::Passed.into(),
            ..QueryProposalsRequest::default()
        },
    );
    assert_eq!(passed.proposals.len(), 1);
    assert!(passed.pagination.is_some());
}

#[test]
fn weights_must_sum_to_one_and_content_must_be_words() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let message = send(&world.gov, &alice.address, 1, "uakt");
    let proposal_id = submit(&mut world, vec![message.clone()]);
    for weight in [
        "999999999999999999",
        "1000000000000000001",
        "0.5",
        "-1",
        "+1000000000000000000",
        "",
    ] {
        let split = MsgVoteWeighted {
            proposal_id,
            voter: alice.address.clone(),
            options: vec![WeightedVoteOption {
                option: VoteOption::Yes.into(),
                weight: weight.into(),
            }],
        };
        let result = world.deliver(&alice, vec![pack(&split)]);
        assert_eq!((result.codespace.as_str(), result.code), ("gov", 7), "{weight:?}");
    }
    let result = propose(&mut world, message);
    assert_eq!((result.codespace.as_str(), result.code), ("gov", 21));
    assert!(result.log.contains("only text proposals"), "{}", result.log);
}

#[test]
fn parameters_come_by_kind_with_decimals_as_integers() {
    let mut world = World::with(|genesis| {
        genesis.gov.min_deposit = vec![supercloud_chain::GenesisCoin {
            denom: "uakt".into(),
            amount: "7".into(),
        }];
    });
    let ask = |kind: &str| -> QueryParamsResponse {
        let params_type = kind.to_owned();
        world.ask("/cosmos.gov.v1beta1.Query/Params", &QueryParamsRequest { params_type })
    };
    assert_eq!(ask("voting").voting_params.unwrap().voting_period.unwrap().seconds, 10);
    assert_eq!(ask("deposit").deposit_params.unwrap().min_deposit, [coin(7, "uakt")]);
    assert_eq!(ask("tallying").tally_params.unwrap().quorum, b"334000000000000000");
    let unknown = QueryParamsRequest {
        params_type: "other".into(),
    };
    let result = world.query("/cosmos.gov.v1beta1.Query/Params", &unknown.encode_to_vec());
    assert_eq!(result.code, 18);

    let alice = world.alice.clone();
    let result = propose(&mut world, pack(&text()));
    let proposal_id = response::<MsgSubmitProposalResponse>(&result).proposal_id;
    let deposit = NewDeposit {
        proposal_id,
        depositor: alice.address.clone(),
        amount: vec![coin(3, "uakt")],
    };
    world.succeed(&alice, vec![pack(&deposit)]);
    let found: QueryDepositResponse = world.ask(
        "/cosmos.gov.v1beta1.Query/Deposit",
        &QueryDepositRequest {
            proposal_id,
            depositor: alice.address,
        },
    );
    assert_eq!(found.deposit.unwrap().amount, [coin(3, "uakt")]);
}
