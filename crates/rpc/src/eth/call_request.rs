//! A call as a client describes it, and what the EVM is asked to do for it.

use alloy_eips::eip2930::AccessList;
use alloy_eips::eip7702::SignedAuthorization;
use alloy_primitives::{U64, U128};
use seiza_chain::evm::{self, CallEnv, Checks};
use serde::Deserialize;

use crate::backend::State;
use crate::limits::CALL_GAS_MAX;
use crate::methods::Answer;
use crate::{Address, B256, Bytes, Failure, U256};

/// The transaction object of `eth_call` and its like. Flat, so that it decodes without a detour.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct CallRequest {
    pub(crate) from: Option<Address>,
    pub(crate) to: Option<Address>,
    pub(crate) gas: Option<U64>,
    pub(crate) gas_price: Option<U128>,
    pub(crate) max_fee_per_gas: Option<U128>,
    pub(crate) max_priority_fee_per_gas: Option<U128>,
    pub(crate) value: Option<U256>,
    pub(crate) nonce: Option<U64>,
    pub(crate) data: Option<Bytes>,
    pub(crate) input: Option<Bytes>,
    pub(crate) chain_id: Option<U256>,
    pub(crate) access_list: Option<AccessList>,
    pub(crate) authorization_list: Option<Vec<SignedAuthorization>>,
    pub(crate) blob_versioned_hashes: Option<Vec<B256>>,
}

impl CallRequest {
    /// Who calls; nobody in particular where none is named.
    pub(crate) fn sender(&self) -> Address {
        self.from.unwrap_or_default()
    }

    /// Wei per gas at most; zero where no price is named, and then gas costs nothing.
    pub(crate) fn fee_cap(&self) -> u128 {
        self.gas_price.or(self.max_fee_per_gas).or(self.max_priority_fee_per_gas).map_or(0, |price| price.to())
    }

    /// Whether it moves value and does nothing else.
    pub(crate) fn is_plain_transfer(&self) -> bool {
        let empty = |data: &Option<Bytes>| data.as_ref().is_none_or(|data| data.is_empty());
        self.to.is_some() && empty(&self.data) && empty(&self.input) && self.authorization_list.is_none()
    }

    /// What the EVM is asked to do, with the gas named, or as much as is allowed and paid for.
    ///
    /// # Errors
    /// [`Failure::Rejected`] where fields contradict each other or this chain.
    pub(crate) fn env(&self, state: &State) -> Answer<(CallEnv, Checks)> {
        let gas = match self.gas {
            Some(gas) => gas.to::<u64>().min(CALL_GAS_MAX),
            None => CALL_GAS_MAX.min(self.allowance(state)?),
        };
        self.env_with(state, gas)
    }

    /// As [`CallRequest::env`], with that much gas.
    ///
    /// # Errors
    /// As [`CallRequest::env`].
    pub(crate) fn env_with(&self, state: &State, gas: u64) -> Answer<(CallEnv, Checks)> {
        self.check(state.context.chain_id)?;
        let (fee_cap, priority_fee) = self.fees(state.context.base_fee);
        let env = CallEnv {
            from: self.sender(),
            to: self.to,
            gas,
            gas_price: fee_cap,
            priority_fee,
            value: self.value.unwrap_or_default(),
            input: self.input.clone().or_else(|| self.data.clone()).unwrap_or_default(),
            nonce: self.nonce.map_or(0, |nonce| nonce.to()),
            access_list: self.access_list.clone().unwrap_or_default(),
            authorizations: self.authorization_list.clone().unwrap_or_default(),
            ..CallEnv::default()
        };
        // As in geth: what is named is held to, what is not is free.
        Ok((env, Checks { balance: true, base_fee: fee_cap > 0, ..Checks::NONE }))
    }

    /// Fee cap and tip cap, wei per gas. A tip alone is paid on top of the base fee.
    fn fees(&self, base_fee: u64) -> (u128, Option<u128>) {
        match (self.max_fee_per_gas, self.max_priority_fee_per_gas) {
            (None, None) => (self.fee_cap(), None),
            (None, Some(tip)) if !tip.is_zero() => {
                (tip.to::<u128>().saturating_add(u128::from(base_fee)), Some(tip.to()))
            }
            (_, tip) => (self.fee_cap(), Some(tip.map_or(0, |tip| tip.to()))),
        }
    }

    /// Gas that the sender can pay at the price it names; without a price, or beyond 64 bits, all there is.
    ///
    /// # Errors
    /// Those of reading state.
    pub(crate) fn allowance(&self, state: &State) -> Answer<u64> {
        let price = self.fee_cap();
        if price == 0 {
            return Ok(u64::MAX);
        }
        let balance = evm::account(&state.overlay, &self.sender())?.map_or(U256::ZERO, |account| account.balance);
        let rest = balance.saturating_sub(self.value.unwrap_or_default());
        Ok((rest / U256::from(price)).saturating_to())
    }

    fn check(&self, chain_id: u64) -> Answer<()> {
        self.check_fees()?;
        let rejected = |text: &str| Err(Failure::Rejected(text.into()));
        if self.data.as_ref().is_some_and(|data| self.input.as_ref().is_some_and(|input| data != input)) {
            return rejected(
                r#"both "data" and "input" are set and not equal. Please use "input" to pass transaction call data"#,
            );
        }
        if self.blob_versioned_hashes.is_some() {
            return rejected("transaction type not supported: this chain has no blobs");
        }
        match self.chain_id {
            Some(have) if have != U256::from(chain_id) => {
                Err(Failure::Rejected(format!("chainId does not match node's (have={have}, want={chain_id})")))
            }
            _ => Ok(()),
        }
    }

    fn check_fees(&self) -> Answer<()> {
        let rejected = |text: String| Err(Failure::Rejected(text));
        match (self.gas_price, self.max_fee_per_gas, self.max_priority_fee_per_gas) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                rejected("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified".into())
            }
            (_, Some(cap), Some(tip)) if cap < tip => {
                rejected(format!("maxFeePerGas ({cap}) < maxPriorityFeePerGas ({tip})"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(json: &str) -> CallRequest {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn requests_decode_as_clients_write_them() {
        let full = request(
            r#"{"from":"0x0000000000000000000000000000000000000001","to":null,"gas":"0x5208","gasPrice":"0x1",
            "value":"0x2","nonce":"0x3","data":"0x04","chainId":"0x1","type":"0x0","accessList":[],"unknown":1}"#,
        );
        assert_eq!((full.gas.unwrap().to::<u64>(), full.fee_cap(), full.value.unwrap()), (21_000, 1, U256::from(2)));
        assert_eq!(request("{}"), CallRequest::default());
        assert!(serde_json::from_str::<CallRequest>(r#"{"gas":"x"}"#).is_err());
    }

    #[test]
    fn contradictions_are_named() {
        let table = [
            (r#"{"gasPrice":"0x1","maxFeePerGas":"0x1"}"#, "both gasPrice and"),
            (r#"{"data":"0x01","input":"0x02"}"#, "both \"data\" and \"input\""),
            (r#"{"maxFeePerGas":"0x1","maxPriorityFeePerGas":"0x2"}"#, "maxFeePerGas (1) < maxPriorityFeePerGas (2)"),
            (r#"{"chainId":"0x2"}"#, "chainId does not match node's (have=2, want=1)"),
            (r#"{"blobVersionedHashes":[]}"#, "transaction type not supported"),
        ];
        for (json, text) in table {
            let failure = request(json).check(1).unwrap_err();
            assert!(failure.to_string().starts_with(text), "{failure}");
        }
        assert!(request(r#"{"data":"0x01","input":"0x01","chainId":"0x1"}"#).check(1).is_ok());
    }
}
