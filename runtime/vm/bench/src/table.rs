//! The ratio table: the peer's figure by ours, for every row and module.

use std::fmt::Write as _;

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Name of the criterion group.
    pub group: &'static str,
    /// What is measured.
    pub title: &'static str,
    /// The ratio that is required, times ten.
    required: u32,
    /// The ratio that is reached for, times ten.
    goal: u32,
}

const fn row(group: &'static str, title: &'static str, required: u32, goal: u32) -> Row {
    Row {
        group,
        title,
        required,
        goal,
    }
}

/// Fresh instance.
pub const INSTANCE: Row = row("row1_instance", "fresh instance (cached module)", 150, 300);
/// Instance and call.
pub const SMALLEST: Row = row("row2_smallest_call", "instance + smallest call", 20, 50);
/// Bank-sending call.
pub const BANK_SEND: Row = row("row3_bank_send", "execute a bank-sending call, warm", 30, 60);
/// The same, as a chain does it.
pub const BANK_SEND_FRESH: Row = row("row3b_bank_send_fresh", "the same, fresh instances", 0, 0);
/// The same, where the peer alone saves itself the instance.
pub const BANK_SEND_UNEQUAL: Row = row("row3c_bank_send_unequal", "the same, peer warm, ours fresh", 0, 0);
/// Computation.
pub const CPU: Row = row("row4_cpu", "CPU-bound call", 20, 40);
/// Load from disk.
pub const LOAD: Row = row("row5_load", "load a compiled module from disk", 150, 300);
/// Threads.
pub const THREADS: Row = row("row6_threads", "8 threads of queries, time per call", 40, 80);
/// Upload.
pub const UPLOAD: Row = row("row7_first_call", "first call after upload", 10, 20);
/// Memory.
pub const MEMORY: Row = row("row8_memory", "resident memory for 100 modules", 20, 100);

/// Memory that no file backs.
pub const MEMORY_PRIVATE: Row = row("row8b_memory_private", "the same, without pages of files", 0, 0);

/// One comparison.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which row.
    pub row: Row,
    /// Which module.
    pub contract: String,
    /// The peer's figure.
    pub peer: Figure,
    /// Ours.
    pub ours: Figure,
}

/// A measured quantity of which less is better.
#[derive(Clone, Copy, Debug)]
pub enum Figure {
    /// Of one operation.
    Nanoseconds(f64),
    /// Resident.
    Kibibytes(f64),
}

impl Figure {
    fn value(self) -> f64 {
        match self {
            Self::Nanoseconds(value) | Self::Kibibytes(value) => value,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Nanoseconds(value) if value < 1e3 => format!("{value:.0} ns"),
            Self::Nanoseconds(value) if value < 1e6 => format!("{:.1} µs", value / 1e3),
            Self::Nanoseconds(value) => format!("{:.2} ms", value / 1e6),
            Self::Kibibytes(value) => format!("{:.1} MiB", value / 1024.0),
        }
    }
}

/// The table as markdown.
pub fn markdown(entries: &[Entry]) -> String {
    let mut out = String::from(
        "| row | module | peer | ours | ratio | required | reach for | met |\n|---|---|---|---|---|---|---|---|\n",
    );
    for Entry {
        row,
        contract,
        peer,
        ours,
    } in entries
    {
        let ratio = peer.value() / ours.value();
        let required = f64::from(row.required) / 10.0;
        let (bounds, verdict) = if row.required == 0 {
            ("– | –".to_owned(), "–")
        } else {
            let goal = f64::from(row.goal) / 10.0;
            let verdict = if ratio >= required { "yes" } else { "NO" };
            (format!(">= {required}x | {goal}x"), verdict)
        };
        let (title, peer, ours) = (row.title, peer.text(), ours.text());
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "| {title} | {contract} | {peer} | {ours} | {ratio:.1}x | {bounds} | {verdict} |"
        );
    }
    out
}
