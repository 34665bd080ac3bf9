// SPDX-License-Identifier: Apache-2.0
// What the client suites call: storage, logs, every kind of revert, nested calls and creations, block facts.
pragma solidity ^0.8.20;

contract Child {
    uint256 public immutable born = block.number;
    address public immutable parent = msg.sender;
}

contract Probe {
    event Stored(address indexed by, uint256 indexed slot, uint256 value);
    event Note(uint256 value);
    error TooPoor(uint256 has, uint256 wants);

    uint256 public value;
    mapping(uint256 => uint256) public slots;

    constructor(uint256 start) payable { value = start; }

    function store(uint256 v) external payable {
        value = v;
        emit Stored(msg.sender, 0, v);
    }

    function storeMany(uint256 from, uint256 count) external {
        for (uint256 i = from; i < from + count; i++) {
            slots[i] = i + 1;
            emit Stored(msg.sender, i, i + 1);
        }
    }

    function notes(uint256 count) external { for (uint256 i; i < count; i++) emit Note(i); }
    function wantMore(uint256 wants) external view { revert TooPoor(address(this).balance, wants); }
    function sayNo(string calldata why) external pure { require(false, why); }
    function divide(uint256 a, uint256 b) external pure returns (uint256) { return a / b; }
    function burnAll() external pure { assembly { invalid() } }
    function makeChild() external returns (address child) { child = address(new Child()); emit Note(uint160(child)); }

    function callInto(address to, bytes calldata data) external payable returns (bool ok, bytes memory out) {
        (ok, out) = to.call{value: msg.value}(data);
    }

    function facts() external view returns (uint256 number, uint256 time, uint256 baseFee, uint256 chain, uint256 limit) {
        return (block.number, block.timestamp, block.basefee, block.chainid, block.gaslimit);
    }

    function whoami() external view returns (address self, address sender, uint256 balance) {
        return (address(this), msg.sender, msg.sender.balance);
    }

    receive() external payable { emit Note(msg.value); }
}
