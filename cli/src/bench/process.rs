//! What the system says a process used. Linux only, from `/proc`; elsewhere there are no such figures and the report
//! says so.

use std::path::Path;

use anyhow::{Context, Result};

/// Ticks of a second in `/proc/PID/stat`: the kernel fixes what programs see at 100.
const TICKS_PER_SECOND: f64 = 100.0;

/// Use of a process since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Usage {
    /// Processor seconds in programs and in the kernel, all threads.
    pub(crate) cpu_seconds: f64,
    /// Bytes that the process caused to be written to storage.
    pub(crate) written_bytes: u64,
    /// Resident memory.
    pub(crate) rss_bytes: u64,
}

impl Usage {
    /// `None` where there is no `/proc`, or when the process has ended.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let read = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/{name}")).ok();
        Some(Self {
            cpu_seconds: cpu_seconds(&read("stat")?)?,
            written_bytes: field(&read("io")?, "write_bytes:")?,
            rss_bytes: field(&read("status")?, "VmRSS:")? * 1_024,
        })
    }
}

/// User and system time are the 14th and 15th field; the second may hold anything, in parentheses.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS_PER_SECOND)
}

fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Bytes that the files below a folder take on the disk.
pub(crate) fn disk_bytes(dir: &Path) -> Result<u64> {
    let mut sum = 0;
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            // A running node removes files under our eyes.
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() {
                folders.push(entry.path());
            } else {
                sum += allocated(&metadata);
            }
        }
    }
    Ok(sum)
}

#[cfg(unix)]
fn allocated(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(metadata) * 512
}

#[cfg(not(unix))]
fn allocated(metadata: &std::fs::Metadata) -> u64 {
    metadata.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 9 0 100 1 1";
        assert_eq!(cpu_seconds(stat), Some(2.0));
        assert_eq!(cpu_seconds("7 (a"), None);
    }

    #[test]
    fn fields_are_found_by_name() {
        assert_eq!(field("VmSize: 9 kB\nVmRSS:\t  12 kB\n", "VmRSS:"), Some(12));
        assert_eq!(field("VmSize: 9 kB\n", "VmRSS:"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_memory() {
        assert!(Usage::of(std::process::id()).unwrap().rss_bytes > 0);
    }

    #[test]
    fn files_below_a_folder_are_counted() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("inner")).unwrap();
        std::fs::write(dir.path().join("inner/file"), vec![7; 10_000]).unwrap();
        assert!(disk_bytes(dir.path()).unwrap() >= 10_000);
    }
}
