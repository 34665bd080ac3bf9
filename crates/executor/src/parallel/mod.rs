//! Parallel execution of a block: Block-STM (arXiv 2203.06871) with deltas, ranges and a rolling commit.
//!
//! [`memory`] holds every job's writes in [`shard`]s of [`cell`]s, [`view`] is what a job reads through, [`log`] what it read, [`scheduler`] hands out
//! work, [`worker`] does it at its [`bench`], [`commit`] makes jobs final in order, [`pace`] sees whether that gains anything, [`engine`] holds one run together, [`leaving`] ends it, [`graph`] and
//! [`declared`] plan by declarations. Short jobs are run otherwise, in [`rounds`]: workers meet on a [`floor`] and do phase after phase, [`tasks`] by [`tickets`]; [`batch`]es lie on [`desk`]s, as large as the [`gauge`] says; they are run at a [`glance`], [`judge`]d by what was [`touched`], and made final by a [`merge`] or a [`walk`] ([`by_job`]). [`block`] strings parallel and sequential stretches together, [`crew`] keeps threads and memory alive.
//! The whole is described in `docs/spec/parallel-execution.md`.

pub(crate) mod batch;
pub(crate) mod bench;
pub(crate) mod block;
pub(crate) mod by_job;
pub(crate) mod cell;
pub(crate) mod commit;
pub(crate) mod crew;
pub(crate) mod declared;
pub(crate) mod dependency;
pub(crate) mod desk;
pub(crate) mod engine;
pub(crate) mod filter;
pub(crate) mod floor;
pub(crate) mod gauge;
pub(crate) mod glance;
pub(crate) mod graph;
pub(crate) mod index;
pub(crate) mod judge;
pub(crate) mod leaving;
pub(crate) mod log;
pub(crate) mod memory;
pub(crate) mod merge;
pub(crate) mod pace;
pub(crate) mod rounds;
pub(crate) mod scheduler;
pub(crate) mod shard;
pub(crate) mod status;
pub(crate) mod tasks;
pub(crate) mod tickets;
pub(crate) mod touched;
pub(crate) mod view;
pub(crate) mod walk;
pub(crate) mod worker;

pub(crate) use shard::CellId;
