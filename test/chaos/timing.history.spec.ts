import { fatesOf, type Timing } from './timing.history.js';

/** Timings such as `soon set`, whose tries are numbered from 0. */
function fates(...lines: string[]): string {
  const timings = lines.map((line, index): Timing => {
    const [action, answer] = line.split(' ') as [Timing['action'], Timing['answer']];
    return { tryId: String(index), action, answer };
  });
  return [...fatesOf(timings)].map(([tryId, fate]) => `${tryId} ${fate}`).join(', ');
}

describe('The history of a timer', () => {
  it.each<[string, string[], string]>([
    ['one that is set', ['soon set'], '0 fires'],
    ['one that is replaced', ['late set', 'soon replaced'], '0 replaced, 1 fires'],
    ['one that is cancelled', ['late set', 'cancel true'], '0 cancelled'],
    ['one that runs while another is set', ['soon set', 'late set'], '0 fires, 1 fires'],
    ['one that runs while it is cancelled', ['soon set', 'cancel false'], '0 fires'],
    [
      'one that has failed then',
      ['soon set', 'cancel false', 'cancel true', 'soon set'],
      '0 cancelled, 3 fires',
    ],
  ])('knows the fate of %s', (_, lines, expected) => {
    expect(fates(...lines)).toBe(expected);
  });

  it.each<[string, string[], RegExp]>([
    ['a timer that is lost', ['late set', 'cancel false'], /1: 'false', but 0 waits for an hour/],
    ['a second timer beside one that waits', ['late set', 'soon set'], /1: 'set', but 0 waits/],
    ['a cancel of nothing', ['cancel true'], /0: 'true', but no timer waits/],
    ['two cancels of one', ['late set', 'cancel true', 'cancel true'], /2: 'true', but no timer/],
  ])('refuses %s', (_, lines, said) => {
    expect(() => fates(...lines)).toThrow(said);
  });
});
