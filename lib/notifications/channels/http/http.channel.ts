import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../clock/clock.js';
import { WebhookError } from '../../../errors/webhook.error.js';
import { OutboundClient, type OutboundAnswer } from '../../../http/outbound.client.js';
import { statusVerdict } from '../../../http/status.verdict.js';
import { Discard } from '../../../retry/discard.js';
import { RetryLater } from '../../../retry/retry-later.js';
import { isVerdict } from '../../../retry/verdict.js';
import {
  NOTIFICATIONS_OPTIONS,
  type ResolvedNotificationsOptions,
} from '../../notifications.options.js';
import { InvalidNotificationError } from '../../invalid-notification.error.js';
import type { ChannelMessage, NotificationChannel, SendReceipt } from '../channel.js';
import type { HttpAnswer } from './http-answer.js';
import { HTTP_CHANNEL, type HttpPostMessage } from './http-post.notification.js';
import { assertHttpPost } from './http-post.validator.js';
import { judgeKnownAnswer } from './known-answers.js';

/** How much of a body the receipt has, in characters. */
const MAX_RECEIPT = 200;

/** The status has arrived by then: its body is not worth an attempt that times out. */
const BODY_TIMEOUT_MS = 5_000;

/** For how long an endpoint may postpone a post; after that, its answers count as failed attempts. */
const PATIENCE_MS = 3 * 86_400_000;

/**
 * Posts JSON to a URL. Its errors and receipts name only the host of the URL: the path of a chat's
 * webhook is its password.
 *
 * @internal
 */
@Injectable()
export class HttpChannel implements NotificationChannel<HttpPostMessage> {
  readonly name = HTTP_CHANNEL;

  constructor(
    private readonly client: OutboundClient,
    private readonly clock: Clock,
    @Inject(NOTIFICATIONS_OPTIONS.token)
    private readonly options: Pick<ResolvedNotificationsOptions, 'judgeAnswer'>,
  ) {}

  validate(payload: HttpPostMessage): void {
    assertHttpPost(payload);
    const refusal = this.client.refusalOf(payload.url);
    if (refusal === undefined) return;
    throw new InvalidNotificationError(
      'payload.url',
      'one that may be reached',
      payload.url,
      `It may not: ${refusal}. Where the application wants to reach it, allow that by \`sending: { allow }\`.`,
    );
  }

  recipient({ url }: HttpPostMessage): string {
    return new URL(url).host;
  }

  async send(
    message: ChannelMessage<HttpPostMessage>,
  ): Promise<SendReceipt | RetryLater | Discard> {
    const host = this.recipient(message.payload);
    const answer = await this.post(message);
    const now = this.clock.now();
    const verdict = statusVerdict(answer, host, now);
    if (verdict.kind === 'taken') {
      const { status, headers, body } = answer;
      return this.judge({ host, status, headers, body: body.toString('utf8') });
    }
    const { reason } = verdict;
    if (verdict.kind === 'final') return new Discard(reason);
    const { delayMs } = verdict;
    if (delayMs !== undefined && now - message.createdAt.getTime() < PATIENCE_MS) {
      return new RetryLater(delayMs, reason);
    }
    throw new WebhookError('HTTP_STATUS', reason);
  }

  private post({ id, payload, signal }: ChannelMessage<HttpPostMessage>): Promise<OutboundAnswer> {
    return this.client.send({
      url: payload.url,
      method: 'POST',
      headers: {
        ...lowerCased(payload.headers ?? {}),
        'content-type': 'application/json',
        'idempotency-key': id,
      },
      body: Buffer.from(JSON.stringify(payload.json)),
      bodyTimeoutMs: BODY_TIMEOUT_MS,
      signal,
    });
  }

  /** Some services refuse in the body of a 200. The receipt has its beginning, for those not known to. */
  private async judge(answer: HttpAnswer): Promise<SendReceipt | RetryLater | Discard> {
    const verdict = (await this.options.judgeAnswer?.(answer)) ?? judgeKnownAnswer(answer);
    if (isVerdict(verdict)) return verdict;
    const body = answer.body.slice(0, MAX_RECEIPT).trim();
    return { receipt: `HTTP ${answer.status}${body === '' ? '' : `: ${body}`}` };
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
