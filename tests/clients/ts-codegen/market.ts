// The generated clients of schema/ts over CosmJS, against a node on which the market is installed: a provider registers, a
// tenant makes credit and a deployment, and closes it in one transaction of composed messages; then an own registry from
// the artifact. Type-checked under --strict. node market.js READY_LINE_FILE REGISTRY_WASM TENANT PROVIDER

import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { SigningCosmWasmClient, instantiate2Address } from "@cosmjs/cosmwasm-stargate";
import { stringToPath } from "@cosmjs/crypto";
import { fromHex } from "@cosmjs/encoding";
import { DirectSecp256k1HdWallet, EncodeObject } from "@cosmjs/proto-signing";
import { GasPrice, coins } from "@cosmjs/stargate";
import { AttestationQueryClient } from "./schema/Attestation.client";
import { BmeClient } from "./schema/Bme.client";
import { EscrowQueryClient } from "./schema/Escrow.client";
import { MarketClient, MarketQueryClient } from "./schema/Market.client";
import { MarketMsgComposer } from "./schema/Market.message-composer";
import { GroupSpec } from "./schema/Market.types";
import { OracleQueryClient } from "./schema/Oracle.client";
import { PythQueryClient } from "./schema/Pyth.client";
import { RegistryClient, RegistryQueryClient } from "./schema/Registry.client";
import { RegistryMsgComposer } from "./schema/Registry.message-composer";
import { ProviderProfile } from "./schema/Registry.types";
import { ISigningCosmWasmClient } from "./schema/baseClient";

const [readyFile, wasmFile, tenantIndex, providerIndex] = process.argv.slice(2);
const node = JSON.parse(readFileSync(readyFile, "utf8"));
const { market, registry, escrow, bme, oracle, pyth, attestation } = node.contracts as Record<string, string>;
const fee = { amount: coins(50_000, node.denom), gas: "5000000" };

interface Signer {
  address: string;
  chain: SigningCosmWasmClient;
  // What the generated clients ask for; CosmJS differs in one optional argument.
  generated: ISigningCosmWasmClient;
}

async function signer(index: string): Promise<Signer> {
  const hdPaths = [stringToPath(`m/44'/118'/0'/0/${index}`)];
  const wallet = await DirectSecp256k1HdWallet.fromMnemonic(node.mnemonic, { prefix: node.prefix, hdPaths });
  const [{ address }] = await wallet.getAccounts();
  const gasPrice = GasPrice.fromString(`${node.min_gas_price}${node.denom}`);
  const options = { gasPrice, broadcastPollIntervalMs: 50 };
  const chain = await SigningCosmWasmClient.connectWithSigner(node.rpc_url, wallet, options);
  return { address, chain, generated: chain as unknown as ISigningCosmWasmClient };
}

interface Outcome {
  events: readonly { type: string; attributes: readonly { key: string; value: string }[] }[];
}

function attribute(outcome: unknown, event: string, key: string): string {
  const found = (outcome as Outcome).events
    .filter((candidate) => candidate.type === event)
    .flatMap((candidate) => candidate.attributes)
    .find((candidate) => candidate.key === key);
  assert.ok(found, `no ${event}.${key}`);
  return found.value;
}

// The composer's messages are CosmJS's, but for the name of a type.
async function send(by: Signer, composed: unknown[]): Promise<Outcome> {
  const messages = composed as EncodeObject[];
  const estimate = await by.chain.simulate(by.address, messages, "");
  const done = await by.chain.signAndBroadcast(by.address, messages, fee);
  assert.equal(done.code, 0, done.rawLog);
  const used = Number(done.gasUsed);
  assert.ok(estimate >= used && estimate <= used * 1.2, `${estimate} estimated, ${used} used`);
  return done;
}

const profile: ProviderProfile = {
  host_uri: "https://provider.example.com:8443",
  tls_key_sha256: "11".repeat(32),
  attributes: [{ key: "region", value: "eu-west" }],
  info: { email: "", website: "" },
};

const group: GroupSpec = {
  name: "web",
  requirements: { attributes: [], signed_by: { all_of: [], any_of: [] } },
  resources: [
    {
      count: 1,
      price: "1",
      resources: {
        id: 1,
        cpu: { units: "500", attributes: [] },
        memory: { quantity: "536870912", attributes: [] },
        storage: [{ name: "default", quantity: "1073741824", attributes: [] }],
        gpu: { units: "0", attributes: [] },
        endpoints: [{ kind: { shared_http: {} }, sequence_number: 0 }],
      },
    },
  ],
};

async function everyContractAnswers(client: SigningCosmWasmClient): Promise<void> {
  const config = await new MarketQueryClient(client, market).config();
  assert.deepEqual([config.registry, config.escrow, config.act_denom], [registry, escrow, "uact"]);
  assert.equal((await new EscrowQueryClient(client, escrow).config()).market, market);
  assert.equal((await new PythQueryClient(client, pyth).config()).oracle, oracle);
  const { governance } = await new RegistryQueryClient(client, registry).config();
  assert.equal((await new OracleQueryClient(client, oracle).config()).governance, governance);
  assert.equal((await new AttestationQueryClient(client, attestation).config()).governance, governance);
  console.log("ok    all seven query clients");
}

async function registers(provider: Signer): Promise<void> {
  const client = new RegistryClient(provider.generated, provider.address, registry);
  await client.registerProvider({ profile }, fee);
  const found = await client.provider({ owner: provider.address });
  assert.deepEqual(found.provider?.profile, profile);
  const { providers } = await client.providers({ limit: 30 });
  assert.ok(providers.some((one) => one.owner === provider.address));
  const again = client.registerProvider({ profile }, fee);
  await assert.rejects(again, /already registered|exists/);
  console.log("ok    register a provider and read it back");
}

async function makesCredit(tenant: Signer): Promise<void> {
  const client = new BmeClient(tenant.generated, tenant.address, bme);
  const requested = await client.requestMint({}, fee, "", coins(50_000_000, node.denom));
  const id = attribute(requested, "wasm-conversion_requested", "request_id");
  // The price must be of a later second than the request.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const body = JSON.stringify({ usd: "0.61" });
  const headers = { "content-type": "application/json" };
  const priced = await fetch(`${node.control_url}/price`, { method: "POST", body, headers });
  assert.ok(priced.ok, await priced.text());
  await client.process({ limit: 10 }, fee);
  const { request } = await client.request({ id });
  assert.ok("executed" in request.status, JSON.stringify(request.status));
  const owned = BigInt((await tenant.chain.getBalance(tenant.address, "uact")).amount);
  assert.ok(owned > 10_000_000n, `${owned} uact`);
  console.log("ok    turn AKT into credit");
}

async function deploys(tenant: Signer): Promise<string> {
  const client = new MarketClient(tenant.generated, tenant.address, market);
  const message = { groups: [group], hash: "22".repeat(32), budgets: [] };
  await assert.rejects(client.createDeployment(message, fee), /deposit/);
  const created = await client.createDeployment(message, fee, "", coins(600_000, "uact"));
  const dseq = attribute(created, "wasm-deployment_created", "dseq");
  const { deployment, groups } = await client.deployment({ id: { owner: tenant.address, dseq } });
  assert.deepEqual([deployment.hash, deployment.state], [message.hash, { active: {} }]);
  assert.deepEqual(groups.map((one) => one.spec), [group]);
  const { order } = await client.order({ id: { owner: tenant.address, dseq, gseq: 1, oseq: 1 } });
  assert.deepEqual(order.state, { open: {} });
  const account = await new EscrowQueryClient(tenant.chain, escrow).account({ dseq });
  assert.equal(account.account.balance, "600000");
  console.log("ok    create a deployment and read it back");
  return dseq;
}

async function composes(tenant: Signer, dseq: string): Promise<void> {
  const markets = new MarketMsgComposer(tenant.address, market);
  const registries = new RegistryMsgComposer(tenant.address, registry);
  const done = await send(tenant, [
    markets.updateDeployment({ dseq, hash: "33".repeat(32) }),
    markets.closeDeployment({ dseq }),
    registries.registerProvider({ profile }),
  ]);
  const executed = done.events.filter((event) => event.type === "execute");
  assert.ok(executed.length >= 3);
  const found = await new MarketQueryClient(tenant.chain, market).deployment({ id: { owner: tenant.address, dseq } });
  assert.deepEqual([found.deployment.hash, found.deployment.state], ["33".repeat(32), { closed: {} }]);
  console.log("ok    three composed messages in one transaction, simulated and sent");
}

async function uploads(tenant: Signer): Promise<void> {
  const wasm = new Uint8Array(readFileSync(wasmFile));
  const { codeId, checksum } = await tenant.chain.upload(tenant.address, wasm, "auto");
  const message = { governance: tenant.address };
  const options = { admin: tenant.address };
  const made = await tenant.chain.instantiate(tenant.address, codeId, message, "own registry", "auto", options);
  const client = new RegistryClient(tenant.generated, tenant.address, made.contractAddress);
  assert.deepEqual(await client.config(), message);
  const attributes = [{ key: "tier", value: "gold" }];
  await client.signAttributes({ attributes, provider: tenant.address }, fee);
  const { audited } = await client.providerForAuditors({ auditors: [tenant.address], owner: tenant.address });
  assert.deepEqual(audited, [{ attributes, auditor: tenant.address, provider: tenant.address }]);
  await tenant.chain.migrate(tenant.address, made.contractAddress, codeId, {}, "auto");
  console.log("ok    upload, instantiate and migrate an own registry");

  const salt = fromHex("5a17");
  const expected = instantiate2Address(fromHex(checksum), tenant.address, salt, node.prefix);
  const second = () => tenant.chain.instantiate2(tenant.address, codeId, salt, message, "second registry", "auto");
  assert.equal((await second()).contractAddress, expected);
  assert.deepEqual(await new RegistryQueryClient(tenant.chain, expected).config(), message);
  await assert.rejects(second(), /already exists/);
  console.log("ok    instantiate2 at the address computed beforehand");
}

async function main(): Promise<void> {
  const [tenant, provider] = [await signer(tenantIndex), await signer(providerIndex)];
  await everyContractAnswers(tenant.chain);
  await registers(provider);
  await makesCredit(tenant);
  await composes(tenant, await deploys(tenant));
  await uploads(tenant);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(`FAIL  ${error.stack}`);
    process.exit(1);
  },
);
