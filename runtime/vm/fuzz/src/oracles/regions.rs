//! Regions: a model of the guest's memory says what the host must write and read, and whether it must refuse.

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
    let code = vm.load(&wasm, MeteringVersion::CURRENT).expect("the guest compiles");
    // The baseline form would be replaced in the midst of a run.
    vm.finish_compiling();
    Host { vm, code }
});

/// What the model expects.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    Data(Vec<u8>),
    Refusal,
}

/// Calls the guest with this image and message.
pub fn assert_regions_follow_the_model(image: &[u8], message: &[u8]) {
    assert!((8..=MAX_IMAGE).contains(&image.len()), "the generator's promise");
    for bytes in image.windows(12).step_by(4) {
        assert_fields(bytes.try_into().expect("windows have this length"));
    }
    let call = VmCall {
        code: HOST.code,
        entry_point: EntryPoint::Query,
        args: &[image, message],
        gas_limit: 1_000_000_000_000,
    };
    let report = HOST.vm.call(call, &mut NoBackend);
    let seen = match report.result {
        Ok(data) => Expected::Data(data),
        Err(VmError::Communication(_)) => Expected::Refusal,
        Err(other) => panic!("neither data nor a refusal: {other:?}"),
    };
    assert_eq!(seen, model(image, message));
    assert_eq!(report.gas_external, 0);
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

fn model(image: &[u8], message: &[u8]) -> Expected {
    let mut memory = vec![0; MEMORY];
    let header = [IMAGE_AT as u32, image.len() as u32, image.len() as u32];
    for (index, word) in header.iter().enumerate() {
        memory[FIRST_REGION + 4 * index..][..4].copy_from_slice(&word.to_le_bytes());
    }
    memory[IMAGE_AT..][..image.len()].copy_from_slice(image);
    match write(&mut memory, word(image, 0), message) {
        None => Expected::Refusal,
        Some(()) => {
            let result = word(&memory, IMAGE_AT + 4);
            read(&memory, result).map_or(Expected::Refusal, Expected::Data)
        }
    }
}

/// Data first, then the length.
fn write(memory: &mut [u8], pointer: u32, data: &[u8]) -> Option<()> {
    let [offset, capacity, _] = region(memory, pointer)?;
    if pointer == 0 || data.len() > capacity || offset + data.len() > memory.len() {
        return None;
    }
    memory[offset..offset + data.len()].copy_from_slice(data);
    memory[pointer as usize + 8..][..4].copy_from_slice(&(data.len() as u32).to_le_bytes());
    Some(())
}

fn read(memory: &[u8], pointer: u32) -> Option<Vec<u8>> {
    let [offset, _, length] = region(memory, pointer)?;
    (offset + length <= memory.len()).then(|| memory[offset..offset + length].to_vec())
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
