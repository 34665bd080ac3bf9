"""web3.py 7: the Python client's everyday flow.

Proves: signing middleware, raw transactions, fees, filters, receipts, errors and an async WebSocket subscription.
"""
import asyncio

import pytest
from conftest import account
from eth_account import Account
from web3 import AsyncWeb3, WebSocketProvider
from web3.exceptions import TransactionNotFound, Web3RPCError

CHAIN_ID = 713714


def test_identity_and_funds(w3):
    assert w3.is_connected()
    assert w3.eth.chain_id == CHAIN_ID
    assert w3.net.version == str(CHAIN_ID)
    assert w3.eth.syncing is False
    assert w3.eth.get_balance(account(9).address) == w3.to_wei(10_000, "ether")


def test_transfer_by_signing_middleware_pays_exactly(w3, alice):
    before = w3.eth.get_balance(alice.address)
    target = Account.create().address
    receipt = w3.eth.wait_for_transaction_receipt(w3.eth.send_transaction({"to": target, "value": 7}), poll_latency=0.1)
    assert receipt["status"] == 1 and receipt["gasUsed"] == 21_000
    assert before - w3.eth.get_balance(alice.address) == 7 + 21_000 * receipt["effectiveGasPrice"]
    assert w3.eth.get_balance(target) == 7


@pytest.mark.parametrize("fields", [
    {"gasPrice": 20 * 10**9},
    {"gasPrice": 20 * 10**9, "type": 1, "accessList": []},
    {"maxFeePerGas": 20 * 10**9, "maxPriorityFeePerGas": 10**9, "type": 2},
], ids=["legacy", "access list", "dynamic fee"])
def test_raw_transactions(w3, fields):
    sender = account(1)
    tx = {"to": sender.address, "value": 1, "gas": 30_000, "chainId": CHAIN_ID,
          "nonce": w3.eth.get_transaction_count(sender.address), **fields}
    signed = sender.sign_transaction(tx)
    assert w3.eth.send_raw_transaction(signed.raw_transaction) == signed.hash
    receipt = w3.eth.wait_for_transaction_receipt(signed.hash, poll_latency=0.1)
    assert receipt["status"] == 1
    assert receipt["type"] == fields.get("type", 0)
    assert w3.eth.get_raw_transaction(signed.hash) == signed.raw_transaction


def test_set_code_transaction(w3, alice):
    authority = Account.create()
    target = "0x" + "42" * 20
    authorization = authority.sign_authorization({"chainId": CHAIN_ID, "address": target, "nonce": 0})
    tx = {"type": 4, "chainId": CHAIN_ID, "to": authority.address, "value": 0, "gas": 200_000, "maxFeePerGas": 10**11,
          "maxPriorityFeePerGas": 10**9, "nonce": w3.eth.get_transaction_count(alice.address), "authorizationList": [authorization]}
    signed = alice.sign_transaction(tx)
    receipt = w3.eth.wait_for_transaction_receipt(w3.eth.send_raw_transaction(signed.raw_transaction), poll_latency=0.1)
    assert receipt["status"] == 1 and receipt["type"] == 4
    assert w3.eth.get_code(authority.address).hex() == "ef0100" + "42" * 20


def test_blocks_and_fees(w3):
    block = w3.eth.get_block("latest", full_transactions=True)
    assert w3.eth.get_block(block["hash"])["number"] == block["number"]
    history = w3.eth.fee_history(2, "latest", [50])
    assert len(history["baseFeePerGas"]) == 3
    assert w3.eth.gas_price > 0 and w3.eth.max_priority_fee >= 0


def test_what_is_not_there_is_not_found(w3):
    with pytest.raises(TransactionNotFound):
        w3.eth.get_transaction("0x" + "ab" * 32)
    with pytest.raises(Web3RPCError) as refused:
        w3.eth.send_raw_transaction("0xc0ffee")
    assert isinstance(refused.value.rpc_response["error"]["code"], int)


def test_block_filter(w3, alice):
    new_blocks = w3.eth.filter("latest")
    w3.eth.wait_for_transaction_receipt(w3.eth.send_transaction({"to": alice.address}), poll_latency=0.1)
    assert len(new_blocks.get_new_entries()) >= 1


def test_heads_by_async_socket(chain):
    async def two_heads():
        async with AsyncWeb3(WebSocketProvider(chain["ws"])) as socket:
            await socket.eth.subscribe("newHeads")
            numbers = []
            async for message in socket.socket.process_subscriptions():
                numbers.append(message["result"]["number"])
                if len(numbers) == 2:
                    return numbers
    first, second = asyncio.run(asyncio.wait_for(two_heads(), 20))
    assert second == first + 1
