import { Injectable, Scope } from '@nestjs/common';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { Discard } from '../lib/retry/discard.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import type { Occurrence, OccurrenceOf } from '../lib/telemetry/occurrence.js';
import { Occurrences } from '../lib/telemetry/occurrences.js';
import { OnOccurrence } from '../lib/telemetry/on-occurrence.decorator.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';

/** A handler that does what its event says. */
@Injectable()
class Handlers {
  runs = 0;

  @OnWebhook(['work', 'fail', 'discard'])
  work({ type }: WebhookEvent): Discard | undefined {
    this.runs++;
    if (type === 'fail') throw new Error('not this time');
    return type === 'discard' ? new Discard('not wanted') : undefined;
  }

  @OnWebhook('write', { transactional: true })
  write(): void {}
}

/** Listens as an application does. */
@Injectable()
class Pager {
  readonly pages: Occurrence[] = [];
  throws = false;

  @OnOccurrence('job.discarded', 'request.refused')
  page(occurrence: OccurrenceOf<'job.discarded' | 'request.refused'>): void {
    this.pages.push(occurrence);
    if (this.throws) throw new Error('the pager is broken');
  }
}

@Injectable()
class Starts {
  readonly seen: Occurrence[] = [];

  @OnOccurrence('startup.advice', 'startup.completed')
  add(occurrence: Occurrence): void {
    this.seen.push(occurrence);
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestScoped {
  @OnOccurrence('job.discarded')
  page(): void {}
}

describeOnDatabases('Occurrences', (kind) => {
  let database: TestDatabase;
  let app: TestApp;
  const seen: Occurrence[] = [];
  /** Which test it is: no two post the same event. */
  let test = 0;

  const start = (providers: readonly (new (...args: never[]) => object)[]): Promise<TestApp> =>
    startApp({
      database,
      options: {
        sources: { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) },
        queue: { maxAttempts: 2, backoff: { baseMs: 1 }, pollIntervalMs: 10 },
      },
      host: { providers: [...providers] },
    });

  beforeAll(async () => {
    database = await kind.create();
    app = await start([Handlers, Pager]);
    app.app
      .get(Occurrences)
      .on(
        [
          ...(['event.accepted', 'event.duplicate', 'event.ignored', 'request.accepted'] as const),
          ...(['request.refused', 'attempt.completed', 'attempt.failed', 'job.discarded'] as const),
        ],
        (occurrence) => seen.push(occurrence),
      );
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  beforeEach(() => {
    test++;
    seen.length = 0;
    app.app.get(Pager).pages.length = 0;
    app.app.get(Handlers).runs = 0;
  });

  const post = async (type: string, id = `${type}-${test}`): Promise<number> => {
    const headers = { 'content-type': 'application/json' };
    const { status } = await app.post('/webhooks/game', JSON.stringify({ id, type }), headers);
    await app.drain();
    return status;
  };

  const kinds = (): string[] => seen.map((one) => one.kind);

  it('tell of an event, its request and its attempts', async () => {
    await post('work');
    await post('work');
    await post('unwanted');
    expect(kinds()).toEqual([
      'event.accepted',
      'request.accepted',
      'attempt.completed',
      'event.duplicate',
      'request.accepted',
      'event.ignored',
      'request.accepted',
    ]);
    expect(seen[0]).toMatchObject({ source: 'game', type: 'work', id: `work-${test}`, tenant: '' });
    expect(seen[1]).toEqual({
      kind: 'request.accepted',
      source: 'game',
      events: 1,
      accepted: 1,
      duplicates: 0,
      ignored: 0,
      rejected: 0,
      reason: null,
    });
    expect(seen[2]).toMatchObject({
      jobKind: 'handler',
      name: 'Handlers.work',
      attempt: 1,
      error: null,
      nextInMs: null,
    });
  });

  it('tell of a transactional attempt that has completed its job', async () => {
    await post('write');
    expect(kinds()).toEqual(['event.accepted', 'request.accepted', 'attempt.completed']);
  });

  it('REQ-133 tell once of a job that is given up, after each of its failures', async () => {
    await post('fail');
    while (app.app.get(Handlers).runs < 2 || !kinds().includes('job.discarded')) await app.drain();
    expect(kinds().slice(2)).toEqual(['attempt.failed', 'job.discarded']);
    expect(seen[2]).toMatchObject({ attempt: 1, maxAttempts: 2, error: 'Error: not this time' });
    expect(seen[3]).toMatchObject({ attempt: 2, nextInMs: null });
    expect(app.app.get(Pager).pages.map((one) => one.kind)).toEqual(['job.discarded']);
  });

  it('tell of refusals, without what was sent', async () => {
    const secret = 's3cret'.repeat(50);
    const { status } = await app.post('/webhooks/nobody', secret, {});
    expect(status).toBe(404);
    expect(app.app.get(Pager).pages).toEqual([
      {
        kind: 'request.refused',
        source: 'nobody',
        isKnown: false,
        status: 404,
        reason: 'there is no such source',
      },
    ]);
  });

  it('REQ-52 change nothing where a listener throws', async () => {
    app.app.get(Pager).throws = true;
    const off = app.app.get(Occurrences).on(['event.accepted', 'attempt.completed'], () => {
      throw new Error('the exporter is broken');
    });
    expect(await post('work')).toBe(200);
    expect(await post('discard')).toBe(200);
    expect(app.app.get(Handlers).runs).toBe(2);
    expect(app.app.get(Pager).pages).toHaveLength(1);
    off();
    app.app.get(Pager).throws = false;
    const errors = app.logger.of('error').filter((line) => line.includes('listener'));
    expect(errors).toHaveLength(2);
  });

  it('tell once of events that no handler wants, however many there are', async () => {
    const unhandled: Occurrence[] = [];
    app.app.get(Occurrences).on('event.unhandled', (one) => unhandled.push(one));
    await post('unheard', 'u-1');
    await post('unheard', 'u-2');
    expect(unhandled).toEqual([{ kind: 'event.unhandled', source: 'game', type: 'unheard' }]);
  });

  it('tell of the start and of what start-up advises', async () => {
    const other = await start([Starts]);
    const { seen: told } = other.app.get(Starts);
    await other.close();
    expect(told).toEqual([
      {
        kind: 'startup.advice',
        component: 'WebhookModule',
        advice: expect.stringContaining('has no @OnWebhook handler and no @Rule'),
      },
      {
        kind: 'startup.completed',
        summary: expect.stringMatching(/^POST \/webhooks\/:source from game; 0 handlers/),
      },
    ]);
  });

  it('are not for classes that have no instance of their own', async () => {
    await expect(start([RequestScoped])).rejects.toMatchObject({ code: 'CONFIGURATION' });
  });
});
