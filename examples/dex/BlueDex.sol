// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {EXCHANGE, IExchange} from "../../contracts/IExchange.sol";
import {IVenue} from "../../contracts/IVenue.sol";

/// Another DEX on the same book. It takes any order that the exchange knows, many at a time, and rewards its customers:
/// each block's settlement tells it of its fills, for which it gives points.
///
/// Custody is as with Red: customers approve Blue as an operator and keep orders and balances.
contract BlueDex is IVenue {
    uint32 public immutable venue;
    /// Quantity traded by each customer in each market, in units of the base denom.
    mapping(address customer => mapping(uint32 market => uint256)) public points;

    /// Value sent along is Blue's first gas for call-backs.
    constructor(uint16 feeBps, address earnings) payable {
        venue = EXCHANGE.registerVenue("Blue Dex", feeBps, earnings, address(this), 500_000);
    }

    /// Anybody can add to what call-backs are paid from.
    receive() external payable {}

    /// Places orders of the sender, all through Blue; what is refused stands in the results.
    function trade(IExchange.Order[] calldata orders) external returns (IExchange.Result[] memory) {
        IExchange.Order[] memory through = orders;
        for (uint256 i = 0; i < through.length; i++) through[i].venue = venue;
        return EXCHANGE.placeOrdersFor(msg.sender, through);
    }

    /// Called by the exchange at the end of a block.
    function onSettlement(uint32, uint32 market, Fill[] calldata fills) external {
        require(msg.sender == address(EXCHANGE), "only the exchange settles");
        for (uint256 i = 0; i < fills.length; i++) points[fills[i].owner][market] += fills[i].quantity;
    }
}
