import type { TimingEntity } from './timing.entity.js';
import { TimingRecord } from './timing.record.js';

const TIMINGS = new Map([
  [
    'a',
    [
      { tryId: 'x', action: 'late', answer: 'set' },
      { tryId: 'y', action: 'soon', answer: 'replaced' },
    ] as TimingEntity[],
  ],
]);

function judge(told: string[], effects: Record<string, number>): unknown {
  const record = new TimingRecord();
  told.forEach(record.tell);
  return record.judge(TIMINGS, new Map(Object.entries(effects)));
}

describe('The record of timers', () => {
  it('accepts a timer that ran in its second attempt', () => {
    const told = ['tried x late', 'tried y soon', 'timed y fires', 'timed y fires'];
    expect(judge(told, { y: 1 })).toEqual({ fires: 1, replaced: 1, cancelled: 0 });
  });

  it.each<[string, string[], Record<string, number>, RegExp]>([
    ['a lost timer', [], {}, /timer y \(fires\) has 0 effects/],
    ['a timer twice', ['timed y fires'], { y: 2 }, /timer y \(fires\) has 2 effects/],
    ['a replaced timer that ran', [], { x: 1, y: 1 }, /timer x \(replaced\) has 1 effects/],
    ['a replaced timer that began', ['timed x replaced'], { y: 1 }, /in vain.*x \(replaced\)/],
    ['an effect without an attempt', [], { y: 1 }, /timer y has no attempt/],
    ['a timer that was rolled back', ['timed y fires'], { y: 1, z: 1 }, /2 have fired, not 1/],
    ['one that began', ['timed z not set'], { y: 1 }, /in vain.*z \(not set\)/],
  ])('refuses %s', (_, told, effects, said) => {
    expect(() => judge(told, effects)).toThrow(said);
  });
});
