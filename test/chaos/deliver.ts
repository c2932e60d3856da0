import { sign } from '../support/game.js';
import { ChaosError, must } from './chaos.error.js';
import { request } from './request.js';
import { pause } from './waiting.js';

/** For several starts on a busy machine: not an expectation of speed, it ends an endless wait. */
const LIMIT_MS = 180_000;

export interface Delivery {
  /** Where to send it; `undefined` while the application does not listen. */
  readonly url: () => string | undefined;
  readonly id: string;
  readonly type: string;
  readonly data: object;
  /** @default when it arrives */
  readonly occurredAt?: Date;
  /** Whether to stop trying. @default never */
  readonly isOver?: () => boolean;
}

/**
 * Sends an event until it is accepted.
 *
 * @throws {ChaosError} if it is answered neither 2xx nor 503, or never accepted
 */
export async function deliver({
  url,
  id,
  type,
  data,
  occurredAt,
  isOver = () => false,
}: Delivery): Promise<void> {
  const text = JSON.stringify({ type, data, ...(occurredAt && { timestamp: occurredAt }) });
  const giveUpAt = performance.now() + LIMIT_MS;
  while (!isOver()) {
    const target = url();
    if (target !== undefined) {
      const { body, headers } = sign(text, { id });
      const answer = await request(`${target}/webhooks/game`, body, headers);
      const status = answer.kind === 'answered' ? answer.status : 503;
      if (status >= 200 && status < 300) return;
      must(status === 503, `event ${id} was answered ${status}`);
    }
    if (performance.now() > giveUpAt) throw new ChaosError(`event ${id} was never accepted`);
    await pause(20);
  }
}
