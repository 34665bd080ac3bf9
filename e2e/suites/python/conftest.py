"""One chain for the Python tests, started by the same launcher as every other suite; `w3` and `alice` to use it."""
import json
import subprocess
from pathlib import Path

import pytest
from eth_account import Account
from web3 import Web3

E2E = Path(__file__).resolve().parents[2]
MNEMONIC = "test test test test test test test test test test test junk"
Account.enable_unaudited_hdwallet_features()


@pytest.fixture(scope="session")
def chain():
    """The endpoints of a running devnet: {"http": ..., "ws": ...}."""
    server = subprocess.Popen(["node", "lib/serve.mjs"], cwd=E2E, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    line = server.stdout.readline()
    assert line, "the chain did not start"
    yield json.loads(line)
    server.stdin.close()
    server.wait(timeout=30)


@pytest.fixture(scope="session")
def w3(chain):
    client = Web3(Web3.HTTPProvider(chain["http"]))
    client.eth.default_account = account(0).address
    client.middleware_onion.inject(signing(account(0)), layer=0)
    return client


@pytest.fixture(scope="session")
def alice():
    return account(0)


def account(index):
    """The index-th account of the well-known mnemonic."""
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")


def signing(owner):
    from web3.middleware import SignAndSendRawMiddlewareBuilder
    return SignAndSendRawMiddlewareBuilder.build(owner)
