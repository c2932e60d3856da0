import type { DataSource } from 'typeorm';
import type { Game, GameWebhook } from './game.js';
import type { MailSink } from './mail-sink.js';
import { User } from './user.entity.js';

/** How long a mail may take before a step has failed: the poller looks every five seconds. */
const MAIL_TIMEOUT_MS = 15_000;

/** What the story needs. */
export interface Stage {
  readonly game: Game;
  readonly sink: MailSink;
  readonly dataSource: DataSource;
  /** Resolves when no job is left to run. */
  settle(): Promise<void>;
  print(line: string): void;
}

const ADA = { id: 123, email: 'ada@example.com', points: 20 };
const GRACE = { id: 124, email: 'grace@example.com', points: 40 };

/**
 * Plays the story once.
 *
 * @returns whether every step went right
 */
export async function playStory(stage: Stage): Promise<boolean> {
  const { dataSource, sink } = stage;
  const updatedAt = new Date();
  await dataSource.getRepository(User).save([
    { ...ADA, updatedAt },
    { ...GRACE, updatedAt },
  ]);
  const steps = new Steps(stage.print);
  const webhook = await postPoints(stage, steps);
  await postAgain(stage, steps, webhook);
  await postForged(stage, steps);
  await changeTable(stage, steps);
  steps.end('mails in all', sink.mails.length === 2, `${sink.mails.length}`);
  return steps.allWell;
}

/** Prints the result of each step. */
class Steps {
  allWell = true;

  constructor(private readonly print: (line: string) => void) {}

  begin(description: string): void {
    this.print(`  ...  ${description}`);
  }

  end(description: string, went: boolean, detail: string): void {
    this.allWell &&= went;
    this.print(`${went ? '  ok  ' : 'FAILED'} ${description}: ${detail}`);
  }
}

async function postPoints({ game, sink }: Stage, steps: Steps): Promise<GameWebhook> {
  const webhook = game.pointsUpdated(ADA.id, 150);
  const postedAt = Date.now();
  const { status, body } = await game.post(webhook);
  const mail = await sink.waitFor(ADA.email, 1, MAIL_TIMEOUT_MS);
  steps.end('the game posts that user 123 has 150 points', status === 200, `${status} ${body}`);
  steps.end(
    'user 123 gets one e-mail',
    mail !== undefined,
    mail === undefined
      ? 'no mail came'
      : `'${mail.subject}' to ${mail.to.join(', ')}, ${mail.receivedAt - postedAt} ms after the post`,
  );
  return webhook;
}

async function postAgain(
  { game, sink, settle }: Stage,
  steps: Steps,
  webhook: GameWebhook,
): Promise<void> {
  const repeats = [];
  for (let time = 0; time < 3; time++) repeats.push(await game.post(webhook));
  await settle();
  const mails = sink.mailsTo(ADA.email).length;
  steps.end(
    'the same webhook three times more',
    repeats.every(({ status, body }) => status === 200 && body.includes('duplicate')) &&
      mails === 1,
    `${repeats.map(({ status }) => status).join(', ')}, still ${mails} mail`,
  );
}

async function postForged({ game }: Stage, steps: Steps): Promise<void> {
  const signed = game.pointsUpdated(GRACE.id, 999);
  const { status, body } = await game.post({
    ...signed,
    body: signed.body.replace('999', '1000'),
  });
  steps.end('a forged webhook', status === 401, `${status} ${body}`);
}

async function changeTable({ sink, dataSource, settle }: Stage, steps: Steps): Promise<void> {
  steps.begin('user 124 gets 120 points only in the table; the poller looks every 5 seconds');
  const writtenAt = Date.now();
  await dataSource
    .getRepository(User)
    .update(GRACE.id, { points: 120, updatedAt: new Date(writtenAt) });
  const mail = await sink.waitFor(GRACE.email, 1, MAIL_TIMEOUT_MS);
  await settle();
  steps.end(
    'user 124 gets one e-mail',
    mail !== undefined && sink.mailsTo(GRACE.email).length === 1,
    mail === undefined
      ? 'no mail came'
      : `${mail.receivedAt - writtenAt} ms after the table was written`,
  );
}
