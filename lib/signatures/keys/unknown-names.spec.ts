import { UnknownNames } from './unknown-names.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe(UnknownNames.name, () => {
  let made = 0;
  const admitted = (names: UnknownNames, count: number, at: number): number =>
    Array.from({ length: count }, () => names.admit(`made-up-${made++}`, at)).filter(Boolean)
      .length;

  it('F-12 lets a few new names in, each minute', () => {
    const names = new UnknownNames();
    expect(admitted(names, 1_000, 0)).toBe(20);
    expect(admitted(names, 1_000, MINUTE - 1)).toBe(0);
    expect(admitted(names, 1_000, MINUTE)).toBe(20);
  });

  it('F-12 lets in what comes again after it was turned away, under a flood of others', () => {
    const names = new UnknownNames();
    for (let second = 0; second < 30; second += 1) admitted(names, 1_000, second * SECOND);
    expect(names.admit('own', 30 * SECOND)).toBe(false);
    for (let second = 30; second < 50; second += 1) admitted(names, 1_000, second * SECOND);
    expect(names.admit('own', 50 * SECOND)).toBe(true);
  });

  it('F-12 lets in what comes again a minute later, when new names have used up its minute as well', () => {
    const names = new UnknownNames();
    admitted(names, 1_000, 0);
    expect(names.admit('own', 0)).toBe(false);
    admitted(names, 1_000, MINUTE);
    expect(names.admit('own', MINUTE)).toBe(true);
  });

  it('F-12 limits repeated names too', () => {
    const names = new UnknownNames();
    const repeated = Array.from({ length: 500 }, (_, n) => `repeated-${n}`);
    const count = (at: number): number => repeated.filter((name) => names.admit(name, at)).length;
    expect(count(0)).toBe(20);
    expect(count(0)).toBe(60);
    expect(count(SECOND)).toBe(0);
    expect(count(MINUTE)).toBe(80);
  });

  it('F-12 a clock that is set back does not close the door', () => {
    const names = new UnknownNames();
    admitted(names, 100, 10 * MINUTE);
    expect(admitted(names, 100, 0)).toBe(20);
  });
});
