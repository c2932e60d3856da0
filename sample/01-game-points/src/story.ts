import type { DataSource } from 'typeorm';
import type { Game } from './game.js';
import type { MailSink } from './mail-sink.js';
import { User } from './user.entity.js';

/** How long a mail may take before a step has failed: the poller looks every five seconds. */
const MAIL_TIMEOUT_MS = 15_000;

/** What the story is played with. */
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
 * @returns whether every step went as it should
 */
export async function playStory({
  game,
  sink,
  dataSource,
  settle,
  print,
}: Stage): Promise<boolean> {
  let allWell = true;
  const step = (description: string, went: boolean, detail: string): void => {
    allWell &&= went;
    print(`${went ? '  ok  ' : 'FAILED'} ${description}: ${detail}`);
  };
  const users = dataSource.getRepository(User);
  const updatedAt = new Date();
  await users.save([
    { ...ADA, updatedAt },
    { ...GRACE, updatedAt },
  ]);

  const webhook = game.pointsUpdated(ADA.id, 150);
  const postedAt = Date.now();
  const answer = await game.post(webhook);
  const mail = await sink.waitFor(ADA.email, 1, MAIL_TIMEOUT_MS);
  step(
    'the game posts that user 123 has 150 points',
    answer.status === 200,
    `${answer.status} ${answer.body}`,
  );
  step(
    'user 123 gets one e-mail',
    mail !== undefined,
    mail === undefined
      ? 'no mail came'
      : `'${mail.subject}' to ${mail.to.join(', ')}, ${mail.receivedAt - postedAt} ms after the post`,
  );

  const repeats = [];
  for (let time = 0; time < 3; time++) repeats.push(await game.post(webhook));
  await settle();
  step(
    'the same webhook three times more',
    repeats.every(({ status, body }) => status === 200 && body.includes('duplicate')) &&
      sink.mailsTo(ADA.email).length === 1,
    `${repeats.map(({ status }) => status).join(', ')}, still ${sink.mailsTo(ADA.email).length} mail`,
  );

  const signed = game.pointsUpdated(GRACE.id, 999);
  const forged = await game.post({ ...signed, body: signed.body.replace('999', '1000') });
  step('a forged webhook', forged.status === 401, `${forged.status} ${forged.body}`);

  print('  ...  user 124 gets 120 points only in the table; the poller looks every 5 seconds');
  const writtenAt = Date.now();
  await users.update(GRACE.id, { points: 120, updatedAt: new Date(writtenAt) });
  const polled = await sink.waitFor(GRACE.email, 1, MAIL_TIMEOUT_MS);
  await settle();
  step(
    'user 124 gets one e-mail',
    polled !== undefined && sink.mailsTo(GRACE.email).length === 1,
    polled === undefined
      ? 'no mail came'
      : `${polled.receivedAt - writtenAt} ms after the table was written`,
  );
  step('mails in all', sink.mails.length === 2, `${sink.mails.length}`);
  return allWell;
}
