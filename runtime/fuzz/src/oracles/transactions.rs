//! What must hold for any bytes that somebody sends as a transaction.

use supercloud_chain::{BlockOutput, Chain, TxResult};
use supercloud_proto::cosmos::bank::v1beta1::{
    QueryDenomOwnersRequest, QueryDenomOwnersResponse, QueryTotalSupplyRequest, QueryTotalSupplyResponse,
};
use supercloud_proto::cosmos::base::query::v1beta1::PageRequest;
use supercloud_proto::cosmos::tx::v1beta1::{TxBody, TxRaw};
use supercloud_proto::prost::Message;

use crate::oracles::fields::{Fields, encode_again, look_into};
use crate::world::{WORLD, run_block};

/// Codespace and code of bytes that are no transaction.
const TX_PARSE: (&str, u32) = ("sdk", 2);

/// Checks, simulates and delivers `raw`.
pub fn assert_harmless(raw: &[u8]) {
    let mut chain = WORLD.fork();
    let simulated = chain.simulate(raw);
    let checked = chain.check_tx(raw);
    let output = run_block(&mut chain, vec![raw.to_vec()]);
    let delivered = &output.tx_results[0];
    for result in [&simulated, &checked, delivered] {
        assert_shape(result);
    }
    assert_decoded_by_the_rule(raw, delivered);
    if checked.code == 0 {
        assert_ne!(
            output.app_hash, WORLD.idle_root,
            "an accepted transaction takes its sequence"
        );
    } else {
        assert_ne!(delivered.code, 0, "check: {}", checked.log);
        assert_eq!(
            output.app_hash, WORLD.idle_root,
            "check: {}; deliver: {}",
            checked.log, delivered.log
        );
        assert!(delivered.events.is_empty() || delivered.events.iter().all(|event| event.kind != "message"));
    }
    assert_repeats(raw, &output);
    if delivered.code == 0 {
        assert_conserved(&chain);
    }
    // And the chain goes on.
    run_block(&mut chain, Vec::new());
}

fn assert_shape(result: &TxResult) {
    if result.code == 0 {
        assert_eq!((result.codespace.as_str(), result.log.as_str()), ("", ""));
    } else {
        assert!(!result.codespace.is_empty() && !result.log.is_empty(), "{result:?}");
        assert!(result.data.is_empty(), "{result:?}");
    }
}

/// The same block on the same state gives the same.
fn assert_repeats(raw: &[u8], first: &BlockOutput) {
    let again = run_block(&mut WORLD.fork(), vec![raw.to_vec()]);
    assert_eq!(again, *first);
}

fn is_unparsed(result: &TxResult) -> bool {
    (result.codespace.as_str(), result.code) == TX_PARSE
}

/// What gets past decoding is canonical and has no field that nobody knows; what is refused for a field has one.
fn assert_decoded_by_the_rule(raw: &[u8], result: &TxResult) {
    let fields = TxRaw::decode(raw).map(|tx| {
        let body = look_into(&tx.body_bytes, "cosmos.tx.v1beta1.TxBody", true);
        let auth = look_into(&tx.auth_info_bytes, "cosmos.tx.v1beta1.AuthInfo", false);
        (body, auth, tx)
    });
    let canonical = encode_again::<TxRaw>(raw).is_some_and(|again| again == raw);
    match fields {
        Err(_) => assert!(is_unparsed(result), "unreadable, but {result:?}"),
        Ok(_) if !canonical => assert!(is_unparsed(result), "not canonical, but {result:?}"),
        Ok((body, auth, tx)) => {
            if is_unparsed(result) {
                if result.log.contains("has unknown field") {
                    assert!(body != Fields::Known || auth != Fields::Known, "{}", result.log);
                }
                return;
            }
            assert!(body != Fields::Unknown && auth != Fields::Unknown, "{result:?}");
            // What stands behind an unknown message is never read.
            if result.is_ok() {
                assert_eq!((body, auth), (Fields::Known, Fields::Known), "{result:?}");
            }
            // What the chain read is what was signed: nothing is lost on the way.
            let read = encode_again::<TxBody>(&tx.body_bytes).expect("the chain read it");
            assert_eq!(encode_again::<TxBody>(&read), Some(read));
        }
    }
}

/// Balances sum to the supply.
fn assert_conserved(chain: &Chain) {
    let everything = Some(PageRequest {
        limit: 1_000,
        ..PageRequest::default()
    });
    let request = QueryTotalSupplyRequest {
        pagination: everything.clone(),
    };
    let supply: QueryTotalSupplyResponse = ask(chain, "/cosmos.bank.v1beta1.Query/TotalSupply", &request);
    for coin in supply.supply {
        let request = QueryDenomOwnersRequest {
            denom: coin.denom.clone(),
            pagination: everything.clone(),
        };
        let owners: QueryDenomOwnersResponse = ask(chain, "/cosmos.bank.v1beta1.Query/DenomOwners", &request);
        let balances = owners.denom_owners.into_iter().filter_map(|owner| owner.balance);
        let sum: u128 = balances.map(|balance| parse(&balance.amount)).sum();
        assert_eq!(sum, parse(&coin.amount), "{}", coin.denom);
    }
}

fn parse(amount: &str) -> u128 {
    amount.parse().expect("amounts are whole numbers")
}

fn ask<Q: Message, R: Message + Default>(chain: &Chain, path: &str, request: &Q) -> R {
    let result = chain.query(path, &request.encode_to_vec(), None);
    assert_eq!(result.code, 0, "{path}: {}", result.log);
    R::decode(&*result.value).expect("answers decode")
}
