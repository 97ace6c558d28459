//! Votes of contracts, and votes that are split.

use serde_json::json;
use supercloud_proto::cosmos::gov::v1::{
    MsgVoteWeighted, QueryTallyResultRequest, QueryTallyResultResponse, TallyResult, VoteOption, WeightedVoteOption,
};
use supercloud_proto::pack;
use supercloud_proto::supercloud::gov::v1::{MsgSetCouncil, Voter};

use crate::gov::{execute, submit};
use crate::submessages::{replies, run, submessage};
use crate::world::{World, send};

fn tally(world: &World, proposal_id: u64) -> TallyResult {
    let response: QueryTallyResultResponse = world.ask(
        "/cosmos.gov.v1.Query/TallyResult",
        &QueryTallyResultRequest { proposal_id },
    );
    response.tally.unwrap()
}

fn counts(yes: u64, abstain: u64, no: u64, veto: u64) -> TallyResult {
    TallyResult {
        yes_count: yes.to_string(),
        abstain_count: abstain.to_string(),
        no_count: no.to_string(),
        no_with_veto_count: veto.to_string(),
    }
}

fn any_proposal(world: &mut World) -> u64 {
    let gift = send(&world.gov, &world.carol.address, 1, "uakt");
    submit(world, vec![gift])
}

/// A contract with weight 10 in the council; alice has 1 so that she can still submit.
fn voting_contract(world: &mut World) -> String {
    let contract = world.puppet();
    let council = MsgSetCouncil {
        authority: world.gov.clone(),
        voters: vec![
            Voter {
                address: contract.clone(),
                weight: 10,
            },
            Voter {
                address: world.alice.address.clone(),
                weight: 1,
            },
        ],
    };
    execute(world, vec![pack(&council)]);
    contract
}

#[test]
fn contract_votes_with_both_names_of_the_option() {
    let mut world = World::new();
    let contract = voting_contract(&mut world);
    for (name, option, expected) in [
        ("option", "yes", counts(10, 0, 0, 0)),
        ("vote", "no_with_veto", counts(0, 0, 0, 10)),
        ("vote", "abstain", counts(0, 10, 0, 0)),
        ("option", "no", counts(0, 0, 10, 0)),
    ] {
        let id = any_proposal(&mut world);
        let vote = json!({ "gov": { "vote": { "proposal_id": id, name: option } } });
        let result = run(
            &mut world,
            &contract,
            &json!({ "messages": [submessage("never", vote)] }),
        );
        assert_eq!(result.log, "");
        assert_eq!(tally(&world, id), expected);
    }
}

#[test]
fn contract_splits_its_vote() {
    let mut world = World::new();
    let contract = voting_contract(&mut world);
    let id = any_proposal(&mut world);
    let split = |first: &str, second: &str| {
        let options = json!([{ "option": "yes", "weight": first }, { "option": "no", "weight": second }]);
        json!({ "gov": { "vote_weighted": { "proposal_id": id, "options": options } } })
    };
    let script = json!({ "messages": [
        submessage("error", split("0.7", "0.3")),
        submessage("error", split("0.7", "0.4")),
    ] });
    assert_eq!(run(&mut world, &contract, &script).log, "");
    assert_eq!(tally(&world, id), counts(7, 0, 3, 0));
    let replies = replies(&world, &contract);
    assert_eq!(replies.len(), 1);
    assert_eq!(replies[0]["result"]["error"], json!("codespace: gov, code: 7"));
}

#[test]
fn strangers_votes_fail_for_themselves_only() {
    let mut world = World::new();
    let contract = world.puppet();
    let id = any_proposal(&mut world);
    let vote = json!({ "gov": { "vote": { "proposal_id": id, "option": "yes" } } });
    let script = json!({ "messages": [submessage("error", vote)] });
    assert_eq!(run(&mut world, &contract, &script).log, "");
    assert_eq!(
        replies(&world, &contract)[0]["result"]["error"],
        json!("codespace: gov, code: 18")
    );
}

#[test]
fn split_vote_counts_to_the_last_part_and_replaces_the_earlier_one() {
    let mut world = World::new();
    let id = any_proposal(&mut world);
    let alice = world.alice.clone();
    let vote = |options: &[(VoteOption, &str)]| {
        pack(&MsgVoteWeighted {
            proposal_id: id,
            voter: alice.address.clone(),
            options: options
                .iter()
                .map(|(option, weight)| WeightedVoteOption {
                    option: (*option).into(),
                    weight: (*weight).into(),
                })
                .collect(),
            metadata: String::new(),
        })
    };
    world.succeed(&alice, vec![vote(&[(VoteOption::Yes, "1")])]);
    assert_eq!(tally(&world, id), counts(6, 0, 0, 0));
    // 6 x 0.25, 0.25 and 0.5: whole units are shown, fractions are counted.
    let quarter = [
        (VoteOption::Yes, "0.25"),
        (VoteOption::No, "0.25"),
        (VoteOption::Abstain, "0.5"),
    ];
    let result = world.succeed(&alice, vec![vote(&quarter)]);
    assert_eq!(tally(&world, id), counts(1, 3, 1, 0));
    let shown = crate::world::event(&result.events, "proposal_vote")
        .get("option")
        .unwrap()
        .to_owned();
    assert!(
        shown.starts_with(r#"[{"option":1,"weight":"0.250000000000000000"},"#),
        "{shown}"
    );
    for (options, code) in [(&[][..], 18), (&[(VoteOption::Yes, "0.5")], 7)] {
        assert_eq!(world.deliver(&alice, vec![vote(options)]).code, code);
    }
}
