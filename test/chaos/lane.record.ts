import { must } from './chaos.error.js';

interface Told {
  readonly step: number;
  readonly what: string;
  readonly pid: number;
  readonly at: bigint;
}

/** What the handlers of all processes did in each lane. */
export class LaneRecord {
  /** Processes that were killed: their last attempts have no end, and may be repeated. */
  readonly killed = new Set<number>();
  attempts = 0;
  failed = 0;
  repeated = 0;
  private readonly lanes = new Map<number, Told[]>();

  /** Enters a line of a handler. */
  readonly tell = (line: string): void => {
    const [word, lane, step, what = '', pid, at = '0'] = line.split(' ');
    if (word !== 'laned') return;
    const told = this.lanes.get(Number(lane)) ?? [];
    told.push({ step: Number(step), what, pid: Number(pid), at: BigInt(at) });
    this.lanes.set(Number(lane), told);
  };

  /**
   * Judges all lanes, after all processes have ended.
   *
   * @throws {ChaosError} that names a lane
   */
  judge(lanes: number, steps: number): void {
    for (let lane = 0; lane < lanes; lane++) {
      // The processes' lines come by different pipes.
      const told = (this.lanes.get(lane) ?? []).toSorted((a, b) => Number(a.at - b.at));
      this.judgeLane(`lane ${lane}`, told, steps);
    }
  }

  private judgeLane(lane: string, told: readonly Told[], steps: number): void {
    let open: Told | undefined;
    let doneBy: number | undefined;
    let step = 0;
    for (const one of told) {
      if (one.what === 'start') {
        this.attempts++;
        must(
          open === undefined || this.killed.has(open.pid),
          `${lane}: step ${one.step} began while step ${open?.step} ran`,
        );
        if (one.step === step) {
          must(
            doneBy === undefined || this.killed.has(doneBy),
            `${lane}: step ${step} ran again after it was done`,
          );
          if (doneBy !== undefined) this.repeated++;
        } else {
          must(one.step === step + 1, `${lane}: step ${one.step} began after step ${step}`);
          must(step === 0 || doneBy !== undefined, `${lane}: step ${one.step} passed step ${step}`);
          step = one.step;
          doneBy = undefined;
        }
        open = one;
      } else {
        if (one.what === 'ok') doneBy = one.pid;
        else this.failed++;
        // That of a killed process may have a successor already.
        if (open?.pid === one.pid) open = undefined;
      }
    }
    must(step === steps && doneBy !== undefined, `${lane}: ended with step ${step} of ${steps}`);
  }
}
