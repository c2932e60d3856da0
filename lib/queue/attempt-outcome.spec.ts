import { BACKOFF_OPTIONS } from '../retry/backoff.options.js';
import { transitionAfter, type OpenOutcome } from './attempt-outcome.js';
import { Discard } from '../retry/discard.js';
import { NotRun } from './not-run.js';
import { RetryLater } from '../retry/retry-later.js';

const CONTEXT = {
  now: 1_000,
  leasedBy: 'me',
  backoff: { ...BACKOFF_OPTIONS.defaults, jitter: 0 },
  random: 0.5,
};

const after = (outcome: OpenOutcome, attempt = 1, lostLeases = 0) =>
  transitionAfter(
    {
      id: 'job',
      kind: 'test',
      name: 'work',
      ref: 'ref',
      bytes: 0,
      lease: 7,
      attempt,
      maxAttempts: 3,
      lostLeases,
      share: 0,
      lane: null,
      headsLane: false,
      holdsLane: false,
    },
    outcome,
    CONTEXT,
  );

describe(transitionAfter.name, () => {
  it('completes after a return', () => {
    expect(after({ kind: 'returned', value: 'whatever' })).toMatchObject({
      state: 'completed',
      dueAt: null,
      finishedAt: 1_000,
    });
  });

  it('retries after an error, with a delay that grows', () => {
    expect(after({ kind: 'threw', error: new Error('boom') })).toMatchObject({
      state: 'retryable',
      dueAt: 21_000,
      error: 'Error: boom',
    });
    expect(after({ kind: 'threw', error: new Error('boom') }, 2)).toMatchObject({ dueAt: 55_000 });
  });

  it('discards after the last attempt', () => {
    expect(after({ kind: 'threw', error: 'boom' }, 3)).toMatchObject({
      state: 'discarded',
      dueAt: null,
      error: 'boom',
    });
  });

  it.each(['returned', 'threw'] as const)('accepts a verdict that was %s', (kind) => {
    const outcome = (verdict: unknown): OpenOutcome =>
      kind === 'returned' ? { kind, value: verdict } : { kind, error: verdict };
    expect(after(outcome(new RetryLater(500, 'busy')), 3)).toMatchObject({
      state: 'retryable',
      dueAt: 1_500,
      attempt: 2,
      error: 'busy',
    });
    expect(after(outcome(new Discard('hopeless')))).toMatchObject({
      state: 'discarded',
      error: 'hopeless',
    });
  });

  it('limits a delay to a time that every database can store', () => {
    const verdict = after({ kind: 'returned', value: new RetryLater(Number.MAX_VALUE) });
    expect(new Date(verdict.dueAt!).getFullYear()).toBeGreaterThan(2060);
  });

  it('F-2 releases a job without counting the attempt, with the same lease number', () => {
    expect(after({ kind: 'released' }, 3)).toMatchObject({
      state: 'available',
      dueAt: 1_000,
      lease: 7,
      attempt: 2,
    });
  });

  it('F-2 makes a job whose lease ran out a suspect: due at once, or after a backoff if it ran by itself', () => {
    expect(after({ kind: 'lost' }, 3)).toMatchObject({
      state: 'available',
      dueAt: null,
      rescueAt: 1_000,
      attempt: 2,
      lostLeases: 1,
    });
    expect(after({ kind: 'lost' }, 2, 1)).toMatchObject({ rescueAt: 21_000, lostLeases: 2 });
  });

  it('F-2 clears a suspect that ran by itself to its end', () => {
    for (const outcome of [
      { kind: 'threw', error: new Error('boom') },
      { kind: 'returned', value: undefined },
      { kind: 'returned', value: new RetryLater(1) },
    ] as const) {
      expect(after(outcome, 1, 2)).toMatchObject({ lostLeases: 0, rescueAt: null });
    }
  });

  it('F-2 keeps suspecting a job that did not run to its end, and uncounts the attempt', () => {
    for (const [outcome, rescueAt] of [
      [{ kind: 'released' }, 1_000],
      [{ kind: 'returned', value: new NotRun(500, 'no handler') }, 1_500],
      [{ kind: 'threw', error: new NotRun(500) }, 1_500],
    ] as const) {
      const suspect = { state: 'available', dueAt: null, rescueAt, finishedAt: null };
      expect(after(outcome, 1, 1)).toMatchObject({ ...suspect, lostLeases: 1, attempt: 0 });
      expect(after(outcome, 3, 2)).toMatchObject({ ...suspect, lostLeases: 2, attempt: 1 });
      expect(after(outcome, 3, 3)).toMatchObject({ ...suspect, lostLeases: 3, attempt: 2 });
      expect(after(outcome, 1, 2)).toMatchObject({ ...suspect, lostLeases: 2, attempt: 0 });
    }
    expect(after({ kind: 'returned', value: new NotRun(500, 'no handler') })).toMatchObject({
      state: 'retryable',
      dueAt: 1_500,
      rescueAt: null,
      lostLeases: 0,
      attempt: 0,
      error: 'no handler',
    });
  });

  it.each([
    [undefined, 'a thrown undefined'],
    [null, 'a thrown null'],
    [42, 'a thrown number'],
    [{ message: 'x' }, 'a thrown object'],
    [new Error('two\nlines \u0000 \ud800'), 'Error: two lines   \ufffd'],
  ])('REQ-40 describes a thrown %p as text that every database stores', (error, expected) => {
    expect(after({ kind: 'threw', error })).toMatchObject({ error: expected });
  });

  it('REQ-55 survives a thrown value that itself throws when it is read', () => {
    const fail = (): never => {
      throw new Error('do not look');
    };
    const unreadable = Object.defineProperty(new Error('hidden'), 'message', { get: fail });
    const odd = Object.assign(new Error('odd'), { name: Symbol('name') });
    const proxy = new Proxy({}, { get: fail, getPrototypeOf: fail });
    for (const error of [unreadable, odd, proxy]) {
      expect(after({ kind: 'threw', error })).toMatchObject({
        state: 'retryable',
        error: 'a thrown error that cannot be read',
      });
    }
  });
});

describe(RetryLater.name, () => {
  it.each([-1, Number.NaN, Infinity])('refuses a delay of %p', (delayMs) => {
    expect(() => new RetryLater(delayMs)).toThrow(RangeError);
  });
});
