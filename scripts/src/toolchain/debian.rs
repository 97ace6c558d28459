//! Way 2: Debian's `rustc-web`, the newer compiler that its security archive keeps for building browsers.
//!
//! The packages conflict with nothing here because they are never installed: each is unpacked into a private folder,
//! and a wrapper script starts the compiler with that folder's libraries. Names are resolved from the packages' own
//! `Depends`, because they change with the version.

mod packages;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use self::packages::{COMPILER, SOURCES, is_compiler_part, resolve};
use super::{Compiler, PackageRecord, Toolchain, Way, first_line, load_linker, query_sysroot};
use crate::digest::sha256_hex;
use crate::process;

/// Written last into an unpacked toolchain: a folder without it is an interrupted attempt.
const RECORD_FILE: &str = "packages.json";

/// Uses the cached toolchain of the archive's version, or fetches and unpacks it.
pub(super) fn obtain(cache: &Path) -> Result<Toolchain> {
    let base = cache.join("toolchain");
    let root = match newest_cached(&base)? {
        Some(root) => root,
        None => fetch(&base)?,
    };
    let text = fs::read_to_string(root.join(RECORD_FILE)).context("unpacked toolchain has no record")?;
    let packages: Vec<PackageRecord> = serde_json::from_str(&text).context("record of the toolchain does not parse")?;
    let (linker, linker_version) = load_linker(&query_sysroot()?)?;
    let rustc = root.join("rustc");
    let compiler = Compiler {
        way: Way::Debian,
        rustc: first_line(Command::new(&rustc).arg("--version")).context("unpacked compiler does not start")?,
        cargo: first_line(process::cargo().arg("--version"))?,
        linker: linker_version,
        packages,
    };
    let sources = root.join("usr/lib/rustlib/src/rust");
    let real_sources = sources
        .canonicalize()
        .context("unpacked toolchain has no std sources")?;
    let remaps = vec![
        (root, "/toolchain".to_owned()),
        (sources, "/rust".to_owned()),
        (real_sources, "/rust".to_owned()),
    ];
    Ok(Toolchain {
        compiler,
        rustc,
        linker,
        remaps,
    })
}

fn newest_cached(base: &Path) -> Result<Option<PathBuf>> {
    if !base.is_dir() {
        return Ok(None);
    }
    let mut complete = Vec::new();
    for entry in fs::read_dir(base)? {
        let path = entry?.path();
        if let Ok(record) = fs::metadata(path.join(RECORD_FILE)) {
            complete.push((record.modified()?, path));
        }
    }
    complete.sort();
    Ok(complete.pop().map(|(_, path)| path))
}

fn fetch(base: &Path) -> Result<PathBuf> {
    let packages = resolve()?;
    let compiler = packages
        .iter()
        .find(|package| package.name == COMPILER)
        .context("resolved no compiler")?;
    let home = base.join(compiler.version.replace(['/', ':'], "_"));
    fs::create_dir_all(base)?;
    let scratch = tempfile::Builder::new().prefix("unpacking-").tempdir_in(base)?;
    let debs = scratch.path().join("debs");
    fs::create_dir(&debs)?;
    let specs: Vec<String> = packages
        .iter()
        .map(|package| format!("{}={}", package.name, package.version))
        .collect();
    eprintln!("downloading {}", specs.join(" "));
    process::run(
        Command::new("apt-get")
            .args(["download", "--quiet"])
            .args(&specs)
            .current_dir(&debs),
    )?;

    let root = scratch.path().join("root");
    fs::create_dir(&root)?;
    let mut records = Vec::new();
    for package in &packages {
        let file = find_deb(&debs, &package.name)?;
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        unpack(&file, &root, package.name == SOURCES)?;
        if is_compiler_part(&package.name) {
            let (name, version) = (package.name.clone(), package.version.clone());
            records.push(PackageRecord {
                name,
                version,
                sha256: sha256_hex(&bytes),
            });
        }
    }
    link_sources(&root)?;
    if home.exists() {
        fs::remove_dir_all(&home).with_context(|| format!("cannot remove the incomplete {}", home.display()))?;
    }
    fs::rename(&root, &home).with_context(|| format!("cannot move the toolchain to {}", home.display()))?;
    write_wrapper(&home)?;
    process::capture(Command::new(home.join("rustc")).arg("--version")).context("unpacked compiler does not start")?;
    fs::write(home.join(RECORD_FILE), serde_json::to_string_pretty(&records)?)?;
    Ok(home)
}

fn find_deb(folder: &Path, name: &str) -> Result<PathBuf> {
    let prefix = format!("{name}_");
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .file_name()
            .is_some_and(|file| file.to_string_lossy().starts_with(&prefix))
        {
            return Ok(path);
        }
    }
    bail!("apt-get downloaded no file for {name}")
}

/// Unpacks one package; of the compiler's sources only `library` is wanted (a tenth of them).
fn unpack(deb: &Path, root: &Path, library_only: bool) -> Result<()> {
    if !library_only {
        return process::run(Command::new("dpkg").arg("-x").arg(deb).arg(root));
    }
    let mut archive = Command::new("dpkg-deb")
        .arg("--fsys-tarfile")
        .arg(deb)
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start dpkg-deb")?;
    let stream = archive.stdout.take().context("dpkg-deb has no output")?;
    let status = Command::new("tar")
        .arg("-C")
        .arg(root)
        .args(["-x", "--wildcards", "./usr/src/*/library/*"])
        .stdin(stream)
        .status()
        .context("cannot start tar")?;
    let archive_status = archive.wait()?;
    if !status.success() || !archive_status.success() {
        bail!(
            "unpacking {} ended with dpkg-deb {archive_status}, tar {status}",
            deb.display()
        );
    }
    Ok(())
}

/// Points `lib/rustlib/src/rust`, where cargo looks for std, at the unpacked sources.
fn link_sources(root: &Path) -> Result<()> {
    let mut folders = fs::read_dir(root.join("usr/src"))
        .context("the std sources were not unpacked")?
        .collect::<Result<Vec<_>, _>>()?;
    folders.retain(|entry| entry.path().join("library/std/Cargo.toml").is_file());
    let [sources] = folders.as_slice() else {
        bail!("expected the sources of one std under usr/src, found {}", folders.len());
    };
    let link = root.join("usr/lib/rustlib/src/rust");
    fs::create_dir_all(link.parent().context("link has no parent")?)?;
    if link.symlink_metadata().is_ok() {
        fs::remove_file(&link)?;
    }
    std::os::unix::fs::symlink(Path::new("../../../src").join(sources.file_name()), &link)?;
    Ok(())
}

fn write_wrapper(root: &Path) -> Result<()> {
    let root_text = root.to_str().context("the cache folder's name is not UTF-8")?;
    if root_text.contains('\'') {
        bail!("the cache folder's name has a quote in it: {root_text}");
    }
    let wrapper = root.join("rustc");
    let script = format!(
        "#!/bin/sh\nroot='{root_text}'\n\
         libraries=$root/usr/lib/x86_64-linux-gnu:$root/usr/lib/aarch64-linux-gnu:$root/usr/lib\n\
         LD_LIBRARY_PATH=$libraries${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}} exec \"$root/usr/bin/rustc\" \"$@\"\n"
    );
    fs::write(&wrapper, script)?;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
    Ok(())
}
