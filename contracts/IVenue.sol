// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IExchange} from "./IExchange.sol";

/// @title What a venue's contract may implement to hear of its fills
/// @notice Called by the exchange (msg.sender is its address) at the end of a block, after all is matched and settled, once
/// for each market in which orders of the venue were filled; in several calls where there are more than 64 fills.
///
/// Nothing that happens in a call-back can undo a fill. One that reverts, or uses more than the gas registered, changes
/// nothing and is not repeated. The exchange takes no orders, deposits or withdrawals while a call-back runs.
///
/// Gas is paid by whoever registered the venue (the contract itself, where it did so in its constructor), from its balance of
/// the native coin at the block's base fee: callbackGas is taken before, what was not used comes back. Where it cannot pay,
/// the contract is not called.
interface IVenue {
    struct Fill {
        uint128 orderId;
        address owner;
        uint64 clientId;
        IExchange.Side side;
        bool maker;
        uint128 price;
        uint128 quantity;
        /// @dev Units of the quote denom paid for quantity.
        uint128 quote;
        /// @dev What is left of the order.
        uint128 remaining;
        /// @dev What the venue earned, in units of what the owner received: base for a buyer, quote for a seller.
        uint128 venueFee;
    }

    function onSettlement(uint32 venue, uint32 market, Fill[] calldata fills) external;
}
