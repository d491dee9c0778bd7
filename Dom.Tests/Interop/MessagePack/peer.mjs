// Reads MessagePack from standard input with @msgpack/msgpack, says what it saw, and writes it again.
//
// describe: an array of values -> an array of [kind, text, value]
// reorder:  a map -> the same map with its keys in reverse order and an unknown one before them

import { readFileSync, writeSync } from "node:fs";
import { decode, encode, ExtData } from "@msgpack/msgpack";

const hex = (bytes) => Buffer.from(bytes).toString("hex");

function describe(value) {
  if (value === null) return ["nil", ""];
  if (typeof value === "boolean") return ["boolean", String(value)];
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return ["integer", String(value)];
  if (typeof value === "number") {
    const bits = Buffer.alloc(8);
    bits.writeDoubleBE(value);
    return ["float", Number.isNaN(value) ? "nan" : hex(bits)];
  }
  if (typeof value === "string") return ["string", value];
  if (value instanceof Uint8Array) return ["binary", hex(value)];
  if (value instanceof ExtData) return ["extension", `${value.type}:${hex(value.data)}`];
  if (value instanceof Date) return ["timestamp", String(value.getTime())];
  if (Array.isArray(value)) return ["array", value.map((item) => describe(item)[0]).join(",")];
  return ["map", Object.entries(value).map(([key, item]) => `${key}=${describe(item)[0]}`).join(",")];
}

const options = { useBigInt64: true };
const value = decode(readFileSync(0), options);
const answer =
  process.argv[2] === "describe"
    ? value.map((item) => [...describe(item), item])
    : { fromTheFuture: [1, { a: null }], ...Object.fromEntries(Object.entries(value).reverse()) };

const bytes = encode(answer, options);
for (let written = 0; written < bytes.length; ) {
  written += writeSync(1, bytes, written);
}
