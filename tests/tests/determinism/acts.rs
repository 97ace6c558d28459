//! One file per module: what people do there.

use crate::scene::{Act, Scene};

mod bank;
pub(crate) mod faults;
pub(crate) mod gov;
mod grants;
pub(crate) mod market;
pub(crate) mod wasm;

/// Something of anything.
pub(crate) fn any(scene: &mut Scene) -> Act {
    match scene.random.below(100) {
        0..=21 => bank::act(scene),
        22..=49 => wasm::act(scene),
        50..=64 => gov::act(scene),
        65..=79 => grants::act(scene),
        _ => market::act(scene),
    }
}
