import { createHmac } from 'node:crypto';

export const GAME_KEY = Buffer.alloc(32, 7);
export const GAME_SECRET = `whsec_${GAME_KEY.toString('base64')}`;

export interface Signed {
  readonly body: string | Buffer;
  readonly headers: Record<string, string>;
}

export interface SignOptions {
  readonly id?: string;
  /** Seconds since the epoch. */
  readonly timestamp?: number | string;
  readonly key?: Buffer;
  readonly contentType?: string | null;
}

let count = 0;

/** A body signed by Standard Webhooks, computed without the library. */
export function sign(body: string | Buffer, options: SignOptions = {}): Signed {
  const {
    id = `msg_${++count}`,
    timestamp = Math.floor(Date.now() / 1000),
    key = GAME_KEY,
    contentType = 'application/json',
  } = options;
  const signature = createHmac('sha256', key)
    .update(`${id}.${timestamp}.`)
    .update(body)
    .digest('base64');
  return {
    body,
    headers: {
      ...(contentType === null ? {} : { 'content-type': contentType }),
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': `v1,${signature}`,
    },
  };
}

export interface Points {
  readonly userId: number;
  readonly points: number;
}

/** The game's webhook when a player's points change. */
export function pointsUpdated(
  points: Points,
  options: SignOptions & { readonly occurredAt?: Date } = {},
): Signed {
  const timestamp = (options.occurredAt ?? new Date()).toISOString();
  return sign(JSON.stringify({ type: 'points.updated', timestamp, data: points }), options);
}
