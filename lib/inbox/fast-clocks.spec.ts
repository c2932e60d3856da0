import { Occurrences } from '../telemetry/occurrences.js';
import { FastClocks } from './fast-clocks.js';

const NOW = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

describe(FastClocks.name, () => {
  const told: unknown[] = [];
  let clocks: FastClocks;

  beforeEach(() => {
    told.splice(0);
    const occurrences = new Occurrences();
    occurrences.on('source.clock-ahead', ({ source, aheadMs }) => told.push([source, aheadMs]));
    clocks = new FastClocks(occurrences);
  });

  it('REQ-108 tell of a source whose events are from more than a minute ahead', () => {
    clocks.add('late', NOW - HOUR_MS, NOW);
    clocks.add('game', NOW + 60_000, NOW);
    expect(told).toEqual([]);
    clocks.add('game', NOW + 60_001, NOW);
    expect(told).toEqual([['game', 60_001]]);
  });

  it('REQ-108 tell of each source once in an hour', () => {
    for (const minute of [0, 1, 59]) {
      clocks.add('game', NOW + HOUR_MS, NOW + minute * 60_000 - 1);
      clocks.add('shop', NOW + HOUR_MS * 2, NOW + minute * 60_000);
    }
    expect(told.map((one) => (one as string[])[0])).toEqual(['game', 'shop']);
    clocks.add('game', NOW + 2 * HOUR_MS, NOW + HOUR_MS);
    expect(told).toHaveLength(3);
  });
});
