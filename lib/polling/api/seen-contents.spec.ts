import { SeenContents } from './seen-contents.js';

describe(SeenContents.name, () => {
  /** Ids of runs, each of which shows these contents; a run that ends with `!` dies before its end. */
  const idsOf = (...runs: string[]): string[][] => {
    let stored: string | null = null;
    return runs.map((shown) => {
      const seen = new SeenContents(stored);
      const ids = [...shown.replace('!', '')].map((content) => seen.idOf(content));
      stored = seen.store(!shown.endsWith('!'));
      return ids;
    });
  };

  it('F-25 REQ-79 makes three events of A, B and A again', () => {
    expect(idsOf('A', 'B', 'A')).toEqual([['A'], ['B:1'], ['A:2']]);
    expect(idsOf('A', '', 'A', '', 'A')).toEqual([['A'], [], ['A:2'], [], ['A:4']]);
  });

  it('F-25 makes one event of what is shown in each run', () => {
    expect(idsOf('AB', 'AB', 'BA', 'CA', 'AC')).toEqual([
      ['A', 'B'],
      ['A', 'B'],
      ['B', 'A'],
      ['C:3', 'A'],
      ['A', 'C:3'],
    ]);
  });

  it('F-25 gives the same ids in a run that is repeated after a crash', () => {
    const [, , before, after] = idsOf('A', 'B', 'AC!', 'AC');
    expect(before).toEqual(['A:2', 'C:2']);
    expect(after).toEqual(before);
    // What the run before the crashed one has shown is no news for the rest of it.
    expect(idsOf('A', 'AB!', 'AB')).toEqual([['A'], ['A', 'B:1'], ['A', 'B:1']]);
  });

  it('F-25 knows what was stored and is shown still, until a complete run did not show it', () => {
    const first = new SeenContents(null);
    expect(first.isToldStill('A')).toBe(false);
    first.idOf('A');
    // It is not known yet whether the inbox has committed it.
    expect(first.isToldStill('A')).toBe(false);
    const next = new SeenContents(first.store(true));
    expect(next.isToldStill('A')).toBe(true);
    expect(new SeenContents(next.store(false)).isToldStill('A')).toBe(true);
    expect(new SeenContents(next.store(true)).isToldStill('A')).toBe(false);
  });

  it('F-25 keeps the ids of a poller that had no memory before', () => {
    expect(new SeenContents(null).idOf('A')).toBe('A');
  });

  it('F-25 remembers 2,000 contents, and takes the others for repeats when they come back', () => {
    const shown = (from: number): string[] =>
      Array.from({ length: 2_001 }, (_, index) => `content ${from + index}`);
    const first = new SeenContents(null);
    for (const content of shown(0)) first.idOf(content);
    const stored = first.store(true);
    expect(stored.length).toBeLessThan(100_000);
    const next = new SeenContents(stored);
    expect(shown(0).map((content) => next.idOf(content))).toEqual(shown(0));
  });
});
