// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

interface ICustody {
    function deposit(address token, uint256 amount) external returns (uint256);
    function withdraw(address token, uint256 amount) external;
}

/// A token that behaves as it is told: see `Kind` in the tests. Anybody may mint, and spend anybody's.
contract OddToken {
    enum Kind { Honest, KeepsFee, SaysNo, SaysNothing, Reverts, Boasts, ReEnters, Grabs, Burns }

    Kind public kind;
    mapping(address => uint256) private balances;

    function become(Kind to) external { kind = to; }

    function mint(address to, uint256 amount) external { balances[to] += amount; }

    function balanceOf(address owner) external view returns (uint256) {
        return kind == Kind.Boasts && owner == address(0x1100) ? balances[owner] + gasleft() * 2 ** 128 : balances[owner];
    }

    function transfer(address to, uint256 amount) external returns (bool) { return move(msg.sender, to, amount); }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        return move(from, to, amount);
    }

    function move(address from, address to, uint256 amount) private returns (bool) {
        if (kind == Kind.SaysNo) return false;
        require(kind != Kind.Reverts, "not today");
        if (kind == Kind.ReEnters) ICustody(address(0x1100)).deposit(address(this), 1);
        if (kind == Kind.Burns) while (true) {}
        balances[from] -= amount;
        balances[to] += kind == Kind.KeepsFee ? amount - amount / 10 : amount;
        if (kind == Kind.Grabs) balances[from] -= 1;
        if (kind == Kind.SaysNothing) assembly { return(0, 0) }
        return true;
    }
}
