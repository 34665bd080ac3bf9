//! The turn: steps, centring, rescaling (`IncrementProposerPriority` and what it calls).

use super::{Inner, Validator};

/// How far apart priorities may be, in total powers (`PriorityWindowSizeFactor`).
const WINDOW: i128 = 2;

/// The set after `times` steps: priorities are first brought within the window and centred.
pub(super) fn stepped(set: &Inner, times: u32) -> Inner {
    let mut set = set.clone();
    rescale(&mut set);
    centre(&mut set.validators);
    for _ in 0..times {
        step(&mut set);
    }
    set
}

fn step(set: &mut Inner) {
    for validator in &mut set.validators {
        validator.priority = validator.priority.saturating_add_unsigned(validator.power);
    }
    let first = highest(&set.validators);
    let payer = &mut set.validators[first];
    payer.priority = payer.priority.saturating_sub_unsigned(set.total);
    set.proposer = payer.address;
}

/// The one of highest priority; of equals the one of the lower address.
pub(super) fn highest(validators: &[Validator]) -> usize {
    let beats = |a: &Validator, b: &Validator| {
        a.priority > b.priority || (a.priority == b.priority && a.address.as_bytes() < b.address.as_bytes())
    };
    (1..validators.len()).fold(0, |best, at| if beats(&validators[at], &validators[best]) { at } else { best })
}

/// Divides all priorities where the farthest are more than twice the total power apart.
pub(super) fn rescale(set: &mut Inner) {
    let most = WINDOW * i128::from(set.total);
    let (low, high) = set.validators.iter().fold((i64::MAX, i64::MIN), |(low, high), validator| {
        (low.min(validator.priority), high.max(validator.priority))
    });
    let apart = i128::from(high) - i128::from(low);
    if apart > most {
        let ratio = (apart + most - 1) / most;
        let ratio = i64::try_from(ratio).unwrap_or(i64::MAX);
        set.validators.iter_mut().for_each(|validator| validator.priority /= ratio);
    }
}

/// Shifts all priorities so that their mean (rounded down, as Go's big.Int divides) is zero.
pub(super) fn centre(validators: &mut [Validator]) {
    let sum: i128 = validators.iter().map(|validator| i128::from(validator.priority)).sum();
    let count = i128::try_from(validators.len()).expect("few validators");
    let mean = i64::try_from(sum.div_euclid(count)).expect("a mean of 64-bit numbers");
    validators.iter_mut().for_each(|validator| validator.priority = validator.priority.saturating_sub(mean));
}
