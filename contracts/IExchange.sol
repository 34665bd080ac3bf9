// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// @dev Where the exchange stands on every Seiza chain.
IExchange constant EXCHANGE = IExchange(0x0000000000000000000000000000000000001100);

/// @title The chain's one exchange, shared by every DEX
/// @notice Placing an order checks every rule and takes what the order can cost; matching happens once, at the end of the
/// block, at one price for all. Fills are told afterwards: by the events of the block's settlement, and by
/// IVenue.onSettlement to venues that asked for it.
///
/// Units: an amount is a whole number of the denom's own unit. That of the native coin is the usei, 10^12 wei; that of a
/// wrapped ERC-20 token the token's own smallest unit. A quantity counts units of the base denom. A price says how many
/// units of the quote denom one whole base coin costs, which is 10^baseDecimals units of the base denom.
///
/// Custody: orders belong to their owner, who is the caller, or whoever has made the caller an operator. What an order can
/// cost is taken from the owner's own balance and comes back to it; no operator can take it away.
///
/// Errors: what is wrong with one order is that order's own matter: its result says so and the others stand. What is wrong
/// with the whole call reverts with Error(string). A static call or a delegate call can change nothing.
interface IExchange {
    enum Side { None, Buy, Sell }

    /// @dev Market: `price` is the worst that is accepted. FillOrKill: all of it in this block, or nothing.
    enum Kind { Limit, PostOnly, ImmediateOrCancel, FillOrKill, Market }

    enum Trigger { None, Stop, TakeProfit }

    /// @dev What a number called `expiry` means. Time: seconds since 1970, as block.timestamp.
    enum Expiry { Never, Height, Time }

    /// @dev Which order gives way where one owner's would trade with each other.
    enum SelfTrade { CancelNewest, CancelOldest, CancelBoth }

    enum Status { None, Active, Halted, Delisted }

    enum FeeAsset { None, Base, Quote, Native }

    enum EndReason { None, Cancelled, Expired, Unfilled, NotFilledInFull, SelfTrade, TooDeep, Delisted }

    struct Order {
        /// @dev Where: a number from registerMarket or markets.
        uint32 market;
        /// @dev Through which venue, which earns its fee; 0 for none.
        uint32 venue;
        Side side;
        Kind kind;
        /// @dev Limit, a multiple of the market's tick.
        uint128 price;
        /// @dev A multiple of the market's lot.
        uint128 quantity;
        /// @dev Other than None: the order waits until a clearing price reaches triggerPrice.
        Trigger trigger;
        uint128 triggerPrice;
        Expiry expiryKind;
        uint64 expiry;
        SelfTrade selfTrade;
        /// @dev The owner's own number for the order, unique among its open ones; 0 for none.
        uint64 clientId;
        /// @dev Pay the exchange's fee in the native coin, at a discount, where that can be done.
        bool feeInNative;
    }

    /// @dev What to cancel: an order by its id, or by the owner's own number, or, where both are 0, all of the market.
    struct Cancel {
        uint128 orderId;
        uint64 clientId;
    }

    struct Replacement {
        Cancel cancel;
        Order order;
    }

    /// @dev code is 0 where the order was taken. Otherwise refusal is one of the errors below, encoded: a contract can hand
    /// it on by reverting with it as it is.
    struct Result {
        uint128 orderId;
        uint32 code;
        bytes refusal;
    }

    struct NewMarket {
        /// @dev Denoms as module bank names them: "usei", or denomOf(token).
        string base;
        string quote;
        uint8 baseDecimals;
        uint8 quoteDecimals;
        /// @dev Step of prices. tick x lot is a multiple of 10^baseDecimals.
        uint128 tick;
        /// @dev Step of quantities.
        uint128 lot;
        /// @dev Least price x quantity of an order, in units of the quote denom.
        uint128 minNotional;
        /// @dev Fees of the exchange in millionths of what an account receives, 50000 at most.
        uint32 makerFeePpm;
        uint32 takerFeePpm;
    }

    struct Market {
        uint32 id;
        string base;
        string quote;
        uint8 baseDecimals;
        uint8 quoteDecimals;
        uint128 tick;
        uint128 lot;
        uint128 minNotional;
        uint32 makerFeePpm;
        uint32 takerFeePpm;
        Status status;
        address creator;
        /// @dev usei that the creator gets back when the market is delisted.
        uint128 deposit;
    }

    struct Venue {
        uint32 id;
        string name;
        address owner;
        uint16 feeBps;
        address feeRecipient;
        address callback;
        uint64 callbackGas;
    }

    struct Level {
        uint128 price;
        uint128 quantity;
        uint64 orders;
    }

    struct OpenOrder {
        uint128 orderId;
        address owner;
        /// @dev What it was placed with, but that its quantity is what is left of it. One with a trigger waits; without, it
        /// rests in the book.
        Order order;
    }

    // Refusals of one order, encoded in Result.refusal. Result.code is the number beside each; a number never changes its
    // meaning.

    error UnknownMarket(uint32 market); // 1
    error UnknownVenue(uint32 venue); // 2
    error MarketHalted(uint32 market); // 3
    error MarketDelisted(uint32 market); // 4
    error ZeroPrice(); // 5
    error ZeroQuantity(); // 6
    error ZeroTriggerPrice(); // 7
    error OffTick(uint128 price, uint128 tick); // 8
    error OffLot(uint128 quantity, uint128 lot); // 9
    /// @dev More than 2^64 ticks or lots, or price x quantity beyond 128 bits.
    error TooLarge(); // 10
    error BelowMinNotional(uint128 notional, uint128 minNotional); // 11
    error InsufficientFunds(string denom, uint256 have, uint256 want); // 12
    error AlreadyExpired(); // 13
    error DuplicateClientId(uint64 clientId, uint128 openOrder); // 14
    error UnknownOrder(); // 15
    error NotOwner(); // 16
    error AlreadyCancelled(); // 17
    /// @dev Post-only, and the book would trade with it at `best`.
    error WouldCross(uint128 best); // 18
    /// @dev Any later rule, by its number and in words.
    error Refused(uint32 code, string reason);

    // Told by the transaction that placed.

    event OrderPlaced(
        address indexed owner,
        uint32 indexed market,
        uint32 indexed venue,
        uint128 orderId,
        uint64 clientId,
        Side side,
        Kind kind,
        uint128 price,
        uint128 quantity
    );
    event OrderRefused(
        address indexed owner, uint32 indexed market, uint32 indexed venue, uint64 clientId, uint32 code, bytes refusal
    );
    /// @dev orderId and clientId as they were given: both 0 for all orders of the market.
    event CancelRequested(address indexed owner, uint32 indexed market, uint128 orderId, uint64 clientId);
    event MarketRegistered(uint32 indexed market, address indexed creator, string base, string quote);
    event VenueRegistered(uint32 indexed venue, address indexed owner, string name, uint16 feeBps);
    event MarketStatusChanged(uint32 indexed market, Status status);
    event OperatorApproved(address indexed owner, address indexed operator, bool approved);
    event Deposited(address indexed token, address indexed owner, uint256 amount);
    event Withdrawn(address indexed token, address indexed owner, uint256 amount);

    // Told by the block's settlement, after all its transactions.

    /// @dev quote: units of the quote denom that were paid for quantity. fee: the exchange's, in units of feeAsset.
    /// venueFee: the venue's, in units of what the owner received, base for a buyer and quote for a seller.
    event OrderFilled(
        address indexed owner,
        uint32 indexed market,
        uint32 indexed venue,
        uint128 orderId,
        uint64 clientId,
        Side side,
        bool maker,
        uint128 price,
        uint128 quantity,
        uint128 quote,
        uint128 remaining,
        uint128 fee,
        FeeAsset feeAsset,
        uint128 venueFee
    );
    /// @dev What was left of the order, `remaining`, was given back.
    event OrderEnded(
        address indexed owner,
        uint32 indexed market,
        uint32 indexed venue,
        uint128 orderId,
        uint64 clientId,
        EndReason reason,
        uint128 remaining
    );
    /// @dev An order, or a cancellation, that was taken when it was placed, and that the market refused at the end of the
    /// block, by the number of one of the errors.
    event OrderRejected(
        address indexed owner,
        uint32 indexed market,
        uint32 indexed venue,
        uint128 orderId,
        uint64 clientId,
        bool cancel,
        uint32 code
    );
    /// @dev All fills of the market in this block have this price.
    event MarketCleared(uint32 indexed market, uint128 price, uint128 volume, uint128 quoteVolume);
    /// @dev ok is false where the call-back reverted, ran out of gas or could not be paid for: then it changed nothing.
    event VenueCalled(uint32 indexed venue, uint32 indexed market, bool ok, uint64 gasUsed);

    // Orders.

    /// @notice Places orders of the caller.
    /// @param orders At most 500.
    /// @return results One for each, in order.
    function placeOrders(Order[] calldata orders) external returns (Result[] memory results);

    /// @notice Places orders of `owner`, who has approved the caller as an operator.
    function placeOrdersFor(address owner, Order[] calldata orders) external returns (Result[] memory results);

    /// @notice Cancels orders of the caller. What they held comes back at once; the book loses them at the end of the block,
    /// before anything is matched.
    /// @return results One for each; orderId is as it was given.
    function cancelOrders(uint32 market, Cancel[] calldata targets) external returns (Result[] memory results);

    /// @notice As cancelOrders, for `owner`, who has approved the caller as an operator.
    function cancelOrdersFor(address owner, uint32 market, Cancel[] calldata targets)
        external
        returns (Result[] memory results);

    /// @notice Cancels and places in one step each. Where there is nothing to cancel, nothing is placed; where the new order
    /// is refused, the old one stays, unless what is wanting is funds: these are looked at last.
    function replaceOrders(Replacement[] calldata replacements) external returns (Result[] memory results);

    /// @notice As replaceOrders, for `owner`, who has approved the caller as an operator.
    function replaceOrdersFor(address owner, Replacement[] calldata replacements)
        external
        returns (Result[] memory results);

    /// @notice Lets `operator` place, cancel and replace orders of the caller, until that is taken back. An operator cannot
    /// move funds, but it can trade them at any price.
    function approveOperator(address operator, bool approved) external;

    // Markets and venues.

    /// @notice Lists a market against the deposit that the chain asks for, taken from the caller's balance.
    function registerMarket(NewMarket calldata market) external returns (uint32 id);

    /// @notice Registers a venue of the caller.
    /// @param name 1 to 32 printable ASCII characters.
    /// @param feeBps Hundredths of a percent of what an account receives through the venue, 100 at most.
    /// @param callback A contract with IVenue.onSettlement; the caller pays for the gas, see IVenue. 0 for none.
    /// @param callbackGas Gas of one call-back, 500000 at most; 0 without one.
    function registerVenue(
        string calldata name,
        uint16 feeBps,
        address feeRecipient,
        address callback,
        uint64 callbackGas
    ) external returns (uint32 id);

    /// @notice Halts, resumes or delists a market: for the exchange's authority alone.
    function setMarketStatus(uint32 market, Status status) external;

    // ERC-20 tokens.

    /// @notice Moves tokens of the caller into custody and credits as much of the denom denomOf(token) as arrived. The
    /// caller approves the exchange's address to spend them first.
    /// @return credited Units that arrived: fewer than `amount` where the token keeps a fee.
    function deposit(address token, uint256 amount) external returns (uint256 credited);

    /// @notice Takes `amount` of the denom denomOf(token) from the caller and pays the tokens out to it.
    function withdraw(address token, uint256 amount) external;

    /// @notice The denom under which the token trades: "erc20/0x", then 40 hex digits in lower case.
    function denomOf(address token) external view returns (string memory denom);

    // Reading. What was placed in this very block shows after its end.

    function isOperator(address owner, address operator) external view returns (bool approved);
    function market(uint32 id) external view returns (Market memory);
    /// @notice Markets by number, from `first` on, `limit` of them at most (100 at most).
    function markets(uint32 first, uint32 limit) external view returns (Market[] memory);
    function venue(uint32 id) external view returns (Venue memory);
    /// @notice The last clearing price; 0 where nothing was traded yet.
    function lastPrice(uint32 market) external view returns (uint128 price);
    /// @notice Levels of one side, best first, `limit` at most (100 at most).
    function depth(uint32 market, Side side, uint32 limit) external view returns (Level[] memory);
    /// @notice An open order. Reverts where there is none.
    function order(uint128 orderId) external view returns (OpenOrder memory);
    /// @notice An owner's open order by its own number. Reverts where there is none.
    function orderByClientId(address owner, uint64 clientId) external view returns (OpenOrder memory);
    /// @notice Open orders of an owner in a market (0: in all), `limit` at most (100 at most), after the order `after_`
    /// (0: from the first; where market is 0 it must be open still).
    function openOrders(address owner, uint32 market, uint128 after_, uint32 limit)
        external
        view
        returns (OpenOrder[] memory);
}
