import { statusVerdict, type StatusVerdict } from './status.verdict.js';

const NOW = Date.UTC(2026, 0, 1);

const judged = (status: number, retryAfter?: string): StatusVerdict =>
  statusVerdict({ status, headers: { 'retry-after': retryAfter } }, 'example.com', NOW);

describe(statusVerdict.name, () => {
  it.each([200, 201, 204, 299])('REQ-303 counts %d as success', (status) => {
    expect(judged(status)).toEqual({ kind: 'taken' });
  });

  it.each([100, 199, 301, 302, 304])('REQ-303 counts %d as a final refusal', (status) => {
    const reason = `example.com answered HTTP ${status}, and redirects are not followed`;
    expect(judged(status)).toEqual({ kind: 'final', reason });
  });

  it.each([400, 401, 404, 410, 413, 499])('counts %d as a final refusal', (status) => {
    expect(judged(status)).toEqual({
      kind: 'final',
      reason: `example.com answered HTTP ${status}`,
    });
  });

  it.each([408, 425, 429, 500, 503, 599])('counts %d as temporary', (status) => {
    expect(judged(status)).toMatchObject({ kind: 'passing', delayMs: undefined });
  });

  it('REQ-61 waits for as long as `Retry-After` asks', () => {
    expect(judged(503, '120')).toMatchObject({ delayMs: 120_000 });
    expect(judged(429, 'Thu, 01 Jan 2026 00:01:00 GMT')).toMatchObject({ delayMs: 60_000 });
    expect(judged(429, 'soon')).toMatchObject({ delayMs: undefined });
  });
});
