use std::cell::Cell;
use std::rc::Rc;

use supercloud_chain::vm::{BackendError, BackendResult, EntryPoint, Vm, VmCall, VmError};

use crate::backend::MockBackend;
use crate::contract::{GAS, VM, contract, load};

/// query(_, request): asks the chain.
const ASK: &str = "(func (export \"query\") (param i32 i32) (result i32) (call $query_chain (local.get 1)))";

/// Calls the contract, whose query calls the contract, and so on.
fn descend(levels: usize, reached: &Rc<Cell<usize>>) -> Result<Vec<u8>, VmError> {
    let code = load(&contract(ASK)).unwrap();
    let inner = Rc::clone(reached);
    let mut backend = MockBackend::with_querier(move |_, _| -> BackendResult<Vec<u8>> {
        inner.set(inner.get() + 1);
        if levels == 1 {
            return (Ok(b"bottom".to_vec()), 0);
        }
        (
            descend(levels - 1, &inner).map_err(|error| BackendError::Fatal(error.to_string())),
            0,
        )
    });
    let call = VmCall {
        code,
        entry_point: EntryPoint::Query,
        args: &[b"", b""],
        gas_limit: GAS,
    };
    VM.call(call, &mut backend).result
}

#[test]
fn calls_nest_sixteen_deep_on_any_thread() {
    let run = || {
        let reached = Rc::default();
        assert_eq!(descend(16, &reached), Ok(b"bottom".to_vec()));
        assert_eq!(reached.get(), 16);
    };
    std::thread::Builder::new()
        .stack_size(512 * 1024)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn the_seventeenth_is_refused() {
    let reached = Rc::default();
    assert!(matches!(descend(17, &reached), Err(VmError::Backend(text)) if text.ends_with("calls nest too deeply")));
    assert_eq!(reached.get(), 16);
}
