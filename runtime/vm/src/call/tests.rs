//! Several calls on one instance, which the public interface does not offer: the gas numbers that cosmwasm-vm's own
//! tests publish for `hackatom.wasm` were taken that way.

use supercloud_chain::vm::{Backend, BackendResult, EntryPoint, MeteringVersion, Order, Record};

use super::*;
use crate::cache::Codes;
use crate::config::{Tiers, VmConfig};
use crate::loan;

#[path = "../../tests/it/backend.rs"]
mod backend;

use backend::{MockBackend, humanize};

/// A backend that must not be asked.
pub(crate) struct NoBackend;

impl Backend for NoBackend {
    fn read(&mut self, _: &[u8], _: u64) -> BackendResult<Option<Vec<u8>>> {
        unreachable!()
    }
    fn write(&mut self, _: &[u8], _: &[u8], _: u64) -> BackendResult<()> {
        unreachable!()
    }
    fn remove(&mut self, _: &[u8], _: u64) -> BackendResult<()> {
        unreachable!()
    }
    fn scan(&mut self, _: Option<&[u8]>, _: Option<&[u8]>, _: Order, _: u64) -> BackendResult<u32> {
        unreachable!()
    }
    fn next(&mut self, _: u32, _: u64) -> BackendResult<Option<Record>> {
        unreachable!()
    }
    fn query(&mut self, _: &[u8], _: u64) -> BackendResult<Vec<u8>> {
        unreachable!()
    }
    fn addr_validate(&mut self, _: &str) -> BackendResult<()> {
        unreachable!()
    }
    fn addr_canonicalize(&mut self, _: &str) -> BackendResult<Vec<u8>> {
        unreachable!()
    }
    fn addr_humanize(&mut self, _: &[u8]) -> BackendResult<String> {
        unreachable!()
    }
    fn debug(&mut self, _: &str) {
        unreachable!()
    }
}

fn address(of: &str) -> String {
    humanize(&crate::check::checksum(of.as_bytes())).unwrap()
}

fn env() -> String {
    let contract = address("cosmos2contract");
    let hash = "5UadrOwXzviiYP03Z17Yfn+2orWtlRk8UTCABsfklLM=";
    format!(
        r#"{{"block":{{"height":12345,"time":"1571797419879305533","chain_id":"cosmos-testnet-14002"}},"transaction":{{"index":3,"hash":"{hash}"}},"contract":{{"address":"{contract}"}}}}"#
    )
}

fn info(sender: &str, amount: u32) -> String {
    format!(r#"{{"sender":"{sender}","funds":[{{"denom":"earth","amount":"{amount}"}}]}}"#)
}

/// Answers every balance query with nothing, for cosmwasm-vm's price.
fn mock() -> MockBackend {
    MockBackend::with_querier(|_, _| {
        // {"amount":{"denom":"earth","amount":"0"}}
        let answer = br#"{"ok":{"ok":"eyJhbW91bnQiOnsiZGVub20iOiJlYXJ0aCIsImFtb3VudCI6IjAifX0="}}"#;
        (Ok(answer.to_vec()), 100_000 + 100 * answer.len() as u64)
    })
}

const LIMIT: u64 = 1_000_000_000_000;

#[test]
fn gas_of_hackatom_is_that_of_cosmwasm_vm() {
    let Some(folder) = std::env::var_os("SUPERCLOUD_WASM_VECTORS") else {
        eprintln!("skipped: SUPERCLOUD_WASM_VECTORS is not set");
        return;
    };
    let wasm = std::fs::read(std::path::Path::new(&folder).join("vm__hackatom.wasm")).unwrap();
    let config = VmConfig {
        tiers: Tiers::Optimized,
        ..VmConfig::default()
    };
    let codes = Codes::new(&config).unwrap();
    let (_, code) = codes.load(&wasm, MeteringVersion::CURRENT).unwrap();

    let (verifier, beneficiary) = (address("verifies"), address("benefits"));
    let init = format!(r#"{{"verifier": "{verifier}", "beneficiary": "{beneficiary}"}}"#);
    let release = r#"{"release":{"denom":"earth"}}"#.to_owned();
    let query = r#"{"verifier":{}}"#.to_owned();
    // What each test of cosmwasm-vm does on an instance of its own, and what its last call must cost.
    let init = (
        EntryPoint::Instantiate,
        vec![env(), info(&address("creator"), 1000), init],
    );
    for (calls, expected) in [
        (vec![init.clone()], 18_034_576),
        (
            vec![
                init.clone(),
                (EntryPoint::Execute, vec![env(), info(&verifier, 15), release]),
            ],
            24_624_366,
        ),
        (vec![init, (EntryPoint::Query, vec![env(), query])], 11_105_566),
    ] {
        let mut mock = mock();
        let used = loan::lend(&mut mock, |loan| {
            let mut session = Session::open(Arc::clone(&code), loan, LIMIT).unwrap();
            let mut used = 0;
            for (entry_point, args) in &calls {
                let args: Vec<_> = args.iter().map(|arg| arg.as_bytes()).collect();
                let before = session.guest().gas_left().unwrap();
                let result = session.call(*entry_point, &args).unwrap();
                assert!(result.starts_with(b"{\"ok\":"), "{}", String::from_utf8_lossy(&result));
                used = before - session.guest().gas_left().unwrap();
            }
            used
        });
        assert_eq!(used, expected, "{:?}", calls.last().map(|(entry_point, _)| entry_point));
    }
}
