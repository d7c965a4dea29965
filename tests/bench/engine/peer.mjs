// DuckDB and polars on the same table: peer.mjs duckdb|duckdb-parquet|polars|to-parquet FILE THREADS
// Packages are looked up in the folder PEERS. Prints the line that every contestant prints; starting
// node and opening the database are outside the time.
import { createRequire } from "module";

const [work, file, threads] = process.argv.slice(2);
const require = createRequire((process.env.PEERS || ".") + "/");

const query = (from) => `
  SELECT country,
    sqrt(avg((score - label) * (score - label))), avg(abs(score - label)),
    1 - sum((score - label) * (score - label)) / (count(*) * var_pop(label)),
    sqrt(avg((baseline - label) * (baseline - label))), avg(abs(baseline - label)),
    1 - sum((baseline - label) * (baseline - label)) / (count(*) * var_pop(label))
  FROM ${from} GROUP BY country`;

async function duckdb(from) {
  const { DuckDBInstance } = require("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads });
  const connection = await instance.connect();
  return async () => {
    const rows = (await connection.runAndReadAll(query(from))).getRows();
    return rows.find((row) => row[0] === "US0")[1];
  };
}

async function toParquet() {
  const { DuckDBInstance } = require("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`COPY (FROM read_csv('${file}')) TO '${threads}' (FORMAT parquet)`);
}

function polars() {
  const pl = require("nodejs-polars");
  const error = (model) => pl.col(model).sub(pl.col("label"));
  const square = (model) => error(model).mul(error(model)).mean();
  const size = (model) => error(model).abs().mean();
  return async () => {
    const rows = await pl
      .scanCSV(file)
      .groupBy("country")
      .agg(
        square("score").alias("s"), size("score").alias("mae"),
        square("baseline").alias("bs"), size("baseline").alias("bmae"),
        pl.col("label").mul(pl.col("label")).mean().alias("yy"), pl.col("label").mean().alias("y"),
      )
      .collect();
    const row = rows.toRecords().find((r) => r.country === "US0");
    return Math.sqrt(row.s);
  };
}

function peak() {
  return process.resourceUsage().maxRSS;
}

if (work === "to-parquet") {
  await toParquet();
} else if (work === "versions") {
  const version = (name) => {
    try {
      return `${name} ${require(name + "/package.json").version}`;
    } catch {
      return `${name} not installed`;
    }
  };
  console.log([version("@duckdb/node-api"), version("nodejs-polars"), `node ${process.version}`].join(", "));
} else {
  const run = work === "polars" ? polars() : await duckdb(work === "duckdb" ? `read_csv('${file}')` : `'${file}'`);
  const before = { cpu: process.cpuUsage(), kib: peak(), at: process.hrtime.bigint() };
  const value = await run();
  const wall = Number(process.hrtime.bigint() - before.at) / 1e9;
  const cpu = process.cpuUsage(before.cpu);
  console.log(
    [wall.toFixed(6), ((cpu.user + cpu.system) / 1e6).toFixed(6), peak(), peak() - before.kib,
     value.toPrecision(12)].join(" "));
}
