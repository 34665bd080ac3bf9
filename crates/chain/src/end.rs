//! What a block does after its transactions, as jobs that go through the same executor. Each sees what those before it left.

use seiza_executor::{Intent, Job};
use seiza_modules::exchange::{self, NativeRates};
use seiza_modules::fees::{self, FeeParams};
use seiza_modules::{BlockInfo, validators};
use seiza_state::{Access, Key, StateError, StateRead};
use seiza_types::exchange::{MarketId, MarketOutcome};
use seiza_types::{Evidence, Height, ValidatorUpdate};
use seiza_vm::evm::{BlockContext, FeePolicy};

/// What a block does to the validators. Ethereum's own tests, which have none, leave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn<'a> {
    /// The block's height.
    pub height: Height,
    /// Changes that take effect two heights later.
    pub updates: &'a [ValidatorUpdate],
    /// Offences that the block makes known.
    pub evidence: &'a [Evidence],
}

/// What the exchange has to do at the end of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trading {
    block: BlockInfo,
    /// Native fees are counted at prices of before the block's markets, so that no market waits for another.
    rates: NativeRates,
    /// Markets that want a batch, by number.
    markets: Vec<MarketId>,
}

impl Trading {
    /// What the transactions have left to do; on chains that are Ethereum's there is no exchange.
    pub(crate) fn of(context: &BlockContext, state: &dyn StateRead) -> Result<Self, StateError> {
        let is_ours = context.fees == FeePolicy::Collector;
        let markets = if is_ours { exchange::touched(state)? } else { Vec::new() };
        let rates = if markets.is_empty() { NativeRates::default() } else { NativeRates::read(state)? };
        Ok(Self { block: context.info(), rates, markets })
    }
}

impl Trading {
    /// Whether no market has anything to do.
    pub(crate) fn is_idle(&self) -> bool {
        self.markets.is_empty()
    }
}

/// One thing to do at the end of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndJob<'a> {
    /// The next block's base fee, wei per gas.
    BaseFee(u64),
    /// Whose turn it is, and who was caught.
    Validators(Turn<'a>),
    /// What arrived for a market meets its book.
    Market(MarketId, &'a Trading),
}

impl<'a> EndJob<'a> {
    /// All that is to do at the end of a block which used `gas_used`.
    pub(crate) fn all(
        context: &BlockContext,
        params: &FeeParams,
        gas_used: u64,
        turn: Option<Turn<'a>>,
        trading: &'a Trading,
    ) -> Vec<Self> {
        let next = fees::next_base_fee(params, context.base_fee, gas_used, context.gas_limit);
        let base_fee = (next != context.base_fee).then_some(Self::BaseFee(next));
        let markets = trading.markets.iter().map(|market| Self::Market(*market, trading));
        base_fee.into_iter().chain(turn.map(Self::Validators)).chain(markets).collect()
    }
}

impl Job for EndJob<'_> {
    type Output = Option<MarketOutcome>;

    fn declare(&self, declare: &mut dyn FnMut(&Key, Intent)) {
        match self {
            Self::BaseFee(_) => declare(&fees::keys::base_fee(), Intent::Write),
            Self::Validators(turn) => declare(&validators::keys::set(turn.height + 2), Intent::Write),
            // Markets share nothing but credits, which commute.
            Self::Market(market, _) => declare(&exchange::keys::last_price(*market), Intent::Change),
        }
    }

    fn run(&self, access: &mut Access<'_>) -> Result<Option<MarketOutcome>, StateError> {
        match self {
            Self::BaseFee(wei) => fees::set_base_fee(access, *wei),
            Self::Validators(Turn { height, updates, evidence }) => {
                validators::turn(access, *height, updates)?;
                evidence.iter().for_each(|offence| validators::accuse(access, *height, offence));
            }
            Self::Market(market, trading) => {
                let outcome = exchange::end_market(access, &trading.block, &trading.rates, *market)?;
                return Ok(Some(outcome).filter(|outcome| !outcome.is_empty()));
            }
        }
        Ok(None)
    }
}
