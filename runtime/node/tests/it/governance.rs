//! Proposals: voted, executed by the chain, seen by clients.

use std::time::Duration;

use supercloud_client::message::{self, ProposalText, VoteOption};
use supercloud_client::{ProposalStatus, coin};

use supercloud_node::NodeConfig;

use crate::stage::Stage;

fn text(title: &str) -> ProposalText {
    ProposalText {
        title: title.into(),
        summary: "for a test".into(),
        ..ProposalText::default()
    }
}

#[tokio::test]
async fn a_passed_proposal_runs_soon_after_its_voting_period() {
    // Empty blocks are an hour apart: only the schedule can bring the block that runs the proposal.
    let slow = |config| NodeConfig {
        block_interval: Duration::from_secs(3_600),
        ..config
    };
    let stage = Stage::configured(|genesis| genesis.minter("uact", ""), slow).await;
    let (alice, gov) = (stage.alice.address(), stage.client.gov_address().unwrap());
    let messages = vec![
        message::change_denom_admin(&gov, "uact", &gov),
        message::mint(&gov, &coin(1_000, "uact"), stage.bob.address()),
        message::set_send_restriction(&gov, "uact", vec![stage.bob.address().to_owned()]),
    ];
    let submitted = stage
        .alice
        .send(vec![message::submit_proposal(alice, text("mint"), messages)])
        .await
        .unwrap();
    let id = submitted
        .attribute("submit_proposal", "proposal_id")
        .unwrap()
        .parse()
        .unwrap();
    stage
        .alice
        .send(vec![message::vote(alice, id, VoteOption::Yes)])
        .await
        .unwrap();
    let proposal = stage
        .client
        .wait_for_proposal(id, Duration::from_secs(10))
        .await
        .unwrap();
    assert_eq!(
        (proposal.status, proposal.failed_reason.as_str()),
        (ProposalStatus::Passed, "")
    );
    assert_eq!(stage.balance(stage.bob.address(), "uact").await, 1_000);
    let restriction = stage.client.send_restriction("uact").await.unwrap();
    assert!(restriction.restricted);
    assert_eq!(restriction.allowed_addresses, [stage.bob.address()]);
    let minted = stage
        .client
        .rpc()
        .tx_search_all("coinbase.minter EXISTS")
        .await
        .unwrap();
    assert_eq!(
        minted,
        [],
        "minting by governance is a block event, not a transaction's"
    );
}

#[tokio::test]
async fn a_proposal_without_votes_is_rejected() {
    let stage = Stage::start().await;
    let (alice, gov) = (stage.alice.address(), stage.client.gov_address().unwrap());
    let messages = vec![message::set_mint_cap(&gov, "uakt", Some(5))];
    let submitted = stage
        .alice
        .send(vec![message::submit_proposal(alice, text("cap"), messages)])
        .await
        .unwrap();
    let id = submitted
        .attribute("submit_proposal", "proposal_id")
        .unwrap()
        .parse()
        .unwrap();
    let proposal = stage
        .client
        .wait_for_proposal(id, Duration::from_secs(10))
        .await
        .unwrap();
    assert_eq!(proposal.status, ProposalStatus::Rejected);
    assert_eq!(stage.client.proposals().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_vote_can_be_waited_for_by_advancing_time() {
    let stage = Stage::with(|genesis| genesis.voting_period(86_400)).await;
    let (alice, gov) = (stage.alice.address(), stage.client.gov_address().unwrap());
    let messages = vec![message::set_mint_cap(&gov, "uakt", Some(5))];
    let submitted = stage
        .alice
        .send(vec![message::submit_proposal(alice, text("cap"), messages)])
        .await
        .unwrap();
    let id = submitted
        .attribute("submit_proposal", "proposal_id")
        .unwrap()
        .parse()
        .unwrap();
    stage
        .alice
        .send(vec![message::vote(alice, id, VoteOption::Yes)])
        .await
        .unwrap();
    stage.node.advance_time(Duration::from_secs(86_400)).unwrap();
    let proposal = stage.client.proposal(id).await.unwrap().unwrap();
    assert_eq!((proposal.status, proposal.yes.as_str()), (ProposalStatus::Passed, "1"));
    assert_eq!(stage.client.mint_cap("uakt").await.unwrap().amount_per_day, "5");
    assert_eq!(stage.client.council().await.unwrap().voters.len(), 1);
    assert_eq!(stage.client.proposal(99).await.unwrap(), None);
}
