import { judgeWalker, type Walked } from './walk.verdict.js';

/** What three steps leave: rows such as `1 handled`, and the steps that have fired. */
function walked(rows: readonly string[], firings = [1, 3]): Walked {
  return {
    rows: rows.map((row) => {
      const [step, what = ''] = row.split(' ');
      return { step: Number(step), what: what as 'handled' };
    }),
    firings: firings.map((step) => `w-${step}`),
  };
}

const ROWS = ['1 handled', '2 handled', '3 fired', '3 handled', '2 timed', '1 fired'];

describe('The verdict on a walk', () => {
  it('accepts methods of firings in any order', () => {
    expect(() => judgeWalker('w', 3, walked(ROWS))).not.toThrow();
  });

  it.each<[string, Walked, RegExp]>([
    ['a lost step', walked(ROWS.slice(1)), /handled at 2,3, not at 1,2,3/],
    ['a step twice', walked([...ROWS, '3 handled']), /handled at 1,2,3,3/],
    ['a wrong order', walked(['2 handled', '1 handled', ...ROWS.slice(2)]), /handled at 2,1,3/],
    ['a firing too many', walked(ROWS, [1, 2, 3]), /fired at w-1,w-2,w-3/],
    ['firings out of order', walked(ROWS, [3, 1]), /fired at w-3,w-1/],
    ['a method that ran twice', walked([...ROWS, '1 fired']), /method of its rule at 1,1,3/],
    ['a timer that was lost', walked(ROWS.filter((row) => row !== '2 timed')), /timers at , not/],
    ['a timer that was cancelled', walked([...ROWS, '1 timed']), /timers at 1,2, not at 2/],
  ])('refuses %s', (_, found, said) => {
    expect(() => judgeWalker('w', 3, found)).toThrow(said);
  });
});
