import type { Refused } from '../signature-scheme.js';

/** The request has no signature. */
export const MISSING_SIGNATURE: Refused = { ok: false, reason: 'missing-signature' };

/** The signature, or a header that it needs, is not written as the sender writes it. */
export const MALFORMED_SIGNATURE: Refused = { ok: false, reason: 'malformed-signature' };

/** No key made the signature, or it covers something else. */
export const SIGNATURE_MISMATCH: Refused = { ok: false, reason: 'signature-mismatch' };

/** The sender names an algorithm or a version that is not verified. */
export const UNSUPPORTED_ALGORITHM: Refused = { ok: false, reason: 'unsupported-algorithm' };

/** The keys are unavailable: the signature may be right. */
export const KEY_UNAVAILABLE: Refused = { ok: false, reason: 'key-unavailable' };

export const TIMESTAMP_MISSING: Refused = { ok: false, reason: 'timestamp-missing' };

export const TIMESTAMP_TOO_OLD: Refused = { ok: false, reason: 'timestamp-too-old' };

export const TIMESTAMP_TOO_NEW: Refused = { ok: false, reason: 'timestamp-too-new' };

export const TOO_MANY_EVENTS: Refused = { ok: false, reason: 'too-many-events' };
