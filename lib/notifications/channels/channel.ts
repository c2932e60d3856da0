import type { Discard } from '../../retry/discard.js';
import type { RetryLater } from '../../retry/retry-later.js';

/**
 * One attempt at sending a notification, as its channel sees it.
 *
 * @publicApi
 */
export interface ChannelMessage<Payload = unknown> {
  /** UUID of the notification: the same in every attempt, so that the other side can tell a repeat. */
  readonly id: string;
  /** What the notification says; it has been stored as JSON meanwhile. */
  readonly payload: Payload;
  /** Which attempt this is, counted from 1. */
  readonly attempt: number;
  /** When the notification was asked for. */
  readonly createdAt: Date;
  /** Aborted when the attempt's time is over or the application stops. */
  readonly signal: AbortSignal;
}

/**
 * What a channel got for a notification that was taken.
 *
 * @publicApi
 */
export interface SendReceipt {
  /** What the other side said, in one line, for the log. */
  readonly receipt?: string;
}

/**
 * A way to send notifications. Its class goes to `notifications.channels`; the instance is taken
 * from the host's container where a module provides the class, or is made there.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class SmsChannel implements NotificationChannel<Sms> {
 *   readonly name = 'sms';
 *
 *   constructor(private readonly gateway: SmsGateway) {}
 *
 *   recipient({ to }: Sms): string {
 *     return to;
 *   }
 *
 *   async send({ id, payload, signal }: ChannelMessage<Sms>): Promise<SendReceipt | Discard> {
 *     const answer = await this.gateway.send({ ...payload, reference: id, signal });
 *     return answer.unknownNumber ? new Discard('no such number') : { receipt: answer.ticket };
 *   }
 * }
 *
 * await notifications.notify({ channel: 'sms', payload: { to: '+431234', text: 'Well done!' } });
 * ```
 * @publicApi
 */
export interface NotificationChannel<Payload = unknown> {
  /** Unique; notifications name it, and are stored with it. Up to 64 characters. */
  readonly name: string;

  /**
   * Checks a payload before it is stored. Where it is left out, everything that JSON can hold is
   * taken.
   *
   * @throws whatever `notify` is to throw, such as an `InvalidNotificationError`
   */
  validate?(payload: Payload): void;

  /** Whom a notification is for, as it stands in the log. Without secrets. */
  recipient(payload: Payload): string;

  /**
   * Sends one notification. It may come again with the same id, after a failure and after a crash
   * between sending and recording.
   *
   * @returns a receipt when it was taken; a `RetryLater` or a `Discard` where the other side asked
   *   for that
   * @throws anything else to have it retried with growing delays, or thrown forms of the two
   */
  send(message: ChannelMessage<Payload>): Promise<SendReceipt | RetryLater | Discard>;
}
