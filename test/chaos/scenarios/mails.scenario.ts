import type { DatabaseKind } from '../../support/databases.js';
import { MailServer } from '../../support/mail.server.js';
import { ChaosDatabase } from '../chaos.database.js';
import { must } from '../chaos.error.js';
import { Ledger } from '../ledger.js';
import type { Scenario } from '../scenario.js';
import { sendAll } from '../send-all.js';
import { Sender } from '../sender.js';
import { killUnderWay, sleepUnderWay, startSide, type Side } from '../side.js';
import { pause, until } from '../waiting.js';
import { walkVerdict } from '../walk.verdict.js';

/** How long the mail server takes to acknowledge a mail: it accepts many whose senders do not know it. */
const ANSWER_MS = 100;

const MAILS_OF_ONE_ROUND = 40;

/** One of two processes is killed, or stopped for longer than its leases, while it sends mails. */
export function mailsScenario(kind: DatabaseKind): Scenario {
  return {
    name: `mails on ${kind.name}`,
    run: async (run) => {
      const { random } = run;
      const database = await ChaosDatabase.create(run, kind);
      const server = new MailServer(ANSWER_MS);
      await server.start();
      run.cleanUp(() => server.stop());
      const ledger = new Ledger();
      const start = (): Promise<Side> =>
        startSide(run, { database, mailServer: server.url, tell: ledger.tell }, 'mailing');
      const sides = { 0: await start(), 1: await start() };
      const walk = run.prepareWalk((walker) => sides[walker % 2 === 0 ? 0 : 1].app.url);
      /** How often each mail was being sent when its process was killed or suspended. */
      const underWay = new Map<string, number>();
      const done = { kills: 0, sleeps: 0 };
      const rounds = run.isShort ? 2 : 40;
      for (let round = 0; round < rounds; round++) {
        // Each side is killed and suspended in turn.
        const index = ((round + 1) >> 1) % 2 === 0 ? 0 : 1;
        const side = sides[index];
        const before = side.begun.size;
        const url = () => side.app.url;
        const sender = new Sender({ url, ledger, random, name: `round${round}` });
        await sendAll(sender, 'mail', MAILS_OF_ONE_ROUND);
        await until('mails are on their way', () => {
          side.app.assertAlive();
          return side.begun.size > before;
        });
        await pause(random() * ANSWER_MS);
        const isKill = round % 2 === 0;
        const getIntoTrouble = async (): Promise<string[]> => {
          const ids = await (isKill ? killUnderWay : sleepUnderWay)({
            side,
            other: sides[index === 0 ? 1 : 0],
            random,
            open: () => database.openJobs('notification'),
            hasOneWriter: kind.name === 'SQLite',
          });
          if (isKill) sides[index] = await start();
          return ids;
        };
        const [ids] = await Promise.all([getIntoTrouble(), walk.round()]);
        for (const id of new Set(ids)) underWay.set(id, (underWay.get(id) ?? 0) + 1);
        done[isKill ? 'kills' : 'sleeps']++;
        await database.settled(() => Object.values(sides).forEach(({ app }) => app.assertAlive()));
      }
      for (const { app } of Object.values(sides)) await app.stop();

      const messageIds = new Map<string, string[]>();
      for (const { subject, messageId } of server.mails) {
        messageIds.set(subject, [...(messageIds.get(subject) ?? []), messageId]);
      }
      const count = (id: string): number => messageIds.get(id)?.length ?? 0;
      const lost = [...ledger.answered].filter((id) => count(id) === 0);
      const again = [...messageIds.keys()].filter((id) => count(id) > 1);
      const wrong = again.filter((id) => count(id) > 1 + (underWay.get(id) ?? 0));
      const renamed = again.filter((id) => new Set(messageIds.get(id)).size > 1);
      const discarded = await database.jobsIn('discarded');
      must(ledger.answered.size === ledger.sent, 'not every request was answered 2xx');
      must(lost.length === 0, `${lost.length} mails were never sent (${lost[0]})`);
      must(
        wrong.length === 0,
        `${wrong.length} mails came again, and had not been under way (${wrong[0]})`,
      );
      must(renamed.length === 0, `${renamed.length} came with two Message-IDs (${renamed[0]})`);
      must(
        discarded.length === 0,
        `${discarded.length} jobs were discarded: ${discarded[0]?.lastError}`,
      );
      must(underWay.size > 0, 'no mail was under way when something happened');
      return {
        ...done,
        sent: ledger.sent,
        mails: server.mails.length,
        'under way': underWay.size,
        'came again': again.length,
        'came again and not under way': wrong.length,
        discarded: discarded.length,
        ...(await walkVerdict(database, [walk])),
        lost: lost.length,
      };
    },
  };
}
