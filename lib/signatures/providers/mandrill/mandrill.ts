import { createHmac } from 'node:crypto';
import { formOutline, outlineFields } from '../../../event/form-outline.js';
import { URL_ENCODED_FORM } from '../../../event/media-type.js';
import { valueAt } from '../../../event/value-at.js';
import { bytesOf } from '../../parts/bytes-of.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import { Handshake, type ChallengeAnswer } from '../../handshake/handshake.js';
import { emptyAnswer } from '../../handshake/handshake-answer.js';
import { headerText } from '../../parts/header-text.js';
import { isForm } from '../../parts/is-form.js';
import { matchingKey } from '../../parts/matching-key.js';
import { Keys, type Secret } from '../../keys/secrets.js';
import type {
  HandshakeContext,
  SignedRequest,
  Verification,
  VerifyContext,
} from '../../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';
import { decodeBase64 } from '../../parts/strict-encoding.js';
import { unsignable } from '../../parts/unsignable.js';
import { signingKey, withKeys } from '../../parts/with-keys.js';

/**
 * Options of `mandrill()`.
 *
 * @publicApi
 */
export interface MandrillOptions {
  /** The webhook's authentication key. */
  readonly secret: Secret;
  /**
   * The URL exactly as it is set at Mandrill, with its query; or a function that gives it.
   * @default what the receiver takes for its own URL; set its `publicUrl` behind a proxy
   */
  readonly url?: string | ((request: SignedRequest) => string);
}

/**
 * Mailchimp Transactional (Mandrill), which signs the URL and the fields of its form by SHA-1. There is no
 * timestamp, so a request can be sent again.
 *
 * A request holds several events, as JSON in the field `mandrill_events`. Each has its type in `event`
 * (that of a change of the lists of addresses is its `type`) and its time in `ts`. `_id` is that of the
 * message and not of the event, so a digest of the event's bytes is taken for the id.
 *
 * Mandrill checks the URL by a `HEAD` request, and where that fails by events that are an empty list,
 * signed with a key that everybody knows: both are answered, as they say nothing.
 *
 * @param options the key, and the URL
 * @throws {ConfigurationError} for a missing or blank key
 * @example
 * ```ts
 * mandrill({ secret: process.env.MANDRILL_WEBHOOK_KEY, url: 'https://example.com/webhooks/mandrill' })
 * ```
 * @see Mailchimp documentation, "Authenticating webhook requests"
 * @publicApi
 */
export function mandrill(options: MandrillOptions): SigningScheme {
  return new MandrillScheme(options);
}

const SIGNATURE = 'x-mandrill-signature';
const EVENTS = 'mandrill_events';
const DIGEST_LENGTH = 20;
/** Longest form, in bytes: messages that come in are in it. */
const LONGEST_FORM = 32 * 1_048_576;
const LONGEST_EMPTY_FORM = 64;
/** Mandrill documents one, "currently", and that the signature covers all of them. */
const MOST_FIELDS = 16;

class MandrillScheme implements SigningScheme {
  readonly name = 'mandrill';
  readonly handshakeMethods: readonly string[];
  readonly #keys: Keys;
  readonly #url: (request: SignedRequest) => string;
  readonly #handshake: Handshake;
  readonly #facts = new EventFactReader({
    jsonField: EVENTS,
    items: '',
    type: (_, event) => valueAt(event, 'event') ?? valueAt(event, 'type'),
    occurredAt: { path: 'ts', unit: 's' },
  });

  constructor({ secret, url }: MandrillOptions) {
    this.#keys = new Keys(secret, {}, { scheme: this.name });
    this.#url = typeof url === 'function' ? url : (request) => url ?? request.url;
    this.#handshake = new Handshake(
      {
        methods: ['HEAD'],
        unsigned: ({ request }) => (isProbe(request) ? emptyAnswer(200) : undefined),
      },
      (request, context) => this.verify(request, context),
    );
    this.handshakeMethods = this.#handshake.methods;
  }

  verify(request: SignedRequest, _context: VerifyContext): Verification | Promise<Verification> {
    const header = headerText(request.headers, SIGNATURE);
    if (!header.ok) return header;
    const digest = decodeBase64(header.text);
    const fields = isForm(request) ? fieldsOf(request.body) : undefined;
    if (digest?.length !== DIGEST_LENGTH || fields === undefined) {
      return { ok: false, reason: 'malformed-signature' };
    }
    const content = [this.#url(request), ...fields];
    return withKeys(this.#keys, request, (keys) => {
      const keyIndex = matchingKey('sha1', keys, [digest], [content]);
      return keyIndex < 0
        ? { ok: false, reason: 'signature-mismatch' }
        : this.#facts.verified(request, keyIndex);
    });
  }

  handshake(request: SignedRequest, context: HandshakeContext): ChallengeAnswer {
    return this.#handshake.answer(request, context);
  }

  sign({ body: content, method = 'POST', url, headers = {} }: SignInput): SignedMessage {
    const body = bytesOf(content);
    const target = this.#url({ method, url: url ?? '', headers, body });
    if (target === '') throw unsignable(this.name, 'signs the URL, and none was given. Set `url`.');
    const fields = fieldsOf(body);
    if (fields === undefined) throw unsignable(this.name, 'cannot sign this form.');
    const hmac = createHmac('sha1', signingKey(this.#keys)).update(target);
    for (const piece of fields) hmac.update(piece);
    return {
      headers: { [SIGNATURE]: hmac.digest('base64'), 'content-type': URL_ENCODED_FORM },
      body,
      url: target,
    };
  }
}

/** Names in their order, each with its value; none comes twice, and the events are there. */
function fieldsOf(body: Uint8Array): (string | Buffer)[] | undefined {
  const form = outlineFields(body, { longest: LONGEST_FORM, mostFields: MOST_FIELDS });
  if (form === undefined) return undefined;
  const fields = new Map(form.map(({ name, value }) => [name, value]));
  if (fields.size < form.length || !fields.has(EVENTS)) return undefined;
  return [...fields.keys()].toSorted().flatMap((name) => [name, fields.get(name) ?? '']);
}

function isProbe(request: SignedRequest): boolean {
  if (request.method === 'HEAD') return true;
  return (
    isForm(request) && formOutline(request.body, { longest: LONGEST_EMPTY_FORM })?.[EVENTS] === '[]'
  );
}
