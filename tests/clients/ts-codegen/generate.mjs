// Generates one TypeScript client per contract: node generate.mjs SCHEMAS OUTPUT, where SCHEMAS holds a folder per contract.
// Runs in a folder that holds node_modules.

import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(join(process.cwd(), "package.json")));
const { default: codegen } = require("@cosmwasm/ts-codegen");
const [schemas, outPath] = process.argv.slice(2);
const off = { enabled: false };

await codegen({
  contracts: readdirSync(schemas)
    .sort()
    .map((name) => ({ name: name[0].toUpperCase() + name.slice(1), dir: join(schemas, name) })),
  outPath,
  options: {
    bundle: off,
    types: { enabled: true },
    client: { enabled: true },
    messageComposer: { enabled: true },
    messageBuilder: off,
    reactQuery: off,
    recoil: off,
  },
});
