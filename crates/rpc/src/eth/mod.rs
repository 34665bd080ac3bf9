//! The `eth_` name space.

mod access_list;
mod accounts;
mod blocks;
mod call;
mod call_request;
mod estimate;
mod fees;
pub(crate) mod filters;
mod fixed;
mod logs;
mod overrides;
mod proof;
pub(crate) mod shapes;
mod simulate;
pub(crate) mod subscribe;
mod transactions;

pub(crate) use call::{halt_text, refusal};
pub(crate) use call_request::CallRequest;
pub(crate) use overrides::Overrides;
pub(crate) use transactions::raw_of;

use crate::methods::{Registered, Table};

pub(crate) fn register(table: &mut Table) -> Registered {
    fixed::register(table)?;
    accounts::register(table)?;
    proof::register(table)?;
    blocks::register(table)?;
    transactions::register(table)?;
    fees::register(table)?;
    call::register(table)?;
    estimate::register(table)?;
    access_list::register(table)?;
    simulate::register(table)?;
    logs::register(table)?;
    filters::register(table)?;
    subscribe::register(table)
}
