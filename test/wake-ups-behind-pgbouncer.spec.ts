import { DATABASES } from './support/databases.js';
import {
  hasPgBouncer,
  startPgBouncer,
  throughPgBouncer,
  type PgBouncer,
} from './support/pgbouncer.js';
import { handled, isListening, send, WakeUpApps } from './support/wake-up.apps.js';

const postgres = DATABASES.find(({ name }) => name === 'PostgreSQL');
const isPossible = hasPgBouncer && postgres?.available === true;
const suite = isPossible
  ? 'Wake-ups behind PgBouncer'
  : 'Wake-ups behind PgBouncer [skipped: it or PostgreSQL is missing]';

(isPossible ? describe : describe.skip)(suite, () => {
  let pooler: PgBouncer;

  // It closes them after each test, before the pooler stops.
  const apps = new WakeUpApps(postgres!);
  afterEach(() => pooler.stop());

  it.each([
    ['auto', 'transaction', 'log'],
    [true, 'transaction', 'warn'],
    [true, 'session', 'warn'],
  ] as const)(
    'REQ-99 set to %s are off behind PgBouncer in %s mode, which is said once, and jobs run by the poll',
    async (wakeUps, mode, level) => {
      const { url } = apps.options as { url: string };
      pooler = await startPgBouncer(url, mode);
      const through = { url: throughPgBouncer(url, pooler), extra: {} };
      const worker = await apps.start(['work'], wakeUps, through, { pollIntervalMs: 50 });
      const receiver = await apps.start(['receive']);
      const said = (): string[] =>
        worker.logger.of(level, 'WebhookModule').filter((line) => line.includes('LISTEN'));
      for (let id = 1; said().length === 0 || id < 3; id++) {
        await send(receiver, `event-${id}`);
        expect(await handled.next()).toBe(`event-${id}`);
      }
      expect(said()).toHaveLength(1);
      expect(isListening(worker)).toBe(false);
    },
  );

  it('REQ-99 need no setting: whatever processes share a pooler, their jobs run by the poll', async () => {
    const { url } = apps.options as { url: string };
    pooler = await startPgBouncer(url, 'transaction');
    const through = { url: throughPgBouncer(url, pooler), extra: {} };
    const poll = { pollIntervalMs: 50 };
    const workers = [
      await apps.start(['work'], 'auto', through, poll),
      await apps.start(['work'], 'auto', through, poll),
    ];
    const receiver = await apps.start(['receive'], 'auto', through, poll);
    const ids = Array.from({ length: 30 }, (_, index) => `event-${index}`);
    await Promise.all(ids.map((id) => send(receiver, id)));
    const seen: string[] = [];
    while (seen.length < ids.length) seen.push(await handled.next());
    expect(seen.toSorted()).toEqual(ids.toSorted());
    for (const app of [...workers, receiver]) {
      expect(isListening(app)).toBe(false);
      const problems = [...app.logger.of('warn'), ...app.logger.of('error')];
      // NestJS warns because the test has several applications in one process.
      expect(problems.filter((line) => !line.includes('already registered'))).toEqual([]);
    }
  });

  it('REQ-99 from behind it wake those that are connected without it', async () => {
    const { url } = apps.options as { url: string };
    pooler = await startPgBouncer(url, 'transaction');
    const through = { url: throughPgBouncer(url, pooler), extra: {} };
    const worker = await apps.start(['work']);
    const receiver = await apps.start(['receive'], 'auto', through);
    await send(receiver, 'first');
    expect(await handled.next()).toBe('first');
    expect(isListening(worker)).toBe(true);
    await send(receiver, 'second');
    expect(await handled.next()).toBe('second');
  });
});
