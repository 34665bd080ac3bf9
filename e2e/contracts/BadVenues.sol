// SPDX-License-Identifier: Apache-2.0
// Venues whose call-backs go wrong, each in its own way, and one that only counts.
pragma solidity ^0.8.24;

import {EXCHANGE, IExchange} from "../../contracts/IExchange.sol";
import {IVenue} from "../../contracts/IVenue.sol";

contract Venue {
    uint32 public immutable venue;
    uint256 public told;

    constructor(string memory name, uint64 gas) payable {
        venue = EXCHANGE.registerVenue(name, 10, msg.sender, address(this), gas);
    }

    receive() external payable {}

    function count(uint256 fills) internal {
        require(msg.sender == address(EXCHANGE), "only the exchange");
        told += fills;
    }
}

contract Counting is Venue("Counting", 300_000), IVenue {
    event Told(uint32 market, uint256 fills);

    constructor() payable {}

    function onSettlement(uint32, uint32 market, Fill[] calldata fills) external {
        count(fills.length);
        emit Told(market, fills.length);
    }
}

contract Reverting is Venue("Reverting", 300_000), IVenue {
    constructor() payable {}

    function onSettlement(uint32, uint32, Fill[] calldata fills) external {
        count(fills.length);
        revert("no");
    }
}

contract Looping is Venue("Looping", 300_000), IVenue {
    constructor() payable {}

    function onSettlement(uint32, uint32, Fill[] calldata fills) external {
        count(fills.length);
        while (true) {}
    }
}

/// Tries to trade while it is told of a trade; notes what it was answered.
contract ReEntering is Venue("ReEntering", 500_000), IVenue {
    string public answer;

    constructor() payable {}

    function onSettlement(uint32, uint32 market, Fill[] calldata fills) external {
        count(fills.length);
        IExchange.Order[] memory orders = new IExchange.Order[](1);
        orders[0].market = market;
        orders[0].side = IExchange.Side.Sell;
        orders[0].price = fills[0].price;
        orders[0].quantity = fills[0].quantity;
        try EXCHANGE.placeOrders(orders) { answer = "taken"; } catch Error(string memory reason) { answer = reason; }
    }
}

/// Places orders of its own and changes its mind, in an inner frame or altogether.
contract Fickle {
    bool public caught;

    receive() external payable {}

    function place(IExchange.Order[] calldata orders) public returns (IExchange.Result[] memory) {
        return EXCHANGE.placeOrders(orders);
    }

    function placeAndRevert(IExchange.Order[] calldata orders) external {
        EXCHANGE.placeOrders(orders);
        revert("changed my mind");
    }

    function placeAndCatch(IExchange.Order[] calldata orders) external {
        try this.placeAndRevert(orders) {} catch { caught = true; }
    }

    /// Two calls in one transaction, whose orders have names of their own.
    function placeTwice(IExchange.Order[] calldata orders) external returns (uint128 first, uint128 second) {
        first = place(orders)[0].orderId;
        second = place(orders)[0].orderId;
    }
}
