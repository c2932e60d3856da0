import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { OnTimer } from '../lib/timers/on-timer.decorator.js';
import type { TimerContext } from '../lib/timers/timer-context.js';
import { describeOnDatabases } from './support/databases.js';
import { TimerApps } from './support/timer.apps.js';

const due = z.object({ at: z.coerce.date(), user: z.object({ id: z.number() }) });

@Injectable()
class Typed {
  readonly seen: unknown[] = [];

  @OnTimer('typed', { schema: due })
  run(payload: z.infer<typeof due>, { key }: TimerContext): void {
    this.seen.push([key, payload.at.getTime(), payload.user.id]);
  }

  // @ts-expect-error the schema's output is no text
  @OnTimer('mistyped', { schema: due })
  wrong(_payload: string): void {}
}

describeOnDatabases('REQ-95 A timer with a schema', (kind) => {
  const apps = new TimerApps(kind);

  it('gives its method what the schema makes of the stored payload', async () => {
    const { app, timers } = await apps.startWith([Typed]);
    await timers.set('typed', { key: 'a', in: 0, payload: { at: new Date(5), user: { id: 7 } } });
    await app.drain();
    expect(app.app.get(Typed).seen).toEqual([['a', 5, 7]]);
  });

  it.each<[string, unknown, string]>([
    ['a wrong value', { at: new Date(5), user: { id: 's3cret' } }, 'payload.user.id'],
    ['no payload', undefined, 'payload'],
  ])('is refused for %s, which is not shown', async (_, payload, field) => {
    const { timers } = await apps.startWith([Typed]);
    const set = timers.set('typed', { key: 'a', in: 0, payload });
    await expect(set).rejects.toMatchObject({ code: 'INVALID_TIMER', field });
    await expect(set).rejects.not.toThrow('s3cret');
    expect((await timers.list()).items).toEqual([]);
  });

  it('is discarded when it runs, if another process set what does not fit', async () => {
    const setter = await apps.startWith([], { roles: ['receive', 'poll'] });
    const { app, timers } = await apps.startWith([Typed]);
    await setter.timers.set('typed', { key: 'a', in: 0, payload: { at: 5, user: {} } });
    await app.drain();
    expect(app.app.get(Typed).seen).toEqual([]);
    expect(await timers.get('typed', 'a')).toMatchObject({
      state: 'discarded',
      lastError: expect.stringContaining('at: user.id') as string,
    });
  });
});
