import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request, type Dispatcher } from 'undici';
import { Clock } from '../../../clock/clock.js';
import { WebhookError } from '../../../errors/webhook.error.js';
import { Discard } from '../../../retry/discard.js';
import { RetryLater } from '../../../retry/retry-later.js';
import { isVerdict } from '../../../retry/verdict.js';
import {
  RESOLVED_NOTIFICATIONS_OPTIONS,
  type ResolvedNotificationsOptions,
} from '../../notifications.options.js';
import type { ChannelMessage, NotificationChannel, SendReceipt } from '../channel.js';
import type { HttpAnswer } from './http-answer.js';
import { HTTP_CHANNEL, type HttpPostMessage } from './http-post.notification.js';
import { assertHttpPost } from './http-post.validator.js';
import { judgeKnownAnswer } from './known-answers.js';
import { retryAfterMs } from '../../../retry/retry-after.js';

const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 20_000;

/** How much of an answer's body is read, to keep the connection and to judge the answer. */
const MAX_BODY_BYTES = 65_536;

/** How much of it the receipt has, in characters. */
const MAX_RECEIPT = 200;

const BODY_TIMEOUT_MS = 5_000;

/** For how long an endpoint may postpone a post; after that, its answers count as failed attempts. */
const PATIENCE_MS = 3 * 86_400_000;

/** 4xx that are not the message's fault. */
const TEMPORARY: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Posts JSON to a URL. Nothing that it says or throws has more of the URL than the host: the path
 * of a chat's webhook is its password.
 *
 * @internal
 */
@Injectable()
export class HttpChannel implements NotificationChannel<HttpPostMessage>, OnApplicationShutdown {
  readonly name = HTTP_CHANNEL;
  private readonly agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
  });

  constructor(
    private readonly clock: Clock,
    @Inject(RESOLVED_NOTIFICATIONS_OPTIONS)
    private readonly options: Pick<ResolvedNotificationsOptions, 'judgeAnswer'>,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  validate(payload: HttpPostMessage): void {
    assertHttpPost(payload);
  }

  recipient({ url }: HttpPostMessage): string {
    return new URL(url).host;
  }

  async send(
    message: ChannelMessage<HttpPostMessage>,
  ): Promise<SendReceipt | RetryLater | Discard> {
    const { statusCode, headers, body } = await this.post(message);
    const text = await this.start(body);
    const host = this.recipient(message.payload);
    if (statusCode >= 200 && statusCode < 300) {
      return this.judge({ host, status: statusCode, headers, body: text });
    }
    const answer = `${host} answered HTTP ${statusCode}`;
    if (statusCode < 400) return new Discard(`${answer}, and redirects are not followed`);
    if (statusCode < 500 && !TEMPORARY.has(statusCode)) return new Discard(answer);
    const now = this.clock.now();
    const waitMs = retryAfterMs(headers['retry-after'], now);
    if (waitMs !== undefined && now - message.createdAt.getTime() < PATIENCE_MS) {
      return new RetryLater(waitMs, answer);
    }
    throw new WebhookError('HTTP_STATUS', answer);
  }

  private async post({
    id,
    payload,
    signal,
  }: ChannelMessage<HttpPostMessage>): Promise<Dispatcher.ResponseData> {
    try {
      return await request(payload.url, {
        dispatcher: this.agent,
        method: 'POST',
        headers: {
          'user-agent': 'nestjs-hookline',
          ...lowerCased(payload.headers ?? {}),
          'content-type': 'application/json',
          'idempotency-key': id,
        },
        body: Buffer.from(JSON.stringify(payload.json)),
        signal,
      });
    } catch (cause) {
      throw new WebhookError(
        'HTTP_NO_ANSWER',
        `${this.recipient(payload)} gave no answer (${codeOf(cause)})`,
        { cause },
      );
    }
  }

  /** Some services refuse in the body of a 200. The receipt has its beginning, for those not known to. */
  private async judge(answer: HttpAnswer): Promise<SendReceipt | RetryLater | Discard> {
    const verdict = (await this.options.judgeAnswer?.(answer)) ?? judgeKnownAnswer(answer);
    if (isVerdict(verdict)) return verdict;
    const body = answer.body.slice(0, MAX_RECEIPT).trim();
    return { receipt: `HTTP ${answer.status}${body === '' ? '' : `: ${body}`}` };
  }

  /** The answer has been given: a body that breaks off, or does not end, cannot change it. */
  private async start(body: Dispatcher.ResponseData['body']): Promise<string> {
    const cancel = this.clock.schedule(() => body.destroy(), BODY_TIMEOUT_MS);
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        length += chunk.length;
        if (length > MAX_BODY_BYTES) break;
      }
    } catch {
      // What has come of it will do.
    } finally {
      cancel();
    }
    return Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8');
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** A code and not the message, which may hold the URL. */
function codeOf(error: unknown): string {
  const { code, name }: { code?: unknown; name?: unknown } = Object(error);
  return [code, name].find((text) => typeof text === 'string') ?? 'unknown';
}
