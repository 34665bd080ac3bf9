// Waiting for something to become true, with a limit and a name.
// Promises: gives the first truthy answer of `probe`, or an error that says what never came.
import { setTimeout as sleep } from 'node:timers/promises';

export async function eventually(what, probe, { limitMs = 20_000, everyMs = 100 } = {}) {
  let last;
  for (const start = Date.now(); Date.now() - start < limitMs; await sleep(everyMs)) {
    try {
      const value = await probe();
      if (value) return value;
      last = undefined;
    } catch (error) { last = error; }
  }
  throw new Error(`waited ${limitMs} ms in vain for: ${what}${last ? ` (last: ${last.message})` : ''}`);
}

/** The receipt of a transaction, once it has one. */
export const receiptOf = (rpc, hash) =>
  eventually(`receipt of ${hash}`, () => rpc('eth_getTransactionReceipt', hash), { everyMs: 50 });
