// CosmJS as it comes from the registry, against a node that runs: all that an application does with a chain.
// Runs in a folder that holds node_modules: node cosmjs.mjs READY_LINE_FILE CONTRACT_WASM

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// The script lies in the repository, the packages where it is run.
const require = createRequire(pathToFileURL(join(process.cwd(), "package.json")));
const { CosmWasmClient, SigningCosmWasmClient, instantiate2Address } = require("@cosmjs/cosmwasm-stargate");
const { Secp256k1HdWallet } = require("@cosmjs/amino");
const { DirectSecp256k1HdWallet } = require("@cosmjs/proto-signing");
const { GasPrice, SigningStargateClient, coins } = require("@cosmjs/stargate");
const { Comet38Client, Tendermint37Client, HttpBatchClient, connectComet } = require("@cosmjs/tendermint-rpc");
const { stringToPath, sha256 } = require("@cosmjs/crypto");
const { fromHex, toHex, toUtf8, fromUtf8, toBase64 } = require("@cosmjs/encoding");

const [readyFile, wasmFile] = process.argv.slice(2);
const node = JSON.parse(await readFile(readyFile, "utf8"));
const wasm = await readFile(wasmFile);
const gasPrice = GasPrice.fromString(`${node.min_gas_price}${node.denom}`);
const options = { gasPrice, broadcastPollIntervalMs: 50, broadcastTimeoutMs: 120_000 };

const wallet = (kind, index) =>
  kind.fromMnemonic(node.mnemonic, { prefix: node.prefix, hdPaths: [stringToPath(`m/44'/118'/0'/0/${index}`)] });
// Two accounts of its own per run, so that runs do not disturb each other.
const [first, second] = (process.env.CLIENT_ACCOUNTS ?? "1,2").split(",").map(Number);

const steps = [];
const step = (name, run) => steps.push({ name, run });
const shared = {};

step("connect and read the chain", async () => {
  const client = await CosmWasmClient.connect(node.rpc_url);
  assert.equal(await client.getChainId(), node.chain_id);
  const height = await client.getHeight();
  const block = await client.getBlock(height);
  assert.equal(block.header.height, height);
  assert.equal(block.header.chainId, node.chain_id);
  assert.equal((await client.getBlock()).header.chainId, node.chain_id);
  const nobody = (await (await DirectSecp256k1HdWallet.generate(12, { prefix: node.prefix })).getAccounts())[0].address;
  assert.equal(await client.getAccount(nobody), null);
  assert.deepEqual(await client.getBalance(nobody, node.denom), { denom: node.denom, amount: "0" });
  assert.equal(await client.getTx("00".repeat(32)), null);
  shared.client = client;
});

step("send with a direct signer", async () => {
  const signer = await wallet(DirectSecp256k1HdWallet, first);
  const [account] = await signer.getAccounts();
  shared.sender = account.address;
  assert.equal(shared.sender, node.accounts[first].address);
  const signing = await SigningCosmWasmClient.connectWithSigner(node.rpc_url, signer, options);
  shared.signing = signing;
  shared.receiver = node.accounts[second].address;
  const before = BigInt((await signing.getBalance(shared.receiver, node.denom)).amount);
  const result = await signing.sendTokens(shared.sender, shared.receiver, coins(1234, node.denom), "auto", "a memo");
  assert.equal(result.code, 0);
  assert.equal(result.rawLog, "");
  const after = BigInt((await signing.getBalance(shared.receiver, node.denom)).amount);
  assert.equal(after - before, 1234n);
  const stored = await signing.getTx(result.transactionHash);
  assert.equal(stored.hash, result.transactionHash);
  assert.equal(stored.height, result.height);
  assert.ok(stored.events.some((event) => event.type === "transfer"));
  assert.equal(stored.msgResponses[0].typeUrl, "/cosmos.bank.v1beta1.MsgSendResponse");
  const known = await signing.getAccount(shared.sender);
  assert.equal(known.address, shared.sender);
  assert.ok(known.pubkey);
});

step("upload", async () => {
  const result = await shared.signing.upload(shared.sender, wasm, "auto");
  shared.codeId = result.codeId;
  shared.checksum = result.checksum;
  assert.equal(result.checksum, toHex(sha256(wasm)));
  assert.equal(result.originalSize, wasm.length);
  const codes = await shared.signing.getCodes();
  assert.ok(codes.some((code) => code.id === result.codeId && code.checksum === result.checksum));
  const details = await shared.signing.getCodeDetails(result.codeId);
  assert.equal(details.creator, shared.sender);
  assert.deepEqual(Buffer.from(details.data), wasm);
});

step("instantiate", async () => {
  const result = await shared.signing.instantiate(shared.sender, shared.codeId, {}, "probe one", "auto", {
    admin: shared.sender,
    funds: coins(5, node.denom),
  });
  shared.contract = result.contractAddress;
  assert.deepEqual(await shared.signing.getBalance(shared.contract, node.denom), { denom: node.denom, amount: "5" });
  const contract = await shared.signing.getContract(shared.contract);
  assert.equal(contract.codeId, shared.codeId);
  assert.equal(contract.admin, shared.sender);
  assert.equal(contract.label, "probe one");
  assert.ok((await shared.signing.getContracts(shared.codeId)).includes(shared.contract));
  assert.ok((await shared.signing.getContractsByCreator(shared.sender)).includes(shared.contract));
  await assert.rejects(shared.signing.getContract(shared.sender), /no such contract|not found/);
});

step("instantiate2 at the address that was computed beforehand", async () => {
  const salt = toUtf8(`salt ${Date.now()}`);
  const expected = instantiate2Address(fromHex(shared.checksum), shared.sender, salt, node.prefix);
  const result = await shared.signing.instantiate2(shared.sender, shared.codeId, salt, {}, "probe two", "auto");
  assert.equal(result.contractAddress, expected);
  await assert.rejects(
    shared.signing.instantiate2(shared.sender, shared.codeId, salt, {}, "probe two", "auto"),
    /contract account already exists|account already exists|duplicate/,
  );
});

step("execute, and query what it stored", async () => {
  const key = toBase64(toUtf8("key"));
  const value = toBase64(toUtf8("value"));
  const result = await shared.signing.execute(shared.sender, shared.contract, { set: { key, value } }, "auto");
  assert.ok(result.events.some((event) => event.type === "execute"));
  assert.deepEqual(await shared.client.queryContractSmart(shared.contract, { get: { key } }), value);
  assert.equal(fromUtf8(await shared.client.queryContractRaw(shared.contract, toUtf8("key"))), "value");
  assert.equal((await shared.client.queryContractRaw(shared.contract, toUtf8("absent"))).length, 0);
});

step("several messages in one transaction", async () => {
  const set = (key, value) => ({
    contractAddress: shared.contract,
    msg: { set: { key: toBase64(toUtf8(key)), value: toBase64(toUtf8(value)) } },
  });
  const result = await shared.signing.executeMultiple(shared.sender, [set("a", "1"), set("b", "2")], "auto");
  const indices = result.events
    .filter((event) => event.type === "execute")
    .map((event) => event.attributes.find((attribute) => attribute.key === "msg_index").value);
  assert.deepEqual(indices, ["0", "1"]);
  const b = await shared.client.queryContractSmart(shared.contract, { get: { key: toBase64(toUtf8("b")) } });
  assert.equal(b, toBase64(toUtf8("2")));
});

step("migrate, change and clear the admin", async () => {
  await shared.signing.migrate(shared.sender, shared.contract, shared.codeId, {}, "auto");
  const history = await shared.client.getContractCodeHistory(shared.contract);
  assert.deepEqual(history.map((entry) => entry.operation), ["Init", "Migrate"]);
  await shared.signing.updateAdmin(shared.sender, shared.contract, shared.receiver, "auto");
  assert.equal((await shared.client.getContract(shared.contract)).admin, shared.receiver);
  await assert.rejects(
    shared.signing.migrate(shared.sender, shared.contract, shared.codeId, {}, "auto"),
    /unauthorized/,
  );
  const one = await shared.signing.instantiate(shared.sender, shared.codeId, {}, "x", "auto", { admin: shared.sender });
  await shared.signing.clearAdmin(shared.sender, one.contractAddress, "auto");
  assert.equal((await shared.client.getContract(one.contractAddress)).admin, undefined);
});

step("simulate is close to what the transaction uses", async () => {
  const message = {
    typeUrl: "/cosmos.bank.v1beta1.MsgSend",
    value: { fromAddress: shared.sender, toAddress: shared.receiver, amount: coins(1, node.denom) },
  };
  const estimate = await shared.signing.simulate(shared.sender, [message], "");
  const result = await shared.signing.signAndBroadcast(shared.sender, [message], "auto", "");
  const used = Number(result.gasUsed);
  // What the estimate leaves out or adds must stay well within the usual factor of 1.4.
  assert.ok(estimate >= used && estimate <= used * 1.2, `${estimate} estimated, ${used} used`);
});

step("errors keep their words", async () => {
  const fail = { fail: { text: "as the contract said" } };
  await assert.rejects(shared.signing.execute(shared.sender, shared.contract, fail, "auto"), /as the contract said/);
  const fee = { amount: coins(100_000, node.denom), gas: "1000000" };
  const failed = await shared.signing.signAndBroadcast(
    shared.sender,
    [
      {
        typeUrl: "/cosmwasm.wasm.v1.MsgExecuteContract",
        value: { sender: shared.sender, contract: shared.contract, msg: toUtf8(JSON.stringify(fail)), funds: [] },
      },
    ],
    fee,
  );
  assert.equal(failed.code, 5);
  assert.match(failed.rawLog, /failed to execute message; message index: 0: .*as the contract said: execute wasm contract failed/);
  const send = (amount, chosen) =>
    shared.signing.sendTokens(shared.sender, shared.receiver, coins(amount, node.denom), chosen);
  await assert.rejects(send(1, { amount: coins(1, node.denom), gas: "200000" }), /insufficient fees/);
  const poor = await send("900000000000000000", { amount: coins(1000, node.denom), gas: "200000" });
  assert.equal(poor.code, 5);
  assert.match(poor.rawLog, /spendable balance .* is smaller than .*insufficient funds/);
  const starved = await send(1, { amount: coins(1000, node.denom), gas: "30000" }).catch((error) => error);
  assert.match(starved.rawLog ?? starved.message, /out of gas/);
  await assert.rejects(shared.client.queryContractSmart(shared.contract, { nope: {} }), /unknown variant/);
});

step("search transactions", async () => {
  const found = await shared.client.searchTx([{ key: "message.sender", value: shared.sender }]);
  assert.ok(found.length >= 5);
  const byText = await shared.client.searchTx(`wasm._contract_address='${shared.contract}' OR 1=1`).catch((error) => error);
  assert.match(byText.message, /unexpected|parse|expected/);
  const heights = found.map((tx) => tx.height);
  assert.deepEqual(heights, [...heights].sort((a, b) => a - b));
});

step("Tendermint client: everything it reads", async () => {
  const comet = await connectComet(node.rpc_url);
  assert.ok(comet instanceof (Comet38Client ?? Tendermint37Client), comet.constructor.name);
  const status = await comet.status();
  assert.equal(status.nodeInfo.network, node.chain_id);
  const height = status.syncInfo.latestBlockHeight;
  assert.equal((await comet.block(height)).block.header.height, height);
  await comet.blockResults(height);
  assert.ok((await comet.blockchain(1, height)).blockMetas.length > 0);
  assert.equal((await comet.commit(height)).canonical, true);
  assert.equal((await comet.validatorsAll(height)).validators.length, 1);
  assert.equal((await comet.genesis()).chainId, node.chain_id);
  await comet.health();
  await comet.abciInfo();
  await comet.numUnconfirmedTxs();
  const found = await comet.txSearchAll({ query: `message.sender='${shared.sender}'` });
  assert.equal(found.totalCount, found.txs.length);
  const tx = await comet.tx({ hash: found.txs[0].hash, prove: true });
  assert.equal(tx.height, found.txs[0].height);
  assert.ok((await comet.blockSearchAll({ query: "block.height >= 1 AND block.height <= 3" })).totalCount === 3);
  await assert.rejects(comet.block(height + 1_000_000), /must be less than or equal to the current blockchain height/);
  comet.disconnect();
});

step("batches", async () => {
  const batch = new HttpBatchClient(node.rpc_url, { dispatchInterval: 20 });
  const comet = await (Comet38Client ?? Tendermint37Client).create(batch);
  const blocks = await Promise.all([1, 2, 1, 2, 1].map((height) => comet.block(height)));
  assert.deepEqual(blocks.map((block) => block.block.header.height), [1, 2, 1, 2, 1]);
  comet.disconnect();
});

step("subscriptions over the WebSocket", async () => {
  const comet = await connectComet(node.rpc_url.replace("http", "ws"));
  const next = (stream) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("no event in 20 s")), 20_000);
      const subscription = stream.subscribe({
        next: (event) => {
          clearTimeout(timer);
          subscription.unsubscribe();
          resolve(event);
        },
        error: reject,
      });
    });
  const block = next(comet.subscribeNewBlock());
  const header = next(comet.subscribeNewBlockHeader());
  const tx = next(comet.subscribeTx(`transfer.recipient='${shared.receiver}'`));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const sent = await shared.signing.sendTokens(shared.sender, shared.receiver, coins(3, node.denom), "auto");
  assert.ok((await block).header.height > 0);
  assert.ok((await header).height > 0);
  const event = await tx;
  assert.equal(event.height, sent.height);
  assert.equal(toHex(event.hash).toUpperCase(), sent.transactionHash);
  comet.disconnect();
});

step("send with an amino signer", async () => {
  const signer = await wallet(Secp256k1HdWallet, second);
  const [account] = await signer.getAccounts();
  const signing = await SigningStargateClient.connectWithSigner(node.rpc_url, signer, options);
  const result = await signing.sendTokens(account.address, shared.sender, coins(7, node.denom), "auto", "amino <&>");
  assert.equal(result.code, 0);
});

for (const { name, run } of steps) {
  try {
    await run();
    console.log(`ok    ${name}`);
  } catch (error) {
    console.error(`FAIL  ${name}\n${error.stack}`);
    process.exit(1);
  }
}
process.exit(0);
