// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// A central limit order book written for the EVM as well as it goes: price, then time; matched as orders come in. An order
/// is one storage slot, a level is one, an account is one; prices are found by bitmap; cancelled orders are skipped when the
/// queue reaches them. Funds lie inside the contract; what takers pay in fees stays there. Ticks are below 2^16.
contract Book {
    struct Level { uint64 head; uint64 tail; }
    struct Order { address owner; uint96 lots; }
    struct Account { uint128 base; uint128 quote; }

    uint256 constant BUY = 0;
    uint256 constant SELL = 1;
    uint256 constant TAKER_PPM = 300;

    mapping(uint256 => Level) levels;
    mapping(uint256 => Order) orders;
    mapping(uint256 => uint256) bits;
    mapping(address => Account) public accounts;
    uint32 public bestBid;
    uint32 public bestAsk = type(uint32).max;
    /// The caller's own names of open orders.
    mapping(address => mapping(uint64 => uint256)) public named;

    event Placed(uint256 indexed id, address indexed owner, uint256 lots);
    event Filled(uint256 indexed id, address indexed maker, address indexed taker, uint256 lots);
    event Cancelled(uint256 indexed id);

    function deposit(uint128 base, uint128 quote) external {
        Account storage account = accounts[msg.sender];
        account.base += base;
        account.quote += quote;
    }

    /// Each wish: 64 bits the caller's name for it or zero, 30 free, 1 immediate-or-cancel, 1 sells, 32 tick, 64 lots.
    function place(uint256[] calldata wishes) public {
        for (uint256 i; i < wishes.length; ++i) {
            uint256 wish = wishes[i];
            _place((wish >> 96) & 1, uint32(wish >> 64), uint64(wish), (wish >> 97) & 1 == 1, uint64(wish >> 128));
        }
    }

    /// Cancels by the caller's names. Orders that are gone already are passed over.
    function cancel(uint64[] calldata names) public {
        for (uint256 i; i < names.length; ++i) {
            uint256 id = named[msg.sender][names[i]];
            Order storage order = orders[id];
            uint256 lots = order.lots;
            if (order.owner != msg.sender || lots == 0) continue;
            delete named[msg.sender][names[i]];
            order.lots = 0;
            if (id >> 96 == BUY) accounts[msg.sender].quote += uint128(lots * uint32(id >> 64));
            else accounts[msg.sender].base += uint128(lots);
            emit Cancelled(id);
        }
    }

    /// Both in one transaction.
    function replace(uint64[] calldata names, uint256[] calldata wishes) external {
        cancel(names);
        place(wishes);
    }

    function _place(uint256 side, uint32 tick, uint256 lots, bool immediate, uint64 name) private {
        Account storage account = accounts[msg.sender];
        if (side == BUY) account.quote -= uint128(lots * tick);
        else account.base -= uint128(lots);
        uint256 left = _match(side, tick, lots);
        if (left == 0) return;
        if (immediate) {
            if (side == BUY) account.quote += uint128(left * tick);
            else account.base += uint128(left);
            return;
        }
        uint256 key = side << 32 | tick;
        Level storage level = levels[key];
        uint256 id = side << 96 | uint256(tick) << 64 | level.tail;
        level.tail += 1;
        orders[id] = Order(msg.sender, uint96(left));
        if (name != 0) named[msg.sender][name] = id;
        bits[side << 32 | tick >> 8] |= 1 << (tick & 255);
        if (side == BUY) { if (tick > bestBid) bestBid = tick; }
        else if (tick < bestAsk) bestAsk = tick;
        emit Placed(id, msg.sender, left);
    }

    function _match(uint256 side, uint32 limit, uint256 lots) private returns (uint256) {
        uint256 other = 1 - side;
        while (lots > 0) {
            uint32 best = side == BUY ? bestAsk : bestBid;
            if (side == BUY ? best > limit : best < limit || best == 0) break;
            Level storage level = levels[other << 32 | best];
            (uint64 head, uint64 tail) = (level.head, level.tail);
            while (lots > 0 && head < tail) {
                uint256 id = other << 96 | uint256(best) << 64 | head;
                uint256 taken = _fill(id, side, best, limit, lots);
                lots -= taken;
                if (orders[id].lots == 0) ++head;
            }
            level.head = head;
            if (head == tail) _leave(other, best);
        }
        return lots;
    }

    function _fill(uint256 id, uint256 side, uint32 price, uint32 limit, uint256 lots) private returns (uint256 taken) {
        Order storage order = orders[id];
        (address maker, uint256 has) = (order.owner, order.lots);
        if (has == 0) return 0;
        taken = has < lots ? has : lots;
        order.lots = uint96(has - taken);
        uint256 quote = taken * price;
        if (side == BUY) {
            uint256 fee = (taken * TAKER_PPM + 999_999) / 1_000_000;
            Account storage taker = accounts[msg.sender];
            taker.base += uint128(taken - fee);
            taker.quote += uint128(taken * limit - quote);
            accounts[maker].quote += uint128(quote);
        } else {
            uint256 fee = (quote * TAKER_PPM + 999_999) / 1_000_000;
            accounts[msg.sender].quote += uint128(quote - fee);
            accounts[maker].base += uint128(taken);
        }
        emit Filled(id, maker, msg.sender, taken);
    }

    /// A level is empty: the next one is the best.
    function _leave(uint256 side, uint32 tick) private {
        uint256 word = tick >> 8;
        uint256 key = side << 32;
        bits[key | word] &= ~(1 << (tick & 255));
        if (side == SELL) {
            uint256 held = bits[key | word] >> (tick & 255) << (tick & 255);
            while (held == 0 && word < 255) held = bits[key | ++word];
            bestAsk = held == 0 ? type(uint32).max : uint32(word << 8 | _lowest(held));
        } else {
            uint256 held = bits[key | word] << (255 - (tick & 255)) >> (255 - (tick & 255));
            while (held == 0 && word > 0) held = bits[key | --word];
            bestBid = held == 0 ? 0 : uint32(word << 8 | _highest(held));
        }
    }

    function _lowest(uint256 held) private pure returns (uint256) {
        return _highest(held & (~held + 1));
    }

    function _highest(uint256 held) private pure returns (uint256 index) {
        if (held >> 128 > 0) { held >>= 128; index += 128; }
        if (held >> 64 > 0) { held >>= 64; index += 64; }
        if (held >> 32 > 0) { held >>= 32; index += 32; }
        if (held >> 16 > 0) { held >>= 16; index += 16; }
        if (held >> 8 > 0) { held >>= 8; index += 8; }
        if (held >> 4 > 0) { held >>= 4; index += 4; }
        if (held >> 2 > 0) { held >>= 2; index += 2; }
        if (held >> 1 > 0) { index += 1; }
    }
}
