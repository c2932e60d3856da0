import { Injectable } from '@nestjs/common';
import { ConfigurationError } from '../lib/errors/configuration.error.js';
import { OnTimer } from '../lib/timers/on-timer.decorator.js';
import { DATABASES } from './support/databases.js';
import { startApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { TimerApps } from './support/timer.apps.js';

describeOnDatabases('REQ-95 A timer that could never run', (kind) => {
  const apps = new TimerApps(kind);
  const circle: { self?: unknown } = {};
  circle.self = circle;

  it.each<[string, object, string]>([
    ['no time', {}, 'time'],
    ['two times', { in: 1, at: 1 }, 'time'],
    ['NaN', { in: NaN }, 'in'],
    ['Infinity', { in: Infinity }, 'in'],
    ['a negative time', { in: -1 }, 'in'],
    ['a text that is no duration', { in: 'soon' }, 'in'],
    ['an empty text', { in: '' }, 'in'],
    ['null', { in: null }, 'in'],
    ['more than 100 years', { in: '36526d' }, 'in'],
    ['an invalid date', { at: new Date(NaN) }, 'at'],
    ['an instant that is NaN', { at: NaN }, 'at'],
    ['an instant that is infinite', { at: Infinity }, 'at'],
    ['an instant as text', { at: '2030-01-01' }, 'at'],
    ['an instant in 200 years', { at: new Date('2226-01-01') }, 'at'],
    ['a payload with a function', { in: 1, payload: { a: [() => 1] } }, 'payload.a[0]'],
    ['a payload with bytes', { in: 1, payload: { a: Buffer.from('x') } }, 'payload.a'],
    ['a payload with a bigint', { in: 1, payload: 1n }, 'payload'],
    ['a payload with a circle', { in: 1, payload: circle }, 'payload.self'],
    ['no key', { in: 1, key: undefined }, 'key'],
    ['an empty key', { in: 1, key: '' }, 'key'],
    ['a key that is NaN', { in: 1, key: NaN }, 'key'],
    ['a key that is an object', { in: 1, key: {} }, 'key'],
  ])('is refused for %s, by name, and nothing is stored', async (_, given, field) => {
    const { timers, queue } = await apps.start();
    const timer = { key: 'a', ...given } as unknown as { key: string; in: number };
    await expect(timers.set('reminder', timer)).rejects.toMatchObject({
      code: 'INVALID_TIMER',
      field,
    });
    expect((await queue.list()).items).toEqual([]);
  });

  it.each([[''], [' '], ['a\u0000b'], ['\ud800'], ['x'.repeat(201)], [undefined], [7]])(
    'is refused for the name %p',
    async (given) => {
      const { timers } = await apps.start();
      const name = given as string;
      const refusal = { code: 'INVALID_TIMER', field: 'name' };
      await expect(timers.set(name, { key: 'a', in: 1 })).rejects.toMatchObject(refusal);
      await expect(timers.cancel(name, 'a')).rejects.toMatchObject(refusal);
      await expect(timers.get(name, 'a')).rejects.toMatchObject(refusal);
    },
  );

  it('tells no value in its message', async () => {
    const { timers } = await apps.start();
    const secret = timers.set('reminder', { key: 'a', in: 's3cret' });
    await expect(secret).rejects.toThrow(
      "Expected `in` of the timer to be 0 or more milliseconds, or a text such as '10m', '3d' or '1h30m', got a " +
        'string. For an instant, which may have passed, give `at`.',
    );
  });

  it.each([
    ['with a U+0000', 'a\u0000b'],
    ['that is too long', 'ä'.repeat(256)],
    ['with half of a surrogate pair', 'a\ud800'],
  ])('is none for a key %s, which is stored as its digest', async (_, key) => {
    const { app, timers, reminders } = await apps.start();
    expect(await timers.set('reminder', { key, in: '1h' })).toMatchObject({ status: 'set' });
    expect(await timers.set('reminder', { key, in: 0 })).toMatchObject({ status: 'replaced' });
    await app.drain();
    const stored = expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string;
    expect(reminders.runs).toMatchObject([{ context: { key: stored } }]);
    expect(await timers.get('reminder', key)).toMatchObject({ key: stored, state: 'completed' });
    expect((await timers.list({ key })).items).toHaveLength(1);
  });

  it('finds nothing by a filter that no timer has', async () => {
    const { timers } = await apps.start();
    expect((await timers.list({ name: 'a\u0000b' })).items).toEqual([]);
    expect(await timers.get('nobody', 'a')).toBeUndefined();
    await expect(timers.list({}, { limit: 0 })).rejects.toThrow(RangeError);
  });
});

describe('The start of an application', () => {
  const start = async (...providers: (new () => object)[]): Promise<unknown> => {
    const database = await DATABASES[0]!.create();
    try {
      return await startApp({ database, host: { providers } })
        .then((app) => app.close())
        .catch((error: unknown) => error);
    } finally {
      await database.drop();
    }
  };

  @Injectable()
  class First {
    @OnTimer('same')
    remind(): void {}
  }

  @Injectable()
  class Second {
    @OnTimer('same')
    remind(): void {}
  }

  @Injectable()
  class Nameless {
    @OnTimer('')
    remind(): void {}
  }

  it('REQ-95 fails with two timers of one name', async () => {
    const error = await start(First, Second);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toContain("There are two timers with the name 'same'.");
  });

  it('REQ-95 fails with a name that no timer can have', async () => {
    const error = await start(Nameless);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ option: '@OnTimer of Nameless.remind: name' });
  });

  it('REQ-95 fails with two decorators on one method', () => {
    const decorate = (): void => {
      class Twice {
        @OnTimer('one')
        @OnTimer('two')
        remind(): void {}
      }
      void Twice;
    };
    expect(decorate).toThrow('Twice.remind has two @OnTimer decorators.');
  });
});
