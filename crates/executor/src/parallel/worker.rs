//! One worker: takes tasks until all jobs are committed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use seiza_state::Access;

use super::bench::Bench;
use super::cell::Incarnation;
use super::engine::{Engine, Failure, Verdict};
use super::log::ReadLog;
use super::scheduler::Task;
use super::shard::CellId;
use super::status::Status;
use super::view::View;
use crate::Job;
use crate::job::foresee;
use crate::stats::Counts;
use crate::sync::{lock, yield_now};

/// A run that got to its end, ready to be published.
struct Finished<T> {
    job: u32,
    incarnation: Incarnation,
    verdict: Verdict<T>,
    log: ReadLog,
    at_front: bool,
}

/// Ends the run for everybody when a worker leaves by a panic, so that none waits for a job that will never be executed.
struct HaltOnPanic<'e, 'a, J: Job>(&'e Engine<'a, J>);

impl<J: Job> Drop for HaltOnPanic<'_, '_, J> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.scheduler.halt();
            self.0.leaving.leave();
        }
    }
}

impl<J: Job> Engine<'_, J> {
    /// Works until all jobs are committed or the run is halted, and on until all keys are settled.
    pub(crate) fn work(&self, worker: usize) -> Counts {
        self.leaving.arrive();
        let mut counts = self.run_jobs(worker);
        counts.name(|cell| self.memory.key(cell));
        self.leaving.leave();
        self.settle();
        counts
    }

    fn run_jobs(&self, worker: usize) -> Counts {
        let _guard = HaltOnPanic(self);
        let mut bench = Bench { worker, ..Bench::default() };
        let mut task = self.scheduler.next(&mut bench.claim);
        loop {
            if self.cancel.is_cancelled() {
                self.scheduler.halt();
            }
            let urgent = match task {
                Task::Execute(job, incarnation) => self.execute(job, incarnation, &mut bench),
                Task::Validate(job) => self.validate(job, &mut bench),
                Task::Idle => self.idle(&mut bench),
                Task::Done => return bench.counts,
            };
            task =
                urgent.filter(|_| !self.scheduler.is_halted()).unwrap_or_else(|| self.scheduler.next(&mut bench.claim));
        }
    }

    fn idle(&self, bench: &mut Bench) -> Option<Task> {
        let front = self.commit(None, bench).and_then(|job| self.scheduler.begin(job));
        if front.is_none() {
            bench.counts.idle += 1;
            yield_now();
        }
        front
    }

    fn validate(&self, job: u32, bench: &mut Bench) -> Option<Task> {
        let mut standing = self.scheduler.standing(job);
        let committed = self.scheduler.committed();
        if standing.status != Status::Executed || self.still_holds(job, committed.min(job), &mut standing, bench) {
            return None;
        }
        drop(standing);
        self.scheduler.begin(job)
    }

    fn execute(&self, job: u32, incarnation: Incarnation, bench: &mut Bench) -> Option<Task> {
        bench.counts.executions += self.jobs[job as usize].size();
        bench.runs += 1;
        if incarnation == 0 {
            foresee(self.below.base, &self.jobs[job as usize..=job as usize], &mut bench.hashes);
        }
        let committed = self.scheduler.committed();
        let view = View::new(self.memory, self.below, job, committed, bench.logs.pop().unwrap_or_default());
        let mut access = Access::reusing(&view, std::mem::take(&mut bench.buffer));
        let began = self.pace.begin(bench.runs);
        let ran = catch_unwind(AssertUnwindSafe(|| self.jobs[job as usize].run(&mut access)));
        self.pace.end(began);
        bench.buffer = access.into_buffer();
        let (log, blocked) = view.into_parts();
        if let Some((on, cell)) = blocked {
            bench.recycle(log);
            return self.wait(job, on, cell, bench);
        }
        let verdict = match ran {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) => Err(Failure::State(error)),
            Err(panic) => Err(Failure::Panic(panic)),
        };
        self.finish(Finished { job, incarnation, verdict, log, at_front: committed == job }, bench)
    }

    fn wait(&self, job: u32, on: u32, cell: CellId, bench: &mut Bench) -> Option<Task> {
        let size = self.jobs[job as usize].size();
        bench.counts.blocked += size;
        bench.counts.conflict(Some(cell), size);
        self.pace.drop_run();
        if self.scheduler.wait(job, on) { None } else { self.scheduler.begin(job) }
    }

    fn finish(&self, run: Finished<J::Output>, bench: &mut Bench) -> Option<Task> {
        let (job, incarnation, failed) = (run.job, run.incarnation, run.verdict.is_err());
        let (before, shipped) = self.last_written(job);
        let changed = self.publish(job, incarnation, failed, &before, bench);
        *lock(&self.verdicts[job as usize]) = Some(run.verdict);
        let mut standing = self.scheduler.standing(job);
        standing.status = Status::Executed;
        standing.log = run.log;
        (standing.at_front, standing.failed, standing.worker) = (run.at_front, failed, bench.worker);
        std::mem::swap(&mut standing.written, &mut bench.written);
        bench.written = before;
        let dependents = std::mem::take(&mut standing.dependents);
        drop(standing);
        // What changes only now may have been read by jobs that are executed already.
        if changed && (incarnation > 0 || shipped) {
            self.scheduler.validate_from(job + 1);
        }
        let woken = if dependents.is_empty() { None } else { self.scheduler.wake(&dependents) };
        // Committing moves the front from core to core: worth it when this was the front, or a claim is worked off.
        let front = if run.at_front || bench.claim.is_empty() { self.commit(Some(bench.worker), bench) } else { None };
        self.after(woken, front)
    }

    /// Makes a run's writes readable; answers whether a reader above could tell them from what was there. A run that failed
    /// writes nothing.
    fn publish(&self, job: u32, incarnation: Incarnation, failed: bool, before: &[CellId], bench: &mut Bench) -> bool {
        let mut changed = false;
        let mut kept = self.kept.as_ref().map(|kept| lock(&kept[job as usize]));
        kept.iter_mut().for_each(|kept| kept.clear());
        bench.written.clear();
        for (key, write) in bench.buffer.drain().filter(|_| !failed) {
            kept.iter_mut().for_each(|kept| kept.push((key.clone(), write.clone())));
            let (cell, differs) = self.memory.write(job, incarnation, key, write);
            bench.written.push(cell);
            changed |= differs;
        }
        for cell in before {
            changed |= self.memory.remove_older(job, incarnation, *cell);
        }
        changed
    }

    /// Where the job's last run wrote, or was claimed to write; and whether it was claimed.
    fn last_written(&self, job: u32) -> (Vec<CellId>, bool) {
        let mut standing = self.scheduler.standing(job);
        (std::mem::take(&mut standing.written), standing.shipped)
    }

    /// What to do next: the job at the front if it must run again, else one that waited for what was just executed.
    fn after(&self, woken: Option<u32>, front: Option<u32>) -> Option<Task> {
        let Some(front) = front else {
            return woken.and_then(|job| self.scheduler.begin(job));
        };
        self.scheduler.push_again(woken.as_slice());
        self.scheduler.begin(front)
    }
}
