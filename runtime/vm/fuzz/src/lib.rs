//! What fuzz targets are made of. Generators make inputs and know nothing of what is right; oracles know what is right
//! and take any input. The ordinary tests of `supercloud-vm` include both and run them on fixed seeds.

pub mod generators;
pub mod oracles;
