import { LaneRecord } from './lane.record.js';

/** Lines such as `1 start`, of process 1, or of another one: `1 start 2`. */
function recordOf(...lines: string[]): LaneRecord {
  const record = new LaneRecord();
  lines.forEach((line, index) => {
    const [step, what, pid = '1'] = line.split(' ');
    record.tell(`laned 0 ${step} ${what} ${pid} ${index}`);
  });
  return record;
}

const RETRIED = ['1 start', '1 failed', '1 start 2', '1 ok 2', '2 start', '2 ok'];

describe('The record of lanes', () => {
  it('accepts retries, and repetitions after a kill', () => {
    expect(() => recordOf(...RETRIED).judge(1, 2)).not.toThrow();
    const killed = recordOf(
      '1 start 2',
      '1 start',
      '1 ok',
      '2 start 2',
      '2 ok 2',
      '2 start',
      '2 ok',
    );
    killed.killed.add(2);
    expect(() => killed.judge(1, 2)).not.toThrow();
    expect(killed.repeated).toBe(1);
  });

  it.each<[string, string[], RegExp]>([
    ['two at once', ['1 start', '2 start 2'], /step 2 began while step 1 ran/],
    ['a step that passes another', ['1 start', '1 failed', '2 start'], /step 2 passed step 1/],
    ['a wrong order', ['2 start', '2 ok', '1 start', '1 ok'], /step 2 began after step 0/],
    ['a repetition', ['1 start', '1 ok', '1 start'], /ran again after it was done/],
    ['a lost step', RETRIED.slice(0, 4), /ended with step 1 of 2/],
  ])('refuses %s', (_, lines, said) => {
    expect(() => recordOf(...lines).judge(1, 2)).toThrow(said);
  });
});
