//! The `debug_` name space: traces, what is stored as it is stored, and how blocks were executed.

mod execution;
mod guard;
mod keys;
mod raw;
mod trace;

use crate::methods::{Registered, Table};

pub(crate) fn register(table: &mut Table) -> Registered {
    execution::register(table)?;
    raw::register(table)?;
    trace::register(table)
}
