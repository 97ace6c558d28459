//! Regions: a model of the guest's memory says what the host must write and read, whether it must refuse, and what it
//! charges.

use std::sync::LazyLock;

use supercloud_chain::vm::{
    Backend, BackendError, BackendResult, CodeKey, CodeRules, EntryPoint, MeteringVersion, Order, Record, Vm, VmCall,
    VmError,
};
use supercloud_vm::fuzzing::{self, RegionFields};
use supercloud_vm::{VmConfig, WasmtimeVm};

/// Bytes of the guest's memory.
const MEMORY: usize = 17 * 65_536;
/// Where the first argument's Region lies, and its bytes.
const FIRST_REGION: usize = 16;
const IMAGE_AT: usize = 65_536;
/// Most bytes of the first argument.
const MAX_IMAGE: usize = 4_096;
/// Enough to read a Region that claims 4 GiB.
const GAS_LIMIT: u64 = 10_000_000_000_000;
/// More than the guest's own operators cost.
const MAX_GUEST_GAS: u64 = 40_000;

/// The first argument becomes the image; the second goes where the image's first word says; the result is where its
/// second word says.
const GUEST: &str = r#"(module
    (memory (export "memory") 17)
    (global $calls (mut i32) (i32.const 0))
    (func (export "interface_version_8"))
    (func (export "deallocate") (param i32))
    (func (export "allocate") (param $size i32) (result i32)
        (if (i32.eqz (global.get $calls)) (then
            (global.set $calls (i32.const 1))
            (i32.store (i32.const 16) (i32.const 65536))
            (i32.store (i32.const 20) (local.get $size))
            (return (i32.const 16))))
        (i32.load (i32.const 65536)))
    (func (export "query") (param i32 i32) (result i32) (i32.load (i32.const 65540))))"#;

struct Host {
    vm: WasmtimeVm,
    code: CodeKey,
}

static HOST: LazyLock<Host> = LazyLock::new(|| {
    let vm = WasmtimeVm::new(VmConfig::default()).expect("wasmtime runs here");
    let wasm = wat::parse_str(GUEST).expect("the guest is well-formed");
    vm.check(&wasm, &CodeRules::default()).expect("the guest is a contract");
    let code = vm
        .load(&wasm, MeteringVersion::CURRENT)
        .expect("the guest compiles")
        .key;
    // The baseline form would be replaced in the midst of a run.
    vm.finish_compiling();
    Host { vm, code }
});

/// What becomes of a call.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Data(Vec<u8>),
    Refusal,
    OutOfGas,
}

/// Calls the guest with this image and message. One gas less than it took is not enough.
pub fn assert_regions_follow_the_model(image: &[u8], message: &[u8]) {
    assert!((8..=MAX_IMAGE).contains(&image.len()), "the generator's promise");
    for bytes in image.windows(12).step_by(4) {
        assert_fields(bytes.try_into().expect("windows have this length"));
    }
    let mut model = Model::new();
    let expected = model.call(image, message).map_or(Outcome::Refusal, Outcome::Data);
    let (seen, gas) = call(image, message, GAS_LIMIT);
    assert_eq!(seen, expected);
    let guest_gas = gas.checked_sub(model.fees);
    assert!(
        guest_gas.is_some_and(|gas| gas <= MAX_GUEST_GAS),
        "{gas} gas where the host's work costs {}",
        model.fees
    );
    assert_eq!(call(image, message, gas), (expected, gas));
    assert_eq!(call(image, message, gas - 1), (Outcome::OutOfGas, gas - 1));
}

/// What becomes of the call, and the gas that it took.
fn call(image: &[u8], message: &[u8], gas_limit: u64) -> (Outcome, u64) {
    let call = VmCall {
        code: HOST.code,
        entry_point: EntryPoint::Query,
        args: &[image, message],
        gas_limit,
    };
    let report = HOST.vm.call(call, &mut NoBackend);
    assert_eq!(report.gas_external, 0);
    let outcome = match report.result {
        Ok(data) => Outcome::Data(data),
        Err(VmError::Communication(_)) => Outcome::Refusal,
        Err(VmError::OutOfGas) => Outcome::OutOfGas,
        Err(other) => panic!("neither data nor a refusal: {other:?}"),
    };
    (outcome, report.gas_internal)
}

/// The rules for a Region's three numbers, in 64 bits.
fn assert_fields(bytes: [u8; 12]) {
    let [offset, capacity, length] = fields(&bytes);
    let good = offset != 0 && length <= capacity && offset + capacity <= u64::from(u32::MAX);
    match fuzzing::check_region(bytes) {
        Ok(seen) => {
            assert!(good, "{bytes:?} was taken");
            let expected = [offset, capacity, length].map(|number| number as usize);
            let [offset, capacity, length] = expected;
            assert_eq!(
                seen,
                RegionFields {
                    offset,
                    capacity,
                    length
                }
            );
        }
        Err(VmError::Communication(_)) => assert!(!good, "{bytes:?} was refused"),
        Err(other) => panic!("{other:?}"),
    }
}

fn fields(bytes: &[u8]) -> [u64; 3] {
    [0, 4, 8].map(|at| u64::from(word(bytes, at)))
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// A guest's memory, and what the host's work on it costs.
struct Model {
    memory: Vec<u8>,
    fees: u64,
}

impl Model {
    fn new() -> Self {
        Self {
            memory: vec![0; MEMORY],
            fees: 0,
        }
    }

    /// The result, or nothing when the host must refuse.
    fn call(&mut self, image: &[u8], message: &[u8]) -> Option<Vec<u8>> {
        let header = [IMAGE_AT as u32, image.len() as u32, 0];
        for (index, word) in header.iter().enumerate() {
            self.memory[FIRST_REGION + 4 * index..][..4].copy_from_slice(&word.to_le_bytes());
        }
        self.write(FIRST_REGION as u32, image)?;
        self.write(word(image, 0), message)?;
        self.read(word(&self.memory, IMAGE_AT + 4))
    }

    /// Charged by the data. The data first, then the whole Region as it was read, with its new length: where they
    /// overlap the Region stays.
    fn write(&mut self, pointer: u32, data: &[u8]) -> Option<()> {
        if pointer == 0 {
            return None;
        }
        let [offset, capacity, _] = region(&self.memory, pointer)?;
        self.fees += 230_000 + 570 * data.len() as u64;
        if data.len() > capacity || offset + data.len() > MEMORY {
            return None;
        }
        self.memory[offset..offset + data.len()].copy_from_slice(data);
        for (index, field) in [offset, capacity, data.len()].into_iter().enumerate() {
            self.memory[pointer as usize + 4 * index..][..4].copy_from_slice(&(field as u32).to_le_bytes());
        }
        Some(())
    }

    /// Charged by the length that the guest claims, before it is held against anything.
    fn read(&mut self, pointer: u32) -> Option<Vec<u8>> {
        let [offset, _, length] = region(&self.memory, pointer)?;
        self.fees += match length as u64 {
            small @ ..=8_000_000 => 200_000 + 115 * small,
            large => 520 * large,
        };
        (offset + length <= MEMORY).then(|| self.memory[offset..offset + length].to_vec())
    }
}

fn region(memory: &[u8], pointer: u32) -> Option<[usize; 3]> {
    let pointer = pointer as usize;
    if pointer + 12 > memory.len() {
        return None;
    }
    let [offset, capacity, length] = fields(&memory[pointer..pointer + 12]);
    let good = offset != 0 && length <= capacity && offset + capacity <= u64::from(u32::MAX);
    good.then_some([offset, capacity, length].map(|number| number as usize))
}

/// The guest has no imports.
struct NoBackend;

fn absent<T>() -> BackendResult<T> {
    (Err(BackendError::Fatal("the guest has no imports".to_owned())), 0)
}

impl Backend for NoBackend {
    fn read(&mut self, _: &[u8], _: u64) -> BackendResult<Option<Vec<u8>>> {
        absent()
    }
    fn write(&mut self, _: &[u8], _: &[u8], _: u64) -> BackendResult<()> {
        absent()
    }
    fn remove(&mut self, _: &[u8], _: u64) -> BackendResult<()> {
        absent()
    }
    fn scan(&mut self, _: Option<&[u8]>, _: Option<&[u8]>, _: Order, _: u64) -> BackendResult<u32> {
        absent()
    }
    fn next(&mut self, _: u32, _: u64) -> BackendResult<Option<Record>> {
        absent()
    }
    fn query(&mut self, _: &[u8], _: u64) -> BackendResult<Vec<u8>> {
        absent()
    }
    fn addr_validate(&mut self, _: &str) -> BackendResult<()> {
        absent()
    }
    fn addr_canonicalize(&mut self, _: &str) -> BackendResult<Vec<u8>> {
        absent()
    }
    fn addr_humanize(&mut self, _: &[u8]) -> BackendResult<String> {
        absent()
    }
    fn debug(&mut self, _: &str) {}
}
