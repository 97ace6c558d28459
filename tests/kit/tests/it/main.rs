//! The kit's own behaviour, on a contract that passes coins on, mints or fails on demand.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod probe;

use cosmwasm_std::coin;
use supercloud_test_kit::{
    BankRefusal, DEFAULT_GENESIS_SECONDS, MintRefusal, TestApp, assert_fails, data, error_of, events,
};

use probe::{Probe, ProbeError, deploy};

#[test]
fn time_advances_by_seconds_and_blocks_by_one() {
    let mut app = TestApp::new();
    assert_eq!((app.now(), app.height()), (DEFAULT_GENESIS_SECONDS, 1));
    app.advance(7);
    assert_eq!((app.now(), app.height()), (DEFAULT_GENESIS_SECONDS + 7, 2));
    app.advance_to(DEFAULT_GENESIS_SECONDS + 10);
    assert_eq!((app.now(), app.height()), (DEFAULT_GENESIS_SECONDS + 10, 3));
    assert_eq!(TestApp::starting_at(5).now(), 5);
}

#[test]
fn error_of_a_contract_keeps_its_variant_and_values() {
    let mut app = TestApp::new();
    let probe = deploy(&mut app);
    let user = app.addr("user");
    assert_fails(
        app.execute(&user, &probe, &Probe::Fail { code: 7 }, &[]),
        ProbeError::Asked { code: 7 },
    );
    assert_fails(
        app.query::<u32>(&probe, &Probe::Fail { code: 8 }),
        ProbeError::Asked { code: 8 },
    );
    let nested = Probe::Nested {
        contract: probe.to_string(),
        code: 9,
    };
    assert_eq!(
        error_of::<ProbeError>(app.execute(&user, &probe, &nested, &[])),
        ProbeError::Asked { code: 9 }
    );
}

#[test]
fn restricted_denom_moves_only_with_a_listed_side() {
    let mut app = TestApp::new();
    let (alice, bob) = (app.funded("alice", 100, "uact"), app.addr("bob"));
    let probe = deploy(&mut app);
    app.restrict("uact", &[&probe]);
    let refusal = |from: &str, to: &str| BankRefusal::Restricted {
        denom: "uact".to_string(),
        from: from.to_string(),
        to: to.to_string(),
    };
    assert_fails(app.send(&alice, &bob, 1, "uact"), refusal(alice.as_str(), bob.as_str()));
    app.execute(&alice, &probe, &Probe::Keep {}, &[coin(60, "uact")])
        .unwrap();
    app.execute(
        &alice,
        &probe,
        &Probe::Pay {
            to: bob.to_string(),
            amount: coin(20, "uact"),
        },
        &[],
    )
    .unwrap();
    assert_eq!(
        (
            app.balance(&alice, "uact"),
            app.balance(&bob, "uact"),
            app.balance(&probe, "uact")
        ),
        (40, 20, 40)
    );

    app.restrict("uact", &[]);
    assert_fails(
        app.execute(&alice, &probe, &Probe::Keep {}, &[coin(1, "uact")]),
        refusal(alice.as_str(), probe.as_str()),
    );
    app.unrestrict("uact");
    app.send(&alice, &bob, 1, "uact").unwrap();
    app.assert_supply_is_conserved("uact");
}

#[test]
fn only_the_admin_mints_and_only_up_to_the_cap() {
    let mut app = TestApp::new();
    let (user, probe) = (app.addr("user"), deploy(&mut app));
    let mint = |amount| Probe::Mint {
        to: user.to_string(),
        amount: coin(amount, "uakt"),
    };
    let not_admin = MintRefusal::NotAdmin {
        sender: probe.to_string(),
        denom: "uakt".to_string(),
    };
    assert_fails(app.execute(&user, &probe, &mint(5), &[]), not_admin);

    app.set_mint_admin("uakt", &probe);
    let response = app.execute(&user, &probe, &mint(5), &[]).unwrap();
    assert_eq!(events(&response, "coinbase")[0]["amount"], "5uakt");
    app.set_mint_cap("uakt", 10);
    app.execute(&user, &probe, &mint(10), &[]).unwrap();
    let denom = "uakt".to_string();
    let exceeded = MintRefusal::CapExceeded {
        denom,
        amount: 1u128.into(),
        left: 0u128.into(),
    };
    assert_fails(app.execute(&user, &probe, &mint(1), &[]), exceeded);
    assert_eq!(
        (
            app.balance(&user, "uakt"),
            app.supply("uakt"),
            app.sum_of_balances("uakt")
        ),
        (15, 15, 15)
    );
}

#[test]
fn burned_coins_leave_the_supply() {
    let mut app = TestApp::new();
    let (user, probe) = (app.funded("user", 30, "uakt"), deploy(&mut app));
    app.execute(
        &user,
        &probe,
        &Probe::Burn {
            amount: coin(12, "uakt"),
        },
        &[coin(12, "uakt")],
    )
    .unwrap();
    assert_eq!((app.supply("uakt"), app.balance(&user, "uakt")), (18, 18));
    app.assert_supply_is_conserved("uakt");
}

#[test]
fn predicted_address_is_where_instantiate2_puts_the_contract() {
    let mut app = TestApp::new();
    let governance = app.addr("governance");
    let code = app.store(probe::contract());
    let predicted = app.predict(code, &governance, "market");
    assert_eq!(
        app.instantiate2(code, &governance, &Probe::Keep {}, "market").unwrap(),
        predicted
    );
    let response = app.execute(&governance, &predicted, &Probe::Keep {}, &[]).unwrap();
    assert_eq!(data::<String>(&response), "kept");
}
