import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { SafeLogger } from '../logging/safe.logger.js';
import type { OccurrenceKind } from './occurrence.js';
import { occurrenceLine } from './occurrence.line.js';
import { Occurrences } from './occurrences.js';
import { RefusalLog } from './refusal.log.js';

/**
 * Occurrences that may happen for each request: their debug lines are composed only while that level is on.
 */
const OFTEN = [
  'event.accepted',
  'event.duplicate',
  'event.ignored',
  'event.rejected',
  'request.accepted',
  'handshake.answered',
] as const satisfies readonly OccurrenceKind[];

const SELDOM = [
  'startup.completed',
  'startup.advice',
  'event.unhandled',
  'source.clock-ahead',
  'attempt.failed',
  'attempt.postponed',
  'job.discarded',
  'lease.lost',
  'outcome.not-recorded',
  'jobs.unreadable',
  'jobs.suspected',
  'notifications.recovered',
  'poll.failed',
  'poll.postponed',
  'poll.item-failed',
  'poll.item-parked',
  'poll.held-up',
  'background.failed',
] as const satisfies readonly OccurrenceKind[];

/**
 * Writes the log, as one listener to occurrences among others.
 *
 * @internal
 */
@Injectable()
export class LogListener implements OnApplicationShutdown {
  private readonly loggers = new Map<string, SafeLogger>();
  private readonly refusals: RefusalLog;

  constructor(occurrences: Occurrences, clock: Clock) {
    const receiver = this.loggerOf('WebhookReceiver');
    this.refusals = new RefusalLog(receiver, clock);
    const write = (occurrence: Parameters<typeof occurrenceLine>[0]): void => {
      const line = occurrenceLine(occurrence);
      if (line !== undefined) this.loggerOf(line.context)[line.level](line.text);
    };
    occurrences.listen(OFTEN, write, () => receiver.isDebugEnabled());
    occurrences.on(SELDOM, write);
    occurrences.on('request.refused', (refused) => this.refusals.add(refused));
    occurrences.on('request.failed', ({ source, reason, stack }) =>
      this.refusals.failed(source, reason, stack),
    );
  }

  /** Logs the refusals that were counted, but not yet logged. */
  onApplicationShutdown(): void {
    this.refusals.flush();
  }

  private loggerOf(context: string): SafeLogger {
    let logger = this.loggers.get(context);
    if (logger === undefined) {
      logger = new SafeLogger(context);
      this.loggers.set(context, logger);
    }
    return logger;
  }
}
