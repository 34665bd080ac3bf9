//! What is stored, in its own encoding: blocks and headers are Tendermint's protobuf, transactions and receipts EIP-2718.

use alloy_eips::BlockId;

use crate::args::Args;
use crate::backend::View;
use crate::eth::{raw_of, shapes};
use crate::limits::CALL_TIME_MAX;
use crate::methods::{Answer, Api, Registered, Table};
use crate::workers::Weight;
use crate::{B256, Bytes, Failure};

const WEIGHT: (Weight, std::time::Duration) = (Weight::Call, CALL_TIME_MAX);

pub(super) fn register(table: &mut Table) -> Registered {
    table.quick("debug_getRawTransaction", |api, args| {
        let hash: B256 = args.required(0)?;
        raw_of(api, &hash)
    })?;
    table.heavy("debug_getRawBlock", WEIGHT, |api, args, _| {
        let view = known(api, args)?;
        Ok(view.block().map_or_else(Bytes::new, |block| block.encode().into()))
    })?;
    table.heavy("debug_getRawHeader", WEIGHT, |api, args, _| {
        let view = known(api, args)?;
        Ok(view.block().map_or_else(Bytes::new, |block| block.encode_header().into()))
    })?;
    table.heavy("debug_getRawReceipts", WEIGHT, |api, args, _| {
        let view = known(api, args)?;
        Ok(view.shown().map(|shown| shapes::raw_receipt(shown.receipt)).collect::<Vec<_>>())
    })
}

fn known(api: &Api, args: &Args<'_>) -> Answer<View> {
    api.backend.view(args.required::<BlockId>(0)?)?.ok_or(Failure::UnknownBlock)
}
