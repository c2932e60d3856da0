import { Injectable } from '@nestjs/common';
import { OnTimer } from '../lib/timers/on-timer.decorator.js';
import { TimerService } from '../lib/timers/timer.service.js';
import { startApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { SharedDatabase } from './support/shared.database.js';
import { Signal } from './support/signal.js';

const HOUR_MS = 3_600_000;
const fired = new Signal<string>();

@Injectable()
class Reminders {
  @OnTimer('reminder')
  remind(payload: string): void {
    fired.push(payload);
  }
}

describeOnDatabases('REQ-95 Timers', (kind) => {
  const database = new SharedDatabase(kind);

  it('that are due one after the other run at their times, long before a poll', async () => {
    const app = await startApp({
      database,
      options: { queue: { pollIntervalMs: HOUR_MS } },
      host: { providers: [Reminders] },
    });
    const timers = app.app.get(TimerService);
    const keys = ['first', 'second', 'third'];
    await app.dataSource().transaction(async (manager) => {
      for (const [index, key] of keys.entries()) {
        const timer = { key, in: 100 * (index + 1), payload: key };
        await timers.set('reminder', timer, { manager });
      }
    });
    for (const key of keys) expect(await fired.next()).toBe(key);
    await app.close();
  });
});
