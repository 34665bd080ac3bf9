#pragma version 0.4.3
#pragma enable-decimals
# An open auction in Vyper: state, value transfers, an event and an assertion from another compiler than solc.

event Bid:
    bidder: indexed(address)
    amount: uint256

beneficiary: public(address)
highest_bidder: public(address)
highest_bid: public(uint256)
refunds: public(HashMap[address, uint256])
history: public(DynArray[uint256, 16])

@deploy
def __init__(beneficiary: address):
    self.beneficiary = beneficiary

@external
@payable
def bid():
    assert msg.value > self.highest_bid, "bid too low"
    self.refunds[self.highest_bidder] += self.highest_bid
    self.highest_bidder = msg.sender
    self.highest_bid = msg.value
    self.history.append(msg.value)
    log Bid(bidder=msg.sender, amount=msg.value)

@external
@nonreentrant
def withdraw() -> uint256:
    amount: uint256 = self.refunds[msg.sender]
    self.refunds[msg.sender] = 0
    send(msg.sender, amount)
    return amount

@external
@view
def average() -> decimal:
    total: uint256 = 0
    for amount: uint256 in self.history:
        total += amount
    return convert(total, decimal) / convert(len(self.history), decimal)
