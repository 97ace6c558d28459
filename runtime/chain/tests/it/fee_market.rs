//! Gas prices that follow the load of blocks.

use supercloud_chain::{Chain, GenesisCoin, GenesisError, GenesisFeeMarket};
use supercloud_proto::cosmos::base::node::v1beta1::{ConfigRequest, ConfigResponse};
use supercloud_proto::pack;
use supercloud_proto::prost::Message;
use supercloud_proto::supercloud::fees::v1::{
    FeeMarket, MsgUpdateParams, Params, QueryGasPricesRequest, QueryGasPricesResponse, QueryParamsRequest,
    QueryParamsResponse,
};
use supercloud_store::MemoryStore;

use crate::gov::execute;
use crate::world::{World, coin, genesis, send, signer_info};

const MARKET: GenesisFeeMarket = GenesisFeeMarket {
    target_block_gas: 1_000_000,
    max_change_permille: 500,
    max_multiplier_permille: 3_000,
    multiplier_millionths: 2_000_000,
};

fn world() -> World {
    World::with(|genesis| {
        genesis.fees.min_gas_prices = vec![GenesisCoin {
            denom: "uakt".into(),
            amount: "0.01".into(),
        }];
        genesis.fees.market = Some(MARKET);
    })
}

fn prices(world: &World) -> (String, u64) {
    let now: QueryGasPricesResponse =
        world.ask("/supercloud.fees.v1.Query/GasPrices", &QueryGasPricesRequest::default());
    let node: ConfigResponse = world.ask("/cosmos.base.node.v1beta1.Service/Config", &ConfigRequest::default());
    assert_eq!(node.minimum_gas_price, format!("{}uakt", now.prices[0].amount));
    (now.prices[0].amount.clone(), now.multiplier_millionths)
}

fn pay(world: &World, fee: u128) -> Vec<u8> {
    let alice = &world.alice;
    let mut draft = world.draft(alice, vec![send(&alice.address, &world.bob.address, 5, "uakt")]);
    let signed = draft.auth.fee.as_mut().unwrap();
    (signed.amount, signed.gas_limit) = (vec![coin(fee, "uakt")], 200_000);
    draft.sign(&[alice]).encode_to_vec()
}

#[test]
fn idle_blocks_lower_the_price_to_the_floor_and_it_is_enforced() {
    let mut world = world();
    assert_eq!(prices(&world), ("0.02".into(), 2_000_000));
    for (fee, code) in [(3_999, 13), (4_000, 0)] {
        let raw = pay(&world, fee);
        assert_eq!(
            world
                .chain
                .checker()
                .check(&world.chain.querier(None).unwrap().prepare(&raw))
                .result
                .code,
            code
        );
    }
    // An idle block halves it; and it stays at the parameters' price.
    world.block(vec![]);
    assert_eq!(prices(&world), ("0.01".into(), 1_000_000));
    let root = world.block(vec![]).app_hash;
    assert_eq!(prices(&world), ("0.01".into(), 1_000_000));
    assert_ne!(world.block(vec![]).app_hash, root, "the height is in the state");
}

#[test]
fn full_blocks_raise_the_price_in_the_next_block_only() {
    let mut world = world();
    let raw = pay(&world, 4_000);
    let output = world.block(vec![raw]);
    assert_eq!(output.tx_results[0].code, 0, "{}", output.tx_results[0].log);
    let used = output.tx_results[0].gas_used;
    // 2 - 2 * 0.5 * (1,000,000 - used) / 1,000,000, in millionths.
    assert_eq!(prices(&world).1, 2_000_000 - (1_000_000 - used));
    world.restart();
    assert_eq!(prices(&world).1, 2_000_000 - (1_000_000 - used));
}

#[test]
fn governance_starts_and_ends_the_market() {
    let mut world = World::new();
    let stored: QueryParamsResponse = world.ask("/supercloud.fees.v1.Query/Params", &QueryParamsRequest::default());
    let mut params = stored.params.unwrap();
    assert_eq!(params.market, None);
    let update = |world: &mut World, params: &Params| {
        let message = MsgUpdateParams {
            authority: world.gov.clone(),
            params: Some(params.clone()),
        };
        execute(world, vec![pack(&message)]);
        world.ask::<_, QueryParamsResponse>("/supercloud.fees.v1.Query/Params", &QueryParamsRequest::default())
    };
    params.market = Some(FeeMarket {
        target_block_gas: 1_000_000,
        max_change_permille: 500,
        max_multiplier_permille: 3_000,
    });
    assert_eq!(update(&mut world, &params).params.as_ref(), Some(&params));
    // Two blocks' worth of gas in one raise it by half.
    let bob = world.bob.clone();
    let sequence = world.account(&bob.address).sequence;
    let txs = (0..90).map(|index| {
        let mut draft = world.draft(&bob, vec![send(&bob.address, &world.carol.address, 5, "uakt")]);
        draft.auth.signer_infos = vec![signer_info(&bob, sequence + index)];
        draft.sign(&[&bob]).encode_to_vec()
    });
    let output = world.block(txs.collect());
    let used: u64 = output.tx_results.iter().map(|result| result.gas_used).sum();
    assert!(used > 2_000_000, "{used}");
    let multiplier = |world: &World| -> u64 {
        let path = "/supercloud.fees.v1.Query/GasPrices";
        let now: QueryGasPricesResponse = world.ask(path, &QueryGasPricesRequest::default());
        now.multiplier_millionths
    };
    assert_eq!(multiplier(&world), 1_500_000);
    params.market = None;
    assert_eq!(update(&mut world, &params).params.as_ref(), Some(&params));
    assert_eq!(multiplier(&world), 1_000_000);
}

#[test]
fn an_export_keeps_where_the_prices_stand() {
    let mut world = world();
    let raw = pay(&world, 4_000);
    world.block(vec![raw]);
    let exported = world.chain.querier(None).unwrap().export().unwrap();
    let market = exported.fees.market.clone().unwrap();
    assert_eq!(market.multiplier_millionths, prices(&world).1);
    assert!(market.multiplier_millionths > 1_000_000);
    let vm = world.vm.clone();
    let imported = Chain::init(&exported, Box::new(MemoryStore::new()), vm).unwrap();
    assert_eq!(imported.querier(None).unwrap().export().unwrap().fees, exported.fees);
}

#[test]
fn a_market_that_would_not_move_or_go_too_far_is_refused() {
    for (bend, reason) in [
        (
            (|market| market.target_block_gas = 999_999) as fn(&mut GenesisFeeMarket),
            "market.target_block_gas: 999999 is not between 1000000 and 9223372036854775807: invalid request",
        ),
        (
            |market| market.multiplier_millionths = 999_999,
            "multiplier_millionths: 999999 is not between 1000000 and 3000000",
        ),
        (
            |market| market.multiplier_millionths = 3_000_001,
            "multiplier_millionths: 3000001 is not between 1000000 and 3000000",
        ),
    ] {
        let mut genesis = genesis();
        let mut market = MARKET;
        bend(&mut market);
        genesis.fees.market = Some(market);
        let refused = genesis.assert_valid();
        assert!(
            matches!(&refused, Err(GenesisError::FeeMarket { reason: got }) if got == reason),
            "{refused:?}"
        );
    }
}
