//! The chain refuses a mint or a payout: one request is held up, nobody else.

use cosmwasm_std::{Binary, SubMsgResponse, SubMsgResult, coin};
use supercloud_bme::BmeError;
use supercloud_bme::contract::reply;
use supercloud_schema::bme::{ExecuteMsg, RequestStatus, event};
use supercloud_schema::money::Uakt;
use supercloud_test_kit::events;

use crate::support::{ONE, Suite, UACT, UAKT, words};

#[test]
fn a_redeem_whose_akt_the_chain_will_not_mint_keeps_its_place() {
    let mut suite = Suite::without_spreads();
    suite.minted("alice", 100 * ONE, "1");
    suite.app.set_mint_cap(UAKT, 99 * ONE);
    let redeem = suite.redeem("alice", 100 * ONE);
    let mint = suite.mint("bob", 50 * ONE);
    suite.publish("0.5");
    suite
        .execute("carol", &ExecuteMsg::FundVault {}, &[coin(1_000 * ONE, UAKT)])
        .unwrap();
    let response = suite.process_raw(10);
    assert_eq!(
        events(&response, event::CONVERSION_DEFERRED)[0]["request_id"],
        redeem.to_string()
    );
    assert_eq!(
        events(&response, event::CONVERSION_DEFERRED)[0]["reason"],
        "mint_refused"
    );
    assert_eq!(suite.status_of(redeem), RequestStatus::Pending {});
    assert!(matches!(suite.status_of(mint), RequestStatus::Executed { .. }));
    suite.assert_books(1_000 * ONE);
    // The next pass pays it from the credits that the mint left: 150 of 200, and the rest is minted.
    suite.process(10);
    assert!(matches!(
        suite.status_of(redeem),
        RequestStatus::Executed { from_credits, minted_akt, .. }
            if from_credits == Uakt::new(150 * ONE) && minted_akt == Uakt::new(50 * ONE)
    ));
    suite.assert_books(1_000 * ONE);
}

#[test]
fn one_redeem_of_a_pass_has_akt_minted_and_it_is_the_last() {
    let mut suite = Suite::without_spreads();
    suite.minted("alice", 100 * ONE, "1");
    for _ in 0..3 {
        suite.redeem("alice", 30 * ONE);
    }
    suite.publish("0.5");
    // 60 of 100 credits; then 40 credits and 20 minted.
    assert_eq!(suite.process(10), words("1", "empty", "minting"));
    assert_eq!(suite.pending(None, None), [4]);
    assert_eq!(suite.process(10), words("0", "empty", "minting"));
    assert_eq!(suite.vault().total_minted_akt, Uakt::new(80 * ONE));
    suite.assert_books(0);
}

#[test]
fn a_mint_that_the_chain_refuses_is_pending_again_in_its_old_place() {
    let mut suite = Suite::without_spreads();
    suite.minted("alice", 100 * ONE, "1");
    suite.app.set_mint_cap(UACT, 30 * ONE);
    let refused = suite.mint("bob", 40 * ONE);
    let passed = suite.mint("carol", 20 * ONE);
    suite.redeem("alice", 100 * ONE);
    suite.publish("1");
    let response = suite.process_raw(10);
    assert_eq!(
        events(&response, event::CONVERSION_DEFERRED)[0]["request_id"],
        refused.to_string()
    );
    assert_eq!(suite.pending(None, None), [refused]);
    assert!(matches!(suite.status_of(passed), RequestStatus::Executed { .. }));
    // The redeem of all credits in the same pass left the refused mint's AKT alone.
    let vault = suite.vault();
    assert_eq!(
        (vault.queued_akt, vault.remint_credits),
        (Uakt::new(40 * ONE), Uakt::new(20 * ONE))
    );
    suite.assert_books(0);
    suite.cancel("bob", refused).unwrap();
    assert_eq!(suite.balance("bob", UAKT), 1_000_000 * ONE);
    suite.assert_books(0);
}

#[test]
fn coins_for_an_owner_who_cannot_receive_go_to_who_filed_the_request() {
    let mut suite = Suite::without_spreads();
    suite.minted("alice", 100 * ONE, "1");
    let beneficiary = Some(suite.app.addr("module").to_string());
    let msg = ExecuteMsg::RequestRedeem {
        beneficiary,
        min_out: None,
    };
    suite.execute("alice", &msg, &[coin(10 * ONE, UACT)]).unwrap();
    suite.redeem("alice", 10 * ONE);
    // From now on the bank lets AKT move only to or from alice.
    let alice = suite.app.addr("alice");
    suite.app.restrict(UAKT, &[&alice]);
    suite.publish("1");
    let response = suite.process_raw(10);
    let told = &events(&response, event::PAYOUT_REDIRECTED)[0];
    assert_eq!(
        (told["request_id"].as_str(), told["amount"].as_str()),
        ("2", "10000000uakt")
    );
    assert_eq!(told["to"], alice.to_string());
    assert_eq!(suite.balance("alice", UAKT), 1_000_000 * ONE - 80 * ONE);
    assert_eq!(suite.pending(None, None), Vec::<u64>::new());
    suite.assert_books(0);
}

#[test]
fn replies_that_were_not_asked_for_are_refused() {
    let mut suite = Suite::new();
    suite.minted("alice", 100 * ONE, "1");
    let pending = suite.mint("alice", 100 * ONE);
    let bme = suite.bme.clone();
    let block = suite.app.chain().block_info();
    let mut env = cosmwasm_std::testing::mock_env();
    env.block = block;
    env.contract.address = bme.clone();
    let mut deps = cosmwasm_std::testing::mock_dependencies();
    for (key, value) in suite.app.chain().dump_wasm_raw(&bme) {
        cosmwasm_std::Storage::set(&mut deps.storage, &key, &value);
    }
    #[allow(deprecated, reason = "the struct has no constructor")]
    let succeeded = SubMsgResult::Ok(SubMsgResponse {
        events: vec![],
        data: None,
        msg_responses: vec![],
    });
    let failed = SubMsgResult::Err("codespace: 1".to_string());
    for (id, result) in [(0, succeeded.clone()), (1, succeeded), (pending, failed)] {
        let msg = cosmwasm_std::Reply {
            id,
            payload: Binary::default(),
            gas_used: 0,
            result,
        };
        let refused = reply(deps.as_mut(), env.clone(), msg).unwrap_err();
        assert_eq!(format!("{refused:?}"), format!("{:?}", BmeError::UnknownReply { id }));
    }
}
