//! AKT in, work, AKT out.

use cosmwasm_std::{Decimal, Uint64, coin};
use supercloud_schema::bme;
use supercloud_schema::escrow::ExecuteMsg;
use supercloud_schema::money::UAKT;
use supercloud_schema::oracle::{self, AKT_USD};

use crate::suite::{ONE, PURSE, Suite, data, group};
use crate::world::World;

/// A second later the feeder says what an AKT costs, and the cron settles what waits.
fn publish_and_process<W: World>(s: &mut Suite<W>, price: Decimal) {
    s.advance(1);
    let now = s.world.now();
    let msg = oracle::ExecuteMsg::Observe {
        asset: AKT_USD.to_string(),
        price,
        confidence: Decimal::zero(),
        ema: None,
        publish_time: now,
        sequence: Uint64::new(now),
    };
    let (feeder, oracle, bme) = (s.feeder.clone(), s.at.oracle.clone(), s.at.bme.clone());
    s.execute(&feeder, &oracle, &msg, &[]).unwrap();
    s.sudo(&bme, &bme::SudoMsg::Process { limit: 10 });
}

fn vault<W: World>(s: &Suite<W>) -> (u128, u128) {
    let answer: bme::VaultResponse = s.ask(&s.at.bme, &bme::QueryMsg::Vault {});
    (answer.vault.u128(), answer.remint_credits.u128())
}

/// The tenant locks 100 AKT at 2 USD for 200 ACT and rents with it; the provider is paid in AKT at 4 USD.
pub fn akt_becomes_credit_pays_a_lease_and_becomes_akt_again(world: impl World) {
    let mut s = Suite::deploy(world);
    let (provider, tenant, bme) = (s.provider("p", vec![]), s.tenant.clone(), s.at.bme.clone());
    s.endow(&tenant, 100 * ONE, UAKT);
    // The ACT of the purses came from nowhere; collateral for it lets minting run.
    let patron = s.purse("patron");
    s.endow(&patron, 10_000 * ONE, UAKT);
    s.execute(
        &patron,
        &bme,
        &bme::ExecuteMsg::FundVault {},
        &[coin(10_000 * ONE, UAKT)],
    )
    .unwrap();

    let request = bme::ExecuteMsg::RequestMint { min_out: None };
    let number: Uint64 = data(&s.execute(&tenant, &bme, &request, &[coin(100 * ONE, UAKT)]).unwrap());
    assert_eq!((number.u64(), s.act_of(&tenant)), (1, PURSE));
    publish_and_process(&mut s, Decimal::percent(200));
    assert_eq!(
        (s.act_of(&tenant), vault(&s)),
        (PURSE + 200 * ONE, (10_100 * ONE, 100 * ONE))
    );

    let id = s.create(vec![group("g")], 200 * ONE);
    let lease = s.lease(&provider, &id.group(1).order(1), ONE);
    s.advance(120);
    let before = s.act_of(&provider);
    let payout = ExecuteMsg::Withdraw {
        leases: vec![lease],
        redeem: true,
    };
    s.escrow(&provider, &payout, 0).unwrap();
    assert_eq!(s.act_of(&provider), before);
    publish_and_process(&mut s, Decimal::percent(400));
    assert_eq!(
        (s.world.balance(&provider, UAKT), vault(&s)),
        (30 * ONE, (10_070 * ONE, 70 * ONE))
    );
    s.close(&id);
    assert_eq!(s.act_of(&tenant), PURSE + 200 * ONE - 121 * ONE);
}
