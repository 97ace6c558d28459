//! Calls that take something to its end: gas, memory, stack, the size of an answer.

use std::hint::black_box;

use cosmwasm_std::{Env, Event, Response, StdResult, Storage, WasmMsg, to_json_binary};
use sha2::{Digest, Sha256};

use crate::error::ConformanceError;
use crate::msg::{ExecuteMsg, Flood};

/// Hashes 32 bytes `rounds` times.
pub(crate) fn sha_loop(rounds: u32) -> [u8; 32] {
    let mut hash = [0; 32];
    for _ in 0..rounds {
        hash = Sha256::digest(hash).into();
    }
    hash
}

/// Never returns.
pub(crate) fn cpu_loop() -> ! {
    let mut counter = 0u64;
    loop {
        counter = black_box(counter.wrapping_add(9));
    }
}

/// Never returns.
pub(crate) fn storage_loop(storage: &mut dyn Storage) -> ! {
    let mut counter = 0u64;
    loop {
        storage.set(b"storage_loop", &counter.to_be_bytes());
        counter = counter.wrapping_add(1);
    }
}

/// Never returns.
pub(crate) fn memory_loop() -> ! {
    let mut kept = Vec::new();
    loop {
        kept.push(black_box(vec![1u8; 64 * 1024]));
    }
}

/// Sends itself the same message.
pub(crate) fn message_loop(env: &Env) -> StdResult<Response> {
    Ok(Response::new().add_message(WasmMsg::Execute {
        contract_addr: env.contract.address.to_string(),
        msg: to_json_binary(&ExecuteMsg::MessageLoop {})?,
        funds: vec![],
    }))
}

/// Calls itself; what is kept on each level cannot be optimised away.
pub(crate) fn recurse(depth: u32) -> u32 {
    let frame = black_box([depth; 8]);
    if depth == 0 {
        return 0;
    }
    let below = recurse(depth - 1);
    below + black_box(frame)[0] / depth
}

/// The page count before.
pub(crate) fn grow(pages: u32) -> Result<u32, ConformanceError> {
    match memory_grow(pages) {
        u32::MAX => Err(ConformanceError::MemoryGrow),
        before => Ok(before),
    }
}

#[cfg(target_arch = "wasm32")]
fn memory_grow(pages: u32) -> u32 {
    core::arch::wasm32::memory_grow::<0>(pages as usize) as u32
}

#[cfg(not(target_arch = "wasm32"))]
fn memory_grow(_pages: u32) -> u32 {
    u32::MAX
}

/// Traps; outside of Wasm it panics.
pub(crate) fn trap() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    panic!("trap")
}

/// Many attributes and events.
pub(crate) fn flood(flood: &Flood) -> Response {
    let value = "x".repeat(flood.value_len as usize);
    let attributes = |count: u32| {
        let value = value.clone();
        (0..count).map(move |index| (format!("key{index}"), value.clone()))
    };
    let events = (0..flood.events)
        .map(|index| Event::new(format!("flood{index}")).add_attributes(attributes(flood.event_attributes)));
    Response::new()
        .add_attributes(attributes(flood.attributes))
        .add_events(events)
}
