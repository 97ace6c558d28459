//! Proposals of every kind, deposits, votes.

use serde_json::json;
use supercloud_client::{Any, message};
use supercloud_proto::cosmos::bank::v1beta1::{MsgSend, MsgSetSendEnabled, SendEnabled};
use supercloud_proto::cosmos::distribution::v1beta1::MsgCommunityPoolSpend;
use supercloud_proto::cosmos::gov::v1::{
    MsgCancelProposal, MsgDeposit, MsgSubmitProposal, MsgVote, MsgVoteWeighted, WeightedVoteOption,
};
use supercloud_proto::pack;
use supercloud_proto::supercloud::bank::v1::MsgSetSendRestriction;
use supercloud_proto::supercloud::cron::v1::{MsgCancel, MsgSchedule, Schedule};
use supercloud_proto::supercloud::fees::v1::{self as fees, GasPrice};
use supercloud_proto::supercloud::gov::v1::{Execution, MsgUpdateExecution};
use supercloud_proto::supercloud::wasm::v1::{HostParams, MsgUpdateHostParams};

use crate::scene::{Act, Scene, coin};

/// The council votes on what can be voted on, mostly in favour.
pub(crate) fn vote(scene: &mut Scene) -> Option<Act> {
    let (proposal_id, person) = scene.voting.pop()?;
    let option = *scene.random.pick(&[1, 1, 1, 1, 1, 1, 2, 3, 4]);
    let vote = MsgVote {
        proposal_id,
        voter: scene.address(person),
        option,
        metadata: String::new(),
    };
    Some(Act::new(person, pack(&vote)))
}

pub(crate) fn act(scene: &mut Scene) -> Act {
    let choice = scene.random.below(20);
    // The council mostly, so that proposals pass.
    let person = if choice < 14 {
        scene.random.below(4) as usize
    } else {
        scene.person()
    };
    let address = scene.address(person);
    let proposal_id = (scene.proposals + u64::from(scene.random.once_in(9))).saturating_sub(scene.random.below(3));
    let message = match choice {
        0..=4 => return Act::new(person, submit(scene, &address)),
        5 | 6 => pack(&MsgDeposit {
            proposal_id,
            depositor: address,
            amount: vec![coin(scene.random.below(1_500), "uakt")],
        }),
        7 => pack(&MsgCancelProposal {
            proposal_id,
            proposer: address,
        }),
        8 | 9 => pack(&MsgVoteWeighted {
            proposal_id,
            voter: address,
            options: [(1, "0.7"), (3, "0.3")]
                .map(|(option, weight)| WeightedVoteOption {
                    option,
                    weight: weight.to_owned(),
                })
                .into(),
            metadata: String::new(),
        }),
        _ => pack(&MsgVote {
            proposal_id,
            voter: address,
            option: *scene.random.pick(&[1, 1, 1, 1, 2, 3, 4, 9]),
            metadata: String::new(),
        }),
    };
    Act::new(person, message)
}

fn submit(scene: &mut Scene, proposer: &str) -> Any {
    let count = 1 + scene.random.below(2);
    let messages = (0..count).map(|_| executed(scene)).collect();
    let deposit = *scene.random.pick(&[0, 500, 1_000, 1_000, 1_000, 1_000]);
    pack(&MsgSubmitProposal {
        messages,
        initial_deposit: if deposit == 0 {
            vec![]
        } else {
            vec![coin(deposit, "uakt")]
        },
        proposer: proposer.to_owned(),
        title: "of the trace".to_owned(),
        summary: "random".to_owned(),
        metadata: String::new(),
        expedited: scene.random.once_in(4),
    })
}

/// What a passed proposal does; some of it fails.
fn executed(scene: &mut Scene) -> Any {
    let authority = scene.gov.clone();
    let someone = scene.anybody();
    match scene.random.below(14) {
        0..=3 => schedule(scene, authority),
        4 => pack(&MsgCancel {
            authority,
            name: format!("job-{}", scene.random.below(6)),
        }),
        5 => pack(&MsgCommunityPoolSpend {
            authority,
            recipient: someone,
            amount: vec![coin(scene.random.below(20_000), "uakt")],
        }),
        6 => pack(&MsgSend {
            from_address: authority,
            to_address: someone,
            amount: vec![coin(scene.random.below(20_000), "uakt")],
        }),
        7 => message::pin_codes(&authority, vec![scene.random.below(12)]),
        8 => message::unpin_codes(&authority, vec![scene.random.below(12)]),
        9 => {
            let contract = scene.contract();
            message::sudo(&authority, &contract, &json!({ "log": "sudo" })).unwrap()
        }
        10 => {
            let restricted = scene.random.once_in(2);
            pack(&MsgSetSendRestriction {
                authority,
                denom: "uother".to_owned(),
                restricted,
                allowed_addresses: if restricted { vec![someone] } else { vec![] },
            })
        }
        11 => pack(&MsgSetSendEnabled {
            authority,
            send_enabled: vec![SendEnabled {
                denom: "uother".to_owned(),
                enabled: scene.random.once_in(2),
            }],
            use_default_for: vec![],
        }),
        _ => params(scene, authority),
    }
}

/// Begin and end of blocks call contracts that do well, fail, or run out of gas.
fn schedule(scene: &mut Scene, authority: String) -> Any {
    let plan = *scene.random.pick(&[
        r#"{"log":"cron"}"#,
        r#"{"fail":"cron fails"}"#,
        r#"{"panic":"now"}"#,
        "{",
    ]);
    pack(&MsgSchedule {
        authority,
        schedule: Some(Schedule {
            name: format!("job-{}", scene.random.below(6)),
            contract: scene.contract(),
            msg: plan.as_bytes().to_vec(),
            stage: 1 + scene.random.below(2) as i32,
            gas_limit: *scene.random.pick(&[100_000, 500_000]),
            interval_seconds: *scene.random.pick(&[0, 1, 60, 3_600]),
        }),
    })
}

fn params(scene: &mut Scene, authority: String) -> Any {
    match scene.random.below(3) {
        0 => pack(&fees::MsgUpdateParams {
            authority,
            params: Some(fees::Params {
                min_gas_prices: vec![GasPrice {
                    denom: "uakt".to_owned(),
                    amount: (*scene.random.pick(&["0.001", "0.0025"])).to_owned(),
                }],
                max_tx_gas: 150_000_000 + scene.random.below(5),
                // Moves with the gas of every block, a little.
                market: scene.random.once_in(2).then(|| fees::FeeMarket {
                    target_block_gas: 1_000_000 + scene.random.below(5_000_000),
                    max_change_permille: 1 + scene.random.below(100),
                    max_multiplier_permille: 1_001 + scene.random.below(200),
                }),
            }),
        }),
        1 => pack(&MsgUpdateExecution {
            authority,
            execution: Some(Execution {
                timelock_seconds: scene.random.below(10),
                expedited_timelock_seconds: scene.random.below(5),
                gas_limit: 1_000_000_000,
            }),
        }),
        _ => pack(&MsgUpdateHostParams {
            authority,
            params: Some(HostParams {
                max_code_bytes: 3_000_000 + scene.random.below(5),
                max_gov_code_bytes: 3_000_000,
                query_allow_list: vec![],
                reply_gas_used: scene.random.once_in(2),
            }),
        }),
    }
}
