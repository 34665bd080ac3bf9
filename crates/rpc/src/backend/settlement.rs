//! What the exchange settled at the end of a block, as the transaction that Ethereum clients are shown.

use seiza_types::exchange::{EXCHANGE_ADDRESS, settlement_hash, settlement_logs};
use seiza_types::{Code, Receipt};

use super::view::{Shown, View};
use crate::Bytes;

impl View {
    /// The block's settlement in the form of a transaction that follows all others; `None` where nothing was settled. It is
    /// in no list of transactions: only whoever asks for logs, or for it by its hash, is shown it.
    pub(crate) fn settlement(&self) -> Option<Shown<'_>> {
        static NO_BYTES: Bytes = Bytes::new();
        let receipt = self.costly.settlement.get_or_init(|| self.settle()).as_ref()?;
        let (index, first_log) =
            self.shown().fold((0, 0), |(count, logs), shown| (count + 1, logs + shown.receipt.logs.len() as u64));
        Some(Shown { index, place: self.txs().len(), first_log, raw: &NO_BYTES, receipt })
    }

    fn settle(&self) -> Option<Receipt> {
        let logs = settlement_logs(&self.results.outcomes, &self.results.calls);
        (!logs.is_empty()).then(|| Receipt {
            tx_hash: settlement_hash(self.number),
            evm_type: Some(0),
            sender: EXCHANGE_ADDRESS,
            to: Some(EXCHANGE_ADDRESS),
            code: Code::Ok,
            gas_wanted: 0,
            gas_used: 0,
            cumulative_gas_used: self.results.gas_used,
            effective_gas_price: 0,
            contract_address: None,
            first_log_index: 0,
            logs,
            events: Vec::new(),
            data: Bytes::new(),
        })
    }
}
