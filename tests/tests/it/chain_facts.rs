//! What only our own chain can show about the suite.

use serde_json::json;
use supercloud_schema::escrow::SudoMsg;
use supercloud_schema::money::{UACT, UAKT};
use supercloud_tests::{Contract, ONE, PURSE, Refusal, Suite, World, group};

use crate::chain_world::ChainWorld;

fn lease_and_sweep() -> Suite<ChainWorld> {
    let mut s = Suite::deploy(ChainWorld::new());
    let provider = s.provider("p", vec![]);
    let id = s.create(vec![group("g")], 10 * ONE);
    s.lease(&provider, &id.group(1).order(1), ONE);
    s.advance(20);
    let escrow = s.at.escrow.clone();
    s.sudo(&escrow, &SudoMsg::Sweep { limit: 10 });
    s
}

#[test]
fn chains_with_the_same_messages_agree_on_every_byte() {
    let hashes = [(); 2].map(|()| lease_and_sweep().world.app_hash());
    assert_eq!(hashes[0], hashes[1]);
}

#[test]
fn act_moves_through_contracts_only_and_akt_freely() {
    let mut s = Suite::deploy(ChainWorld::new());
    let (tenant, friend) = (s.tenant.clone(), s.purse("friend"));
    s.endow(&tenant, ONE, UAKT);
    let Refusal(refusal) = s.world.send(&tenant, &friend, 1, UACT).unwrap_err();
    assert!(refusal.contains("restricted"), "{refusal}");
    s.world.send(&tenant, &friend, 1, UAKT).unwrap();
    assert_eq!((s.act_of(&friend), s.world.balance(&friend, UAKT)), (PURSE, 1));
    s.assert_conserved();
}

#[test]
fn governance_acts_twice_in_a_second_and_what_was_between_stays() {
    let mut s = lease_and_sweep();
    let (now, escrow) = (s.world.now(), s.at.escrow.clone());
    let between = s.purse("between");
    s.sudo(&escrow, &SudoMsg::Sweep { limit: 10 });
    assert_eq!((s.world.now(), s.act_of(&between)), (now, PURSE));
}

#[test]
fn only_its_admin_migrates_the_market_which_then_has_the_version_of_the_new_code() {
    let mut s = Suite::deploy(ChainWorld::new());
    let next = s.world.store(Contract::MarketNext);
    let (governance, tenant, market) = (s.governance.clone(), s.tenant.clone(), s.at.market.clone());
    let version = |s: &Suite<ChainWorld>| s.world.stored(&market, "contract_info")["version"].clone();
    let Refusal(refusal) = s.world.migrate(&tenant, &market, next, &json!({})).unwrap_err();
    assert!(refusal.contains("unauthorized"), "{refusal}");
    assert_eq!(version(&s), "0.1.0");
    s.world.migrate(&governance, &market, next, &json!({})).unwrap();
    assert_eq!(version(&s), "0.2.0");
}
