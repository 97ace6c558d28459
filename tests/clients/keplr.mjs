// Keplr's own check of a chain that somebody wants to add to the wallet.
// Runs in a folder that holds node_modules: node keplr.mjs READY_LINE_FILE

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(join(process.cwd(), "package.json")));
const WebSocket = require("ws");
const { checkChainFeatures, checkRPCConnectivity, checkRestConnectivity } = require("@keplr-wallet/chain-validator");

const node = JSON.parse(await readFile(process.argv[2], "utf8"));

await checkRPCConnectivity(node.chain_id, node.rpc_url, (url) => new WebSocket(url));
console.log("ok    JSON-RPC and WebSocket are reached");
await checkRestConnectivity(node.chain_id, node.rest_url);
console.log("ok    REST is reached");
const complaints = [];
const log = console.log;
console.log = (...words) => complaints.push(words.join(" "));
const features = await checkChainFeatures({ rpc: node.rpc_url, rest: node.rest_url, features: ["cosmwasm"] });
console.log = log;
assert.deepEqual(complaints, []);
for (const feature of ["wasmd_0.24+", "query:/cosmos/bank/v1beta1/spendable_balances"]) {
  assert.ok(features.includes(feature), `${feature} is not among ${features}`);
}
for (const feature of ["ibc-transfer", "ibc-go"]) {
  assert.ok(!features.includes(feature), `${feature} is among ${features}`);
}
console.log(`ok    features: ${features.join(", ")}`);
process.exit(0);
