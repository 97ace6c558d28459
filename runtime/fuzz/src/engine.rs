//! An engine without Wasm. All contracts are the same: they keep what they are sent, and answer with it, so that the chain
//! must read any answer at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use supercloud_chain::vm::{
    Analysis, Backend, CheckError, CheckLayer, CodeKey, CodeRules, EntryPoint, FunctionRef, HeldCode, MeteringVersion,
    Vm, VmCall, VmError, VmReport,
};

/// The engine. Code begins with `echo`.
pub struct EchoVm;

impl Vm for EchoVm {
    fn check(&self, wasm: &[u8], _: &CodeRules) -> Result<Analysis, CheckError> {
        if !wasm.starts_with(b"echo") {
            return Err(CheckError {
                layer: CheckLayer::Parse,
                function: None,
                reason: "not an echo".to_owned(),
            });
        }
        Ok(Analysis {
            checksum: Sha256::digest(wasm).into(),
            entry_points: BTreeSet::new(),
            required_capabilities: BTreeSet::new(),
            migrate_version: wasm.get(5).map(|version| u64::from(*version)),
            has_ibc_entry_points: false,
        })
    }

    fn load(&self, wasm: &[u8], metering: MeteringVersion) -> Result<HeldCode, CheckError> {
        let checksum = self.check(wasm, &CodeRules::default())?.checksum;
        Ok(HeldCode::new(CodeKey { checksum, metering }, Arc::new(())))
    }

    fn pin(&self, _: &CodeKey) -> bool {
        true
    }

    fn unpin(&self, _: &CodeKey) {}

    fn call(&self, call: VmCall<'_>, backend: &mut dyn Backend) -> VmReport {
        let mut external = 0;
        let result = run(&call, backend, &mut external);
        VmReport {
            gas_internal: 1_000_000,
            gas_external: external,
            result,
            trace: Vec::new(),
        }
    }

    fn symbolise(&self, _: &[u8], _: &[u32]) -> Vec<FunctionRef> {
        Vec::new()
    }
}

fn run(call: &VmCall<'_>, backend: &mut dyn Backend, external: &mut u64) -> Result<Vec<u8>, VmError> {
    if call.gas_limit < 1_000_000 {
        return Err(VmError::OutOfGas);
    }
    let message = match call.entry_point {
        EntryPoint::Instantiate | EntryPoint::Execute => call.args[2],
        EntryPoint::Reply => br#"{"messages":[],"attributes":[],"events":[],"data":null}"#,
        _ => call.args[1],
    };
    let left = call.gas_limit - 1_000_000;
    match message {
        // A trap.
        [b'!', ..] => Err(VmError::Trap("unreachable")),
        // A query of the chain; its answer is the contract's.
        [b'?', request @ ..] => {
            let (answer, gas) = backend.query(request, left);
            *external += gas;
            answer.map_err(|_| VmError::OutOfGas)
        }
        // An answer that is not even JSON.
        [b'=', answer @ ..] => Ok(answer.to_vec()),
        response => {
            if call.entry_point != EntryPoint::Query {
                let (written, gas) = backend.write(b"last", response, left);
                *external += gas;
                written.map_err(|_| VmError::OutOfGas)?;
            }
            Ok([b"{\"ok\":", response, b"}"].concat())
        }
    }
}
