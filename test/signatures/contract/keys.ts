import type { KeyObject } from 'node:crypto';

// The forms in which senders show their keys.

export const spki = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });
export const pkcs8 = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'pkcs8' });
export const pem = (key: KeyObject): string =>
  key.export({ format: 'pem', type: 'spki' }).toString();
/** The 32 bytes of a public ed25519 key. */
export const rawEd25519 = (key: KeyObject): Buffer => spki(key).subarray(-32);
