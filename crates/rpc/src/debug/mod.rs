//! The `debug_` name space: traces, and what is stored as it is stored.

mod guard;
mod raw;
mod trace;

use crate::methods::{Registered, Table};

pub(crate) fn register(table: &mut Table) -> Registered {
    raw::register(table)?;
    trace::register(table)
}
