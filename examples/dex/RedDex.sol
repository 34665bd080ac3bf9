// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {EXCHANGE, IExchange} from "../../contracts/IExchange.sol";

/// A DEX in a few lines: what it brings is its customers and its own fee. Book, matching, balances and settlement are the
/// chain's, and shared: Red's sellers meet Blue's buyers.
///
/// Custody: there is none. Whoever trades here calls EXCHANGE.approveOperator(red, true) once; from then on Red places
/// orders that are the customer's own. What an order costs is taken from the customer's balance on the exchange, what it
/// earns goes there, and customers can cancel at the exchange without Red. An operator cannot move funds, but it could
/// trade them at a bad price: customers trust this code to place what they asked for and nothing else, and can read that it
/// does: it only ever places orders of msg.sender.
///
/// (A contract that placed by EXCHANGE.placeOrders would itself own the orders, and would have to keep books of who owns
/// what. That is how a vault or a market-making strategy works; a DEX does not need it.)
contract RedDex {
    /// Red's number on the exchange: every order that names it pays Red's fee, wherever it is placed.
    uint32 public immutable venue;

    constructor(uint16 feeBps, address earnings) payable {
        venue = EXCHANGE.registerVenue("Red Dex", feeBps, earnings, address(0), 0);
    }

    function buy(uint32 market, uint128 price, uint128 quantity) external returns (uint128 orderId) {
        return place(market, IExchange.Side.Buy, price, quantity);
    }

    function sell(uint32 market, uint128 price, uint128 quantity) external returns (uint128 orderId) {
        return place(market, IExchange.Side.Sell, price, quantity);
    }

    function cancel(uint32 market, uint128 orderId) external {
        IExchange.Cancel[] memory targets = new IExchange.Cancel[](1);
        targets[0].orderId = orderId;
        accepted(EXCHANGE.cancelOrdersFor(msg.sender, market, targets)[0]);
    }

    function place(uint32 market, IExchange.Side side, uint128 price, uint128 quantity) private returns (uint128) {
        IExchange.Order[] memory orders = new IExchange.Order[](1);
        // Fields that are not set are zero: a limit order that never expires.
        orders[0].market = market;
        orders[0].venue = venue;
        orders[0].side = side;
        orders[0].price = price;
        orders[0].quantity = quantity;
        return accepted(EXCHANGE.placeOrdersFor(msg.sender, orders)[0]);
    }

    /// A refused order is no failure of the call; here it shall be, with the exchange's own error.
    function accepted(IExchange.Result memory result) private pure returns (uint128) {
        bytes memory refusal = result.refusal;
        if (result.code != 0) {
            assembly ("memory-safe") { revert(add(refusal, 32), mload(refusal)) }
        }
        return result.orderId;
    }
}
