//! The task that owns the engine: one input at a time, effects performed beside it.

use supercloud_provider_engine::{Effect, Engine, EngineStatus, Input};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use crate::effects::{World, perform};

/// Inputs that may wait; senders slow down beyond that.
const QUEUE: usize = 256;

/// An input, and whom to tell when it has been taken.
#[derive(Debug)]
struct Message {
    input: Input,
    taken: Option<oneshot::Sender<()>>,
}

/// How the rest of the daemon reaches the engine.
#[derive(Clone, Debug)]
pub(crate) struct EngineLink {
    inputs: mpsc::Sender<Message>,
    status: watch::Receiver<EngineStatus>,
}

impl EngineLink {
    /// Tells the engine something. `false` when the daemon is ending.
    pub(crate) async fn tell(&self, input: Input) -> bool {
        self.inputs.send(Message { input, taken: None }).await.is_ok()
    }

    /// The same, and waits until the status shows what came of it.
    pub(crate) async fn tell_and_wait(&self, input: Input) -> bool {
        let (sender, taken) = oneshot::channel();
        let sent = self
            .inputs
            .send(Message {
                input,
                taken: Some(sender),
            })
            .await;
        sent.is_ok() && taken.await.is_ok()
    }

    /// The engine's state after the last input.
    pub(crate) fn status(&self) -> EngineStatus {
        self.status.borrow().clone()
    }

    /// Waits for the next input to be taken.
    pub(crate) async fn changed(&mut self) -> bool {
        self.status.changed().await.is_ok()
    }
}

/// The engine, before it runs.
pub(crate) struct Actor {
    engine: Engine,
    world: World,
    inputs: mpsc::Receiver<Message>,
    outcomes: mpsc::Sender<Message>,
    status: watch::Sender<EngineStatus>,
    running: JoinSet<()>,
}

impl Actor {
    pub(crate) fn new(engine: Engine, world: World) -> (Self, EngineLink) {
        let (outcomes, inputs) = mpsc::channel(QUEUE);
        let (status, seen) = watch::channel(engine.status());
        let link = EngineLink {
            inputs: outcomes.clone(),
            status: seen,
        };
        (
            Self {
                engine,
                world,
                inputs,
                outcomes,
                status,
                running: JoinSet::new(),
            },
            link,
        )
    }

    /// Runs until it is aborted. Effects in flight end with it; what they did is found again at the next start.
    pub(crate) async fn run(mut self) {
        loop {
            tokio::select! {
                input = self.inputs.recv() => match input {
                    Some(message) => self.take(message),
                    None => return,
                },
                Some(_) = self.running.join_next(), if !self.running.is_empty() => {}
            }
        }
    }

    fn take(&mut self, Message { input, taken }: Message) {
        let effects = self.engine.step(input);
        // Also without a reader: a later one wants the present state.
        self.status.send_replace(self.engine.status());
        if let Some(taken) = taken {
            // Whoever asked may have gone.
            let _ = taken.send(());
        }
        for effect in effects {
            self.start(effect);
        }
    }

    fn start(&mut self, effect: Effect) {
        let (world, outcomes) = (self.world.clone(), self.outcomes.clone());
        self.running.spawn(async move {
            if let Some(outcome) = perform(&world, effect).await {
                // Fails only when the daemon is ending.
                let _ = outcomes
                    .send(Message {
                        input: Input::Outcome(outcome),
                        taken: None,
                    })
                    .await;
            }
        });
    }
}
