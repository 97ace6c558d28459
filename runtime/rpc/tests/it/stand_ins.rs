//! Modules that every chain is asked about, as wallets, explorers and relayers ask.

use serde_json::{Value, json};

use crate::fake::Served;

fn no_page() -> Value {
    json!({ "next_key": null, "total": "0" })
}

#[tokio::test]
async fn lists_of_absent_modules_are_empty() {
    let served = Served::start().await;
    let delegations = json!({ "delegation_responses": [], "pagination": no_page() });
    let unbonding = json!({ "unbonding_responses": [], "pagination": no_page() });
    let validators = json!({ "validators": [], "pagination": no_page() });
    for (path, expected) in [
        (
            "staking/v1beta1/validators?status=BOND_STATUS_BONDED",
            validators.clone(),
        ),
        ("staking/v1beta1/validators/v/delegations", delegations.clone()),
        ("staking/v1beta1/validators/v/unbonding_delegations", unbonding.clone()),
        ("staking/v1beta1/delegations/d", delegations),
        ("staking/v1beta1/delegators/d/unbonding_delegations", unbonding),
        (
            "staking/v1beta1/delegators/d/redelegations",
            json!({ "redelegation_responses": [], "pagination": no_page() }),
        ),
        ("staking/v1beta1/delegators/d/validators", validators),
        (
            "distribution/v1beta1/delegators/d/validators",
            json!({ "validators": [] }),
        ),
        (
            "distribution/v1beta1/validators/v/commission",
            json!({ "commission": { "commission": [] } }),
        ),
        (
            "distribution/v1beta1/validators/v/outstanding_rewards",
            json!({ "rewards": { "rewards": [] } }),
        ),
        (
            "distribution/v1beta1/validators/v/slashes",
            json!({ "slashes": [], "pagination": no_page() }),
        ),
        (
            "slashing/v1beta1/signing_infos",
            json!({ "info": [], "pagination": no_page() }),
        ),
        ("upgrade/v1beta1/current_plan", json!({ "plan": null })),
        ("upgrade/v1beta1/applied_plan/v2", json!({ "height": "0" })),
        ("upgrade/v1beta1/module_versions", json!({ "module_versions": [] })),
        (
            "evidence/v1beta1/evidence",
            json!({ "evidence": [], "pagination": no_page() }),
        ),
        ("params/v1beta1/subspaces", json!({ "subspaces": [] })),
    ] {
        assert_eq!(served.rest(&format!("/cosmos/{path}")).await, (200, expected), "{path}");
    }
}

#[tokio::test]
async fn single_records_of_absent_modules_are_not_found() {
    let served = Served::start().await;
    for (path, words) in [
        ("staking/v1beta1/validators/v", "validator v not found"),
        (
            "staking/v1beta1/validators/v/delegations/d",
            "delegation with delegator d not found for validator v",
        ),
        (
            "staking/v1beta1/validators/v/delegations/d/unbonding_delegation",
            "unbonding delegation with delegator d not found for validator v",
        ),
        (
            "staking/v1beta1/delegators/d/validators/v",
            "delegation with delegator d not found for validator v",
        ),
        (
            "staking/v1beta1/historical_info/7",
            "historical info for height 7 not found",
        ),
        (
            "distribution/v1beta1/delegators/d/rewards/v",
            "v: validator does not exist",
        ),
        ("distribution/v1beta1/validators/v", "v: validator does not exist"),
        (
            "slashing/v1beta1/signing_infos/c",
            "SigningInfo not found for validator c",
        ),
        (
            "upgrade/v1beta1/module_versions?module_name=bank",
            "x/upgrade: QueryModuleVersions module bank not found",
        ),
        ("evidence/v1beta1/evidence/AB", "evidence AB not found"),
        (
            "params/v1beta1/params?subspace=baseapp&key=BlockParams",
            "baseapp: unknown subspace",
        ),
    ] {
        let expected = json!({ "code": 5, "message": words, "details": [] });
        assert_eq!(served.rest(&format!("/cosmos/{path}")).await, (404, expected), "{path}");
    }
    let (status, answer) = served.rest("/cosmos/params/v1beta1/params").await;
    assert_eq!((status, &answer["code"]), (400, &json!(3)));
}

#[tokio::test]
async fn staking_parameters_are_none_that_a_relayer_refuses() {
    let served = Served::start().await;
    let (_, params) = served.rest("/cosmos/staking/v1beta1/params").await;
    assert_eq!(
        params,
        json!({ "params": { "unbonding_time": "1814400s", "max_validators": 100, "max_entries": 7,
            "historical_entries": 10_000, "bond_denom": "uakt", "min_commission_rate": "0.000000000000000000" } })
    );
}

#[tokio::test]
async fn amino_is_refused_with_a_way_out() {
    let served = Served::start().await;
    for (verb, method) in [("encode", "TxEncodeAmino"), ("decode", "TxDecodeAmino")] {
        let (status, answer) = served
            .rest_post(&format!("/cosmos/tx/v1beta1/{verb}/amino"), "{}")
            .await;
        let words = format!("{method} is not served: this chain has no binary amino; use TxEncode and TxDecode");
        assert_eq!(
            (status, answer),
            (501, json!({ "code": 12, "message": words, "details": [] }))
        );
    }
}

#[tokio::test]
async fn akash_learns_the_interface_and_the_chain_before_anything_else() {
    let served = Served::start().await;
    let expected = json!({
        "client_info": { "api_version": "v1beta3" },
        "supported_versions": [{ "api_version": "v1beta3", "modules": [], "features": [] }],
        "chain_id": "fake-1",
        "node_version": "0.1.0",
        "min_client_version": "",
    });
    assert_eq!(served.result("akash", json!({})).await, expected);
    assert_eq!(
        served.rest("/akash/discovery/v1/info").await,
        (200, json!({ "info": expected }))
    );
}
