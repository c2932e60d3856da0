import { createHash, createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { valueAt } from '../../../event/value-at.js';
import { choice } from '../../parts/choice.js';
import { areSameTexts } from '../../parts/constant-time.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import { GuardedFetch, type FetchFunction } from '../../keys/guarded.fetch.js';
import { headerText } from '../../parts/header-text.js';
import { readJsonWebToken, type JsonWebToken } from '../../parts/json-web-token.js';
import { KeyUnavailableError } from '../../keys/key-unavailable.error.js';
import { RemoteKeys } from '../../keys/remote-keys.js';
import type {
  SignatureScheme,
  SignedRequest,
  Verification,
  VerifyContext,
} from '../../signature-scheme.js';
import { Tolerance } from '../../parts/tolerance.js';

/**
 * Options of `plaid()`.
 *
 * @publicApi
 */
export interface PlaidOptions {
  /** The client id, with which keys are fetched. */
  readonly clientId: string | undefined;
  /** The API's secret of the environment. */
  readonly secret: string | undefined;
  /** Whose keys are taken. @default 'production' */
  readonly environment?: 'production' | 'sandbox';
  /** How far the token's time may be from our clock, in both directions, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
  /** Makes the requests for keys. @default what the module sends with; by itself, the global `fetch` */
  readonly fetch?: FetchFunction;
}

/**
 * Plaid, by the token in `Plaid-Verification` (ES256) with a digest of the body. Its key is fetched from
 * Plaid's API by its id, and kept for an hour; where it cannot be had, Plaid is asked to come again.
 *
 * The event's type is `webhook_type` and `webhook_code`, joined by a dot. There is no id and no time, and most
 * bodies say only that something has changed, so that the next change has the same bytes: the token's time
 * (`iat`) tells them apart. The same body under a token of another time is another event.
 *
 * The token's time and the whole body are signed.
 *
 * @param options the client id and the secret of Plaid's API, and how far the time may be off
 * @throws {ConfigurationError} for a missing or blank client id or secret, an unknown environment, and a
 * tolerance that is not above 0
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
const KEY_ID = /^[\w-]{1,128}$/;

class PlaidScheme implements SignatureScheme {
  readonly name = 'plaid';
  readonly #fetch: GuardedFetch;
  readonly #keys: RemoteKeys<KeyObject>;
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
      client_id: requireText('clientId', clientId),
      secret: requireText('secret', secret),
    };
    const host = `${choice('environment', environment, ['production', 'sandbox'])}.plaid.com`;
    this.#fetch = new GuardedFetch({ hosts: [host], ...(fetch && { fetch }) });
    this.#tolerance = new Tolerance(toleranceSeconds);
    this.#keys = new RemoteKeys(async (id) => {
      const answer = await this.#fetch.json(`https://${host}/webhook_verification_key/get`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...credentials, key_id: id }),
      });
      return readKey(valueAt(answer, 'key'));
    });
  }

  fetchWith(fetch: FetchFunction): void {
    this.#fetch.use(fetch);
  }

  verify(request: SignedRequest, { now }: VerifyContext): Verification | Promise<Verification> {
    const header = headerText(request.headers, HEADER);
    if (!header.ok) return header;
    const token = readJsonWebToken(header.text);
    if (token === undefined) return { ok: false, reason: 'malformed-signature' };
    if (token.header['alg'] !== ALGORITHM) return { ok: false, reason: 'unsupported-algorithm' };
    const { kid } = token.header;
    if (typeof kid !== 'string' || !KEY_ID.test(kid)) {
      return { ok: false, reason: 'malformed-signature' };
    }
    return this.#keys.judge(kid, now, (key) => this.#judge(request, token, key, now));
  }

  #judge(request: SignedRequest, token: JsonWebToken, key: KeyObject, now: Date): Verification {
    const { content, signature } = token;
    const right =
      signature.length === SIGNATURE_LENGTH &&
      verify('sha256', content, { key, dsaEncoding: 'ieee-p1363' }, signature);
    const claims = right ? token.claims() : undefined;
    const hash = createHash('sha256').update(request.body).digest('hex');
    if (!areSameTexts(claims?.['request_body_sha256'], hash)) {
      return { ok: false, reason: 'signature-mismatch' };
    }
    const issuedAt = claims?.['iat'];
    if (issuedAt === undefined) return { ok: false, reason: 'timestamp-missing' };
    if (!Number.isSafeInteger(issuedAt)) return { ok: false, reason: 'malformed-signature' };
    const reason = this.#tolerance.judge(Number(issuedAt) * 1_000, now);
    if (reason !== undefined) return { ok: false, reason };
    const verification = this.#facts.verified(request, 0);
    return verification.ok ? { ...verification, distinctBy: String(issuedAt) } : verification;
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

function requireText(option: string, given: unknown): string {
  if (typeof given === 'string' && given.trim() !== '') return given;
  throw ConfigurationError.invalidOption(
    option,
    'a non-blank text',
    given,
    "Set it to the value in Plaid's dashboard (an unset environment variable is the usual cause).",
  );
}
