//! Stack Definition Language (SDL), versions 2.0 and 2.1: one text in, three things out.
//!
//! [`Sdl::parse`] reads the file; [`Sdl::groups`] is what the market contract is asked for, [`Sdl::manifest`] is what the
//! provider is sent, and [`Manifest::hash`] ties the two together: it stands on chain and the provider compares it.
//!
//! The rules, and the bytes that are hashed, are those of the Go parser of the Akash network (chain-sdk `go/sdl` of
//! July 2026), because files and manifests travel between clients. Where we differ on purpose:
//!
//! - a GPU vendor other than `nvidia` is refused; Go drops it and asks for any NVIDIA card instead;
//! - a reference that dangles is an error with a name in it, never a crash;
//! - keys that have no effect are listed by [`Sdl::warnings`].
//!
//! Prices in a file are per Akash block. They become a rate per second here and nowhere else: see [`PriceConversion`].

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

mod assemble;
mod attribute;
mod canonical;
mod compute;
mod crosscheck;
mod document;
mod error;
mod expose;
mod gpu;
mod group;
mod limits;
mod manifest;
mod placement;
mod price;
mod quantity;
mod references;
mod sdl;
mod storage;
mod version;

pub use canonical::canonical_json;
pub use error::{ManifestError, SdlError, Warning};
pub use group::{AkashGroup, AkashPrice, AkashRequirements, AkashResourceUnit, AkashSignedBy};
pub use manifest::{
    Cpu, Credentials, Endpoint, Expose, Gpu, HttpOptions, Manifest, ManifestAttribute, ManifestGroup, Memory,
    Permissions, Resources, Service, ServiceParams, StorageParams, Tee, UncheckedManifest, Val, Volume,
};
pub use price::{AKASH_BLOCK_SECONDS, DenomRule, PriceConversion};
pub use sdl::Sdl;
