//! Parameters that governance changes, and what the chain tells of itself.

use supercloud_chain::{Address, GenesisBalance, GenesisCoin};
use supercloud_proto::cosmos::auth::v1beta1::{
    AddressBytesToStringRequest, AddressBytesToStringResponse, AddressStringToBytesRequest,
    AddressStringToBytesResponse, ModuleAccount, QueryAccountAddressByIdRequest, QueryAccountAddressByIdResponse,
    QueryModuleAccountByNameRequest, QueryModuleAccountByNameResponse, QueryModuleAccountsRequest,
    QueryModuleAccountsResponse,
};
use supercloud_proto::cosmos::bank::v1beta1::{
    MsgSetSendEnabled, MsgUpdateParams as BankUpdate, Params as BankParams, QueryParamsRequest as BankParamsRequest,
    QueryParamsResponse as BankParamsResponse, QuerySendEnabledRequest, QuerySendEnabledResponse, SendEnabled,
};
use supercloud_proto::cosmos::base::node::v1beta1::{ConfigRequest, ConfigResponse};
use supercloud_proto::cosmos::consensus::v1::{
    MsgUpdateParams as ConsensusUpdate, QueryParamsRequest as ConsensusRequest,
    QueryParamsResponse as ConsensusResponse,
};
use supercloud_proto::cosmos::distribution::v1beta1::{
    MsgCommunityPoolSpend, MsgFundCommunityPool, QueryCommunityPoolRequest, QueryCommunityPoolResponse,
};
use supercloud_proto::cosmwasm::wasm::v1::MsgExecuteContract;
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::supercloud::fees::v1::{
    GasPrice, MsgUpdateParams as FeeUpdate, Params as FeeParams, QueryParamsRequest as FeeRequest,
    QueryParamsResponse as FeeResponse,
};
use supercloud_proto::tendermint::types::{BlockParams, ConsensusParams, EvidenceParams, ValidatorParams};

use crate::gov::{execute, pass, proposal, submission};
use crate::world::{FUNDS, World, coin, execute_msg, send};

fn fees(world: &World, amount: &str, max_tx_gas: u64) -> FeeUpdate {
    FeeUpdate {
        authority: world.gov.clone(),
        params: Some(FeeParams {
            min_gas_prices: vec![GasPrice {
                denom: "uakt".into(),
                amount: amount.into(),
            }],
            max_tx_gas,
            market: None,
        }),
    }
}

#[test]
fn floor_of_fees_moves_by_proposal() {
    let mut world = World::with(|genesis| {
        genesis.fees.min_gas_prices = vec![GenesisCoin {
            denom: "uakt".into(),
            amount: "0".into(),
        }];
    });
    let message = fees(&world, "0.5", 3_000_000);
    execute(&mut world, vec![pack(&message)]);
    let stored: FeeResponse = world.ask("/supercloud.fees.v1.Query/Params", &FeeRequest::default());
    assert_eq!(stored.params, message.params);
    let node: ConfigResponse = world.ask("/cosmos.base.node.v1beta1.Service/Config", &ConfigRequest::default());
    assert_eq!(node.minimum_gas_price, "0.5uakt");
    let alice = world.alice.clone();
    for (amount, gas, code) in [(99_999, 200_000, 13), (100_000, 200_000, 0), (FUNDS / 2, 3_000_001, 41)] {
        let mut draft = world.draft(&alice, vec![send(&alice.address, &world.bob.address, 1, "uakt")]);
        let fee = draft.auth.fee.as_mut().unwrap();
        (fee.amount, fee.gas_limit) = (vec![coin(amount, "uakt")], gas);
        let raw = draft.sign(&[&alice]);
        let result = world.deliver_raw(&raw);
        assert_eq!(result.code, code, "{}", result.log);
    }
    world.restart();
    assert_eq!(
        world.ask::<_, FeeResponse>("/supercloud.fees.v1.Query/Params", &FeeRequest::default()),
        stored
    );
}

#[test]
fn floor_that_would_lock_everybody_out_is_refused() {
    let mut world = World::new();
    let alice = world.alice.clone();
    let mut twice = fees(&world, "1", 1_000_000);
    let params = twice.params.as_mut().unwrap();
    params.min_gas_prices.push(params.min_gas_prices[0].clone());
    for (message, text) in [
        (fees(&world, "1", 99_999), "max_tx_gas: 99999"),
        (fees(&world, "1e3", 1_000_000), "is not a decimal"),
        (twice, "listed twice"),
    ] {
        let result = world.deliver(&alice, vec![pack(&submission(&alice.address, vec![pack(&message)]))]);
        assert_eq!((result.codespace.as_str(), result.code), ("gov", 12));
        assert!(result.log.contains(text), "{}", result.log);
    }
    let own = FeeUpdate {
        authority: alice.address.clone(),
        ..fees(&world, "1", 1_000_000)
    };
    assert_eq!(world.deliver(&alice, vec![pack(&own)]).code, 4);
}

fn consensus(world: &World) -> ConsensusParams {
    let response: ConsensusResponse = world.ask("/cosmos.consensus.v1.Query/Params", &ConsensusRequest::default());
    response.params.unwrap()
}

#[test]
fn consensus_parameters_are_cometbfts_until_governance_moves_them() {
    let mut world = World::new();
    let old = consensus(&world);
    assert_eq!(world.chain.block_limits().unwrap().max_gas, None);
    assert_eq!(
        old.block,
        Some(BlockParams {
            max_bytes: 22_020_096,
            max_gas: -1
        })
    );
    let update = |block: BlockParams| ConsensusUpdate {
        authority: world.gov.clone(),
        block: Some(block),
        evidence: old.evidence,
        validator: old.validator.clone(),
        abci: None,
    };
    let block = BlockParams {
        max_bytes: 5_000_000,
        max_gas: 100_000_000,
    };
    let good = update(block);
    let bends: [fn(&mut ConsensusUpdate); 8] = [
        |it| it.block = None,
        |it| it.block.as_mut().unwrap().max_gas = -2,
        |it| it.block.as_mut().unwrap().max_gas = 999_999,
        |it| it.block.as_mut().unwrap().max_bytes = 4 * 1024 * 1024 - 1,
        |it| it.block.as_mut().unwrap().max_bytes = 100 * 1024 * 1024 + 1,
        |it| it.evidence = Some(EvidenceParams::default()),
        |it| it.evidence.as_mut().unwrap().max_bytes = 5_000_001,
        |it| it.validator = Some(ValidatorParams::default()),
    ];
    let alice = world.alice.clone();
    for (index, bend) in bends.into_iter().enumerate() {
        let mut bent = good.clone();
        bend(&mut bent);
        let result = world.deliver(&alice, vec![pack(&submission(&alice.address, vec![pack(&bent)]))]);
        assert_eq!((result.codespace.as_str(), result.code), ("gov", 12), "{index}");
    }
    execute(&mut world, vec![pack(&good)]);
    let limits = world.chain.block_limits().unwrap();
    assert_eq!((limits.max_bytes, limits.max_gas), (5_000_000, Some(100_000_000)));
    let new = consensus(&world);
    assert_eq!(
        new,
        ConsensusParams {
            block: Some(block),
            ..old
        }
    );
}

#[test]
fn pool_is_funded_by_anybody_and_spent_by_governance() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let fund = MsgFundCommunityPool {
        amount: vec![coin(70, "uakt")],
        depositor: bob.address.clone(),
    };
    world.succeed(&bob, vec![pack(&fund)]);
    let pool: QueryCommunityPoolResponse = world.ask(
        "/cosmos.distribution.v1beta1.Query/CommunityPool",
        &QueryCommunityPoolRequest::default(),
    );
    assert_eq!(pool.pool.len(), 1);
    assert_eq!(pool.pool[0].amount, "70000000000000000000");
    let spend = |authority: &str, amount| {
        pack(&MsgCommunityPoolSpend {
            authority: authority.into(),
            recipient: world.carol.address.clone(),
            amount: vec![coin(amount, "uakt")],
        })
    };
    let (own, much, some) = (spend(&alice.address, 1), spend(&world.gov, 71), spend(&world.gov, 60));
    assert_eq!(world.deliver(&alice, vec![own]).code, 4);
    let (id, _) = pass(&mut world, vec![much]);
    assert!(
        proposal(&world, id)
            .failed_reason
            .contains("70uakt is smaller than 71uakt")
    );
    execute(&mut world, vec![some]);
    let balances = (
        world.balance(&world.gov, "uakt"),
        world.balance(&world.carol.address, "uakt"),
    );
    assert_eq!(balances, (10, FUNDS + 60));
}

fn set_enabled(world: &World, rules: &[(&str, bool)], default_for: &[&str]) -> MsgSetSendEnabled {
    MsgSetSendEnabled {
        authority: world.gov.clone(),
        send_enabled: rules
            .iter()
            .map(|(denom, enabled)| SendEnabled {
                denom: (*denom).into(),
                enabled: *enabled,
            })
            .collect(),
        use_default_for: default_for.iter().map(|denom| (*denom).to_owned()).collect(),
    }
}

fn rules(world: &World, denoms: &[&str]) -> Vec<(String, bool)> {
    let request = QuerySendEnabledRequest {
        denoms: denoms.iter().map(|denom| (*denom).to_owned()).collect(),
        pagination: None,
    };
    let response: QuerySendEnabledResponse = world.ask("/cosmos.bank.v1beta1.Query/SendEnabled", &request);
    assert!(response.pagination.is_some());
    let rules = response.send_enabled.into_iter();
    rules.map(|rule| (rule.denom, rule.enabled)).collect()
}

#[test]
fn stopped_denom_moves_by_no_message_and_still_pays_fees() {
    let mut world = World::new();
    let contract = world.puppet();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let stop = set_enabled(&world, &[("uakt", false)], &[]);
    execute(&mut world, vec![pack(&stop)]);
    let text = "failed to execute message; message index: 0: uakt transfers are currently disabled: send transactions \
                are disabled";
    let result = world.deliver(&alice, vec![send(&alice.address, &bob.address, 1, "uakt")]);
    assert_eq!(
        (result.codespace.as_str(), result.code, result.log.as_str()),
        ("bank", 5, text)
    );
    let funded = MsgExecuteContract {
        funds: vec![coin(1, "uakt")],
        ..execute_msg(&alice.address, &contract, "{}")
    };
    assert_eq!(world.deliver(&alice, vec![pack(&funded)]).code, 5);
    let mut draft = world.draft(&alice, vec![send(&alice.address, &bob.address, 1, "uact")]);
    draft.auth.fee.as_mut().unwrap().amount = vec![coin(9, "uakt")];
    let raw = draft.sign(&[&alice]);
    assert_eq!(world.deliver_raw(&raw).log, "");
    assert_eq!(world.balance(&world.gov, "uakt"), 9);
}

#[test]
fn rule_of_a_denom_goes_before_the_default() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.clone(), world.bob.clone());
    let default = |world: &World, enabled| {
        pack(&BankUpdate {
            authority: world.gov.clone(),
            params: Some(BankParams {
                default_send_enabled: enabled,
                ..BankParams::default()
            }),
        })
    };
    let messages = vec![
        default(&world, false),
        pack(&set_enabled(&world, &[("uakt", true)], &[])),
    ];
    execute(&mut world, messages);
    let shown: BankParamsResponse = world.ask("/cosmos.bank.v1beta1.Query/Params", &BankParamsRequest::default());
    assert!(!shown.params.unwrap().default_send_enabled);
    assert_eq!(rules(&world, &[]), [("uakt".to_owned(), true)]);
    assert_eq!(rules(&world, &["uact"]), []);
    let codes = |world: &mut World| {
        ["uakt", "uact"].map(|denom| {
            world
                .deliver(&alice, vec![send(&alice.address, &bob.address, 1, denom)])
                .code
        })
    };
    assert_eq!(codes(&mut world), [0, 5]);
    let messages = vec![pack(&set_enabled(&world, &[], &["uakt"]))];
    execute(&mut world, messages);
    assert_eq!(codes(&mut world), [5, 5]);
    let messages = vec![default(&world, true)];
    execute(&mut world, messages);
    assert_eq!(codes(&mut world), [0, 0]);
    let twice = set_enabled(&world, &[("uakt", true)], &["uakt"]);
    let result = world.deliver(&alice, vec![pack(&submission(&alice.address, vec![pack(&twice)]))]);
    assert!(result.log.contains("duplicate denom: uakt"), "{}", result.log);
}

#[test]
fn addresses_numbers_and_module_accounts_are_told() {
    let deposits = crate::world::codec().to_text(&Address::from_module("gov_deposits"));
    let mut world = World::with(|genesis| {
        // The account has coins before it is the chain's.
        genesis.balances.push(GenesisBalance {
            address: deposits,
            coins: vec![GenesisCoin {
                denom: "uakt".into(),
                amount: "3".into(),
            }],
        });
        genesis.gov.min_deposit = vec![GenesisCoin {
            denom: "uakt".into(),
            amount: "5".into(),
        }];
    });
    let alice = world.alice.clone();
    let bytes: AddressStringToBytesResponse = world.ask(
        "/cosmos.auth.v1beta1.Query/AddressStringToBytes",
        &AddressStringToBytesRequest {
            address_string: alice.address.clone(),
        },
    );
    let text: AddressBytesToStringResponse = world.ask(
        "/cosmos.auth.v1beta1.Query/AddressBytesToString",
        &AddressBytesToStringRequest {
            address_bytes: bytes.address_bytes,
        },
    );
    assert_eq!(text.address_string, alice.address);
    let empty = world.query("/cosmos.auth.v1beta1.Query/AddressBytesToString", &[]);
    assert_eq!(empty.code, 18);
    let by_number: QueryAccountAddressByIdResponse = world.ask(
        "/cosmos.auth.v1beta1.Query/AccountAddressByID",
        &QueryAccountAddressByIdRequest {
            account_id: 1,
            ..QueryAccountAddressByIdRequest::default()
        },
    );
    assert_eq!(by_number.account_address, alice.address);
    let unknown = QueryAccountAddressByIdRequest {
        account_id: 99,
        ..QueryAccountAddressByIdRequest::default()
    };
    let missing = world.query(
        "/cosmos.auth.v1beta1.Query/AccountAddressByID",
        &unknown.encode_to_vec(),
    );
    assert_eq!(missing.code, 22);
    #[allow(deprecated, reason = "clients of the SDK before 0.47 send it")]
    let negative = QueryAccountAddressByIdRequest {
        id: -1,
        ..QueryAccountAddressByIdRequest::default()
    };
    let negative = world.query(
        "/cosmos.auth.v1beta1.Query/AccountAddressByID",
        &negative.encode_to_vec(),
    );
    assert_eq!(negative.code, 18);

    let names = |world: &World| -> Vec<String> {
        let response: QueryModuleAccountsResponse = world.ask(
            "/cosmos.auth.v1beta1.Query/ModuleAccounts",
            &QueryModuleAccountsRequest::default(),
        );
        let accounts = response.accounts.iter();
        accounts
            .map(|any| ModuleAccount::decode(&*any.value).unwrap().name)
            .collect()
    };
    assert_eq!(names(&world), ["gov"]);
    let mut message = submission(&alice.address, vec![send(&world.gov, &alice.address, 1, "uakt")]);
    message.initial_deposit = vec![coin(5, "uakt")];
    world.succeed(&alice, vec![pack(&message)]);
    assert_eq!(names(&world), ["gov", "gov_deposits"]);
    let found: QueryModuleAccountByNameResponse = world.ask(
        "/cosmos.auth.v1beta1.Query/ModuleAccountByName",
        &QueryModuleAccountByNameRequest {
            name: "gov_deposits".into(),
        },
    );
    assert_eq!(found.account.unwrap().type_url, "/cosmos.auth.v1beta1.ModuleAccount");
}
