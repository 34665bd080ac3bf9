//! All ways to run one block, and the comparison of what comes out.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use seiza_chain::evm::BlockContext;
use seiza_chain::modules::fees::FeeParams;
use seiza_chain::{BlockInput, BlockOutput, Cancel, Footprint, Hints, Mode, Options, Tuning, learn};
use seiza_state::{Delta, Key, Overlay, Value, Write, WriteSet};
use seiza_types::{U256, VerifiedTx};

const WORKERS: [usize; 4] = [1, 2, 4, 16];

/// Runs the block sequentially, then in every other way; answers what the former gave. `tally` counts what happened.
pub fn compare(
    rng: &mut StdRng,
    parent: &Overlay,
    context: &BlockContext,
    txs: &[VerifiedTx],
    tally: &mut Tally,
    name: &str,
) -> BlockOutput {
    let fees = FeeParams::default();
    let input =
        |hints| BlockInput { context, parent_hash: Some(context.prevrandao), txs, fees: &fees, hints, turn: None };
    let keeping = Options { tuning: None, keeps_writes: true };
    let expected = input(Hints::None).run_with(parent, Mode::Sequential, &Cancel::default(), keeping).unwrap();
    assert_eq!(expected.writes.len(), txs.len());
    let learned: Vec<Option<Footprint>> = txs.iter().map(|tx| learn(parent, context, tx)).collect();
    let (misled, lies) = (shuffled(rng, &learned), shuffled(rng, &expected.writes));
    let (parts, hostile) = (half(rng, &expected.writes), hostile(rng, &expected.writes));
    let hints = [
        ("no hints", Hints::None),
        ("learned", Hints::Learned(&learned)),
        ("learned wrong", Hints::Learned(&misled)),
        ("shipped", Hints::Shipped(&expected.writes)),
        ("shipped in disorder", Hints::Shipped(&lies)),
        ("shipped in part", Hints::Shipped(&parts)),
        ("shipped by an enemy", Hints::Shipped(&hostile)),
    ];
    let together = input(Hints::None).run(parent, Mode::Sequential, &Cancel::default()).unwrap();
    assert_same(&expected, &together, name);
    for (hint, hints) in hints {
        for mode in modes() {
            let way = format!("{name}, {mode:?}, {hint}");
            for tuning in [Tuning::always_parallel(), Tuning::always_in_rounds()] {
                // Who keeps writes runs each transaction by itself, all others several as one job.
                for keeps_writes in [true, false] {
                    let options = Options { tuning: Some(&tuning), keeps_writes };
                    let output = input(hints).run_with(parent, mode, &Cancel::default(), options).unwrap();
                    assert_same(&expected, &output, &way);
                    tally.re_executions += output.stats.re_executions;
                }
            }
        }
    }
    tally.count(&expected);
    expected
}

fn modes() -> Vec<Mode> {
    let workers = WORKERS.map(|count| NonZeroUsize::new(count).unwrap());
    workers.into_iter().flat_map(|workers| [Mode::Declared { workers }, Mode::Optimistic { workers }]).collect()
}

fn assert_same(expected: &BlockOutput, output: &BlockOutput, way: &str) {
    for (index, (one, other)) in expected.results.receipts.iter().zip(&output.results.receipts).enumerate() {
        assert_eq!(one, other, "receipt {index}: {way}");
    }
    assert!(expected.results == output.results, "results: {way}");
    let keys = expected.changes.iter().chain(output.changes.iter()).map(|(key, _)| key);
    for key in keys {
        assert_eq!(expected.changes.get(key), output.changes.get(key), "change of {key:?}: {way}");
    }
}

fn shuffled<T: Clone>(rng: &mut StdRng, items: &[T]) -> Vec<T> {
    let mut items = items.to_vec();
    items.shuffle(rng);
    items
}

/// Half of what is written is left out.
fn half(rng: &mut StdRng, all: &[WriteSet]) -> Vec<WriteSet> {
    let mut keep = |writes: &WriteSet| writes.iter().filter(|_| rng.random_bool(0.5)).map(owned).collect();
    all.iter().map(&mut keep).collect()
}

/// Claims of the wrong kind, of sums that do not come out, and of values that are none.
fn hostile(rng: &mut StdRng, all: &[WriteSet]) -> Vec<WriteSet> {
    let mut twist = |(key, write): (&Key, &Write)| {
        let twisted = match rng.random_range(0..7) {
            0 => Write::Delete,
            1 => Write::Put(Value::from(&[7][..])),
            2 => Write::Put(Value::from(&[7; 32][..])),
            3 => Write::Add(Delta::credit(U256::MAX)),
            4 => Write::Add(Delta::debit(U256::MAX)),
            _ => write.clone(),
        };
        (key.clone(), twisted)
    };
    all.iter().map(|writes| writes.iter().map(&mut twist).collect()).collect()
}

fn owned((key, write): (&Key, &Write)) -> (Key, Write) {
    (key.clone(), write.clone())
}

/// What the transactions of several blocks came to, to see that all kinds of ends are met.
#[derive(Default)]
pub struct Tally {
    codes: BTreeMap<String, usize>,
    logs: usize,
    created: usize,
    fills: usize,
    calls: usize,
    re_executions: usize,
}

impl Tally {
    /// Whether orders were filled, and call-backs ran to their end.
    pub fn has_traded(&self) -> bool {
        self.fills > 0 && self.calls > 0
    }

    fn count(&mut self, output: &BlockOutput) {
        for receipt in &output.results.receipts {
            *self.codes.entry(format!("{:?}", receipt.code)).or_default() += 1;
            self.logs += receipt.logs.len();
            self.created += usize::from(receipt.contract_address.is_some());
        }
        self.fills += output.results.outcomes.iter().map(|outcome| outcome.fills.len()).sum::<usize>();
        self.calls += output.results.calls.iter().filter(|call| call.ok).count();
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { codes, logs, created, fills, calls, re_executions } = self;
        write!(f, "{codes:?}, {logs} logs, {created} created, {fills} fills, {calls} call-backs, ")?;
        write!(f, "{re_executions} re-executions")
    }
}
