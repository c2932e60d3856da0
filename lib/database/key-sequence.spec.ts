import { validate, version } from 'uuid';
import { KeySequence } from './key-sequence.js';

describe(KeySequence, () => {
  it('makes UUIDs of version 7 that begin with the time', () => {
    const key = new KeySequence().next(0x0123_4567_89ab);
    expect(validate(key)).toBe(true);
    expect(version(key)).toBe(7);
    expect(key.startsWith('01234567-89ab-')).toBe(true);
  });

  it('makes a greater key with each call, also within one instant and when the clock goes back', () => {
    const keys = new KeySequence();
    const made = [5, 5, 5, 4, 6, 6].flatMap((now) =>
      Array.from({ length: 400 }, () => keys.next(now)),
    );
    expect(made.toSorted()).toEqual(made);
    expect(new Set(made).size).toBe(2_400);
  });

  it('shares no key with another sequence', () => {
    const made = [new KeySequence(), new KeySequence()].map((keys) => keys.next(5));
    expect(made[0]).not.toBe(made[1]);
  });
});
