import type {
  SignatureScheme,
  SignedRequest,
  Verified,
} from '../../lib/signatures/signature-scheme.js';
import type { SigningScheme } from '../../lib/signatures/signing.scheme.js';

export const NOW = new Date('2026-03-01T12:00:00Z');
export const AT = { now: NOW };
export const SECONDS = NOW.getTime() / 1_000;

export const KEY = Buffer.from('0123456789abcdef01234567');
/** The key as Standard Webhooks writes it. */
export const STANDARD_SECRET = `whsec_${KEY.toString('base64')}`;

export const OK = { ok: true, keyIndex: 0 };

export const refused = (reason: string): object => ({ ok: false, reason });

export const request = (
  body: string | Uint8Array,
  headers: SignedRequest['headers'],
  rest = {},
): SignedRequest => ({
  method: 'POST',
  url: '/webhooks/game',
  headers,
  body: Buffer.from(body),
  ...rest,
});

export const signed = (scheme: SigningScheme, body: string | Buffer, input = {}): SignedRequest =>
  request(
    body,
    scheme.sign({ id: 'msg_1', timestamp: NOW, body: Buffer.from(body), ...input }).headers,
  );

/** The facts that a scheme reads of a request that it accepts. */
export const factsOf = async (
  scheme: SignatureScheme,
  given: SignedRequest,
): Promise<Omit<Verified, 'ok' | 'keyIndex'>> => {
  const verification = await scheme.verify(given, AT);
  if (!verification.ok) throw new Error(verification.reason);
  const { ok: _, keyIndex: __, ...facts } = verification;
  return facts;
};
