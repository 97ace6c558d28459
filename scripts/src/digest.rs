//! Digests of files and of structured text, independent of the machine and of the order of keys.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use walkdir::{DirEntry, WalkDir};

/// Folders of a crate that cannot change what its library compiles to.
const IGNORED_FOLDERS: [&str; 8] = [
    "tests",
    "benches",
    "examples",
    "fuzz",
    "target",
    "proptest-regressions",
    "json",
    "ts",
];

/// Lower-case hex of SHA-256.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// SHA-256 of the lines of a list, each ended by a line feed.
#[must_use]
pub fn digest_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for line in lines {
        hasher.update(line.as_bytes());
        hasher.update(b"\n");
    }
    hex::encode(hasher.finalize())
}

/// Digest of everything in a crate's folder that its library is made from: path and content of each file, and the
/// manifest without what only tests, lints and readers use.
pub fn digest_crate(folder: &Path) -> Result<String> {
    let mut files = BTreeMap::new();
    let walk = WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| !is_ignored(entry));
    for entry in walk {
        let entry = entry.with_context(|| format!("cannot list {}", folder.display()))?;
        if !entry.file_type().is_file() {
            continue;
        }
        let relative = entry
            .path()
            .strip_prefix(folder)
            .context("walked out of the crate's folder")?;
        let name = relative
            .to_str()
            .with_context(|| format!("{} is not UTF-8", relative.display()))?;
        let bytes = std::fs::read(entry.path()).with_context(|| format!("cannot read {}", entry.path().display()))?;
        let digest = if name == "Cargo.toml" {
            digest_manifest(&bytes)?
        } else {
            sha256_hex(&bytes)
        };
        files.insert(name.to_owned(), digest);
    }
    if !files.contains_key("Cargo.toml") {
        bail!("{} has no Cargo.toml", folder.display());
    }
    let lines: Vec<String> = files
        .into_iter()
        .map(|(name, digest)| format!("{digest}  {name}"))
        .collect();
    Ok(digest_lines(lines.iter().map(String::as_str)))
}

/// A TOML value as JSON text with sorted keys. Sorted here rather than by the map type, whose order depends on
/// features that other crates of a build may switch on.
#[must_use]
pub fn canonical_text(value: &toml::Value) -> String {
    match value {
        toml::Value::Table(table) => {
            let mut entries: Vec<_> = table.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_str());
            let mut text = String::from("{");
            for (index, (key, value)) in entries.into_iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                write!(text, "{comma}{key:?}:{}", canonical_text(value)).expect("writing to a String cannot fail");
            }
            text.push('}');
            text
        }
        toml::Value::Array(items) => format!("[{}]", items.iter().map(canonical_text).collect::<Vec<_>>().join(",")),
        toml::Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}

fn digest_manifest(bytes: &[u8]) -> Result<String> {
    let text = std::str::from_utf8(bytes).context("Cargo.toml is not UTF-8")?;
    let mut manifest: toml::Table = text.parse().context("Cargo.toml does not parse")?;
    for section in ["dev-dependencies", "lints", "bench", "test", "example"] {
        manifest.remove(section);
    }
    if let Some(toml::Value::Table(package)) = manifest.get_mut("package") {
        for field in [
            "description",
            "readme",
            "keywords",
            "categories",
            "repository",
            "license",
            "publish",
        ] {
            package.remove(field);
        }
    }
    if let Some(toml::Value::Table(targets)) = manifest.get_mut("target") {
        for (_, target) in targets.iter_mut() {
            if let toml::Value::Table(target) = target {
                target.remove("dev-dependencies");
            }
        }
    }
    Ok(sha256_hex(canonical_text(&toml::Value::Table(manifest)).as_bytes()))
}

fn is_ignored(entry: &DirEntry) -> bool {
    if entry.depth() == 0 {
        return false;
    }
    let name = entry.file_name().to_string_lossy();
    if entry.file_type().is_dir() {
        return name.starts_with('.') || IGNORED_FOLDERS.contains(&name.as_ref());
    }
    name.starts_with('.') || name.ends_with(".md") || name == "clippy.toml" || name == "tests.rs"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crate_with(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    const MANIFEST: &str = "[package]\nname = \"a\"\n[dependencies]\nserde = \"1\"\n";

    #[test]
    fn source_change_moves_the_digest() {
        let one = crate_with(&[("Cargo.toml", MANIFEST), ("src/lib.rs", "fn a() {}")]);
        let two = crate_with(&[("Cargo.toml", MANIFEST), ("src/lib.rs", "fn b() {}")]);
        assert_ne!(digest_crate(one.path()).unwrap(), digest_crate(two.path()).unwrap());
    }

    #[test]
    fn renamed_source_moves_the_digest() {
        let one = crate_with(&[("Cargo.toml", MANIFEST), ("src/a.rs", "")]);
        let two = crate_with(&[("Cargo.toml", MANIFEST), ("src/b.rs", "")]);
        assert_ne!(digest_crate(one.path()).unwrap(), digest_crate(two.path()).unwrap());
    }

    #[test]
    fn tests_documents_and_dev_dependencies_leave_the_digest() {
        let one = crate_with(&[("Cargo.toml", MANIFEST), ("src/lib.rs", "")]);
        let two = crate_with(&[
            (
                "Cargo.toml",
                &format!("{MANIFEST}[dev-dependencies]\nproptest = \"1\"\n[lints]\nworkspace = true\n"),
            ),
            ("src/lib.rs", ""),
            ("src/lease/tests.rs", "#[test] fn a() {}"),
            ("tests/it/main.rs", "#[test] fn a() {}"),
            ("README.md", "text"),
            ("clippy.toml", ""),
        ]);
        assert_eq!(digest_crate(one.path()).unwrap(), digest_crate(two.path()).unwrap());
    }

    #[test]
    fn dependency_change_in_the_manifest_moves_the_digest() {
        let one = crate_with(&[("Cargo.toml", MANIFEST)]);
        let two = crate_with(&[("Cargo.toml", &MANIFEST.replace("\"1\"", "\"2\""))]);
        assert_ne!(digest_crate(one.path()).unwrap(), digest_crate(two.path()).unwrap());
    }

    #[test]
    fn canonical_text_sorts_keys_at_every_level() {
        let value: toml::Table = "b = 1\n[a]\nd = [\"x\", true]\nc = 2\n".parse().unwrap();
        assert_eq!(
            canonical_text(&toml::Value::Table(value)),
            r#"{"a":{"c":2,"d":["x",true]},"b":1}"#
        );
    }
}
