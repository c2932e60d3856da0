import { randomUUID } from 'node:crypto';
import { valueAt } from '../../../event/value-at.js';
import { bytesOf } from '../../parts/bytes-of.js';
import { areSameBytes } from '../../parts/constant-time.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import { echo } from '../../handshake/handshake-answer.js';
import { Handshake, type ChallengeAnswer } from '../../handshake/handshake.js';
import { objectOf, readJsonObject } from '../../parts/json-object.js';
import { Keys, type Secret } from '../../keys/secrets.js';
import type {
  HandshakeContext,
  Refused,
  SignatureScheme,
  SignedRequest,
  VerifyContext,
} from '../../signature-scheme.js';
import { verifyItems } from '../../parts/signed-items.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';
import { unsignable } from '../../parts/unsignable.js';
import { signingKey } from '../../parts/with-keys.js';

/**
 * Options of `microsoftGraph()`.
 *
 * @publicApi
 */
export interface MicrosoftGraphOptions {
  /** The `clientState` that the subscription was created with: long and random, up to 128 characters. */
  readonly clientState: Secret;
}

/**
 * Microsoft Graph's change notifications. The request by which Graph checks the URL (`validationToken`)
 * is answered.
 *
 * A body holds several notifications. Each has its id in `id`; its type is `lifecycleEvent`, or else
 * `changeType`, such as `updated`. One without an id is an event of its own in each delivery, retries included.
 *
 * **Nothing is signed**: each notification shows the `clientState`, and who has seen one can send any.
 * Fetch what a notification is about from Graph. The `validationTokens` and the encrypted content of
 * rich notifications are neither checked nor decrypted here.
 *
 * @param options the client state
 * @throws {ConfigurationError} for a missing or blank client state
 * @example
 * ```ts
 * microsoftGraph({ clientState: process.env.GRAPH_CLIENT_STATE })
 * ```
 * @see Microsoft Graph documentation, "Receive change notifications through webhooks"
 * @publicApi
 */
export function microsoftGraph(options: MicrosoftGraphOptions): SigningScheme {
  return new MicrosoftGraphScheme(options);
}

const ITEMS = 'value';
const STATE = 'clientState';
const FIRST = [`${ITEMS}.0.${STATE}`];
const MISSING: Refused = { ok: false, reason: 'missing-signature' };
const MALFORMED: Refused = { ok: false, reason: 'malformed-signature' };

class MicrosoftGraphScheme implements SigningScheme {
  readonly name = 'microsoftGraph';
  readonly showsSecret = true;
  readonly #keys: Keys;
  readonly #facts = new EventFactReader({
    items: ITEMS,
    // Some have no id, and say only that something has changed: the next change has the same bytes.
    id: (_, item) => valueAt(item, 'id') ?? randomUUID(),
    type: (_, item) => valueAt(item, 'lifecycleEvent') ?? valueAt(item, 'changeType'),
  });
  readonly #handshake = new Handshake(
    { unsigned: ({ query }) => echo(query.get('validationToken')) },
    (request, context) => this.verify(request, context),
  );

  constructor({ clientState }: MicrosoftGraphOptions) {
    this.#keys = new Keys(clientState, {}, { scheme: this.name, option: 'clientState' });
  }

  verify(request: SignedRequest, _context: VerifyContext): ReturnType<SignatureScheme['verify']> {
    return verifyItems(request, this.#keys, {
      items: ITEMS,
      first: FIRST,
      facts: this.#facts,
      read: stateOf,
      indexOfKey,
    });
  }

  handshake(request: SignedRequest, context: HandshakeContext): ChallengeAnswer {
    return this.#handshake.answer(request, context);
  }

  /** Puts the client state into each notification of a JSON body. */
  sign({ body: content }: SignInput): SignedMessage {
    const clientState = signingKey(this.#keys).toString('utf8');
    const body = readJsonObject(bytesOf(content));
    const items = valueAt(body, ITEMS);
    if (!Array.isArray(items)) {
      throw unsignable(
        this.name,
        'needs a JSON body with notifications in `value`. Put them there.',
      );
    }
    const value = items.map((item: unknown) => Object.assign(objectOf(item), { clientState }));
    const text = JSON.stringify({ ...objectOf(body), [ITEMS]: value });
    return { headers: {}, body: Buffer.from(text, 'utf8') };
  }
}

interface GivenState {
  readonly ok: true;
  readonly state: Buffer;
}

function stateOf(payload: unknown, index: number): GivenState | Refused {
  const given = valueAt(payload, `${ITEMS}.${index}.${STATE}`);
  if (given === undefined || given === null) return MISSING;
  // All lone surrogates would become the same bytes.
  return typeof given === 'string' && given.isWellFormed()
    ? { ok: true, state: Buffer.from(given, 'utf8') }
    : MALFORMED;
}

function indexOfKey(keys: readonly Buffer[], { state }: GivenState): number {
  return keys.findIndex((key) => areSameBytes(state, key));
}
