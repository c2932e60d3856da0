import { Logger } from '@nestjs/common';
import { FakeClock } from '../../test/support/fake.clock.js';
import { SafeLogger } from '../logging/safe.logger.js';
import { RefusalLog } from './refusal.log.js';

const MINUTE = 60_000;

describe(RefusalLog, () => {
  let clock: FakeClock;
  let log: RefusalLog;
  let lines: string[];

  beforeEach(() => {
    clock = new FakeClock();
    log = new RefusalLog(new SafeLogger('Receiver'), clock);
    lines = [];
    jest
      .spyOn(Logger.prototype, 'warn')
      .mockImplementation((line: string) => void lines.push(line));
  });

  afterEach(() => jest.restoreAllMocks());

  const refuse = (count: number, source = 'game', reason = 'signature-mismatch'): void => {
    for (let index = 0; index < count; index++) {
      log.add({ source, isKnown: true, status: 401, reason });
    }
  };

  it('F-13 logs each refusal while there are few', () => {
    for (let minute = 0; minute < 3; minute++) {
      refuse(20);
      clock.advance(MINUTE);
    }
    expect(lines).toHaveLength(60);
    expect(new Set(lines)).toEqual(
      new Set(["Refused a request to source 'game' with 401: signature-mismatch"]),
    );
  });

  it('F-13 counts refusals beyond that, and logs them once a minute by source and reason', () => {
    refuse(1_020);
    refuse(30, 'game', 'missing-signature');
    expect(lines).toHaveLength(21);
    expect(lines[20]).toMatch(
      /^More than 20 requests to source 'game' were refused within a minute/,
    );
    clock.advance(MINUTE);
    expect(lines.slice(21)).toEqual([
      "Refused 1030 more requests to source 'game': 1000 with 401 (signature-mismatch); " +
        '30 with 401 (missing-signature)',
    ]);
    // The flood goes on: none of these gets a line of its own.
    refuse(500);
    clock.advance(MINUTE);
    expect(lines.slice(22)).toEqual([
      "Refused 500 more requests to source 'game': 500 with 401 (signature-mismatch)",
    ]);
  });

  it('F-13 logs each refusal again after the flood', () => {
    refuse(100);
    clock.advance(MINUTE);
    refuse(3);
    clock.advance(MINUTE);
    expect(lines.at(-1)).toBe(
      "Refused 3 more requests to source 'game': 3 with 401 (signature-mismatch)",
    );
    refuse(1);
    expect(lines.at(-1)).toBe("Refused a request to source 'game' with 401: signature-mismatch");
  });

  it('F-13 logs each refusal of one source during a flood to another', () => {
    refuse(1_000);
    const before = lines.length;
    refuse(3, 'shop');
    expect(lines.slice(before)).toEqual(
      Array.from({ length: 3 }, () =>
        expect.stringMatching(/^Refused a request to source 'shop' with 401/),
      ),
    );
  });

  it('F-13 counts all unknown sources as one, and bounds what it counts', () => {
    for (let index = 0; index < 10_000; index++) {
      log.add({
        source: `made-up-${index}`,
        isKnown: false,
        status: 404,
        reason: 'there is no such source',
      });
      refuse(1, 'game', `reason ${index}`);
    }
    expect(lines).toHaveLength(42);
    clock.advance(MINUTE);
    const [strangers, game, ...more] = lines.slice(42);
    expect(more).toEqual([]);
    expect(strangers).toBe(
      'Refused 9980 more requests to unknown sources: 9980 with 404 (there is no such source)',
    );
    expect(game).toMatch(/^Refused 9980 more requests to source 'game': 9930 for other reasons; /);
    expect(game!.length).toBeLessThan(1_500);
  });

  it('F-13 logs its counts when the application stops', () => {
    refuse(25);
    log.flush();
    expect(lines.at(-1)).toMatch(/^Refused 5 more requests/);
    clock.advance(10 * MINUTE);
    expect(lines).toHaveLength(22);
  });
});
