//! What keeps a trace within its time and memory: an inspector that looks at the clock and adds up what the tracer beside
//! it records, and stops the EVM when either is used up.

use revm::Inspector;
use revm::interpreter::interpreter_types::MemoryTr as _;
use revm::interpreter::{InstructionResult, Interpreter};

use crate::Failure;
use crate::limits::{STEPS_PER_CLOCK_LOOK, TRACE_BYTES_MAX};
use crate::methods::Answer;
use crate::workers::Deadline;

/// Bytes that one recorded step takes beside stack and memory.
const STEP_BYTES: usize = 256;
/// Bytes of one stack word.
const WORD_BYTES: usize = 32;

/// See the head of this file.
pub(super) struct Guard {
    deadline: Deadline,
    steps: u32,
    records: Option<Records>,
    bytes: usize,
    stopped: Option<Failure>,
}

/// What the tracer records of each step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Records {
    pub(super) stack: bool,
    pub(super) memory: bool,
}

impl Guard {
    /// A guard beside a tracer that records steps as `records` says, or none.
    pub(super) fn new(deadline: Deadline, records: Option<Records>) -> Self {
        Self { deadline, steps: 0, records, bytes: 0, stopped: None }
    }

    /// Why the EVM was stopped, if it was.
    ///
    /// # Errors
    /// [`Failure::Timeout`], [`Failure::LimitExceeded`].
    pub(super) fn verdict(&self) -> Answer<()> {
        self.stopped.clone().map_or(Ok(()), Err)
    }

    fn count(&mut self, interp: &Interpreter) {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(STEPS_PER_CLOCK_LOOK) && self.deadline.passed() {
            self.stopped = Some(self.deadline.failure());
        }
        let Some(records) = self.records else { return };
        self.bytes += STEP_BYTES;
        self.bytes += if records.stack { interp.stack.len() * WORD_BYTES } else { 0 };
        self.bytes += if records.memory { interp.memory.size() } else { 0 };
        if self.bytes > TRACE_BYTES_MAX {
            let text =
                format!("trace takes more than {TRACE_BYTES_MAX} bytes: disable stack and memory, or use callTracer");
            self.stopped = Some(Failure::LimitExceeded(text));
        }
    }
}

impl<CTX> Inspector<CTX> for Guard {
    fn step(&mut self, interp: &mut Interpreter, _: &mut CTX) {
        if self.stopped.is_none() {
            self.count(interp);
        }
        // Every frame is stopped at its next step, so the whole call ends at once.
        if self.stopped.is_some() {
            interp.halt(InstructionResult::OutOfGas);
        }
    }
}
