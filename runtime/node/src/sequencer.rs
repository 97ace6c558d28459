//! The thread that makes blocks: at once when a transaction waits, when governance has something to do, else once per
//! interval.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::bell::Wake;
use crate::state::NodeState;

/// When blocks are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) min_spacing: Duration,
    pub(crate) interval: Duration,
}

/// Makes blocks until the node stops. A thread of its own shows them: the next block need not wait for the index.
pub(crate) fn run(state: &Arc<NodeState>, pace: Pace) {
    let _guard = StopOnExit(state.clone());
    std::thread::scope(|scope| {
        let (tell, told) = std::sync::mpsc::channel();
        let shower = std::thread::Builder::new().name("supercloud-shower".into());
        // Ends when nothing more is told.
        let started = shower.spawn_scoped(scope, move || {
            let _guard = StopOnPanic(state);
            for () in told {
                if state.show().is_err() {
                    return;
                }
            }
        });
        match started {
            Ok(_) => make_blocks(state, pace, || {
                // Whoever is told no more has stopped the node.
                let _ = tell.send(());
            }),
            Err(error) => state.stop(format!("no thread for showing blocks: {error}")),
        }
    });
}

fn make_blocks(state: &Arc<NodeState>, pace: Pace, mut tell: impl FnMut()) {
    let mut last = Instant::now();
    loop {
        let idle_until = last + pace.interval;
        let scheduled = state.until_scheduled().map_or(idle_until, |wait| Instant::now() + wait);
        let wake = match state.bell.wait_until(idle_until.min(scheduled)) {
            Wake::Rung | Wake::TimedOut => state.bell.rest_until(last + pace.min_spacing),
            Wake::Stopped => Wake::Stopped,
        };
        if wake == Wake::Stopped {
            return;
        }
        last = Instant::now();
        match state.produce_unshown() {
            Ok(height) => {
                tell();
                tracing::trace!(height, "block made");
            }
            Err(error) => {
                tracing::error!(%error, "no more blocks are made");
                return;
            }
        }
    }
}

/// Whatever ends the thread, a panic included, ends the node: it must not go on taking transactions.
struct StopOnExit(Arc<NodeState>);

impl Drop for StopOnExit {
    fn drop(&mut self) {
        let how = if std::thread::panicking() {
            "the sequencer ended abnormally"
        } else {
            "the sequencer ended"
        };
        self.0.stop(how.to_owned());
    }
}

/// What is made must be shown; an error has stopped the node already.
struct StopOnPanic<'a>(&'a NodeState);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop("the thread that shows blocks ended abnormally".to_owned());
        }
    }
}
