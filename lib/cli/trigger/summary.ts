import type { Outcome } from './sender.js';

/**
 * The outcomes of many requests in a few lines: the count of each status, and the durations.
 *
 * @param elapsedMs from the first request to the last answer
 * @internal
 */
export function summaryOf(outcomes: readonly Outcome[], elapsedMs: number): string {
  const counts = new Map<string, number>();
  for (const { status } of outcomes) {
    counts.set(String(status), (counts.get(String(status)) ?? 0) + 1);
  }
  const durations = outcomes.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  const rate = Math.round((outcomes.length / Math.max(elapsedMs, 1)) * 1_000);
  return [
    `${outcomes.length} sent in ${(elapsedMs / 1_000).toFixed(2)} s (${rate} a second)`,
    ...[...counts]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([status, count]) => `  ${status.padEnd(12)} ${count}`),
    `  p50 ${milliseconds(percentile(durations, 0.5))}, p99 ${milliseconds(percentile(durations, 0.99))}`,
  ].join('\n');
}

/** A duration for a person. */
export function milliseconds(durationMs: number): string {
  return `${durationMs.toFixed(1)} ms`;
}

/** The percentile of sorted values, by nearest rank; the share of p50 is 0.5. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
