import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { hasPgBouncer, startPgBouncer, throughPgBouncer } from '../../support/pgbouncer.js';
import { ChaosDatabase } from '../chaos.database.js';
import { SkippedError } from '../chaos.error.js';
import { Ledger } from '../ledger.js';
import type { Scenario } from '../scenario.js';
import { postgresServer } from '../servers/postgres.server.js';
import { verdict } from '../verdict.js';
import { until } from '../waiting.js';

/** Two applications share a PgBouncer in transaction mode, one of which is killed, and the server cuts connections. */
export const pgBouncerScenario: Scenario = {
  name: 'PgBouncer in transaction mode',
  run: async (run) => {
    if (!hasPgBouncer) throw new SkippedError('PgBouncer is not installed');
    const { random, isShort } = run;
    const server = await postgresServer.create(run);
    const observed = await ChaosDatabase.open(run, server.options(server.port));
    const direct = server.options(server.port) as TypeOrmModuleOptions & { readonly url: string };
    const pooler = await startPgBouncer(direct.url, 'transaction');
    run.cleanUp(() => pooler.stop());
    const pooled = server.options(pooler.port) as { readonly url: string };
    const database = observed.through({ ...pooled, url: throughPgBouncer(pooled.url, pooler) });
    const ledger = new Ledger();
    const settings = { database, workMs: 20, tell: ledger.tell };
    let app = await run.startApp(settings);
    const other = await run.startApp(settings);
    const sender = run.startSender({
      url: (turn = Math.floor(2 * random())) => (turn % 2 === 0 ? app.url : other.url),
      ledger,
      name: 'pooled',
      parallel: 20,
    });
    const rounds = isShort ? 2 : 20;
    for (let round = 1; round <= rounds; round++) {
      const before = ledger.answered.size;
      await until('events are accepted', () => ledger.answered.size > before + 100);
      other.assertAlive();
      await app.kill();
      app = await run.startApp(settings);
      await server.cutConnections();
    }
    await sender.stop();
    await observed.settled(() => other.assertAlive());
    const log = [...app.takeLog(), ...other.takeLog()];
    const mixedUp = log.filter((line) => line.includes('prepared statement')).length;
    await Promise.all([app.stop(), other.stop()]);
    return {
      kills: rounds,
      'prepared statements mixed up': mixedUp,
      ...(await verdict(observed, ledger, { commitsInDoubt: true })),
    };
  },
};
