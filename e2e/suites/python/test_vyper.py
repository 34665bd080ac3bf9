"""A Vyper 0.4.3 contract through web3.py: another compiler's bytecode and another ABI encoder.

Proves: deployment, payable calls, events, refused bids with their reason, refunds, decimals.
"""
from pathlib import Path

import pytest
import vyper
from conftest import account, signing
from web3 import Web3
from web3.exceptions import ContractLogicError

SOURCE = (Path(__file__).parent / "Auction.vy").read_text()


def mined(w3, tx_hash):
    receipt = w3.eth.wait_for_transaction_receipt(tx_hash, poll_latency=0.1)
    assert receipt["status"] == 1
    return receipt


@pytest.fixture(scope="module")
def auction(w3, alice):
    built = vyper.compile_code(SOURCE, output_formats=["abi", "bytecode"])
    factory = w3.eth.contract(abi=built["abi"], bytecode=built["bytecode"])
    address = mined(w3, factory.constructor(alice.address).transact())["contractAddress"]
    return w3.eth.contract(address=address, abi=built["abi"])


def test_bids_are_logged_and_kept(w3, alice, auction):
    receipt = mined(w3, auction.functions.bid().transact({"value": 100}))
    [event] = auction.events.Bid().process_receipt(receipt)
    assert event["args"] == {"bidder": alice.address, "amount": 100}
    assert auction.functions.highest_bid().call() == 100
    assert w3.eth.get_balance(auction.address) == 100


def test_a_low_bid_is_refused_with_its_reason(auction):
    with pytest.raises(ContractLogicError, match="bid too low"):
        auction.functions.bid().call({"value": 99})
    with pytest.raises(ContractLogicError, match="bid too low"):
        auction.functions.bid().estimate_gas({"value": 99})


def test_the_outbid_get_their_money_back(chain, w3, alice, auction):
    other = account(2)
    w3_other = Web3(Web3.HTTPProvider(chain["http"]))
    w3_other.middleware_onion.inject(signing(other), layer=0)
    rival = w3_other.eth.contract(address=auction.address, abi=auction.abi)
    mined(w3, rival.functions.bid().transact({"from": other.address, "value": 250}))
    assert auction.functions.refunds(alice.address).call() == 100
    before = w3.eth.get_balance(alice.address)
    receipt = mined(w3, auction.functions.withdraw().transact())
    assert w3.eth.get_balance(alice.address) - before == 100 - receipt["gasUsed"] * receipt["effectiveGasPrice"]


def test_decimals_and_logs_over_all_blocks(auction):
    assert auction.functions.average().call() == 175 * 10**10  # a Vyper decimal has ten places
    assert [e["args"]["amount"] for e in auction.events.Bid().get_logs(from_block=0)] == [100, 250]
