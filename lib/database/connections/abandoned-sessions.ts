import type { CancelTimer, Clock } from '../../clock/clock.js';

/** How long a server has to notice by itself that a connection is gone, in milliseconds. */
const GRACE_MS = 2_000;

/** How many times to try to end a session. */
const TRIES = 15;

interface Abandoned<Session> {
  readonly session: Session;
  tries: number;
}

/**
 * Ends the sessions that abandoned connections had on the server. A server whose client is gone without
 * closing the connection keeps the session for hours, and with it the locks of its transaction, for which
 * others would wait.
 *
 * @internal
 */
export class AbandonedSessions<Session> {
  private abandoned: Abandoned<Session>[] = [];
  private cancel: CancelTimer | undefined;

  /** @param endAll ends those of the sessions that still exist */
  constructor(
    private readonly clock: Clock,
    private readonly endAll: (sessions: readonly Session[]) => Promise<void>,
  ) {}

  add(session: Session): void {
    this.abandoned.push({ session, tries: 0 });
    this.endLater();
  }

  private endLater(): void {
    this.cancel ??= this.clock.schedule(() => void this.end(), GRACE_MS);
  }

  private async end(): Promise<void> {
    const due = this.abandoned;
    this.abandoned = [];
    try {
      await this.endAll(due.map(({ session }) => session));
    } catch {
      // The server cannot be reached; if it has restarted, the sessions are gone.
      for (const one of due) if (++one.tries < TRIES) this.abandoned.push(one);
    }
    this.cancel = undefined;
    if (this.abandoned.length > 0) this.endLater();
  }
}
