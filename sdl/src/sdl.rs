//! One parsed file.

mod duration;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use supercloud_schema::resource::GroupSpec;

use crate::document::Document;
use crate::error::{SdlError, Warning};
use crate::group::AkashGroup;
use crate::manifest::Manifest;
use crate::price::PriceConversion;
use crate::version::rules_of;
use crate::{assemble, compute, limits, placement, references};

/// Keys that may stand at the top of a file.
const TOP_KEYS: [&str; 7] = [
    "version",
    "include",
    "services",
    "profiles",
    "deployment",
    "endpoints",
    "reclamation",
];

/// Profiles with their quantities read, by name.
pub(crate) struct Profiles {
    pub(crate) compute: BTreeMap<String, compute::Profile>,
    pub(crate) placement: BTreeMap<String, placement::Profile>,
}

/// A file that has passed every check: its groups, its manifest, its warnings.
#[derive(Clone, Debug)]
pub struct Sdl {
    groups: Vec<AkashGroup>,
    manifest: Manifest,
    reclamation: Option<Duration>,
    warnings: Vec<Warning>,
}

impl Sdl {
    /// Reads and checks a file.
    pub fn parse(text: &str) -> Result<Self, SdlError> {
        let (document, ignored) = read_document(text)?;
        let version = document.version.as_ref().ok_or(SdlError::MissingVersion)?;
        let rules = rules_of(version)?;
        let mut warnings = Vec::new();
        for Ignored { path, top } in ignored {
            if top && !TOP_KEYS.contains(&path.as_str()) {
                return Err(SdlError::UnknownField(path));
            }
            warnings.push(Warning::IgnoredKey { path });
        }
        let profiles = Profiles {
            compute: compute::read_all(&document.profiles.compute, &mut warnings)?,
            placement: placement::read_all(&document.profiles.placement)?,
        };
        let reclamation = document
            .reclamation
            .as_ref()
            .map(|written| {
                duration::positive(&written.min_window)
                    .ok_or_else(|| SdlError::Reclamation(written.min_window.0.clone()))
            })
            .transpose()?;
        references::check(rules, &document, &profiles, &mut warnings)?;
        let (groups, manifest_groups) = assemble::assemble(rules, &document, &profiles)?;
        limits::assert_groups(&groups)?;
        let manifest = Manifest::from_groups(manifest_groups)?;
        warnings.sort();
        warnings.dedup();
        Ok(Self {
            groups,
            manifest,
            reclamation,
            warnings,
        })
    }

    /// What is sent to the provider.
    pub fn manifest(&self) -> Manifest {
        self.manifest.clone()
    }

    /// What is asked of the market contract, priced per second.
    pub fn groups(&self, conversion: &PriceConversion) -> Result<Vec<GroupSpec>, SdlError> {
        self.groups.iter().map(|group| group.spec(conversion)).collect()
    }

    /// The groups in the notation of the Akash chain, priced per Akash block.
    pub fn akash_groups(&self) -> &[AkashGroup] {
        &self.groups
    }

    /// Shortest notice that the tenant wants before a provider takes a lease back.
    pub fn reclamation(&self) -> Option<Duration> {
        self.reclamation
    }

    /// What is accepted but probably not meant.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// A key that was skipped.
struct Ignored {
    path: String,
    top: bool,
}

/// The document and the keys that were skipped.
fn read_document(text: &str) -> Result<(Document, Vec<Ignored>), SdlError> {
    let mut ignored = Vec::new();
    let options = serde_saphyr::options! { with_snippet: false };
    let document = serde_saphyr::with_deserializer_from_str_with_options(text, options, |deserializer| {
        let mut note = |path: serde_ignored::Path<'_>| {
            let top = matches!(
                path,
                serde_ignored::Path::Map {
                    parent: serde_ignored::Path::Root,
                    ..
                }
            );
            ignored.push(Ignored {
                path: path_text(&path),
                top,
            });
        };
        Document::deserialize(serde_ignored::Deserializer::new(deserializer, &mut note))
    })
    .map_err(|error| SdlError::Yaml(error.to_string()))?;
    Ok((document, ignored))
}

/// Dotted path without the marks for options and newtypes.
fn path_text(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;

    let join = |parent: &Path<'_>, part: &str| match path_text(parent) {
        parent if parent.is_empty() => part.to_owned(),
        parent => format!("{parent}.{part}"),
    };
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => join(parent, &index.to_string()),
        Path::Map { parent, key } => join(parent, key),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => path_text(parent),
    }
}
