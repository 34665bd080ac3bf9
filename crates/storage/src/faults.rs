//! Faults to order, for tests (feature `faults`): the n-th step on the files of a folder fails, or is the last.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;

/// What happens at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The process ends there and then, as by `kill -9`; a write gets as far as a part of its bytes.
    Kill,
    /// From there on every step fails, as if the process had ended: what an opening finds is what a kill would leave.
    Die,
    /// Any step after [`Fault::Die`]: fails and does nothing.
    Dead,
    /// This one step fails; a write gets as far as a part of its bytes.
    Fail,
    /// This one write finds the disk full after a part of its bytes; any other step fails for the same reason.
    Full,
}

#[derive(Debug)]
struct Plan {
    /// Steps that still pass.
    passing: u64,
    /// Steps so far.
    seen: u64,
    fault: Fault,
    struck: bool,
}

/// By folder, so that tests beside each other do not meet each other's faults.
static PLANS: Mutex<BTreeMap<PathBuf, Plan>> = Mutex::new(BTreeMap::new());

/// Orders a fault: after `passing` more steps on files below `dir`.
pub fn arm(dir: &Path, passing: u64, fault: Fault) {
    PLANS.lock().insert(dir.into(), Plan { passing, seen: 0, fault, struck: false });
}

/// Takes an order back; answers whether its fault has struck, and after how many steps in all.
pub fn disarm(dir: &Path) -> (bool, u64) {
    PLANS.lock().remove(dir).map_or((false, 0), |plan| (plan.struck, plan.seen))
}

/// Counts a step on a file; answers the fault that it meets.
pub(crate) fn next(path: &Path) -> Option<Fault> {
    let mut plans = PLANS.lock();
    let plan = plans.iter_mut().find(|(dir, _)| path.starts_with(dir)).map(|(_, plan)| plan)?;
    plan.seen += 1;
    if plan.struck {
        return (plan.fault == Fault::Die).then_some(Fault::Dead);
    }
    plan.struck = plan.seen > plan.passing;
    plan.struck.then_some(plan.fault)
}

impl Fault {
    /// A write meets the fault: some of its bytes get there.
    pub(crate) fn at_write(self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        if self != Self::Dead {
            let part = crc32fast::hash(bytes) as usize % (bytes.len() + 1);
            file.write_all(&bytes[..part])?;
        }
        self.at_step()
    }

    /// Any other step meets the fault: it does not happen.
    pub(crate) fn at_step(self) -> io::Result<()> {
        match self {
            Self::Kill => std::process::abort(),
            Self::Full => Err(io::ErrorKind::StorageFull.into()),
            Self::Die | Self::Dead | Self::Fail => Err(io::Error::other("a fault to order")),
        }
    }
}
