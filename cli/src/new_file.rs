//! New files that are there whole or not at all, whatever ends the program or fills the disk in between.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Writes a file that must not exist, with `mode` less the umask. It has its name only once it is on the medium; what was
/// written before an error goes away.
pub(crate) fn write_new<T, E: From<io::Error>>(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut File) -> Result<T, E>,
) -> Result<T, E> {
    // Before a long write; the name is taken without this check as well.
    if path.symlink_metadata().is_ok() {
        return Err(io::Error::new(ErrorKind::AlreadyExists, "a file of that name exists").into());
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .prefix(".new-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)?;
    let written = write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    if let Err(error) = sync_folder(folder) {
        // Nobody is told of a file that a power failure may take away.
        let _ = fs::remove_file(path);
        return Err(error.into());
    }
    Ok(written)
}

/// Brings the names of a folder onto the medium.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_write_that_fails_half_way_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let failed: io::Result<()> = write_new(&dir.path().join("a"), 0o644, |file| {
            file.write_all(b"half")?;
            Err(ErrorKind::StorageFull.into())
        });
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(names(dir.path()), [""; 0]);
    }

    #[test]
    fn a_file_that_exists_is_not_touched() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let write = |text: &'static [u8]| write_new(&path, 0o600, |file| file.write_all(text));
        write(b"first").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(write(b"second").unwrap_err().kind(), ErrorKind::AlreadyExists);
        // One that came while the other was written.
        let late = dir.path().join("b");
        let failed = write_new(&late, 0o600, |_| fs::write(&late, "first"));
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(
            (fs::read(&path).unwrap(), fs::read(&late).unwrap()),
            (b"first".to_vec(), b"first".to_vec())
        );
        assert_eq!(names(dir.path()).len(), 2);
    }
}
