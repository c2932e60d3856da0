import { randomUUID } from 'node:crypto';
import { valueAt } from '../../../event/value-at.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import { echo } from '../../handshake/handshake-answer.js';
import { Handshake, type ChallengeAnswer } from '../../handshake/handshake.js';
import type { Secret } from '../../keys/secrets.js';
import { areSameBytes } from '../../parts/constant-time.js';
import { objectOf } from '../../parts/json-object.js';
import { MALFORMED_SIGNATURE, MISSING_SIGNATURE } from '../../parts/refusals.js';
import { SignedItemsScheme } from '../../schemes/signed-items.scheme.js';
import type { Evidence } from '../../schemes/signed-request.scheme.js';
import type { HandshakeContext, Refused, SignedRequest } from '../../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';

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
 * Microsoft Graph's change notifications: each shows the `clientState` of its subscription.
 * **Nothing is signed: anyone who has seen one request can send any other.** Fetch the changed
 * resource from Graph. The scheme does not check `validationTokens`, and does not decrypt the
 * content of rich notifications.
 *
 * A body holds several events, in `value`. An event's id is `id`; its type is `lifecycleEvent`, or
 * else `changeType`, such as `updated`. A notification without an id is an event of its own in each
 * delivery, with a random id; a retry is too.
 *
 * The scheme answers the `POST` request by which Graph checks the URL (`validationToken`).
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
interface ShownState extends Evidence {
  readonly state: Buffer;
}

class MicrosoftGraphScheme extends SignedItemsScheme<ShownState> implements SigningScheme {
  readonly showsSecret = true;
  protected readonly items = ITEMS;
  protected readonly firstPaths = FIRST;
  protected readonly facts = new EventFactReader({
    items: ITEMS,
    // Some have no id and say only that something has changed: the next change has the same bytes.
    id: (_, item) => valueAt(item, 'id') ?? randomUUID(),
    type: (_, item) => valueAt(item, 'lifecycleEvent') ?? valueAt(item, 'changeType'),
  });
  readonly #handshake = new Handshake(
    { unsigned: ({ query }) => echo(query.get('validationToken')) },
    (request, context) => this.verify(request, context),
  );

  constructor({ clientState }: MicrosoftGraphOptions) {
    super('microsoftGraph', clientState, { option: 'clientState' });
  }

  handshake(request: SignedRequest, context: HandshakeContext): ChallengeAnswer {
    return this.#handshake.answer(request, context);
  }

  /** Puts the client state into each notification of a JSON body. */
  sign({ body }: SignInput): SignedMessage {
    const clientState = this.keys.signingKey().toString('utf8');
    const problem = 'needs a JSON body with notifications in `value`. Put them there.';
    return this.signItems(body, problem, (item) => ({ ...objectOf(item), clientState }));
  }

  protected readItem(payload: unknown, index: number): ShownState | Refused {
    const given = valueAt(payload, `${ITEMS}.${index}.${STATE}`);
    if (given === undefined || given === null) return MISSING_SIGNATURE;
    // All lone surrogates would become the same bytes.
    return typeof given === 'string' && given.isWellFormed()
      ? { ok: true, state: Buffer.from(given, 'utf8') }
      : MALFORMED_SIGNATURE;
  }

  protected indexOfKey(keys: readonly Buffer[], { state }: ShownState): number {
    return keys.findIndex((key) => areSameBytes(state, key));
  }
}
