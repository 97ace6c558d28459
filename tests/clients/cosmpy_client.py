"""cosmpy as it comes from the registry, against a node that runs, once over gRPC and once over REST.

cosmpy_client.py READY_LINE_FILE CONTRACT_WASM ACCOUNT_INDEX grpc|rest
"""

import base64
import json
import sys

from cosmpy.aerial.client import LedgerClient, NetworkConfig
from cosmpy.aerial.contract import LedgerContract
from cosmpy.aerial.wallet import LocalWallet
from cosmpy.crypto.keypairs import PrivateKey
from cosmpy.mnemonic import derive_child_key_from_mnemonic


def text(value):
    return base64.b64encode(value.encode()).decode()


def step(name):
    print(f"ok    {name}", flush=True)


def main():
    ready, wasm, account, transport = sys.argv[1:]
    with open(ready, encoding="utf-8") as file:
        node = json.load(file)
    url = "grpc+" + node["grpc_url"] if transport == "grpc" else "rest+" + node["rest_url"]
    client = LedgerClient(
        NetworkConfig(
            chain_id=node["chain_id"],
            url=url,
            fee_minimum_gas_price=float(node["min_gas_price"]),
            fee_denomination=node["denom"],
            staking_denomination=node["denom"],
        ),
        query_interval_secs=1,
        query_timeout_secs=120,
    )
    wallet = account_wallet(node, int(account))
    other = node["accounts"][0]["address"]

    block = client.query_latest_block()
    assert block.chain_id == node["chain_id"], block.chain_id
    assert client.query_block(1).height == 1
    assert client.query_chain_id() == node["chain_id"]
    step("blocks")

    known = client.query_account(wallet.address())
    assert str(known.address) == str(wallet.address())
    try:
        client.query_account(LocalWallet.generate(prefix=node["prefix"]).address())
    except Exception as error:  # pylint: disable=broad-except  # each transport has an error of its own
        assert "not found" in str(error).lower(), error
    else:
        raise AssertionError("an account that does not exist was found")
    step("accounts")

    before = client.query_bank_balance(other, node["denom"])
    sent = client.send_tokens(other, 4321, node["denom"], wallet).wait_to_complete()
    assert client.query_bank_balance(other, node["denom"]) == before + 4321
    assert sent.response.is_successful()
    found = client.query_tx(sent.tx_hash)
    assert found.hash == sent.tx_hash and found.height > 0
    assert any(coin.denom == node["denom"] for coin in client.query_bank_all_balances(other))
    step("send, with gas from a simulation")

    contract = LedgerContract(wasm, client)
    code_id = contract.store(wallet)
    if transport == "grpc":  # over REST cosmpy reads the hex of a digest as base64 and never finds it
        assert LedgerContract(wasm, client).code_id is not None, "the code was not found by its digest"
    address = contract.deploy({}, wallet, f"cosmpy over {transport}", admin_address=wallet.address())
    step("upload and instantiate")

    contract.execute({"set": {"key": text("k"), "value": text("v")}}, wallet).wait_to_complete()
    assert contract.query({"get": {"key": text("k")}}) == text("v")
    step("execute and query")

    contract.migrate({}, wallet, code_id)
    assert LedgerContract(None, client, address=address).query({"get": {"key": text("k")}}) == text("v")
    step("migrate")

    try:
        contract.execute({"fail": {"text": "as the contract said"}}, wallet).wait_to_complete()
    except Exception as error:  # pylint: disable=broad-except  # each transport has an error of its own
        assert "as the contract said" in str(error), error
    else:
        raise AssertionError("a failing message succeeded")
    step("errors keep their words")


def account_wallet(node, index):
    key = derive_child_key_from_mnemonic(node["mnemonic"], path=f"m/44'/118'/0'/0/{index}")
    wallet = LocalWallet(PrivateKey(key), prefix=node["prefix"])
    assert str(wallet.address()) == node["accounts"][index]["address"]
    return wallet


if __name__ == "__main__":
    main()
