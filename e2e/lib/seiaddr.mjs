// Both addresses of one key, computed here and not by the chain: what its answers are compared with.
// Promises: `0x` by keccak (ethers), `sei1` by ripemd160(sha256(compressed key)) in bech32.
import { bech32 } from '@scure/base';
import { getBytes, ripemd160, sha256, SigningKey } from 'ethers';

export const publicKeyOf = (wallet) => SigningKey.computePublicKey(wallet.privateKey, true).slice(2);

/** The sei1... address of a wallet's key. */
export const seiOf = (wallet) => bech32.encode('sei', bech32.toWords(getBytes(ripemd160(sha256(`0x${publicKeyOf(wallet)}`)))));

/** The same 20 bytes as a sei1... address: the cast of an EVM address. */
export const castToSei = (address) => bech32.encode('sei', bech32.toWords(getBytes(address)));

/** The same 20 bytes as an EVM address: the cast of a sei1... address. */
export const castToEvm = (sei) => `0x${Buffer.from(bech32.fromWords(bech32.decode(sei).words)).toString('hex')}`;
