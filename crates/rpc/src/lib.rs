//! What clients speak to: Ethereum JSON-RPC over HTTP and WebSocket.
