import { Logger } from '@nestjs/common';
import { RecordingLogger } from '../../test/support/recording.logger.js';
import type { Occurrence } from './occurrence.js';
import { Occurrences } from './occurrences.js';

const LOST: Occurrence = { kind: 'jobs.suspected', count: 1, jobKind: undefined, error: null };
const REFUSED: Occurrence = {
  kind: 'request.refused',
  source: 'game',
  isKnown: true,
  status: 401,
  reason: 'signature-mismatch',
};

describe(Occurrences.name, () => {
  let occurrences: Occurrences;
  let logger: RecordingLogger;

  beforeEach(() => {
    logger = new RecordingLogger();
    Logger.overrideLogger(logger);
    occurrences = new Occurrences();
  });

  afterAll(() => Logger.overrideLogger(false));

  it('calls listeners with the kinds that they asked for, until they are removed', () => {
    const seen: string[] = [];
    const stop = occurrences.on('jobs.suspected', ({ count }) => seen.push(`a ${count}`));
    occurrences.on(['jobs.suspected', 'request.refused'], ({ kind }) => seen.push(`b ${kind}`));
    occurrences.publish(LOST);
    occurrences.publish(REFUSED);
    stop();
    occurrences.publish(LOST);
    expect(seen).toEqual(['a 1', 'b jobs.suspected', 'b request.refused', 'b jobs.suspected']);
  });

  it('tells whether a listener wants a kind at the moment', () => {
    let isWanting = false;
    expect(occurrences.hears('jobs.suspected')).toBe(false);
    occurrences.listen(
      ['jobs.suspected'],
      () => undefined,
      () => isWanting,
    );
    expect(occurrences.hears('jobs.suspected')).toBe(false);
    isWanting = true;
    expect(occurrences.hears('jobs.suspected')).toBe(true);
    expect(occurrences.hears('request.refused')).toBe(false);
  });

  it('REQ-52 survives listeners that throw, calls the others, and logs each once', async () => {
    const seen: string[] = [];
    occurrences.on('jobs.suspected', () => {
      throw new Error('thrown');
    });
    occurrences.on('jobs.suspected', () => Promise.reject(new Error('rejected')));
    occurrences.on('jobs.suspected', ({ kind }) => seen.push(kind));
    for (let time = 0; time < 3; time++) occurrences.publish(LOST);
    await Promise.resolve();
    await Promise.resolve();
    expect(seen).toHaveLength(3);
    expect(logger.of('error')).toEqual([
      'A listener to occurrences threw; its further errors are not logged: Error: thrown',
      'A listener to occurrences threw; its further errors are not logged: Error: rejected',
    ]);
  });
});
