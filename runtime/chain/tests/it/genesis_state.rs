//! A whole state leaves a chain and another one begins with it.

use std::collections::{BTreeMap, BTreeSet};

use supercloud_chain::{Genesis, GenesisCoin, GenesisDenom, GenesisTimelock, Ibc2Call, IbcAnswer};
use supercloud_proto::cosmos::auth::v1beta1::BaseAccount;
use supercloud_proto::cosmos::authz::v1beta1::{GenericAuthorization, Grant, MsgExec, MsgGrant};
use supercloud_proto::cosmos::bank::v1beta1::{
    MsgSetSendEnabled, MsgUpdateParams as BankUpdate, Params as BankParams, SendEnabled,
};
use supercloud_proto::cosmos::consensus::v1::{
    MsgUpdateParams as ConsensusUpdate, QueryParamsRequest, QueryParamsResponse,
};
use supercloud_proto::cosmos::feegrant::v1beta1::{BasicAllowance, MsgGrantAllowance};
use supercloud_proto::cosmos::gov::v1::{
    MsgDeposit, MsgSubmitProposal, MsgSubmitProposalResponse, ProposalStatus, VoteOption,
};
use supercloud_proto::cosmwasm::wasm::v1::MsgPinCodes;
use supercloud_proto::osmosis::tokenfactory::v1beta1::{MsgCreateDenom, MsgMint, Params as FactoryParams};
use supercloud_proto::pack;
use supercloud_proto::prost_types::{Any, Timestamp};
use supercloud_proto::supercloud::bank::v1::MsgSetSendRestriction;
use supercloud_proto::supercloud::cron::v1::{
    MsgSchedule, QueryScheduleRequest, QueryScheduleResponse, Schedule, Stage,
};
use supercloud_proto::supercloud::tokenfactory::v1::{MsgSetMintCap, MsgUpdateParams as FactoryUpdate};

use crate::fake_vm::puppet;
use crate::gov::{proposal, submission, vote};
use crate::ibc::{contract_with_ibc, packet_v2};
use crate::world::{Person, World, coin, execute_msg, response, send};

/// What the populated chain has under way.
struct Ids {
    waiting: u64,
    voting: u64,
    timelocked: u64,
    contract: String,
}

fn end(world: &World, seconds: u64) -> Option<Timestamp> {
    Some(Timestamp {
        seconds: (world.time_nanos / 1_000_000_000 + seconds) as i64,
        nanos: 0,
    })
}

fn propose(world: &mut World, messages: Vec<Any>, deposit: u128) -> u64 {
    let alice = world.alice.clone();
    let message = MsgSubmitProposal {
        initial_deposit: vec![coin(deposit, "uakt")],
        ..submission(&alice.address, messages)
    };
    response::<MsgSubmitProposalResponse>(&world.succeed(&alice, vec![pack(&message)])).proposal_id
}

/// Passes and runs: voting takes 10 s, the timelock 60 s.
fn run(world: &mut World, messages: Vec<Any>) {
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let id = propose(world, messages, 1_000);
    vote(world, &alice, id, VoteOption::Yes);
    vote(world, &bob, id, VoteOption::Yes);
    world.block_after(10, vec![]);
    world.block_after(60, vec![]);
    let done = proposal(world, id);
    assert_eq!(
        (done.status(), done.failed_reason.as_str()),
        (ProposalStatus::Passed, "")
    );
}

fn base() -> World {
    World::with(|genesis| {
        genesis.gov.min_deposit = vec![GenesisCoin {
            denom: "uakt".into(),
            amount: "1000".into(),
        }];
        genesis.gov.timelock_seconds = 60;
        genesis.denoms = vec![GenesisDenom {
            base: "uakt".into(),
            display: "akt".into(),
            exponent: 6,
            symbol: "AKT".into(),
            name: "Akash".into(),
            description: String::new(),
        }];
        genesis.fees.min_gas_prices = vec![GenesisCoin {
            denom: "uakt".into(),
            amount: "0".into(),
        }];
    })
}

fn rules(world: &World, contract: &str) -> Vec<Any> {
    let authority = world.gov.clone();
    vec![
        pack(&MsgSetSendRestriction {
            authority: authority.clone(),
            denom: "uact".into(),
            restricted: true,
            allowed_addresses: vec![world.bob.address.clone(), world.alice.address.clone()],
        }),
        pack(&MsgSetMintCap {
            authority: authority.clone(),
            denom: "uact".into(),
            amount_per_day: "77".into(),
        }),
        pack(&MsgSetSendEnabled {
            authority: authority.clone(),
            send_enabled: vec![SendEnabled {
                denom: "stopped".into(),
                enabled: false,
            }],
            use_default_for: vec![],
        }),
        pack(&BankUpdate {
            authority: authority.clone(),
            params: Some(BankParams {
                default_send_enabled: true,
                ..BankParams::default()
            }),
        }),
        pack(&FactoryUpdate {
            authority: authority.clone(),
            params: Some(FactoryParams {
                denom_creation_fee: vec![],
                denom_creation_gas_consume: 5,
            }),
        }),
        pack(&consensus_update(world)),
        pack(&MsgPinCodes {
            authority: authority.clone(),
            code_ids: vec![1],
        }),
        pack(&MsgSchedule {
            authority,
            schedule: Some(Schedule {
                name: "hourly".into(),
                contract: contract.into(),
                msg: br#"{"set":{"cron":"1"}}"#.to_vec(),
                stage: Stage::EndBlock.into(),
                gas_limit: 900_000,
                interval_seconds: 3_600,
            }),
        }),
    ]
}

fn consensus_update(world: &World) -> ConsensusUpdate {
    let response: QueryParamsResponse = world.ask("/cosmos.consensus.v1.Query/Params", &QueryParamsRequest::default());
    let params = response.params.unwrap();
    ConsensusUpdate {
        authority: world.gov.clone(),
        block: params.block,
        evidence: params.evidence,
        validator: params.validator,
        abci: None,
    }
}

/// Packets of both versions of IBC that wait for their acknowledgement.
fn defer_packets(world: &mut World) {
    let contract = contract_with_ibc(world);
    assert_eq!(world.receive(&contract).result, Ok(IbcAnswer::Deferred));
    let receive = Ibc2Call::Receive {
        packet: packet_v2("wasm2other", &world.contract_info(&contract).ibc2_port_id),
        relayer: world.bob.address.clone(),
    };
    assert_eq!(world.ibc(receive).result, Ok(IbcAnswer::Deferred));
}

/// Something of everything.
fn populated() -> (World, Ids) {
    let mut world = base();
    let (alice, bob, carol) = (world.alice.clone(), world.bob.clone(), world.carol.clone());
    let code_id = world.store_code(puppet("a", Some(1)));
    let contract = world.instantiate(code_id, r#"{"set":{"a":"1"}}"#);
    let messages = rules(&world, &contract);
    run(&mut world, messages);
    defer_packets(&mut world);
    let denom = format!("factory/{}/gold", carol.address);
    let create = MsgCreateDenom {
        sender: carol.address.clone(),
        subdenom: "gold".into(),
    };
    let mint = MsgMint {
        sender: carol.address.clone(),
        amount: Some(coin(9, &denom)),
        mint_to_address: bob.address.clone(),
    };
    world.succeed(&carol, vec![pack(&create), pack(&mint)]);
    let grant = |expiration| MsgGrant {
        granter: alice.address.clone(),
        grantee: bob.address.clone(),
        grant: Some(Grant {
            authorization: Some(pack(&GenericAuthorization {
                msg: "/cosmos.bank.v1beta1.MsgSend".into(),
            })),
            expiration,
        }),
    };
    let allowance = MsgGrantAllowance {
        granter: alice.address.clone(),
        grantee: carol.address.clone(),
        allowance: Some(pack(&BasicAllowance {
            spend_limit: vec![coin(50, "uakt")],
            expiration: end(&world, 5_000),
        })),
    };
    world.succeed(&alice, vec![pack(&grant(end(&world, 4_000))), pack(&allowance)]);
    let gift = vec![send(&world.gov, &world.carol.address, 1, "uakt")];
    let timelocked = propose(&mut world, gift.clone(), 1_000);
    vote(&mut world, &alice, timelocked, VoteOption::Yes);
    world.block_after(10, vec![]);
    let voting = propose(&mut world, gift.clone(), 1_000);
    vote(&mut world, &alice, voting, VoteOption::Yes);
    let waiting = propose(&mut world, gift, 500);
    let more = MsgDeposit {
        proposal_id: waiting,
        depositor: bob.address.clone(),
        amount: vec![coin(20, "uakt")],
    };
    world.succeed(&bob, vec![pack(&more), send(&bob.address, &world.gov, 5, "uakt")]);
    let ids = Ids {
        waiting,
        voting,
        timelocked,
        contract,
    };
    (world, ids)
}

pub(crate) fn export(world: &World) -> String {
    let genesis = world.chain.querier(None).unwrap().export().unwrap();
    serde_json::to_string_pretty(&genesis).unwrap()
}

pub(crate) fn begin(json: &str) -> World {
    let genesis: Genesis = serde_json::from_str(json).unwrap();
    World::with(|empty| *empty = genesis)
}

#[test]
fn export_import_export_is_the_same_to_the_byte() {
    let (world, _) = populated();
    let exported = export(&world);
    let second = begin(&exported);
    assert_eq!(export(&second), exported);
    let third = begin(&exported);
    assert_eq!(third.chain.app_hash(), second.chain.app_hash());
    let untouched = World::new();
    let exported = export(&untouched);
    assert_eq!(export(&begin(&exported)), exported);
}

#[test]
fn imported_state_has_the_root_of_the_exported_one_and_goes_on_at_the_next_height() {
    let (old, _) = populated();
    let mut world = begin(&export(&old));
    assert_eq!(
        (world.chain.height(), world.chain.time_nanos()),
        (old.chain.height(), old.chain.time_nanos())
    );
    // No entry of any module was lost or changed.
    let (got, expected) = (world.entries(), old.entries());
    let lost: Vec<_> = expected.iter().filter(|entry| !got.contains(entry)).collect();
    let new: Vec<_> = got.iter().filter(|entry| !expected.contains(entry)).collect();
    assert_eq!((lost, new), (vec![], vec![]));
    assert_eq!(world.chain.app_hash(), old.chain.app_hash());
    world.block(vec![]);
    assert_eq!(world.chain.height(), old.chain.height() + 1);
    let untouched = World::new();
    assert_eq!(begin(&export(&untouched)).entries(), untouched.entries());
}

/// Kinds of entries below each module: the first bytes of their keys.
fn kinds_of_entries(world: &World) -> BTreeMap<String, String> {
    let mut kinds: BTreeMap<String, BTreeSet<u8>> = BTreeMap::new();
    for (key, _) in world.entries() {
        let slash = key.iter().position(|byte| *byte == b'/').unwrap();
        let module = String::from_utf8(key[..slash].to_vec()).unwrap();
        kinds.entry(module).or_default().insert(key[slash + 1]);
    }
    let hex = |bytes: BTreeSet<u8>| bytes.iter().map(|byte| format!("{byte:02x} ")).collect();
    kinds.into_iter().map(|(module, bytes)| (module, hex(bytes))).collect()
}

#[test]
fn the_round_trip_is_tried_with_entries_of_every_kind() {
    let (world, _) = populated();
    let expected = [
        ("acc", "01 02 03 "),
        ("authz", "01 02 03 "),
        ("bank", "00 01 02 03 04 05 80 81 "),
        // `config` and `last_block`.
        ("chain", "63 6c "),
        ("consensus", "01 "),
        ("cron", "01 "),
        ("feegrant", "00 01 02 "),
        ("fees", "01 "),
        ("gov", "01 02 03 04 05 06 07 08 09 "),
        ("tokenfactory", "01 02 03 04 05 "),
        ("wasm", "01 02 03 04 05 06 07 09 10 11 20 21 22 23 24 25 26 "),
    ];
    let expected = expected.map(|(module, kinds)| (module.to_owned(), kinds.to_owned()));
    assert_eq!(kinds_of_entries(&world), BTreeMap::from(expected));
}

#[test]
fn what_was_under_way_goes_on() {
    let (old, ids) = populated();
    let mut world = begin(&export(&old));
    let (alice, bob, carol) = (world.alice.clone(), world.bob.clone(), world.carol.clone());
    for person in [&alice, &bob, &carol] {
        let accounts: [BaseAccount; 2] = [world.account(&person.address), old.account(&person.address)];
        assert_eq!(accounts[0], accounts[1]);
        for denom in ["uakt", "uact"] {
            assert_eq!(
                world.balance(&person.address, denom),
                old.balance(&person.address, denom)
            );
        }
    }
    assert_eq!(world.supply("uakt"), old.supply("uakt"));
    assert_eq!(world.chain.next_scheduled_nanos(), old.chain.next_scheduled_nanos());

    // Sequences, grants and allowances.
    let exec = MsgExec {
        grantee: bob.address.clone(),
        msgs: vec![send(&alice.address, &carol.address, 3, "uakt")],
    };
    world.succeed(&bob, vec![pack(&exec)]);
    let mut draft = world.draft(&carol, vec![send(&carol.address, &bob.address, 1, "uakt")]);
    let fee = draft.auth.fee.as_mut().unwrap();
    (fee.amount, fee.granter) = (vec![coin(50, "uakt")], alice.address.clone());
    let raw = draft.sign(&[&carol]);
    assert_eq!(world.deliver_raw(&raw).log, "");
    // New accounts get new numbers.
    let stranger = Person::new("stranger");
    world.succeed(&bob, vec![send(&bob.address, &stranger.address, 1, "uakt")]);
    let numbers = old
        .chain
        .querier(None)
        .unwrap()
        .export()
        .unwrap()
        .state
        .unwrap()
        .accounts
        .len();
    assert_eq!(world.account(&stranger.address).account_number, numbers as u64);

    // Proposals end when they would have ended.
    world.block_after(60, vec![]);
    assert_eq!(proposal(&world, ids.timelocked).status(), ProposalStatus::Passed);
    let passed = proposal(&world, ids.voting);
    assert_eq!(
        (passed.status(), passed.final_tally_result.unwrap().yes_count.as_str()),
        (ProposalStatus::Passed, "6")
    );
    assert_eq!(proposal(&world, ids.waiting).status(), ProposalStatus::DepositPeriod);
    let before = world.balance(&bob.address, "uakt");
    world.block_after(180_000, vec![]);
    assert_eq!(world.balance(&bob.address, "uakt"), before + 20);

    // Contracts, their schedule and the rules.
    assert_eq!(world.stored(&ids.contract, "a"), "1");
    let schedule: QueryScheduleResponse = world.ask(
        "/supercloud.cron.v1.Query/Schedule",
        &QueryScheduleRequest { name: "hourly".into() },
    );
    assert_eq!(schedule.status.unwrap().runs, 2);
    let next = world.instantiate(1, "{}");
    assert_ne!(next, ids.contract);
    world.succeed(&alice, vec![pack(&execute_msg(&alice.address, &next, "{}"))]);
    let stopped = world.deliver(&carol, vec![send(&carol.address, &bob.address, 1, "stopped")]);
    assert_eq!((stopped.codespace.as_str(), stopped.code), ("bank", 5));
    let params: QueryParamsResponse = world.ask("/cosmos.consensus.v1.Query/Params", &QueryParamsRequest::default());
    assert_eq!(params.params.unwrap().block.unwrap().max_bytes, 22_020_096);
}

#[test]
fn minted_amounts_and_makers_of_denoms_are_kept() {
    let (old, _) = populated();
    let mut world = begin(&export(&old));
    let carol = world.carol.clone();
    let again = MsgCreateDenom {
        sender: carol.address.clone(),
        subdenom: "gold".into(),
    };
    assert_eq!(world.deliver(&carol, vec![pack(&again)]).code, 2);
    let denom = format!("factory/{}/gold", carol.address);
    let mint = MsgMint {
        sender: carol.address.clone(),
        amount: Some(coin(1, &denom)),
        mint_to_address: String::new(),
    };
    world.succeed(&carol, vec![pack(&mint)]);
    assert_eq!(world.supply(&denom), 10);
}

fn refusal(bend: impl FnOnce(&mut Genesis)) -> String {
    let (world, _) = populated();
    let mut genesis = world.chain.querier(None).unwrap().export().unwrap();
    bend(&mut genesis);
    let store = Box::new(supercloud_store::MemoryStore::new());
    let vm = std::sync::Arc::new(crate::fake_vm::FakeVm::default());
    let refused = supercloud_chain::Chain::init(&genesis, store, vm);
    refused.err().expect("refused").to_string()
}

#[test]
fn states_that_cannot_be_are_refused_with_the_place() {
    let state = |genesis: &mut Genesis| genesis.state.take().unwrap();
    let bend = |change: fn(&mut supercloud_chain::GenesisState)| {
        refusal(|genesis| {
            let mut bent = state(genesis);
            change(&mut bent);
            genesis.state = Some(bent);
        })
    };
    for (reason, text) in [
        (
            bend(|it| it.accounts.push(it.accounts[0].clone())),
            "state.accounts, entry",
        ),
        (bend(|it| it.accounts[0].0.type_url = "/other".into()), "is no account"),
        (bend(|it| it.gov.next_proposal_id = 1), "not below next_proposal_id"),
        (bend(|it| it.gov.proposals[0].0.status = 0), "has no status"),
        (
            bend(|it| it.gov.deposits[0].0.amount[0].amount = "99999".into()),
            "are owed",
        ),
        (
            bend(|it| {
                it.gov.timelocked = vec![GenesisTimelock {
                    proposal_id: 99,
                    runs_at_nanos: "1".into(),
                }];
            }),
            "no proposal 99",
        ),
        (bend(|it| it.authz[0].0.authorization = None), "state.authz, entry 0"),
        (bend(|it| it.feegrant[0].0.allowance = None), "state.feegrant, entry 0"),
        (
            bend(|it| it.cron[0].0.schedule.as_mut().unwrap().gas_limit = 1),
            "state.cron, \"hourly\"",
        ),
        (bend(|it| it.cron.push(it.cron[0].clone())), "is listed twice"),
        (bend(|it| it.factory_denoms[0].denom = "uakt".into()), "is not below"),
        (bend(|it| it.minted[0].amount = "-".into()), "state.minted"),
    ] {
        assert!(reason.contains(text), "{reason}");
    }
    let unknown = serde_json::from_str::<supercloud_chain::GenesisState>(r#"{"x":1}"#);
    assert!(unknown.unwrap_err().to_string().starts_with("unknown field `x`"));
}
