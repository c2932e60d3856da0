import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Inbox } from '../inbox/inbox.js';
import { expectJsonIn } from '../signatures/parts/request-payload.js';
import type { SignedRequest } from '../signatures/signature-scheme.js';
import { Occurrences } from '../telemetry/occurrences.js';
import type { Answer } from './answer.js';
import { BodyReader } from './body.reader.js';
import { EventAcceptor } from './event.acceptor.js';
import { HandshakeAnswerer } from './handshake.answerer.js';
import { PendingVerifications } from './pending-verifications.js';
import type { RawRequest } from './raw-request.js';
import { RECEIVER_OPTIONS, type ResolvedReceiverOptions } from './receiver.options.js';
import { Refuser } from './refuser.js';
import { SourceRegistry, type Source } from './source.registry.js';

/** A request that came in at the receiver's path. */
export interface SourceRequest {
  /** The source that the path names, decoded; known or not. */
  readonly source: string;
  /** Path and query as they arrived. */
  readonly url: string;
  /** Such as `https://example.com`, where the host's framework knows it. */
  readonly origin?: string | undefined;
  readonly raw: RawRequest;
}

/** What requests of other methods have for a body. */
const NO_BODY = Buffer.alloc(0);

/**
 * Takes a request from a source, verifies it, gives its event to the inbox, and says what to answer.
 * Knows neither Express nor Fastify.
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
    this.handshakes = new HandshakeAnswerer(this.refuser, clock, handshakeTimeoutMs);
    this.acceptor = new EventAcceptor(occurrences, this.refuser, inbox);
    this.pending = new PendingVerifications(options.maxUnfinishedBytes);
    this.publicUrl = publicUrl;
  }

  /**
   * Receives a request. Never throws; a 2xx means that the event is committed.
   *
   * @returns what to answer, or `undefined` when the client has gone away
   */
  async receive(request: SourceRequest): Promise<Answer | undefined> {
    const source = this.sources.find(request.source);
    if (source === undefined) return this.refuser.unknownSource(request.source);
    try {
      return await this.receiveFrom(source, request);
    } catch (error) {
      // A bug in a scheme, in a schema or in a function of the source: the sender may try again when it is fixed.
      return this.refuser.failed(source.name, error);
    }
  }

  private async receiveFrom(source: Source, received: SourceRequest): Promise<Answer | undefined> {
    if (received.raw.method !== 'POST') {
      return this.handshakes.challenge(source, this.signedRequest(received, NO_BODY));
    }
    const reading = await this.bodies.read(received.raw, source.bodyLimitBytes);
    if (reading.kind !== 'read') return this.refuser.unreadable(source, reading.kind);

    const request = this.signedRequest(received, reading.body);
    if (source.jsonField !== undefined) expectJsonIn(request, source.jsonField);
    const now = new Date(this.clock.now());
    if (!this.pending.hasRoom(source.name, reading.body.length)) {
      return this.refuser.unreadable(source, 'overloaded');
    }
    const verifying = source.scheme.verify(request, { now });
    const verification =
      verifying instanceof Promise
        ? await this.pending.settle(source.name, reading.body.length, verifying)
        : verifying;
    // Asked also where the signature is wrong: some senders probe with one, or hand the secret over.
    const handshake = source.scheme.handshake?.(request, { now, verification });
    if (handshake !== undefined) {
      const answered = await this.handshakes.answer(source, handshake, verification);
      if (answered !== undefined) return answered;
    }
    return verification.ok
      ? this.acceptor.accept(source, request, reading.body, verification)
      : this.refuser.unverified(source, verification.reason);
  }

  private signedRequest({ raw, url, origin = '' }: SourceRequest, body: Buffer): SignedRequest {
    const { method = '', headers } = raw;
    return { method, url: `${this.publicUrl ?? origin}${url}`, headers, body };
  }
}
