//! Files and folders that are there as a whole, and stay, or are not there at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::HomeError;

/// Writes a file that must not exist. It is on the medium, under its name, when this returns.
pub(crate) fn write_new(path: &Path, contents: &[u8]) -> Result<(), HomeError> {
    write_with(&mut OpenOptions::new(), path, contents)
}

/// As [`write_new`], with options such as the file's mode.
pub(super) fn write_with(options: &mut OpenOptions, path: &Path, contents: &[u8]) -> Result<(), HomeError> {
    if path.exists() {
        return Err(HomeError::Exists { path: path.to_owned() });
    }
    let temp = temp_name(path);
    remove_leftover(&temp).map_err(HomeError::io(&temp))?;
    let mut write = || {
        let mut file = options.write(true).create_new(true).open(&temp)?;
        file.write_all(contents)?;
        file.sync_all()?;
        fs::rename(&temp, path)?;
        sync_parent(path)
    };
    write().map_err(HomeError::io(path))
}

/// Removes a file, for good when this returns.
pub(crate) fn remove_file(path: &Path) -> Result<(), HomeError> {
    fs::remove_file(path)
        .and_then(|()| sync_parent(path))
        .map_err(HomeError::io(path))
}

/// Makes a folder and those above it that are missing; their names are on the medium when this returns.
pub(crate) fn make_dir(dir: &Path) -> io::Result<()> {
    let missing: Vec<_> = dir.ancestors().take_while(|dir| !dir.exists()).collect();
    fs::create_dir_all(dir)?;
    missing.into_iter().try_for_each(sync_parent)
}

/// Makes the creation, removal or renaming of a file durable.
fn sync_parent(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(parent) = path.parent() {
        let parent = if parent.as_os_str().is_empty() {
            Path::new(".")
        } else {
            parent
        };
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}

fn remove_leftover(temp: &Path) -> io::Result<()> {
    match fs::remove_file(temp) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A file's name while it is written.
fn temp_name(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".new");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_whole_under_its_name_whatever_an_interruption_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b");
        make_dir(&dir.path().join("a")).unwrap();
        fs::write(temp_name(&path), "hal").unwrap();
        write_new(&path, b"whole").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read_dir(dir.path().join("a")).unwrap().count(), 1);
        let error = write_new(&path, b"other").unwrap_err();
        assert!(matches!(error, HomeError::Exists { .. }), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }
}
