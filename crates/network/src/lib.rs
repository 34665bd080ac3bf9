//! Peers, transaction gossip and fetch, block bodies, sync streams.
