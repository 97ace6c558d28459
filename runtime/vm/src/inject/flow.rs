//! Where the copying of a body is: in which blocks, and whether what it copies can run at all.

use wasmparser::Operator;

/// Blocks around the current operator, the function's own not among them.
#[derive(Default)]
pub(super) struct Flow {
    /// Whether each is a loop.
    loops: Vec<bool>,
    /// Blocks that were opened in code that never runs; `None` in code that may.
    dead: Option<u32>,
}

/// What to do with an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It may run.
    Live,
    /// It ends code that never runs.
    Revives,
    /// It never runs, and nothing behind it depends on it.
    Dead,
}

impl Flow {
    /// Label of the function's own block.
    pub(super) fn depth(&self) -> u32 {
        u32::try_from(self.loops.len()).unwrap_or(u32::MAX)
    }

    /// Whether `operator` may go to the head of a loop.
    pub(super) fn goes_back(&self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => self.is_loop(*relative_depth),
            // Unreadable targets were refused by validation.
            Operator::BrTable { targets } => {
                let mut others = targets.targets().map_while(Result::ok);
                self.is_loop(targets.default()) || others.any(|target| self.is_loop(target))
            }
            _ => false,
        }
    }

    fn is_loop(&self, label: u32) -> bool {
        let position = self.loops.len().checked_sub(1 + label as usize);
        position.and_then(|position| self.loops.get(position)).copied() == Some(true)
    }

    /// Classifies the next operator, which is then behind us.
    pub(super) fn pass(&mut self, operator: &Operator<'_>) -> Step {
        match (operator, &mut self.dead) {
            (Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. }, Some(inner)) => *inner += 1,
            (Operator::End, Some(inner)) if *inner > 0 => *inner -= 1,
            (Operator::End, dead) => {
                // The last one closes the function.
                self.loops.pop();
                return revive(dead);
            }
            (Operator::Else, dead @ (None | Some(0))) => return revive(dead),
            (_, Some(_)) => {}
            (operator, None) => {
                self.enter(operator);
                return Step::Live;
            }
        }
        Step::Dead
    }

    fn enter(&mut self, operator: &Operator<'_>) {
        match operator {
            Operator::Block { .. } | Operator::If { .. } => self.loops.push(false),
            Operator::Loop { .. } => self.loops.push(true),
            Operator::Br { .. } | Operator::BrTable { .. } | Operator::Return | Operator::Unreachable => {
                self.dead = Some(0);
            }
            _ => {}
        }
    }
}

fn revive(dead: &mut Option<u32>) -> Step {
    match dead.take() {
        Some(_) => Step::Revives,
        None => Step::Live,
    }
}
