//! The contracts' Wasm, embedded in the binary from `artifacts/`.

use sha2::{Digest, Sha256};

/// One embedded contract.
#[derive(Clone, Copy)]
pub(crate) struct Artifact {
    /// Contract name; also the instantiate2 salt of the suite.
    pub(crate) name: &'static str,
    /// Path below `artifacts/`.
    pub(crate) file: &'static str,
    /// Optimised Wasm.
    pub(crate) wasm: &'static [u8],
}

impl Artifact {
    /// SHA-256 of the Wasm.
    pub(crate) fn checksum(&self) -> [u8; 32] {
        Sha256::digest(self.wasm).into()
    }
}

macro_rules! artifact {
    ($name:literal, $file:literal) => {
        Artifact {
            name: $name,
            file: $file,
            wasm: include_bytes!(concat!("../../artifacts/", $file)),
        }
    };
}

/// The suite, in the order in which governance stores it.
pub(crate) const SUITE: [Artifact; 7] = [
    artifact!("registry", "registry.wasm"),
    artifact!("market", "market.wasm"),
    artifact!("escrow", "escrow.wasm"),
    artifact!("bme", "bme.wasm"),
    artifact!("oracle", "oracle.wasm"),
    artifact!("pyth", "pyth.wasm"),
    artifact!("attestation", "attestation.wasm"),
];

/// A build of the market with a higher version, for upgrades.
pub(crate) const MARKET_NEXT: Artifact = artifact!("market", "test/market-next.wasm");

#[cfg(test)]
mod tests {
    use super::{MARKET_NEXT, SUITE};

    /// The digests that the build recorded.
    const CHECKSUMS: &str = include_str!("../../artifacts/checksums.txt");

    fn recorded_checksum(file: &str) -> Option<&'static str> {
        CHECKSUMS
            .lines()
            .filter_map(|line| line.split_once("  "))
            .find(|(_, name)| *name == file)
            .map(|(sum, _)| sum)
    }

    #[test]
    fn embedded_wasm_is_what_the_checksums_say() {
        for artifact in SUITE.iter().chain([&MARKET_NEXT]) {
            assert_eq!(
                recorded_checksum(artifact.file),
                Some(hex::encode(artifact.checksum()).as_str()),
                "{}",
                artifact.file
            );
        }
    }
}
