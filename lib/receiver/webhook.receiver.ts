import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Inbox } from '../inbox/inbox.js';
import { expectJsonIn } from '../signatures/parts/request-payload.js';
import type { SignedRequest, Verification } from '../signatures/signature-scheme.js';
import { Occurrences } from '../telemetry/occurrences.js';
import type { Answer } from './answer.js';
import { BodyReader } from './body.reader.js';
import { EventAcceptor } from './event.acceptor.js';
import { HandshakeAnswerer } from './handshake.answerer.js';
import { identifiedEvents } from './identified-events.js';
import { PendingVerifications } from './pending-verifications.js';
import { RECEIVER_OPTIONS, type ResolvedReceiverOptions } from './receiver.options.js';
import { Refuser } from './refuser.js';
import type { SourceRequest } from './source-request.js';
import { SourceRegistry, type Source } from './source.registry.js';

/** The body of a request that is not a `POST`. */
const NO_BODY = Buffer.alloc(0);

/**
 * Verifies a request to a source, gives its events to the inbox, and says what to answer. Knows neither Express
 * nor Fastify.
 *
 * @internal
 */
@Injectable()
export class WebhookReceiver {
  private readonly refuser: Refuser;
  private readonly handshakes: HandshakeAnswerer;
  private readonly acceptor: EventAcceptor;
  private readonly pending: PendingVerifications;
  private readonly publicUrl: string | undefined;

  constructor(
    private readonly sources: SourceRegistry,
    inbox: Inbox,
    occurrences: Occurrences,
    private readonly bodies: BodyReader,
    private readonly clock: Clock,
    @Inject(RECEIVER_OPTIONS.token) options: ResolvedReceiverOptions,
  ) {
    const { retryAfterSeconds, handshakeTimeoutMs, publicUrl } = options;
    const encodings = bodies.supported;
    this.refuser = new Refuser(occurrences, { retryAfterSeconds, encodings });
    this.handshakes = new HandshakeAnswerer(occurrences, this.refuser, clock, handshakeTimeoutMs);
    this.acceptor = new EventAcceptor(occurrences, this.refuser, inbox);
    this.pending = new PendingVerifications(options.maxUnfinishedBytes);
    this.publicUrl = publicUrl;
  }

  /**
   * Receives a request. Never throws; a 2xx means that its events are committed.
   *
   * @returns what to answer, or `undefined` when the client has gone away
   */
  async receive(received: SourceRequest): Promise<Answer | undefined> {
    const source = this.sources.find(received.source);
    if (source === undefined) return this.refuser.unknownSource(received.source);
    try {
      if (received.raw.method !== 'POST') {
        const question = this.signedRequest(source, received, NO_BODY);
        return await this.handshakes.challenge(source, question);
      }
      const reading = await this.bodies.read(received.raw, source.bodyLimitBytes);
      if (reading.kind !== 'read') return this.refuser.unreadable(source, reading.kind);

      const request = this.signedRequest(source, received, reading.body);
      const now = new Date(this.clock.now());
      const verifying = this.verify(source, request, now);
      if (verifying === undefined) return this.refuser.unreadable(source, 'overloaded');
      const verification = verifying instanceof Promise ? await verifying : verifying;

      const answering = this.handshakes.ofPost(source, request, { now, verification });
      const handshake = answering && (await answering);
      if (handshake !== undefined) return handshake;
      if (!verification.ok) return this.refuser.unverified(source, verification.reason);

      const found = await identifiedEvents(source, request, reading.body, verification);
      if (!found.ok) return this.refuser.unidentified(source.name, found);
      return await this.acceptor.accept(source, found, verification.keyIndex);
    } catch (error) {
      // A bug in a scheme, in a schema or in a function of the source: the sender may try again when it is fixed.
      return this.refuser.failed(source.name, error);
    }
  }

  private signedRequest(
    { jsonField }: Source,
    { raw, url, origin = '' }: SourceRequest,
    body: Buffer,
  ): SignedRequest {
    const { method = '', headers } = raw;
    const request = { method, url: `${this.publicUrl ?? origin}${url}`, headers, body };
    if (jsonField !== undefined) expectJsonIn(request, jsonField);
    return request;
  }

  /**
   * Most schemes verify at once; one that has to find a key first gives a promise.
   *
   * @returns `undefined` where too many bodies wait for a key
   */
  private verify(
    { name, scheme }: Source,
    request: SignedRequest,
    now: Date,
  ): Verification | Promise<Verification> | undefined {
    const { length } = request.body;
    if (!this.pending.hasRoom(name, length)) return undefined;
    const verifying = scheme.verify(request, { now });
    return verifying instanceof Promise ? this.pending.settle(name, length, verifying) : verifying;
  }
}
