import { createHash, createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { valueAt } from '../../../event/value-at.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import type { FetchFunction } from '../../keys/guarded.fetch.js';
import { KeyUnavailableError } from '../../keys/key-unavailable.error.js';
import { choice } from '../../parts/choice.js';
import { areSameTexts } from '../../parts/constant-time.js';
import { headerText } from '../../parts/header-text.js';
import { readJsonWebToken, type JsonWebToken } from '../../parts/json-web-token.js';
import {
  MALFORMED_SIGNATURE,
  TIMESTAMP_MISSING,
  UNSUPPORTED_ALGORITHM,
} from '../../parts/refusals.js';
import { requiredText } from '../../parts/required-text.js';
import { Tolerance } from '../../parts/tolerance.js';
import { FetchedKeyScheme, type NamesKey } from '../../schemes/fetched-key.scheme.js';
import type {
  Refused,
  SignatureScheme,
  SignedRequest,
  Verification,
} from '../../signature-scheme.js';

/**
 * Options of `plaid()`.
 *
 * @publicApi
 */
export interface PlaidOptions {
  /** The client id of Plaid's API (`client_id`); the keys are fetched with it. */
  readonly clientId: string | undefined;
  /** The secret of Plaid's API for the environment. */
  readonly secret: string | undefined;
  /** The environment whose keys are accepted. @default 'production' */
  readonly environment?: 'production' | 'sandbox';
  /** How far the token's `iat` may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
  /** Fetches the keys. @default the module's; without it, the global `fetch` */
  readonly fetch?: FetchFunction;
}

/**
 * Plaid: `Plaid-Verification` shows a JSON Web Token (ES256), which holds its time and a SHA-256 of
 * the body.
 *
 * The event's type is the body's `webhook_type` with its `webhook_code`, such as `ITEM.ERROR`.
 * Plaid sends no event id and no time, and most bodies say only that something has changed, so that
 * the next change has the same body. So the id is a digest of the body and the token's time
 * (`iat`): the same body with a token of another time is another event.
 *
 * The scheme fetches the key from Plaid's API by the token's `kid`, and keeps it for an hour. While
 * the key is unavailable, requests are answered 503, so that Plaid retries.
 *
 * @param options the client id and the secret of Plaid's API, the environment, and the tolerance
 * @throws {ConfigurationError} for a missing or blank client id or secret, an unknown
 * `environment`, and a tolerance that is not above 0
 * @example
 * ```ts
 * plaid({ clientId: process.env.PLAID_CLIENT_ID, secret: process.env.PLAID_SECRET })
 * ```
 * @see Plaid documentation, "Webhook verification"
 * @publicApi
 */
export function plaid(options: PlaidOptions): SignatureScheme {
  return new PlaidScheme(options);
}

const HEADER = 'plaid-verification';
const ALGORITHM = 'ES256';
const SIGNATURE_LENGTH = 64;
const CURE = "Set it to the value in Plaid's dashboard";
const KEY_ID = /^[\w-]{1,128}$/;

interface ShownToken extends NamesKey {
  readonly token: JsonWebToken;
}

class PlaidScheme extends FetchedKeyScheme<KeyObject, ShownToken> {
  readonly #tolerance: Tolerance;
  readonly #facts = new EventFactReader({
    type: { join: [{ path: 'webhook_type' }, { path: 'webhook_code' }] },
  });

  constructor({
    clientId,
    secret,
    environment = 'production',
    toleranceSeconds = 300,
    fetch,
  }: PlaidOptions) {
    const credentials = {
      client_id: requiredText('clientId', clientId, CURE),
      secret: requiredText('secret', secret, CURE),
    };
    const host = `${choice('environment', environment, ['production', 'sandbox'])}.plaid.com`;
    super('plaid', { hosts: [host], fetch }, (guarded) => async (id) => {
      const answer = await guarded.json(`https://${host}/webhook_verification_key/get`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...credentials, key_id: id }),
      });
      return readKey(valueAt(answer, 'key'));
    });
    this.#tolerance = new Tolerance(toleranceSeconds);
  }

  protected read({ headers }: SignedRequest): ShownToken | Refused {
    const header = headerText(headers, HEADER);
    if (!header.ok) return header;
    const token = readJsonWebToken(header.text);
    if (token === undefined) return MALFORMED_SIGNATURE;
    if (token.header['alg'] !== ALGORITHM) return UNSUPPORTED_ALGORITHM;
    const { kid } = token.header;
    return typeof kid === 'string' && KEY_ID.test(kid)
      ? { ok: true, document: kid, token }
      : MALFORMED_SIGNATURE;
  }

  protected indexOfKey(
    keys: readonly KeyObject[],
    { token: { content, signature, claims } }: ShownToken,
    { body }: SignedRequest,
  ): number {
    if (signature.length !== SIGNATURE_LENGTH) return -1;
    const keyIndex = keys.findIndex((key) =>
      verify('sha256', content, { key, dsaEncoding: 'ieee-p1363' }, signature),
    );
    if (keyIndex < 0) return -1;
    const hash = createHash('sha256').update(body).digest('hex');
    return areSameTexts(claims()?.['request_body_sha256'], hash) ? keyIndex : -1;
  }

  protected override objectionTo(
    { token }: ShownToken,
    _request: SignedRequest,
    now: Date,
  ): Refused | undefined {
    const issuedAt = token.claims()?.['iat'];
    if (issuedAt === undefined) return TIMESTAMP_MISSING;
    if (!Number.isSafeInteger(issuedAt)) return MALFORMED_SIGNATURE;
    return this.#tolerance.judge(Number(issuedAt) * 1_000, now);
  }

  protected verified(
    request: SignedRequest,
    keyIndex: number,
    { token }: ShownToken,
  ): Verification {
    const verification = this.#facts.verified(request, keyIndex);
    return verification.ok
      ? { ...verification, distinctBy: String(token.claims()?.['iat']) }
      : verification;
  }
}

/** `undefined` for a key that Plaid withdrew. */
function readKey(jwk: unknown): KeyObject | undefined {
  const expiredAt = valueAt(jwk, 'expired_at');
  if (expiredAt !== undefined && expiredAt !== null) return undefined;
  if (valueAt(jwk, 'kty') !== 'EC' || valueAt(jwk, 'crv') !== 'P-256') {
    throw new KeyUnavailableError('What was fetched is not a key on P-256.');
  }
  return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
}
