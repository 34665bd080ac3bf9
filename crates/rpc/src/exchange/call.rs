//! The methods: each name, its parameters, where REST has it, and the function that answers it.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::answers::{book, fills, markets, orders, past, simulate, ticker, transaction};
use super::fields::Fields;
use crate::limits::{CALL_TIME_MAX, MARKET_DATA_SCAN_TIME_MAX};
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::{Deadline, Weight};
use crate::{Backend, Failure};

/// An answer, written.
pub(crate) type Written = Box<RawValue>;

/// One call.
pub(crate) struct Call<'a> {
    /// The chain.
    pub(crate) backend: &'a Backend,
    /// What was asked.
    pub(crate) fields: Fields,
    /// When the answer must be there.
    pub(crate) deadline: &'a Deadline,
}

/// One method.
#[derive(Clone, Copy)]
pub(crate) struct Method {
    /// Its JSON-RPC name.
    pub(crate) name: &'static str,
    /// Where REST has it, below the root; parts in braces are parameters.
    pub(crate) paths: &'static [&'static str],
    /// Its parameters, in the order in which a JSON-RPC list gives them.
    pub(crate) params: &'static [&'static str],
    /// Whether it may read many blocks.
    scans: bool,
    answer: fn(&Call<'_>) -> Answer<Written>,
}

/// What an order is simulated from.
const ORDER: [&str; 14] = [
    "owner",
    "market",
    "side",
    "kind",
    "price",
    "quantity",
    "venue",
    "triggerKind",
    "triggerPrice",
    "expiryHeight",
    "expiryTime",
    "selfTrade",
    "clientId",
    "feeInNative",
];

const fn quick(
    name: &'static str,
    paths: &'static [&'static str],
    params: &'static [&'static str],
    answer: fn(&Call<'_>) -> Answer<Written>,
) -> Method {
    Method { name, paths, params, scans: false, answer }
}

const fn scan(
    name: &'static str,
    paths: &'static [&'static str],
    params: &'static [&'static str],
    answer: fn(&Call<'_>) -> Answer<Written>,
) -> Method {
    Method { name, paths, params, scans: true, answer }
}

/// All methods.
pub(crate) const METHODS: [Method; 14] = [
    quick("exchange_status", &["status"], &[], markets::status),
    quick("exchange_markets", &["markets"], &[], markets::all),
    quick("exchange_market", &["markets/{market}"], &["market"], markets::one),
    quick("exchange_venues", &["venues"], &[], markets::venues),
    quick("exchange_ticker", &["tickers", "markets/{market}/ticker"], &["market"], ticker::ticker),
    quick("exchange_depth", &["markets/{market}/depth"], &["market", "levels"], book::depth),
    quick("exchange_book", &["markets/{market}/book"], &["market", "side", "from", "limit"], book::orders),
    scan("exchange_trades", &["markets/{market}/trades"], &["market", "from", "limit"], past::trades),
    scan(
        "exchange_candles",
        &["markets/{market}/candles"],
        &["market", "interval", "from", "to", "limit"],
        past::candles,
    ),
    quick("exchange_openOrders", &["accounts/{owner}/orders"], &["owner", "market", "from", "limit"], orders::open),
    scan("exchange_fills", &["accounts/{owner}/fills"], &["owner", "from", "limit", "market"], fills::fills),
    scan(
        "exchange_order",
        &["orders/{id}", "accounts/{owner}/orders/{clientId}"],
        &["id", "owner", "clientId"],
        orders::one,
    ),
    quick("exchange_transaction", &["transactions/{hash}"], &["hash"], transaction::transaction),
    quick("exchange_simulate", &["simulate"], &ORDER, simulate::simulate),
];

impl Method {
    /// Runs it where there is room for it.
    ///
    /// # Errors
    /// Its own.
    pub(crate) async fn run(
        self,
        api: &Api,
        fields: impl FnOnce() -> Answer<Fields> + Send + 'static,
    ) -> Answer<Written> {
        let (weight, limit) = match self.scans {
            true => (Weight::Scan, MARKET_DATA_SCAN_TIME_MAX),
            false => (Weight::Call, CALL_TIME_MAX),
        };
        let backend = api.backend.clone();
        let work = move |deadline: Deadline| {
            (self.answer)(&Call { backend: &backend, fields: fields()?, deadline: &deadline })
        };
        api.workers.run(weight, limit, work).await
    }
}

/// Puts the methods into the table of JSON-RPC.
pub(crate) fn register(table: &mut Table) -> Registered {
    for method in METHODS {
        let answer = move |params: jsonrpsee::types::Params<'static>, api: std::sync::Arc<Api>, _| async move {
            method.run(&api, move || Fields::of_json(method.params, params.as_str())).await
        };
        table.module().register_async_method(method.name, answer)?;
    }
    Ok(())
}

/// Writes an answer.
pub(crate) fn written(value: &impl Serialize) -> Answer<Written> {
    to_raw_value(value).map_err(|error| Failure::Internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_parameters_that_there_are() {
        for method in METHODS {
            for part in method.paths.iter().flat_map(|path| path.split('/')) {
                let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
                assert!(name.is_none_or(|name| method.params.contains(&name)), "{}: {part}", method.name);
            }
        }
    }
}
