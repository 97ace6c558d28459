// InterchainJS as it comes from the registry, against a node that runs.
// Runs in a folder that holds node_modules: node interchainjs.mjs READY_LINE_FILE CONTRACT_WASM

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// The script lies in the repository, the packages where it is run.
const require = createRequire(pathToFileURL(join(process.cwd(), "package.json")));
const { AminoSigner, DirectSigner, Secp256k1HDWallet, createCosmosQueryClient } = require("@interchainjs/cosmos");
const { MsgSend } = require("interchainjs/cosmos/bank/v1beta1/tx");
const { getBalance } = require("interchainjs/cosmos/bank/v1beta1/query.rpc.func");
const wasmTx = require("interchainjs/cosmwasm/wasm/v1/tx");
const { getContractsByCode, getSmartContractState } = require("interchainjs/cosmwasm/wasm/v1/query.rpc.func");

const [readyFile, wasmFile] = process.argv.slice(2);
const node = JSON.parse(await readFile(readyFile, "utf8"));
const client = await createCosmosQueryClient(node.rpc_url);
const [index, other] = (process.env.CLIENT_ACCOUNTS ?? "1,2").split(",").map(Number);
const receiver = node.accounts[other].address;
const derivations = [{ prefix: node.prefix, hdPath: `m/44'/118'/0'/0/${index}` }];
const wallet = await Secp256k1HDWallet.fromMnemonic(node.mnemonic, { derivations });

async function signer(Signer) {
  const options = { chainId: node.chain_id, queryClient: client, addressPrefix: node.prefix };
  const made = new Signer(wallet, { ...options, gasPrice: `${node.min_gas_price}${node.denom}`, multiplier: 1.5 });
  const encoders = [MsgSend, wasmTx.MsgStoreCode, wasmTx.MsgInstantiateContract, wasmTx.MsgExecuteContract];
  made.addEncoders(encoders);
  made.addConverters?.(encoders);
  const [account] = await made.getAccounts();
  assert.equal(account.address, node.accounts[index].address);
  return { made, address: account.address };
}

// Signs, sends and waits; the answer is the transaction as it is in a block.
async function deliver({ made, address }, type, value, fee) {
  const messages = [{ typeUrl: type.typeUrl, value: type.fromPartial(value) }];
  const sent = await made.signAndBroadcast({ messages, fee, options: { signerAddress: address } }, { mode: "sync" });
  const found = await sent.wait();
  assert.equal(found.code, 0, found.rawLog);
  return found;
}

const attribute = (found, kind, key) =>
  found.events.find((event) => event.type === kind).attributes.find((attribute) => attribute.key === key).value;

const balance = async () => BigInt((await getBalance(client, { address: receiver, denom: node.denom })).balance.amount);

const status = await client.getStatus();
assert.equal(status.nodeInfo.network, node.chain_id);
const height = status.syncInfo.latestBlockHeight;
const block = await client.getBlock(height);
assert.equal(block.header.height, height);
assert.deepEqual((await client.getCommit(height)).height, height);
assert.equal((await client.getValidators(height)).validators.length, 1);
assert.equal((await client.getGenesis()).genesis.chainId, node.chain_id);
console.log("ok    read the chain");

const fee = { amount: [{ denom: node.denom, amount: "1000" }], gas: "200000" };
const direct = await signer(DirectSigner);
for (const each of [direct, await signer(AminoSigner)]) {
  const before = await balance();
  const value = { fromAddress: each.address, toAddress: receiver, amount: [{ denom: node.denom, amount: "77" }] };
  await deliver(each, MsgSend, value, fee);
  await deliver(each, MsgSend, value);
  assert.equal(await balance(), before + 154n);
}
console.log("ok    send with a direct and an amino signer, with a fee and with a simulated one");

const sender = direct.address;
const code = { sender, wasmByteCode: new Uint8Array(await readFile(wasmFile)) };
const stored = await deliver(direct, wasmTx.MsgStoreCode, code);
const codeId = BigInt(attribute(stored, "store_code", "code_id"));
const bytes = (value) => new TextEncoder().encode(JSON.stringify(value));
const made = { sender, admin: sender, codeId, label: "interchainjs", msg: bytes({}), funds: [] };
const instantiated = await deliver(direct, wasmTx.MsgInstantiateContract, made);
const contract = attribute(instantiated, "instantiate", "_contract_address");
// Not getContractInfo: this release has the numbers of the fields extension and ibc2_port_id the other way round.
assert.deepEqual((await getContractsByCode(client, { codeId })).contracts, [contract]);
const pair = { key: btoa("key"), value: btoa("value") };
const call = { sender, contract, msg: bytes({ set: pair }), funds: [{ denom: node.denom, amount: "5" }] };
await deliver(direct, wasmTx.MsgExecuteContract, call);
const query = { address: contract, queryData: bytes({ get: { key: pair.key } }) };
const held = await getSmartContractState(client, query);
assert.equal(new TextDecoder().decode(held.data), JSON.stringify(pair.value));
console.log("ok    upload, instantiate, execute, query");

const failing = { ...call, msg: bytes({ fail: { text: "asked to" } }), funds: [] };
await assert.rejects(deliver(direct, wasmTx.MsgExecuteContract, failing, fee), /asked to: execute wasm contract failed/);
console.log("ok    error of a contract");
process.exit(0);
