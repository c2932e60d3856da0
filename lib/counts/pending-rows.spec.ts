import type { CountEntity } from './count.entity.js';
import { PendingRows } from './pending-rows.js';

const row = (grain: CountEntity['grain'], startsAt: number, count = 1): CountEntity => ({
  grain,
  startsAt,
  what: 'sent',
  name: 'email',
  process: 'p1',
  count,
  waiting: null,
  running: null,
});

describe(PendingRows, () => {
  it('has the newest total of each span until it is written', () => {
    const pending = new PendingRows();
    const [older, minute, newer] = [row('hour', 0, 1), row('minute', 0), row('hour', 0, 2)];
    pending.put([older, minute]);
    const written = pending.all();
    pending.put([newer]);
    pending.written(written);
    expect(pending.all()).toEqual([newer]);
    pending.written([newer]);
    expect(pending.all()).toEqual([]);
  });

  it('leaves out the oldest minutes where there are too many, and then the oldest rows', () => {
    const pending = new PendingRows(3);
    for (let time = 1; time <= 5; time++) pending.put([row('minute', time), row('hour', 0, time)]);
    expect(pending.all().map(({ grain, startsAt }) => `${grain} ${startsAt}`)).toEqual([
      'hour 0',
      'minute 4',
      'minute 5',
    ]);
    for (let time = 1; time <= 3; time++) pending.put([row('day', time)]);
    expect(pending.all().map(({ grain, startsAt }) => `${grain} ${startsAt}`)).toEqual([
      'day 1',
      'day 2',
      'day 3',
    ]);
  });
});
