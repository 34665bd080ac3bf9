//! One parallel run over a stretch of jobs: what all workers share, and how its end is read.

use std::any::Any;

use seiza_state::{Key, StateError, StateRead, Value, Write, WriteSet};

use super::cell::SHIPPED;
use super::commit::Progress;
use super::declared::Declared;
use super::graph::Graph;
use super::leaving::Leaving;
use super::memory::Memory;
use super::pace::Pace;
use super::scheduler::Scheduler;
use super::shard::Apart;
use super::status::{Standing, Status};
use crate::prefix::Prefix;
use crate::sync::{Mutex, lock};
use crate::{Cancel, Intent, Job, RunError};

/// How a job's last run ended other than by an output.
pub(crate) enum Failure {
    /// State failed.
    State(StateError),
    /// The job panicked; whoever called the executor will.
    Panic(Box<dyn Any + Send>),
}

/// How a job's last run ended.
pub(crate) type Verdict<T> = Result<T, Failure>;

/// How many jobs were committed, and what they left.
pub(crate) type Ended = (u32, Vec<(Key, Option<Value>)>);

/// Each job's writes.
type Kept = Vec<Mutex<Vec<(Key, Write)>>>;

/// What is known of the jobs before they run.
pub(crate) enum Hints {
    /// Who waits for whom.
    Graph(Graph),
    /// Declared writes are estimates until the job has run.
    Estimates(Declared),
}

/// What the workers of one run share. Jobs are numbered from the run's first.
pub(crate) struct Engine<'a, J: Job> {
    pub(crate) jobs: &'a [J],
    pub(crate) memory: &'a Memory,
    pub(crate) below: Prefix<'a>,
    pub(crate) cancel: &'a Cancel,
    pub(crate) scheduler: Scheduler<'a>,
    pub(crate) verdicts: Vec<Mutex<Option<Verdict<J::Output>>>>,
    /// Each job's writes, where somebody wants them.
    pub(crate) kept: Option<Kept>,
    pub(crate) progress: Mutex<Progress>,
    pub(crate) workers: usize,
    /// Whether to end early when the jobs turn out to depend on each other one by one.
    pub(crate) gives_up: bool,
    pub(crate) pace: Pace,
    pub(crate) leaving: Leaving,
}

impl<'a, J: Job> Engine<'a, J> {
    /// A run of `jobs`, none begun. `standings` has at least as many; they and `memory` were reset.
    pub(crate) fn new(
        jobs: &'a [J],
        below: Prefix<'a>,
        memory: &'a Memory,
        standings: &'a [Apart<Mutex<Standing>>],
        hints: &Hints,
        workers: usize,
        cancel: &'a Cancel,
    ) -> Self {
        let standings = &standings[..jobs.len()];
        let engine = Self {
            jobs,
            memory,
            below,
            cancel,
            scheduler: Scheduler::new(standings, workers),
            verdicts: jobs.iter().map(|_| Mutex::new(None)).collect(),
            kept: None,
            progress: Mutex::default(),
            workers,
            gives_up: false,
            pace: Pace::default(),
            leaving: Leaving::default(),
        };
        engine.take(hints);
        engine
    }

    /// The same, but ending early where several workers turn out to be no faster than one.
    pub(crate) fn giving_up(mut self, gives_up: bool, pace: Pace) -> Self {
        (self.gives_up, self.pace) = (gives_up, pace);
        self
    }

    /// The same, but keeping each job's writes.
    pub(crate) fn keeping_writes(mut self, keeps: bool) -> Self {
        self.kept = keeps.then(|| self.jobs.iter().map(|_| Mutex::default()).collect());
        self
    }

    /// Puts what is claimed of `job` where later jobs read it. To be called before any job runs.
    pub(crate) fn ship(&self, job: u32) {
        let Some(claimed) = self.jobs[job as usize].shipped() else { return };
        let mut standing = self.scheduler.standing(job);
        let cells = claimed.iter().map(|(key, write)| self.memory.write(job, SHIPPED, key.clone(), write.clone()).0);
        standing.written.extend(cells);
        standing.shipped = true;
    }

    fn take(&self, hints: &Hints) {
        match hints {
            Hints::Graph(graph) => self.take_graph(graph),
            Hints::Estimates(declared) => self.take_estimates(declared),
        }
    }

    fn take_graph(&self, graph: &Graph) {
        for (job, waits_for) in (0u32..).zip(&graph.waits_for).filter(|(_, waits_for)| !waits_for.is_empty()) {
            self.scheduler.standing(job).status = Status::Waiting(waits_for.len() as u32);
            waits_for.iter().for_each(|on| self.scheduler.standing(*on).dependents.push(job));
        }
    }

    fn take_estimates(&self, declared: &Declared) {
        let jobs = declared.sharing().iter().map(|number| (&self.jobs[*number as usize], *number));
        for (job, number) in jobs.filter(|(job, _)| job.shipped().is_none()) {
            let mut written = Vec::new();
            declared.shared(job, |key, intent| {
                if matches!(intent, Intent::Write | Intent::Change) {
                    written.push(self.memory.declare(number, key.clone()));
                }
            });
            if !written.is_empty() {
                self.scheduler.standing(number).written = written;
            }
        }
    }

    /// How many jobs were committed, and what they left, when all workers have left; or why the run failed. `first` is the
    /// number in the block of the run's first job.
    ///
    /// # Errors
    /// As [`crate::run`]. Of several failures it is that of the lowest job, as in sequential execution.
    ///
    /// # Panics
    /// Where a job panicked that sequential execution would have reached.
    pub(crate) fn end(&self, first: usize) -> Result<Ended, RunError> {
        let progress = lock(&self.progress);
        let (next, failed) = (progress.next, progress.failed);
        drop(progress);
        let state = |job: u32, error| RunError::State { job: first + job as usize, error };
        let changes = self.leaving.settled().map_err(|unsettled| state(unsettled.job, unsettled.error))?;
        if failed {
            return Err(self.failure(next - 1, state));
        }
        Ok((next, changes))
    }

    fn failure(&self, job: u32, state: impl Fn(u32, StateError) -> RunError) -> RunError {
        match lock(&self.verdicts[job as usize]).take() {
            Some(Err(Failure::State(error))) => state(job, error),
            Some(Err(Failure::Panic(panic))) => std::panic::resume_unwind(panic),
            _ => unreachable!("the commit saw that it failed"),
        }
    }

    /// What the first `count` jobs wrote, in order, where it was kept.
    pub(crate) fn take_writes(&mut self, count: u32) -> impl Iterator<Item = WriteSet> {
        let kept = self.kept.take().into_iter().flatten().take(count as usize);
        kept.map(|writes| writes.into_inner().expect("no job runs under a lock").into_iter().collect())
    }

    /// Outputs of the first `count` jobs, in order.
    pub(crate) fn into_outputs(self, count: u32) -> impl Iterator<Item = J::Output> + use<J> {
        let verdicts = self.verdicts.into_iter().take(count as usize);
        verdicts.map(|verdict| match verdict.into_inner().expect("no job runs under a lock") {
            Some(Ok(output)) => output,
            _ => unreachable!("committed jobs below the end have an output"),
        })
    }

    /// The state under the run.
    pub(crate) fn base(&self) -> &dyn StateRead {
        &self.below
    }
}
