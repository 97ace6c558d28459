//! Which transactions may wait for a block.

use crate::address::Address;
use crate::block::TxResult;
use crate::diagnostics::Tracing;
use crate::error::TxError;
use crate::machine::{BlockTime, Environment, Machine};
use crate::state::Layers;
use crate::tx::{self, DecodedTx};

use super::Querier;

/// A transaction whose bytes were read. Its signatures may be known to be good; nothing else about it is.
pub struct PreparedTx {
    raw: Vec<u8>,
    decoded: Result<DecodedTx, TxError>,
}

impl PreparedTx {
    /// Reads the bytes and checks no signature yet.
    pub(super) fn decode(raw: &[u8]) -> Self {
        Self {
            raw: raw.to_vec(),
            decoded: DecodedTx::decode(raw),
        }
    }
}

impl AsRef<[u8]> for PreparedTx {
    fn as_ref(&self) -> &[u8] {
        &self.raw
    }
}

impl std::fmt::Debug for PreparedTx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PreparedTx")
            .field("bytes", &self.raw.len())
            .finish_non_exhaustive()
    }
}

/// What block makers need to know of a transaction that may wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Who signed, as raw addresses, each with the sequence that it signed.
    pub signers: Vec<(Vec<u8>, u64)>,
    /// How many millionths of the least fee are offered, in the best denom. On a chain without a least fee, millionths of a
    /// coin per gas.
    pub priority: u64,
    /// Gas it may use.
    pub gas_wanted: u64,
}

/// What [`Checker::check`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// As CheckTx answers; code 0 when it may wait.
    pub result: TxResult,
    /// Present when it may wait.
    pub ticket: Option<Ticket>,
}

/// The last state with the fees and sequences of the transactions that wait. Free of the chain: transactions are checked
/// while a block runs. After each block a new one takes its place, and what still waits is checked again.
pub struct Checker {
    pub(super) state: Layers,
    pub(super) env: Environment,
    pub(super) next: BlockTime,
    pub(super) query_gas_limit: u64,
    pub(super) tracing: Tracing,
}

impl Checker {
    /// Read access to this state: what simulations need.
    pub fn querier(&self) -> Querier {
        Querier {
            state: self.state.state(),
            env: self.env.clone(),
            now: self.next,
            height: self.next.height - 1,
            query_gas_limit: self.query_gas_limit,
            tracing: self.tracing,
        }
    }

    /// What a transaction says of itself, true or not; none for bytes that are no transaction or contradict themselves.
    pub fn claim(&self, tx: &PreparedTx) -> Option<Ticket> {
        let decoded = tx.decoded.as_ref().ok()?;
        let machine = Machine::new(&self.env, self.state.ground(), self.next);
        let signers = tx::list_signers(&machine, decoded).ok()?;
        Some(compute_ticket(&machine, decoded, &signers))
    }

    /// Decides on top of what waits already. What may wait, counts from then on.
    pub fn check(&mut self, tx: &PreparedTx) -> Checked {
        let mut machine = Machine::new(&self.env, self.state.state(), self.next);
        let checked = check(&mut machine, tx);
        self.state.add(machine.state.into_changes());
        checked
    }

    /// Decides on top of what waits already; nothing counts from then on.
    pub fn check_now(&self, tx: &PreparedTx) -> Checked {
        check(&mut Machine::new(&self.env, self.state.state(), self.next), tx)
    }

    /// Decides as if only `before` waited, in that order; nothing counts from then on. For a transaction that is to take
    /// the place of one that waits.
    pub fn check_after<'t>(&self, before: impl IntoIterator<Item = &'t PreparedTx>, tx: &PreparedTx) -> Checked {
        let mut machine = Machine::new(&self.env, self.state.ground(), self.next);
        for earlier in before {
            tx::check(&mut machine, &earlier.decoded);
        }
        check(&mut machine, tx)
    }
}

fn check(machine: &mut Machine<'_>, tx: &PreparedTx) -> Checked {
    let (result, signers) = tx::check(machine, &tx.decoded);
    let ticket = match &tx.decoded {
        Ok(decoded) if result.is_ok() => Some(compute_ticket(machine, decoded, &signers)),
        _ => None,
    };
    Checked { result, ticket }
}

fn compute_ticket(machine: &Machine<'_>, tx: &DecodedTx, signers: &[Address]) -> Ticket {
    let sequences = tx.auth.signer_infos.iter().map(|info| info.sequence);
    Ticket {
        signers: signers
            .iter()
            .map(|signer| signer.as_bytes().to_vec())
            .zip(sequences)
            .collect(),
        // Coins that cannot be read were refused before, and for a mere claim they are worth nothing.
        priority: tx::compute_priority(machine, tx).unwrap_or_default(),
        gas_wanted: tx.gas_limit(),
    }
}

impl Querier {
    /// Reads a transaction and checks its signatures, so that [`Checker::check`], of which there is one at a time, has
    /// little to do. Never refuses: what is wrong with it, the check says.
    pub fn prepare(&self, raw: &[u8]) -> PreparedTx {
        let prepared = PreparedTx::decode(raw);
        if let Ok(tx) = &prepared.decoded {
            // What is wrong shows in the check.
            let _ = tx::prepare(&mut self.machine(), tx);
        }
        prepared
    }
}
