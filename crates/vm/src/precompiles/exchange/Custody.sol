// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

interface IToken {
    function balanceOf(address owner) external view returns (uint256);
    function transfer(address to, uint256 amount) external returns (bool);
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
}

/// What the exchange's native code asks of itself: it answers no one but its own address.
interface ILedger {
    function creditWrapped(address token, address owner, uint256 amount) external;
    function debitWrapped(address token, address owner, uint256 amount) external;
}

/// The one part of the exchange that is EVM code, because it calls tokens: it stands at the exchange's address and runs
/// where deposit or withdraw is called; all other calls run native code. Being ordinary code, it is metered, traced and
/// reverted as any other.
///
/// Promises: the denom's supply never exceeds what arrived here less what left; a token that lies, fails or calls back
/// hurts its caller only. Compiled by `node e2e/lib/published.mjs`, into custody.hex beside this file.
contract Custody {
    event Deposited(address indexed token, address indexed owner, uint256 amount);
    event Withdrawn(address indexed token, address indexed owner, uint256 amount);

    bool private transient entered;

    /// Deposits and withdrawals do not nest: what arrived is measured by the balance before and after.
    modifier alone() {
        require(!entered, "deposits and withdrawals do not nest");
        entered = true;
        _;
        entered = false;
    }

    function deposit(address token, uint256 amount) external alone returns (uint256 credited) {
        uint256 before = held(token);
        move(token, abi.encodeCall(IToken.transferFrom, (msg.sender, address(this), amount)));
        uint256 since = held(token);
        require(since > before, "no tokens arrived");
        credited = since - before < amount ? since - before : amount;
        ILedger(address(this)).creditWrapped(token, msg.sender, credited);
        emit Deposited(token, msg.sender, credited);
    }

    function withdraw(address token, uint256 amount) external alone {
        require(amount > 0, "nothing to withdraw");
        ILedger(address(this)).debitWrapped(token, msg.sender, amount);
        uint256 before = held(token);
        move(token, abi.encodeCall(IToken.transfer, (msg.sender, amount)));
        uint256 since = held(token);
        require(since >= before || before - since <= amount, "the token took more than was withdrawn");
        emit Withdrawn(token, msg.sender, amount);
    }

    function held(address token) private view returns (uint256) {
        require(token != address(this) && token.code.length > 0, "not a token");
        return IToken(token).balanceOf(address(this));
    }

    /// Calls the token, which may answer true or nothing, as some old ones do.
    function move(address token, bytes memory call) private {
        (bool done, bytes memory answer) = token.call(call);
        if (!done) {
            assembly ("memory-safe") { revert(add(answer, 32), mload(answer)) }
        }
        require(answer.length == 0 || abi.decode(answer, (bool)), "the token refused");
    }
}
