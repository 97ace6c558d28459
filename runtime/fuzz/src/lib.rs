//! What fuzz targets are made of. Generators make inputs and know nothing of what is right; oracles know what is right
//! and take any input. [`world`] is the small chain that both speak of.

pub mod engine;
pub mod generators;
pub mod oracles;
pub mod servers;
pub mod world;
