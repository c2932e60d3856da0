import { formOutline, outlineFields } from '../../../event/form-outline.js';
import { URL_ENCODED_FORM } from '../../../event/media-type.js';
import { valueAt } from '../../../event/value-at.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import { emptyAnswer } from '../../handshake/handshake-answer.js';
import { Handshake, type ChallengeAnswer } from '../../handshake/handshake.js';
import type { Secret } from '../../keys/secrets.js';
import { bytesOf } from '../../parts/bytes-of.js';
import { type Content, contentHmac, matchingKey } from '../../parts/content-hmac.js';
import { headerText } from '../../parts/header-text.js';
import { isForm } from '../../parts/is-form.js';
import { MALFORMED_SIGNATURE } from '../../parts/refusals.js';
import { decodeBase64 } from '../../parts/strict-encoding.js';
import { unsignable, unsignableWithoutUrl } from '../../parts/unsignable.js';
import { SecretScheme } from '../../schemes/secret.scheme.js';
import type { Evidence } from '../../schemes/signed-request.scheme.js';
import type {
  HandshakeContext,
  Refused,
  SignedRequest,
  Verification,
} from '../../signature-scheme.js';
import type { SignedMessage, SigningScheme, SignInput } from '../../signing.scheme.js';

/**
 * Options of `mandrill()`.
 *
 * @publicApi
 */
export interface MandrillOptions {
  /** The webhook's authentication key. */
  readonly secret: Secret;
  /**
   * The URL exactly as it is set at Mandrill, with its query; or a function that returns it for a request.
   * @default the URL of the request; behind a proxy, set the receiver's `publicUrl`
   */
  readonly url?: string | ((request: SignedRequest) => string);
}

/**
 * Mailchimp Transactional (Mandrill): `X-Mandrill-Signature` holds an HMAC-SHA1 of the URL and the
 * form's fields, in base64. Mandrill signs no timestamp: an event that is sent again is a duplicate
 * by its id.
 *
 * A request holds several events, as JSON in the form's field `mandrill_events`. An event's type is
 * `event` (for a change of the allowlist or denylist, `type`), and its time is `ts`. Mandrill sends
 * no event id (`_id` names the message), so the id is a digest of the event.
 *
 * The scheme answers the `HEAD` request by which Mandrill checks the URL. If that fails, Mandrill
 * posts an empty list of events, signed with a publicly known key: the scheme answers that too, as
 * it holds no event.
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
/** Longest form, in bytes: it may hold inbound messages. */
const LONGEST_FORM = 32 * 1_048_576;
const LONGEST_EMPTY_FORM = 64;
/** Mandrill documents one field, "currently", and that the signature covers all fields. */
const MOST_FIELDS = 16;

interface SignedForm extends Evidence {
  readonly digest: Buffer;
  readonly content: Content;
}

class MandrillScheme extends SecretScheme<SignedForm> implements SigningScheme {
  readonly handshakeMethods: readonly string[];
  readonly #url: (request: SignedRequest) => string;
  readonly #handshake: Handshake;
  readonly #facts = new EventFactReader({
    jsonField: EVENTS,
    items: '',
    type: (_, event) => valueAt(event, 'event') ?? valueAt(event, 'type'),
    occurredAt: { path: 'ts', unit: 's' },
  });

  constructor({ secret, url }: MandrillOptions) {
    super('mandrill', secret);
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

  handshake(request: SignedRequest, context: HandshakeContext): ChallengeAnswer {
    return this.#handshake.answer(request, context);
  }

  sign({ body: content, method = 'POST', url, headers = {} }: SignInput): SignedMessage {
    const body = bytesOf(content);
    const target = this.#url({ method, url: url ?? '', headers, body });
    if (target === '') throw unsignableWithoutUrl(this.name);
    const fields = fieldsOf(body);
    if (fields === undefined) throw unsignable(this.name, 'cannot sign this form.');
    const digest = contentHmac('sha1', this.keys.signingKey(), [target, ...fields]);
    return {
      headers: { [SIGNATURE]: digest.toString('base64'), 'content-type': URL_ENCODED_FORM },
      body,
      url: target,
    };
  }

  protected read(request: SignedRequest): SignedForm | Refused {
    const header = headerText(request.headers, SIGNATURE);
    if (!header.ok) return header;
    const digest = decodeBase64(header.text, 'base64', DIGEST_LENGTH);
    const fields = isForm(request) ? fieldsOf(request.body) : undefined;
    return digest === undefined || fields === undefined
      ? MALFORMED_SIGNATURE
      : { ok: true, digest, content: [this.#url(request), ...fields] };
  }

  protected indexOfKey(keys: readonly Buffer[], { digest, content }: SignedForm): number {
    return matchingKey('sha1', keys, [digest], [content]);
  }

  protected verified(request: SignedRequest, keyIndex: number): Verification {
    return this.#facts.verified(request, keyIndex);
  }
}

/** The names in their order, each with its value; `undefined` if a name comes twice or the events are missing. */
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
