import { createHmac } from 'node:crypto';
import { eventId } from './event.ids.js';

/** The key that both sides share. */
export const GAME_KEY = Buffer.alloc(32, 7);
export const GAME_SECRET = `whsec_${GAME_KEY.toString('base64')}`;

/** The path of all applications for webhooks. */
export const WEBHOOK_PATH = '/webhooks/game';

export const BODY_BYTES = 1_024;

/** The rate of the events whose webhooks are signed beforehand. */
const EVENTS_PER_MS = 10;

/** How far back the repeated request is: it is answered by then, as before a sender's retry. */
const REPEATS_BACK = 500;

/** A webhook of {@link BODY_BYTES}, such as a game would send. */
export function webhookBody(): string {
  const payload = (padding: string) =>
    JSON.stringify({
      type: 'points.updated',
      timestamp: '2026-01-01T00:00:00.000Z',
      data: {
        userId: 123_456,
        points: 100,
        name: 'Ada Lovelace',
        email: 'ada@example.com',
        level: { number: 7, name: 'Engine Room', startedAt: '2026-01-01T00:00:00.000Z' },
        badges: ['early', 'steady', 'kind'],
        history: Array.from({ length: 8 }, (_, index) => ({ at: index, points: index * 10 })),
        note: padding,
      },
    });
  return payload('x'.repeat(BODY_BYTES - payload('').length));
}

/** HTTP requests, signed and written out beforehand, so that sending them costs next to nothing. */
export class SignedRequests {
  private next = 0;

  private constructor(
    private readonly bytes: Buffer,
    private readonly size: number,
    private readonly order: Uint32Array,
    /** The ids, by position. */
    readonly ids: readonly string[],
  ) {}

  /**
   * @param count how many requests
   * @param repeatEvery one in so many repeats another request; 0 for none
   */
  static create(count: number, repeatEvery: number): SignedRequests {
    const body = webhookBody();
    const now = Date.now();
    const timestamp = Math.floor(now / 1_000);
    const ids: string[] = [];
    let bytes = Buffer.alloc(0);
    let size = 0;
    for (let index = 0; index < count; index++) {
      const id = eventId('time-ordered', now + index / EVENTS_PER_MS);
      const signature = createHmac('sha256', GAME_KEY)
        .update(`${id}.${timestamp}.${body}`)
        .digest('base64');
      const request =
        `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n` +
        `content-length: ${body.length}\r\nwebhook-id: ${id}\r\nwebhook-timestamp: ${timestamp}\r\n` +
        `webhook-signature: v1,${signature}\r\n\r\n${body}`;
      if (index === 0) {
        size = request.length;
        bytes = Buffer.allocUnsafeSlow(size * count);
      }
      bytes.write(request, index * size, 'latin1');
      ids.push(id);
    }
    return new SignedRequests(bytes, size, sendingOrder(count, repeatEvery), ids);
  }

  /** The bytes of the next request, and whether they were sent before; `undefined` when all are. */
  take():
    { readonly bytes: Buffer; readonly position: number; readonly isRepeat: boolean } | undefined {
    if (this.next >= this.order.length) return undefined;
    const index = this.next++;
    const position = this.order[index] as number;
    const start = position * this.size;
    return {
      bytes: this.bytes.subarray(start, start + this.size),
      position,
      isRepeat: position !== index,
    };
  }
}

function sendingOrder(count: number, repeatEvery: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) =>
    repeatEvery > 0 && index >= REPEATS_BACK && index % repeatEvery === 0
      ? // Not itself a repeat: the one after those.
        index - REPEATS_BACK + 1
      : index,
  );
}
