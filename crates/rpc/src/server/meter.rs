//! What is measured: calls, errors and time by method.

use std::collections::HashMap;
use std::time::Instant;

use jsonrpsee::{MethodResponse, Methods};
use metrics::{Counter, Histogram, counter, histogram};

/// The meters of one method.
pub(super) struct Meter {
    calls: Counter,
    errors: Counter,
    seconds: Histogram,
}

impl Meter {
    fn of(method: &'static str) -> Self {
        Self {
            calls: counter!("seiza_rpc_calls_total", "method" => method),
            errors: counter!("seiza_rpc_errors_total", "method" => method),
            seconds: histogram!("seiza_rpc_call_seconds", "method" => method),
        }
    }

    /// Notes one call that began at `start`.
    pub(super) fn note(&self, start: Instant, answer: &MethodResponse) {
        self.note_many(start, 1, u64::from(answer.is_error()));
    }

    /// Notes calls that were answered together.
    pub(super) fn note_many(&self, start: Instant, calls: u64, errors: u64) {
        self.calls.increment(calls);
        self.seconds.record(start.elapsed().as_secs_f64());
        if errors > 0 {
            self.errors.increment(errors);
        }
    }
}

/// The meters of all methods; what is no method of ours is counted as `unknown`, so that clients cannot make up labels.
pub(super) struct Meters {
    known: HashMap<&'static str, Meter>,
    unknown: Meter,
}

impl Meters {
    pub(super) fn of(methods: &Methods) -> Self {
        Self {
            known: methods.method_names().map(|name| (name, Meter::of(name))).collect(),
            unknown: Meter::of("unknown"),
        }
    }

    pub(super) fn get(&self, method: &str) -> &Meter {
        self.known.get(method).unwrap_or(&self.unknown)
    }
}
