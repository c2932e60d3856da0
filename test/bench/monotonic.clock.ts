/** Milliseconds by the monotonic clock of the machine: one and the same in all of its processes. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
