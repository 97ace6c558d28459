//! Histories of a store and harm to its files.

use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use arbitrary::Arbitrary;
use supercloud_chain::store::Changes;
use supercloud_store::{DiskConfig, LostBlocks, Pruning};

/// A history: which of a few, and how long.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct History {
    seed: u8,
    length: u8,
    shape: u8,
}

impl History {
    /// One of 4 seeds, 8 lengths, 4 shapes: few enough for each to be built once.
    pub fn few(self) -> Self {
        Self {
            seed: self.seed % 4,
            length: self.length % 8,
            shape: self.shape % 4,
        }
    }

    /// Blocks, from 0.
    pub fn height(self) -> u64 {
        [0, 1, 2, 5, 9, 20, 41, 70][usize::from(self.length % 8)]
    }

    /// How the store is run: with or without checkpoints on the way, keeping much or little.
    pub fn config(self, accept_lost: bool) -> DiskConfig {
        DiskConfig {
            pruning: if self.shape & 1 == 0 {
                Pruning::KeepLast(4)
            } else {
                Pruning::KeepLastAndEvery { last: 3, every: 5 }
            },
            write_buffer_bytes: if self.shape & 2 == 0 { 4 << 10 } else { 1 << 20 },
            cache_bytes: 1 << 20,
            lost_blocks: if accept_lost {
                LostBlocks::Accept
            } else {
                LostBlocks::Refuse
            },
            ..DiskConfig::default()
        }
    }

    /// Changes of a height: a function of seed and height alone.
    pub fn changes(self, height: u64) -> Changes {
        let mut state = height.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (u64::from(self.seed) << 32);
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let count = next(30);
        let change = |_| {
            let key = [
                b"k/".as_slice(),
                &vec![0; next(3) as usize],
                next(120).to_string().as_bytes(),
            ]
            .concat();
            let value = (next(4) > 0).then(|| vec![next(256) as u8; next(50) as usize]);
            (key, value)
        };
        (0..count).map(change).collect()
    }
}

/// What happens to a file.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq)]
pub enum HarmKind {
    /// The end is gone.
    Truncate,
    /// Bytes up to the end are zero, as after a power failure.
    ZeroTail,
    /// Bytes somewhere are zero.
    Zero,
    /// A bit is flipped.
    Flip,
    /// Bytes that nobody wrote follow the end.
    Append,
    /// The file is gone.
    Remove,
}

/// Harm to one file.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Harm {
    file: u8,
    kind: HarmKind,
    /// Bytes from the end of the file, or of what was written into it: some files are longer than that.
    from_end: u16,
    of_file: bool,
    len: u8,
    byte: u8,
}

impl Harm {
    /// Does it to one of the files below `dir`; the file, unless there is nothing to harm.
    pub fn apply(self, dir: &Path) -> Option<PathBuf> {
        let mut files = Vec::new();
        list_files(dir, &mut files);
        files.sort();
        let path = files.get(usize::from(self.file) % files.len().max(1))?.clone();
        let size = path.metadata().ok()?.len();
        let written = written_len(&path)?;
        let base = if self.of_file { size } else { written };
        // Whole ends too, not only their last bytes.
        let from_end = match self.from_end {
            u16::MAX => base,
            from_end => u64::from(from_end).min(base),
        };
        let at = base - from_end;
        let end = (at + u64::from(self.len) + 1).min(size);
        let mut file = fs::OpenOptions::new().read(true).write(true).open(&path).ok()?;
        match self.kind {
            HarmKind::Remove => fs::remove_file(&path).ok()?,
            HarmKind::Truncate => file.set_len(at).ok()?,
            HarmKind::ZeroTail => overwrite(&mut file, at, &vec![0; from_end as usize])?,
            HarmKind::Zero => overwrite(&mut file, at, &vec![0; (end - at) as usize])?,
            HarmKind::Append => overwrite(&mut file, base, &vec![self.byte; usize::from(self.len) + 1])?,
            HarmKind::Flip => {
                let mut byte = [0];
                file.seek(SeekFrom::Start(at)).ok()?;
                file.read_exact(&mut byte).ok()?;
                overwrite(&mut file, at, &[byte[0] ^ (1 << (self.byte % 8))])?;
            }
        }
        Some(path)
    }
}

/// Bytes up to the last that is not zero. What was never written takes no blocks.
fn written_len(path: &Path) -> Option<u64> {
    let metadata = path.metadata().ok()?;
    let mut bytes = Vec::new();
    fs::File::open(path)
        .ok()?
        .take(metadata.blocks() * 512)
        .read_to_end(&mut bytes)
        .ok()?;
    Some(
        bytes
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last as u64 + 1),
    )
}

/// A folder in memory, to be written again and again.
pub struct Image(Vec<(PathBuf, u64, Vec<u8>)>);

impl Image {
    /// Reads all files below a folder.
    pub fn read(dir: &Path) -> Self {
        let mut files = Vec::new();
        list_files(dir, &mut files);
        let read = |path: PathBuf| {
            let len = written_len(&path)?;
            let mut bytes = Vec::new();
            fs::File::open(&path).ok()?.take(len).read_to_end(&mut bytes).ok()?;
            let size = path.metadata().ok()?.len();
            Some((path.strip_prefix(dir).ok()?.to_owned(), size, bytes))
        };
        Self(files.into_iter().filter_map(read).collect())
    }

    /// Writes them into an empty folder.
    pub fn write(&self, dir: &Path) -> std::io::Result<()> {
        for (path, size, bytes) in &self.0 {
            let path = dir.join(path);
            fs::create_dir_all(path.parent().unwrap_or(dir))?;
            let mut file = fs::File::create(path)?;
            file.write_all(bytes)?;
            file.set_len(*size)?;
        }
        Ok(())
    }
}

fn overwrite(file: &mut fs::File, at: u64, bytes: &[u8]) -> Option<()> {
    file.seek(SeekFrom::Start(at)).ok()?;
    file.write_all(bytes).ok()
}

/// All files below a folder.
fn list_files(dir: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            list_files(&path, into);
        } else {
            into.push(path);
        }
    }
}
