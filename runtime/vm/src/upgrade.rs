//! The thread that makes optimised forms while baseline forms are called.
//!
//! Codes wait in order, each once. Until its turn is over a code stays callable whatever room others need: to compile it
//! again each time would only make the queue longer. When the VM is dropped, those that wait are forgotten and the one at
//! work is finished.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use supercloud_chain::vm::CodeKey;

use crate::cache::CodeStore;
use crate::code::Code;
use crate::engine::on_large_stack;

/// Hands codes to the thread.
pub(crate) struct Upgrades {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(CodeKey, Vec<u8>)>,
    /// Of those that wait and of the one at work.
    baselines: BTreeMap<CodeKey, Arc<Code>>,
    closed: bool,
}

impl Upgrades {
    pub(crate) fn start(store: Arc<CodeStore>) -> io::Result<Self> {
        let queue = Arc::<Queue>::default();
        let work = Arc::clone(&queue);
        let thread = thread::Builder::new()
            .name("wasm-optimizer".to_owned())
            .spawn(move || {
                while let Some((key, metered)) = work.take() {
                    // An engine that refuses it leaves the baseline form where it is.
                    let _ = on_large_stack(|| store.compile(key, &metered));
                    work.done(&key);
                }
            })?;
        Ok(Self {
            queue,
            thread: Some(thread),
        })
    }

    /// Has the optimised form made of a code whose first form is `baseline`.
    pub(crate) fn request(&self, key: CodeKey, metered: Vec<u8>, baseline: Arc<Code>) {
        let mut state = self.queue.lock();
        if state.baselines.insert(key, baseline).is_none() {
            state.waiting.push_back((key, metered));
        }
        drop(state);
        self.queue.changed.notify_all();
    }

    /// The first form of a code that still waits for the other.
    pub(crate) fn find(&self, key: &CodeKey) -> Option<Arc<Code>> {
        self.queue.lock().baselines.get(key).cloned()
    }

    /// Waits until nothing waits.
    pub(crate) fn finish(&self) {
        let busy = |state: &mut State| !state.baselines.is_empty();
        let state = self.queue.changed.wait_while(self.queue.lock(), busy);
        drop(state.unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for Upgrades {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.closed = true;
        state.waiting.clear();
        state.baselines.clear();
        drop(state);
        self.queue.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // It ended by a panic of the compiler, or it ended: both are the end.
            let _ = thread.join();
        }
    }
}

impl Queue {
    fn take(&self) -> Option<(CodeKey, Vec<u8>)> {
        let idle = |state: &mut State| state.waiting.is_empty() && !state.closed;
        let state = self.changed.wait_while(self.lock(), idle);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        state.waiting.pop_front()
    }

    fn done(&self, key: &CodeKey) {
        self.lock().baselines.remove(key);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
