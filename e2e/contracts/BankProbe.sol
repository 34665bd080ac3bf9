// SPDX-License-Identifier: Apache-2.0
// Calls Sei's precompiles from inside frames that revert, are caught, or are static.
pragma solidity ^0.8.24;

interface IBank {
    function sendNative(string memory to) external payable returns (bool);
    function balance(address owner, string memory denom) external view returns (uint256);
}

interface IAddr {
    function associatePubKey(string memory key) external returns (string memory, address);
    function getSeiAddr(address owner) external view returns (string memory);
}

contract BankProbe {
    IBank private constant BANK = IBank(address(0x1001));
    IAddr private constant ADDR = IAddr(address(0x1004));
    bool public caught;

    function send(string calldata to) public payable { require(BANK.sendNative{value: msg.value}(to), "not sent"); }

    function sendAndRevert(string calldata to) external payable {
        send(to);
        revert("changed my mind");
    }

    /// The inner frame sends and reverts; the outer one goes on and keeps the value.
    function sendAndCatch(string calldata to) external payable {
        try this.sendAndRevert{value: msg.value}(to) {} catch { caught = true; }
    }

    function linkAndCatch(string calldata key) external {
        try this.linkAndRevert(key) {} catch { caught = true; }
    }

    function linkAndRevert(string calldata key) external {
        ADDR.associatePubKey(key);
        revert("not linked after all");
    }

    function staticSend(string calldata to) external view returns (bool ok) {
        (ok,) = address(BANK).staticcall(abi.encodeCall(IBank.sendNative, (to)));
    }

    function balanceSeen(address owner) external view returns (uint256) { return BANK.balance(owner, "usei"); }
}
