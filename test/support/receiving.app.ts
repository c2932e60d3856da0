import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { OnWebhook } from '../../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../../lib/event/webhook-event.js';
import { EventEntity } from '../../lib/inbox/event.entity.js';
import { JobEntity } from '../../lib/queue/job.entity.js';
import { dropbox } from '../../lib/signatures/providers/dropbox/dropbox.js';
import { standardWebhooks } from '../../lib/signatures/providers/standard-webhooks/standard-webhooks.js';
import { unsigned } from '../../lib/signatures/providers/unsigned/unsigned.js';
import type { AdapterName, Answer } from './application.js';
import { FakeClock } from './fake.clock.js';
import { GAME_SECRET, pointsUpdated, type Points, type Signed } from './game.js';
import { SharedApp } from './shared.app.js';
import type { SharedDatabase } from './shared.database.js';

/** Where the clock of the application stands. */
export const NOW = Date.parse('2026-03-01T12:00:00Z');
export const NOW_SECONDS = NOW / 1000;
export const FILES_SECRET = 'secret of the files';

@Injectable()
class GamePoints {
  readonly seen: WebhookEvent<Points>[] = [];

  @OnWebhook('points.updated', { source: 'game' })
  save(event: WebhookEvent<Points>): void {
    this.seen.push(event);
  }

  @OnWebhook('**', {
    source: 'strict',
    schema: z.object({ userId: z.number(), tags: z.array(z.string()).default([]) }),
  })
  strict(event: WebhookEvent<{ userId: number; tags: string[] }>): void {
    this.seen.push(event as unknown as WebhookEvent<Points>);
  }
}

/** An application that receives the webhooks of a game, and of others that ask for more. */
export class ReceivingApp extends SharedApp {
  constructor(database: SharedDatabase, adapter: AdapterName) {
    const schema = z.object({ userId: z.number() });
    super({
      database,
      adapter,
      options: {
        clock: new FakeClock(NOW),
        sources: {
          game: { scheme: standardWebhooks({ secret: GAME_SECRET }), storeHeaders: ['x-note'] },
          strict: unsigned({ type: { path: 'type' } }),
          // It gives no id: the next change has the same body.
          files: dropbox({ secret: FILES_SECRET }),
          keeping: { scheme: unsigned(), schema, onInvalidPayload: 'store' },
          small: { scheme: standardWebhooks({ secret: GAME_SECRET }), bodyLimitBytes: 100 },
        },
      },
      host: { providers: [GamePoints] },
    });
    beforeEach(() => {
      this.seen().length = 0;
    });
  }

  /** What the handlers of this test were given. */
  seen(): WebhookEvent<Points>[] {
    return this.app.get(GamePoints).seen;
  }

  events(): Promise<EventEntity[]> {
    return this.dataSource().getRepository(EventEntity).find();
  }

  jobs(): Promise<number> {
    return this.dataSource().getRepository(JobEntity).count();
  }
}

/** The webhook of the game when the clock of the application stands still. */
export const points = (options: Parameters<typeof pointsUpdated>[1] = {}): Signed =>
  pointsUpdated({ userId: 123, points: 150 }, { timestamp: NOW_SECONDS, ...options });

/** Posts, and makes sure that nothing was stored and that one line says why. */
export async function expectRefusal(
  app: ReceivingApp,
  status: number,
  post: () => Promise<Answer>,
  line: RegExp,
): Promise<Answer> {
  const before = [(await app.events()).length, await app.jobs()];
  const answer = await post();
  expect(answer.status).toBe(status);
  expect(answer.body).toMatch(/^\{[^\n]*\}$|^$/);
  expect(answer.body).not.toMatch(/at .*\.(js|ts)/);
  expect([(await app.events()).length, await app.jobs()]).toEqual(before);
  // The test's clock stands still: that of the source is ahead.
  const warnings = app.logger.of('warn').filter((text) => !text.startsWith('The clock of source'));
  expect(warnings).toEqual([expect.stringMatching(line)]);
  expect(app.logger.of('error')).toEqual([]);
  return answer;
}
