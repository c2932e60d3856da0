import { toMilliseconds } from './duration.js';

describe(toMilliseconds.name, () => {
  it.each<[unknown, number]>([
    [0, 0],
    [1_500, 1_500],
    [1.4, 1],
    ['0s', 0],
    ['250ms', 250],
    ['30s', 30_000],
    ['10m', 600_000],
    ['24h', 86_400_000],
    ['3d', 259_200_000],
    ['2w', 1_209_600_000],
    ['1h30m', 5_400_000],
    ['1w1d1h1m1s1ms', 694_861_001],
    ['1m1ms', 60_001],
  ])('reads %j', (given, ms) => {
    expect(toMilliseconds(given)).toBe(ms);
  });

  it.each<[unknown]>([
    [-1],
    [NaN],
    [Infinity],
    [Number.MAX_VALUE],
    ['9007199254740993ms'],
    ['99999999999999999999w'],
    [''],
    ['10'],
    ['10 m'],
    [' 10m'],
    ['10m\n'],
    ['1.5h'],
    ['-1h'],
    ['30m1h'],
    ['1h1h'],
    ['1H'],
    ['1y'],
    ['m'],
    [null],
    [undefined],
    [5n],
    [new Date(0)],
    [['1h']],
  ])('refuses %p', (given) => {
    expect(toMilliseconds(given)).toBeUndefined();
  });
});
