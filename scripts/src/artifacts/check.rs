//! Builds everything again in fresh folders and compares the bytes with the committed ones.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::record::BuildRecord;
use super::{BuildOptions, build_all, file_checksum};
use crate::toolchain::{self, Compiler, Way};

/// What a rebuild showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every file came out with the same bytes.
    Same,
    /// These files did not.
    Different(Vec<String>),
    /// The recorded compiler is not to be had here, so the bytes prove nothing.
    NotComparable(String),
}

/// Rebuilds the artifacts in `folder` with the recorded way's compiler.
pub fn check(root: &Path, folder: &Path, jobs: u32, way: Option<Way>) -> Result<Verdict> {
    let recorded = BuildRecord::load(folder)?;
    let toolchain = match toolchain::obtain(Some(way.unwrap_or(recorded.compiler.way))) {
        Ok(toolchain) => toolchain,
        Err(error) => return Ok(Verdict::NotComparable(format!("{error:#}"))),
    };
    if let Some(difference) = compare_compilers(&recorded.compiler, &toolchain.compiler) {
        return Ok(Verdict::NotComparable(difference));
    }
    let scratch = tempfile::tempdir().context("cannot make a temporary folder")?;
    let target = root.join("target/artifacts-check");
    if target.exists() {
        fs::remove_dir_all(&target).with_context(|| format!("cannot empty {}", target.display()))?;
    }
    let rebuilt = build_all(&BuildOptions {
        root: root.to_owned(),
        out: scratch.path().to_owned(),
        target,
        only: Vec::new(),
        way: Some(toolchain.compiler.way),
        jobs,
    })?;
    let mut different = Vec::new();
    for entry in &rebuilt.artifacts {
        let committed = file_checksum(&folder.join(&entry.file)).unwrap_or_else(|_| "missing".to_owned());
        if committed != entry.sha256 {
            different.push(format!(
                "{}: committed {committed}, rebuilt {}",
                entry.file, entry.sha256
            ));
        }
    }
    Ok(if different.is_empty() {
        Verdict::Same
    } else {
        Verdict::Different(different)
    })
}

fn compare_compilers(recorded: &Compiler, present: &Compiler) -> Option<String> {
    let fields = [
        ("way", format!("{:?}", recorded.way), format!("{:?}", present.way)),
        ("rustc", recorded.rustc.clone(), present.rustc.clone()),
        ("cargo", recorded.cargo.clone(), present.cargo.clone()),
        ("linker", recorded.linker.clone(), present.linker.clone()),
        (
            "packages",
            format!("{:?}", recorded.packages),
            format!("{:?}", present.packages),
        ),
    ];
    fields
        .into_iter()
        .find(|(_, recorded, present)| recorded != present)
        .map(|(name, recorded, present)| format!("{name}: recorded {recorded}, here {present}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiler() -> Compiler {
        Compiler {
            way: Way::Rustup,
            rustc: "rustc 1.95.0".into(),
            cargo: "cargo 1.95.0".into(),
            linker: "LLD 22.1.2".into(),
            packages: Vec::new(),
        }
    }

    #[test]
    fn equal_compilers_are_comparable() {
        assert_eq!(compare_compilers(&compiler(), &compiler()), None);
    }

    #[test]
    fn other_rustc_is_named_with_both_versions() {
        let other = Compiler {
            rustc: "rustc 1.96.0".into(),
            ..compiler()
        };
        let difference = compare_compilers(&compiler(), &other);
        assert_eq!(
            difference.as_deref(),
            Some("rustc: recorded rustc 1.95.0, here rustc 1.96.0")
        );
    }
}
