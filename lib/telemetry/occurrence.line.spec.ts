import type { Occurrence } from './occurrence.js';
import { occurrenceLine } from './occurrence.line.js';

const JOB = {
  jobId: 'j-1',
  jobKind: 'handler',
  name: 'Mails.send',
  ref: 'k-1',
  label: "Handler Mails.send for event 'e-1'",
  attempt: 2,
  maxAttempts: 5,
  nextInMs: 2_100,
  error: 'Error: no answer',
};
const EVENT = {
  source: 'game',
  type: 'points.updated',
  id: 'e-1',
  tenant: '',
  key: 'k-1',
  keyIndex: 1,
};
const REQUEST = {
  kind: 'request.accepted',
  source: 'game',
  events: 3,
  accepted: 1,
  duplicates: 1,
  ignored: 1,
  rejected: 0,
  reason: null,
} as const;
const POLL = { poller: 'users', accepted: 0, error: 'Error: away', waitMs: null };
const ITEM = { poller: 'users', item: '7', label: "row '7'", error: 'Error: bad row' };

const LINES: readonly (readonly [Occurrence, string])[] = [
  [{ kind: 'startup.completed', summary: 'POST /webhooks' }, 'log WebhookModule: POST /webhooks'],
  [
    { kind: 'startup.advice', component: 'WebhookModule', advice: 'Set it.' },
    'warn WebhookModule: Set it.',
  ],
  [
    { kind: 'event.accepted', ...EVENT },
    "debug WebhookReceiver: Event 'e-1' of type 'points.updated' from source 'game': accepted (key 1)",
  ],
  [
    { kind: 'event.unhandled', source: 'game', type: 'points.updated' },
    "warn Inbox: No handler wants events of type 'points.updated' from 'game': they are stored and ignored. " +
      'Add an @OnWebhook handler, or have the sender leave them out.',
  ],
  [
    { kind: 'source.clock-ahead', source: 'game', aheadMs: 61_500 },
    "warn Inbox: The clock of source 'game' is 62 s ahead of ours: its events count as if they had occurred on " +
      'arrival, so that rules may judge them in the wrong order. Set its clock, or ours.',
  ],
  [
    REQUEST,
    "debug WebhookReceiver: Source 'game' sent 3 events in one request: 1 accepted, 1 duplicates, 1 ignored",
  ],
  [
    { ...REQUEST, ignored: 0, rejected: 1, reason: 'points: not a number' },
    "warn WebhookReceiver: Stored 1 of 3 events of a request from source 'game' as rejected, " +
      'with no job to handle it, and answered 200: points: not a number',
  ],
  [
    { kind: 'handshake.answered', source: 'game', status: 200 },
    "debug WebhookReceiver: Answered a handshake of source 'game' with 200",
  ],
  [
    { kind: 'attempt.failed', ...JOB },
    "warn JobWorker: Handler Mails.send for event 'e-1' failed in attempt 2 of 5 and is retried in 3 s: " +
      'Error: no answer',
  ],
  [
    { kind: 'attempt.postponed', ...JOB },
    "warn JobWorker: Handler Mails.send for event 'e-1' is postponed by 3 s, and attempt 2 of 5 does not count: " +
      'Error: no answer',
  ],
  [
    { kind: 'job.discarded', ...JOB, nextInMs: null },
    "error JobWorker: Handler Mails.send for event 'e-1' is discarded after attempt 2 of 5; " +
      "QueueService.retry('j-1') runs it again: Error: no answer",
  ],
  [
    { kind: 'lease.lost', ...JOB, error: null },
    "warn JobWorker: Handler Mails.send for event 'e-1': the lease was lost, so this outcome is not recorded. " +
      'Another process has the job, or it was cancelled.',
  ],
  [
    { kind: 'outcome.not-recorded', ...JOB },
    "error JobWorker: Handler Mails.send for event 'e-1': recording the outcome failed. " +
      'It is retried until the lease runs out; then the job runs again: Error: no answer',
  ],
  [
    { kind: 'jobs.unreadable', count: 2, jobKind: 'handler', error: 'Error: locked' },
    "warn JobWorker: 2 'handler' jobs are postponed and retried, because their events or notifications " +
      'could not be read: Error: locked',
  ],
  [
    { kind: 'jobs.suspected', count: 2, jobKind: undefined, error: null },
    'warn JobWorker: 2 jobs were leased to a process that died or was cut off from the database. ' +
      'One of them may be the reason, so each now runs by itself.',
  ],
  [
    { kind: 'notifications.recovered', count: 2 },
    'warn NotificationRecovery: 2 notifications that an earlier version had left without a job are sent now.',
  ],
  [
    { kind: 'poll.failed', ...POLL },
    "error PollRunner: Poller 'users' failed and runs again at its next tick: Error: away",
  ],
  [
    { kind: 'poll.postponed', ...POLL, waitMs: 59_001 },
    "warn PollRunner: Poller 'users' is postponed for 60 s: Error: away",
  ],
  [
    { kind: 'poll.item-failed', ...ITEM },
    "warn AsideKeeper: Poller 'users' failed on the row '7'; it goes on with the others and retries this one " +
      'in its next run: Error: bad row',
  ],
  [
    { kind: 'poll.item-parked', ...ITEM },
    "warn AsideKeeper: Poller 'users' has parked the row '7' and no longer retries it: Error: bad row. " +
      'PollRegistry.parked() lists what is parked, retryParked() retries it.',
  ],
  [
    { kind: 'poll.held-up', poller: 'users', reason: 'has lost its lease.' },
    "warn PollRunner: Poller 'users' has lost its lease.",
  ],
  [
    { kind: 'background.failed', component: 'Pruner', work: 'Deleting', error: 'Error: away' },
    'error Pruner: Deleting failed: Error: away; the library retries it',
  ],
];

describe(occurrenceLine, () => {
  it.each(LINES)('$kind names the actor, what happened and what follows', (occurrence, line) => {
    const { level, context, text } = occurrenceLine(occurrence)!;
    expect(`${level} ${context}: ${text}`).toBe(line);
  });

  it.each<Occurrence>([
    { ...REQUEST, events: 1, duplicates: 0, ignored: 0 },
    { kind: 'request.refused', source: 'game', isKnown: true, status: 401, reason: 'mismatch' },
    { kind: 'request.failed', source: 'game', status: 500, reason: 'Error: bug', stack: '' },
    { kind: 'attempt.completed', ...JOB, error: null, nextInMs: null },
    { kind: 'poll.completed', ...POLL, error: null },
  ])('$kind has no line here: another line or listener reports it', (occurrence) => {
    expect(occurrenceLine(occurrence)).toBeUndefined();
  });
});
