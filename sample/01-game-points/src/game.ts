import { createHmac, randomUUID } from 'node:crypto';

/** The receiver's answer. */
export interface GameAnswer {
  readonly status: number;
  readonly body: string;
}

/** A webhook as the game sends it. */
export interface GameWebhook {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The game: posts a webhook when a player's points change, signed as the Standard Webhooks
 * specification says. It is written by hand here, because a real sender is another program.
 */
export class Game {
  private readonly key: Buffer;

  /**
   * @param url where to post to
   * @param secret `whsec_` and the key in base64
   */
  constructor(
    private readonly url: string,
    secret: string,
  ) {
    this.key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  }

  /** A signed webhook about a player's points. */
  pointsUpdated(userId: number, points: number, id = `msg_${randomUUID()}`): GameWebhook {
    const body = JSON.stringify({
      type: 'points.updated',
      timestamp: new Date().toISOString(),
      data: { userId, points },
    });
    const timestamp = Math.floor(Date.now() / 1000).toString();
    const signature = createHmac('sha256', this.key)
      .update(`${id}.${timestamp}.${body}`)
      .digest('base64');
    return {
      body,
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      },
    };
  }

  async post({ body, headers }: GameWebhook): Promise<GameAnswer> {
    const response = await fetch(this.url, { method: 'POST', body, headers });
    return { status: response.status, body: await response.text() };
  }

  /** The same request as a command line. */
  toCurl({ body, headers }: GameWebhook): string {
    const options = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`);
    return ['curl -i', ...options, `-d '${body}'`, this.url].join(' \\\n    ');
  }
}
