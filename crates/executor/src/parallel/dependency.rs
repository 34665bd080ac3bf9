//! Jobs that wait for each other: put to wait when they meet an estimate, woken when what they met has been executed.

use super::scheduler::Scheduler;
use super::status::Status;

impl Scheduler<'_> {
    /// Lets `job`, which is executing, wait until `on` is executed; `false` if that has happened meanwhile.
    pub(crate) fn wait(&self, job: u32, on: u32) -> bool {
        debug_assert!(on < job, "a job reads only what lower ones write");
        let mut below = self.standing(on);
        let mut standing = self.standing(job);
        standing.incarnation += 1;
        if matches!(below.status, Status::Executed | Status::Committed) {
            standing.status = Status::Ready;
            return false;
        }
        standing.status = Status::Waiting(1);
        below.dependents.push(job);
        true
    }

    /// Lets `dependents` know that a job they waited for is executed. The lowest that need wait no more is handed back, to
    /// be run at once by who has its data warm; the others are run by whoever comes first.
    pub(crate) fn wake(&self, dependents: &[u32]) -> Option<u32> {
        let mut ready: Vec<u32> = dependents.iter().copied().filter(|job| self.wake_one(*job)).collect();
        // Those whose first turn is still to come are left to it: jobs that run near their neighbours' time find memory in
        // order. None is lost: they were made ready before the counter was read, and the counter comes by later.
        let begun = self.begun();
        ready.retain(|job| (*job as usize) < begun);
        ready.sort_unstable();
        let (first, rest) = ready.split_first()?;
        self.push_again(rest);
        Some(*first)
    }

    fn wake_one(&self, job: u32) -> bool {
        let mut standing = self.standing(job);
        let Status::Waiting(left) = &mut standing.status else { return false };
        *left -= 1;
        let ready = *left == 0;
        if ready {
            standing.status = Status::Ready;
        }
        ready
    }
}
