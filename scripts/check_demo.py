#!/usr/bin/env python3
"""Checks what `supercloud demo --json` printed, from the outside: nothing here is taken from the project's own code.

  check_demo.py facts DOCUMENT CHECKSUMS           a run that must have come out as the README says
  check_demo.py failure DOCUMENT STEP [--contract] a run that must have failed at STEP, with the contract's own error
  check_demo.py corrupt UPDATE OUTPUT              a copy of a price update with one digit of its message changed
"""

import argparse
import base64
import json
import re
import sys
from fractions import Fraction
from pathlib import Path

ORACLE_PRICE = "0.58646744"
SUITE = ["attestation", "bme", "escrow", "market", "oracle", "pyth", "registry"]
NEXT_MARKET = "test/market-next.wasm"
HEX_256 = re.compile(r"[0-9a-fA-F]{64}")

problems = []


def expect(condition, message):
    """Notes a fact that is not as it must be."""
    if not condition:
        problems.append(message)


def check_facts(document, checksums):
    expect(document.get("ok") is True, f"ok is {document.get('ok')}")
    expect(bool(document["chain_id"]), "chain_id is empty")
    expect(document["oracle_price"] == ORACLE_PRICE, f"oracle_price is {document['oracle_price']}, not {ORACLE_PRICE}")
    check_steps(document["steps"])
    check_codes(document["codes"], checksums)
    check_market(document)
    check_money(document)
    check_conservation(document["conservation"])


def check_steps(steps):
    expect([step["step"] for step in steps] == list(range(1, 11)), f"steps are {[step['step'] for step in steps]}")
    hashes = []
    for step in steps:
        name = f"step {step['step']}"
        expect(bool(step["title"]), f"{name} has no title")
        expect(step["step"] == 1 or step["txs"], f"{name} made no transaction")
        for tx in step["txs"]:
            hashes.append(tx["hash"])
            expect(HEX_256.fullmatch(tx["hash"]), f"{name}: {tx['hash']} is not a transaction hash")
            expect(tx["gas_used"] > 0, f"{name}: {tx['hash']} used no gas")
            expect(bool(tx["payer"]), f"{name}: nobody paid for {tx['hash']}")
    expect(len(set(hashes)) == len(hashes), "a transaction hash stands twice")
    payers = {tx["payer"] for step in steps for tx in step["txs"]}
    expect(len(payers) >= 4, f"tenant, sponsor, provider and governance should pay separately, but only {payers} did")


def check_codes(codes, checksums):
    recorded = {}
    for line in checksums.splitlines():
        digest, name = line.split("  ", 1)
        recorded[name] = digest
    for name in [f"{contract}.wasm" for contract in SUITE] + [NEXT_MARKET]:
        expect(name in recorded, f"checksums.txt does not list {name}")
        stored = [code for code in codes if code["checksum"].lower() == recorded.get(name)]
        expect(stored, f"no stored code has the checksum of {name}")
    for code in codes:
        expect(code["code_id"] > 0, f"code id of {code['contract']} is {code['code_id']}")
        expect(code["checksum"].lower() in recorded.values(), f"{code['contract']} is not an artifact of ours")


def check_market(document):
    bids = document["bids"]
    expect(len(bids) >= 2, f"{len(bids)} bids, expected two")
    cheapest = min(bids, key=lambda bid: Fraction(bid["price"]))
    expect(len({bid["price"] for bid in bids}) == len(bids), "the bids have equal prices")
    lease = document["lease_id"]
    expect(lease is not None and lease == cheapest["id"], f"lease {lease} is not the cheapest bid {cheapest['id']}")
    losers = {bid["provider"] for bid in bids if bid is not cheapest}
    returned = {refund["provider"] for refund in document["bid_refunds"] if int(refund["amount"]) > 0}
    expect(losers <= returned, f"bid deposits came back to {returned}, not to {losers}")
    workload = document["workload"]
    expect(workload["http_status"] == 200, f"the workload answered {workload['http_status']}")
    expect(HEX_256.fullmatch(workload["body_sha256"]), "the workload's body has no digest")
    upgrade = document["upgrade"]
    expect(upgrade["from_version"] != upgrade["to_version"], f"the market stayed at {upgrade['from_version']}")
    expect(upgrade["seconds_after"] >= upgrade["seconds_before"] > 0, "the lease lost time in the upgrade")


def check_money(document):
    bme, settlement = document["bme"], document["settlement"]
    expect(int(bme["minted"]) > 0, "no ACT was minted")
    expect(int(bme["burned"]) > 0, "no ACT was burned")
    expect(int(bme["locked_uakt"]) > 0, "no AKT went into the vault")
    seconds, burned, paid = settlement["seconds_billed"], int(settlement["act_burned"]), int(settlement["akt_paid"])
    expect(seconds > 0, "no second was billed")
    earned = Fraction(settlement["rate"]) * seconds
    expect(burned == earned.__floor__(), f"{burned} uact were burned, {seconds} s at the rate are {float(earned)}")
    sources = int(settlement["akt_from_credits"]) + int(settlement["akt_minted"])
    expect(paid == sources, f"{paid} uakt were paid, but {sources} came from credits and minting")
    at_price = burned / Fraction(settlement["price"])
    expect(0 < paid <= at_price, f"{paid} uakt were paid for {burned} uact, worth {float(at_price)}")
    refunds = document["refunds"]
    for source in ("wallet", "budget"):
        amounts = [int(refund["amount"]) for refund in refunds if refund["source"] == source]
        expect(sum(amounts) > 0, f"nothing came back to the {source}")


def check_conservation(conservation):
    for denom in ("uakt", "uact"):
        books = {name: int(amount) for name, amount in conservation[denom].items()}
        left, right = books["genesis"] + books["minted"] - books["burned"], books["balances"]
        expect(left == right, f"{denom}: genesis + minted - burned is {left}, balances are {right}")
        expect(right > 0, f"{denom}: both sides are zero")
    expect(int(conservation["uact"]["minted"]) > 0, "uact: nothing was minted")
    expect(int(conservation["uact"]["burned"]) > 0, "uact: nothing was burned")
    owed = conservation["owed"]
    expect({"bme", "escrow"} <= {row["contract"] for row in owed}, "bme and escrow must both state what they owe")
    for row in owed:
        holds = int(row["owed"]) <= int(row["balance"])
        expect(holds, f"{row['contract']} owes {row['owed']} {row['denom']} and has {row['balance']}")


def check_failure(document, step, by_contract):
    expect(document.get("ok") is False, f"ok is {document.get('ok')}")
    expect(document.get("failed_step") == step, f"failed_step is {document.get('failed_step')}, not {step}")
    expect(bool(document.get("error_code")), "error_code is empty")
    if by_contract:
        expect(bool(document.get("contract_error")), "the contract's own error is missing")


def corrupt(update):
    """Changes one bit of the price: in the last update's message, so that signatures hold and the Merkle proof fails."""
    message = bytearray.fromhex(update["accumulator_hex"])
    feed = bytes.fromhex("4ea5bb4d2f5900cc2e97ba534240950740b4d3b89fe712a94a7304fd2fd92702")
    position = bytes(message).rindex(feed) + len(feed) + 7
    message[position] ^= 1
    update["accumulator_hex"] = message.hex()
    update["accumulator_base64"] = base64.b64encode(message).decode()
    return update


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    facts = commands.add_parser("facts")
    facts.add_argument("document", type=Path)
    facts.add_argument("checksums", type=Path)
    failure = commands.add_parser("failure")
    failure.add_argument("document", type=Path)
    failure.add_argument("step", type=int)
    failure.add_argument("--contract", action="store_true")
    damage = commands.add_parser("corrupt")
    damage.add_argument("update", type=Path)
    damage.add_argument("output", type=Path)
    args = parser.parse_args()

    if args.command == "corrupt":
        args.output.write_text(json.dumps(corrupt(json.loads(args.update.read_text())), indent=1))
        return 0
    document = json.loads(args.document.read_text())
    try:
        if args.command == "facts":
            check_facts(document, args.checksums.read_text())
        else:
            check_failure(document, args.step, args.contract)
    except (KeyError, TypeError, ValueError) as error:
        expect(False, f"the document lacks or misspells something: {type(error).__name__}: {error}")
    for problem in problems:
        print(f"{args.document}: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
