//! What gas costs: the base fee is known, the tip is a suggestion.

use std::ops::RangeInclusive;

use alloy_eips::BlockNumberOrTag;
use alloy_primitives::U128;
use alloy_rpc_types_eth::FeeHistory;

use crate::args::Args;
use crate::backend::View;
use crate::limits::{CALL_TIME_MAX, FEE_HISTORY_BLOCKS_MAX, FEE_HISTORY_PERCENTILES_MAX};
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::{Deadline, Weight};
use crate::{Failure, U256};

/// Wei per gas suggested as tip while blocks have room: what wallets expect, and enough to be raised by 10 %.
const TIP_DEFAULT: u128 = 1_000_000_000;
/// Most that is ever suggested, wei per gas.
const TIP_MAX: u128 = 500_000_000_000;
/// Blocks looked at for a suggestion.
const TIP_BLOCKS: u64 = 5;
/// A block this full, in percent of its gas, makes tips matter.
const FULL_PERCENT: u64 = 80;
/// Wei per blob gas where there are no blobs: EIP-4844's least.
const BLOB_BASE_FEE: u128 = 1;

pub(super) fn register(table: &mut Table) -> Registered {
    table.quick("eth_gasPrice", gas_price)?;
    table.quick("eth_maxPriorityFeePerGas", |api, _| suggested_tip(api).map(U256::from))?;
    table.quick("eth_blobBaseFee", |_, _| Ok(U256::from(BLOB_BASE_FEE)))?;
    table.heavy("eth_feeHistory", (Weight::Scan, CALL_TIME_MAX), fee_history)
}

fn gas_price(api: &Api, _: &Args<'_>) -> Answer<U256> {
    Ok(U256::from(api.backend.next_base_fee()?) + U256::from(suggested_tip(api)?))
}

/// The least tip that got into each of the last blocks, if they were full, and a tenth more; else the default.
fn suggested_tip(api: &Api) -> Answer<u128> {
    let head = api.backend.head().height;
    let mut least = Vec::new();
    for height in (head.saturating_sub(TIP_BLOCKS - 1)..=head).rev() {
        let Some(view) = api.backend.view_at(height)? else { break };
        if view.results.gas_used.saturating_mul(100) < view.results.gas_limit.saturating_mul(FULL_PERCENT) {
            break;
        }
        least.extend(tips(&view).map(|(tip, _)| tip).min());
    }
    let Some(highest) = least.into_iter().max() else { return Ok(TIP_DEFAULT) };
    Ok((highest + highest / 10).clamp(TIP_DEFAULT, TIP_MAX))
}

/// Tip and gas of each transaction of a block.
fn tips(view: &View) -> impl Iterator<Item = (u128, u64)> + '_ {
    let base_fee = u128::from(view.results.base_fee_per_gas);
    view.shown().map(move |shown| (shown.receipt.effective_gas_price.saturating_sub(base_fee), shown.receipt.gas_used))
}

/// A number of blocks: a quantity, or a plain number from older clients.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Count {
    Quantity(U128),
    Number(u64),
}

fn fee_history(api: &Api, args: &Args<'_>, deadline: &Deadline) -> Answer<FeeHistory> {
    let percentiles: Option<Vec<f64>> = args.optional(2)?;
    check_percentiles(percentiles.as_deref().unwrap_or_default())?;
    let mut history = FeeHistory { reward: percentiles.as_ref().map(|_| Vec::new()), ..FeeHistory::default() };
    let Some(heights) = heights(api, args)? else { return Ok(history) };
    let newest = *heights.end();
    history.oldest_block = *heights.start();
    for height in heights {
        deadline.check()?;
        let view = api.backend.view_at(height)?.ok_or(Failure::HeaderNotFound)?;
        add(&mut history, &view, percentiles.as_deref().unwrap_or_default());
    }
    history.base_fee_per_gas.push(u128::from(base_fee_after(api, newest)?));
    history.base_fee_per_blob_gas = vec![BLOB_BASE_FEE; history.base_fee_per_gas.len()];
    history.blob_gas_used_ratio = vec![0.0; history.gas_used_ratio.len()];
    Ok(history)
}

/// The heights asked for, as far as they are kept and allowed; `None` where no block is wanted.
fn heights(api: &Api, args: &Args<'_>) -> Answer<Option<RangeInclusive<u64>>> {
    let count = match args.required(0)? {
        Count::Quantity(count) => u64::try_from(count).unwrap_or(u64::MAX),
        Count::Number(count) => count,
    };
    let head = api.backend.head().height;
    let newest = api.backend.height_of(args.required::<BlockNumberOrTag>(1)?).unwrap_or(head);
    if newest > head {
        return Err(Failure::Rejected(format!("request beyond head block: requested {newest}, head {head}")));
    }
    let count = count.min(FEE_HISTORY_BLOCKS_MAX).min(newest.saturating_sub(api.backend.earliest()) + 1);
    Ok((count > 0).then(|| newest + 1 - count..=newest))
}

fn base_fee_after(api: &Api, height: u64) -> Answer<u64> {
    match api.backend.view_at(height + 1)? {
        Some(next) => Ok(next.results.base_fee_per_gas),
        None => api.backend.next_base_fee(),
    }
}

fn check_percentiles(percentiles: &[f64]) -> Answer<()> {
    if percentiles.len() > FEE_HISTORY_PERCENTILES_MAX {
        let text = format!("over the query limit {FEE_HISTORY_PERCENTILES_MAX}: {} percentiles", percentiles.len());
        return Err(Failure::Rejected(text));
    }
    let mut before = 0.0;
    for (index, percentile) in percentiles.iter().enumerate() {
        if !(0.0..=100.0).contains(percentile) {
            return Err(Failure::Rejected(format!("invalid reward percentile: {percentile}")));
        }
        if *percentile < before {
            let text = format!("invalid reward percentile: #{}:{before} >= #{index}:{percentile}", index - 1);
            return Err(Failure::Rejected(text));
        }
        before = *percentile;
    }
    Ok(())
}

fn add(history: &mut FeeHistory, view: &View, percentiles: &[f64]) {
    let results = &view.results;
    history.base_fee_per_gas.push(u128::from(results.base_fee_per_gas));
    history.gas_used_ratio.push(results.gas_used as f64 / results.gas_limit.max(1) as f64);
    if let Some(rows) = &mut history.reward {
        rows.push(rewards(tips(view).collect(), percentiles));
    }
}

/// The tip at each percentile of the block's gas, transactions sorted by tip.
fn rewards(mut tips: Vec<(u128, u64)>, percentiles: &[f64]) -> Vec<u128> {
    tips.sort_unstable();
    let total: u64 = tips.iter().map(|(_, gas)| gas).sum();
    let (mut at, mut sum) = (0, tips.first().map_or(0, |(_, gas)| *gas));
    let reward = |percentile: &f64| {
        let threshold = (total as f64 * percentile / 100.0) as u64;
        while sum < threshold && at + 1 < tips.len() {
            at += 1;
            sum += tips[at].1;
        }
        tips.get(at).map_or(0, |(tip, _)| *tip)
    };
    percentiles.iter().map(reward).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewards_follow_the_gas() {
        let tips = vec![(30, 50), (10, 25), (20, 25)];
        assert_eq!(rewards(tips, &[0.0, 25.0, 26.0, 50.0, 51.0, 100.0]), [10, 10, 20, 20, 30, 30]);
        assert_eq!(rewards(vec![], &[50.0]), [0]);
    }

    #[test]
    fn percentiles_rise_within_a_hundred() {
        assert!(check_percentiles(&[0.0, 10.5, 10.5, 100.0]).is_ok());
        for bad in [&[101.0][..], &[-1.0], &[50.0, 20.0], &[f64::NAN], &[1.0; 101]] {
            assert_eq!(check_percentiles(bad).unwrap_err().code(), -32000, "{bad:?}");
        }
    }
}
