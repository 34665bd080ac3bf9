// The smallest JSON-RPC client: what the bytes on the wire are, with no client library in between.
// Promises: rpc(method, ...params) gives the result or throws RpcError; rpc.raw and rpc.send show the whole answer.
export class RpcError extends Error {
  constructor({ code, message, data }, method) {
    super(`${method}: ${message} (${code})`);
    Object.assign(this, { code, text: message, data });
  }
}

let nextId = 1;

/** A caller for the endpoint. `send(body)` posts any body; `raw(method, params)` gives the whole envelope. */
export function rpcAt(url) {
  const send = async (body, headers = { 'content-type': 'application/json' }) => {
    const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const response = await fetch(url, { method: 'POST', headers, body: text });
    const answer = await response.text();
    return { status: response.status, headers: response.headers, body: answer ? JSON.parse(answer) : null };
  };
  const raw = async (method, params = []) => (await send({ jsonrpc: '2.0', id: nextId++, method, params })).body;
  const rpc = async (method, ...params) => {
    const answer = await raw(method, params);
    if (answer.error) throw new RpcError(answer.error, method);
    return answer.result;
  };
  return Object.assign(rpc, { send, raw, url });
}
