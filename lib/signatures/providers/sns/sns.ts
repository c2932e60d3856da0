import { createVerify, type KeyObject } from 'node:crypto';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { hasOutline, outlineOf, outlineSlices } from '../../../event/json-outline.js';
import { jsonTextBytes } from '../../../event/json-text.js';
import { valueAt } from '../../../event/value-at.js';
import { EventFactReader } from '../../facts/event-fact.reader.js';
import { emptyAnswer } from '../../handshake/handshake-answer.js';
import { Handshake, type Challenge, type ChallengeAnswer } from '../../handshake/handshake.js';
import type { FetchFunction } from '../../keys/guarded.fetch.js';
import { choice } from '../../parts/choice.js';
import {
  MALFORMED_SIGNATURE,
  MISSING_SIGNATURE,
  SIGNATURE_MISMATCH,
  UNSUPPORTED_ALGORITHM,
} from '../../parts/refusals.js';
import { payloadOf } from '../../parts/request-payload.js';
import { decodeBase64 } from '../../parts/strict-encoding.js';
import { Timestamp } from '../../parts/timestamp.js';
import { CertificateScheme } from '../../schemes/certificate.scheme.js';
import type { NamesKey } from '../../schemes/fetched-key.scheme.js';
import type {
  HandshakeAnswer,
  HandshakeContext,
  Refused,
  SignatureScheme,
  SignedRequest,
  Verification,
} from '../../signature-scheme.js';

/**
 * Options of `sns()`.
 *
 * @publicApi
 */
export interface SnsOptions {
  /** The topic's ARN (`arn:aws:sns:…`), or several. Other topics are refused: AWS signs those of every account. */
  readonly topicArn: string | readonly (string | undefined)[] | undefined;
  /**
   * The accepted versions of the signature (`SignatureVersion`): `1` is RSA with SHA-1, the default of a
   * topic; `2` is RSA with SHA-256. @default ['1', '2']
   */
  readonly signatureVersions?: readonly ('1' | '2')[];
  /** Whether the scheme confirms subscriptions; if not, the request to confirm is an event. @default true */
  readonly confirmSubscriptions?: boolean;
  /**
   * How far `Timestamp`, the time of publishing, may be from our clock, in both directions, in seconds. Retries,
   * for up to an hour, have the same time. @default 3_900
   */
  readonly toleranceSeconds?: number;
  /** Fetches certificates, confirms subscriptions. @default the module's; without it, the global `fetch` */
  readonly fetch?: FetchFunction;
}

/**
 * Amazon SNS over HTTPS: `Signature` in the body holds an RSA signature (with SHA-1 or SHA-256) of
 * some of its fields, in base64. Raw message delivery is not signed, and is refused.
 *
 * The event's id, type, time and data are the body's `MessageId`, `Type`, `Timestamp` and
 * `Message`, which is a text.
 *
 * SNS signs `Message`, `MessageId`, `Subject`, `Timestamp`, `TopicArn` and `Type`; it does not sign
 * `MessageAttributes`, `UnsubscribeURL` and the headers. What it signs of an
 * `UnsubscribeConfirmation` is not certain, so the scheme answers such a message, and it is never
 * an event.
 *
 * The scheme confirms a subscription if the request for it (`SubscriptionConfirmation`) is rightly
 * signed. It fetches the certificate from the URL in `SigningCertURL`, only from SNS's own hosts,
 * and keeps it for an hour. While the certificate is unavailable, requests are answered 503, so
 * that SNS retries.
 *
 * @param options the topics, the versions of the signature, whether subscriptions are confirmed,
 * and the tolerance
 * @throws {ConfigurationError} for a missing topic or one that is not an ARN, an unknown version,
 * and a tolerance that is not above 0
 * @example
 * ```ts
 * sns({ topicArn: process.env.ORDERS_TOPIC_ARN })
 * ```
 * @see Amazon SNS documentation, "Verifying the signatures of Amazon SNS messages"
 * @publicApi
 */
export function sns(options: SnsOptions): SignatureScheme {
  return new SnsScheme(options);
}

/** A region has no digit before its end: `sns.s3-us-west-2.amazonaws.com` could be a stranger's bucket. */
const HOST = /sns\.[a-z]{2}(?:-[a-z]{1,16}){1,4}-\d{1,2}\.amazonaws\.com(?:\.cn)?/;
const CERTIFICATE = /^https:\/\/[a-z\d.-]{1,128}\/[\w-]{1,128}\.pem$/;
const ARN = /^arn:aws[\w-]*:sns:[a-z\d-]+:\d{12}:[\w.-]+$/;

const HASHES: Readonly<Record<string, 'sha1' | 'sha256'>> = { '1': 'sha1', '2': 'sha256' };

/** In the order in which SNS signs them; `Subject` is optional. */
const FIELDS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['Notification', ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']],
  [
    'SubscriptionConfirmation',
    ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  ],
]);

/** The only fields that are parsed before the signature is verified; the signed bytes are only located. */
const OUTLINE = [
  'Signature',
  'SignatureVersion',
  'SigningCertURL',
  'Timestamp',
  'TopicArn',
  'Type',
];

/** All fields that one pass over the body locates. */
const LOOKED_UP = [...new Set([...OUTLINE, ...[...FIELDS.values()].flat()])];

interface SignedMessage extends NamesKey {
  /** The part of the body that was read. */
  readonly message: unknown;
  readonly hash: 'sha1' | 'sha256';
  readonly signature: Buffer;
  readonly content: readonly Uint8Array[];
}

class SnsScheme extends CertificateScheme<SignedMessage> {
  readonly #topicArns: ReadonlySet<unknown>;
  readonly #versions: ReadonlySet<unknown>;
  readonly #confirms: boolean;
  readonly #timestamp: Timestamp;
  readonly #facts = new EventFactReader({
    id: { path: 'MessageId' },
    type: { path: 'Type' },
    occurredAt: { path: 'Timestamp', unit: 'iso' },
    dataPath: 'Message',
  });
  readonly #handshake = new Handshake(
    {
      signed: (challenge) => this.#confirm(challenge),
      unsigned: ({ payload }) =>
        valueAt(payload, 'Type') === 'UnsubscribeConfirmation' ? emptyAnswer(200) : undefined,
    },
    (request, context) => this.verify(request, context),
  );

  constructor({
    topicArn,
    signatureVersions = ['1', '2'],
    confirmSubscriptions = true,
    toleranceSeconds = 3_900,
    fetch,
  }: SnsOptions) {
    super('sns', { hosts: [HOST], syntax: CERTIFICATE, fetch });
    this.#topicArns = new Set(arnsOf(topicArn));
    this.#versions = new Set(
      signatureVersions.map((it) => choice('signatureVersions', it, ['1', '2'])),
    );
    this.#confirms = confirmSubscriptions;
    this.#timestamp = new Timestamp({ path: 'Timestamp', unit: 'iso', toleranceSeconds }, 1);
  }

  handshake(request: SignedRequest, context: HandshakeContext): ChallengeAnswer {
    return this.#handshake.answer(request, context);
  }

  protected read({ body }: SignedRequest): SignedMessage | Refused {
    const slices = outlineSlices(body, LOOKED_UP);
    const message = outlineOf(slices.slice(0, OUTLINE.length), OUTLINE);
    const given = valueAt(message, 'Signature');
    if (given === undefined || given === '') return MISSING_SIGNATURE;
    const version = valueAt(message, 'SignatureVersion');
    const hash = this.#versions.has(version) ? HASHES[String(version)] : undefined;
    if (hash === undefined) return UNSUPPORTED_ALGORITHM;
    const signature = typeof given === 'string' ? decodeBase64(given) : undefined;
    const names = FIELDS.get(valueAt(message, 'Type'));
    const document = valueAt(message, 'SigningCertURL');
    if (signature === undefined || names === undefined || !this.isCertificate(document)) {
      return MALFORMED_SIGNATURE;
    }
    // Before anything is fetched; the topic is signed too.
    if (!this.#topicArns.has(valueAt(message, 'TopicArn'))) return SIGNATURE_MISMATCH;
    const content = contentOf(slices, names);
    return content === undefined
      ? MALFORMED_SIGNATURE
      : { ok: true, document, message, hash, signature, content };
  }

  protected isSigned({ hash, content, signature }: SignedMessage, key: KeyObject): boolean {
    const verifier = createVerify(hash);
    for (const piece of content) verifier.update(piece);
    return verifier.verify(key, signature);
  }

  protected override objectionTo(
    { message }: SignedMessage,
    request: SignedRequest,
    now: Date,
  ): Refused | undefined {
    const reading = payloadOf(request);
    if (!reading.ok || !hasOutline(reading.payload, message, OUTLINE)) return MALFORMED_SIGNATURE;
    return this.#timestamp.judge(this.#timestamp.readPayload(message), now);
  }

  protected verified(request: SignedRequest, keyIndex: number): Verification {
    return this.#facts.verified(request, keyIndex);
  }

  async #confirm({ payload }: Challenge): Promise<HandshakeAnswer | undefined> {
    if (!this.#confirms || valueAt(payload, 'Type') !== 'SubscriptionConfirmation') {
      return undefined;
    }
    const url = valueAt(payload, 'SubscribeURL');
    if (typeof url !== 'string' || !this.fetch.allows(url)) return emptyAnswer(400);
    await this.fetch.text(url);
    return emptyAnswer(200);
  }
}

/** The signed bytes, in pieces and without a copy as text: a message may be long. */
function contentOf(
  slices: readonly (Buffer | undefined)[],
  names: readonly string[],
): Uint8Array[] | undefined {
  const content: Uint8Array[] = [];
  for (const name of names) {
    const slice = slices[LOOKED_UP.indexOf(name)];
    if (name === 'Subject' && (slice === undefined || slice.equals(NULL))) continue;
    const text = slice && slice.length <= LONGEST_TEXT ? jsonTextBytes(slice) : undefined;
    if (text === undefined) return undefined;
    content.push(Buffer.from(`${name}\n`, 'latin1'), text, LINE_FEED);
  }
  return content;
}

/** A message has up to 256 KiB, and JSON writes some bytes as several. */
const LONGEST_TEXT = 786_432;
const NULL = Buffer.from('null', 'latin1');
const LINE_FEED = Buffer.from('\n', 'latin1');

function arnsOf(given: SnsOptions['topicArn']): readonly string[] {
  const arns: readonly unknown[] = Array.isArray(given) ? [...(given as unknown[])] : [given];
  const isArn = (arn: unknown): arn is string => typeof arn === 'string' && ARN.test(arn);
  if (arns.length > 0 && arns.every(isArn)) return arns;
  throw ConfigurationError.invalidOption(
    'topicArn',
    'the ARN of a topic, or several',
    arns.length === 1 ? arns[0] : given,
    'Set it (an unset environment variable is the usual cause).',
  );
}
