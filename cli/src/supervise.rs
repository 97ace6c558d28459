//! Waiting while a node runs in this process: until a signal ends it, or until it makes no more blocks.

use std::process::exit;
use std::time::Duration;

use anyhow::Result;
use supercloud_node::{NodeError, NodeHandle};

use crate::output::tell;

/// How often the node is asked whether it still makes blocks.
const HEALTH_INTERVAL: Duration = Duration::from_millis(500);
/// Signals of one and the same stop: `timeout`, for one, sends it to the process and to its group.
const SAME_STOP: Duration = Duration::from_millis(500);
/// Exit code of a program that an interrupt ended.
const INTERRUPTED: i32 = 130;

/// Interrupt and termination.
pub(crate) struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    /// From here on the signals do not end the process by themselves.
    #[cfg(unix)]
    pub(crate) fn listen() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    #[cfg(unix)]
    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    pub(crate) fn listen() -> Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn wait(&mut self) {
        // Without a handler the process is ended by the system anyway.
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// `None` after a signal, or why the node makes no more blocks.
pub(crate) async fn until_end(node: &NodeHandle, signals: &mut Signals) -> Option<NodeError> {
    loop {
        tokio::select! {
            () = signals.wait() => return None,
            () = tokio::time::sleep(HEALTH_INTERVAL) => {
                if let Err(error) = node.health() {
                    return Some(error);
                }
            }
        }
    }
}

/// Ends the process at the next signal, however far the shutdown has come.
pub(crate) fn exit_at_next_signal() {
    tokio::spawn(async {
        tokio::time::sleep(SAME_STOP).await;
        let Ok(mut signals) = Signals::listen() else { return };
        signals.wait().await;
        tell("ended before the shutdown was done");
        exit(INTERRUPTED);
    });
}
