import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InboxService } from 'nestjs-hookline';
import { Journal } from '../sample/01-game-points/src/journal.js';
import { OtherSenders } from '../sample/01-game-points/src/other-senders.js';
import { startApp, type TestApp } from './support/application.js';
import { CommandLine, runHere } from './support/command-line.js';
import { DATABASES, type TestDatabase } from './support/databases.js';

// Each call is a process of its own, and the machine may have others.
jest.setTimeout(60_000);

describe("The sample's other senders, by the command line", () => {
  const folder = mkdtempSync(join(tmpdir(), 'other-senders-'));
  const senders = new OtherSenders(folder);
  const commandLine = new CommandLine();
  let database: TestDatabase;
  let host: TestApp;

  beforeAll(async () => {
    database = await DATABASES[0]!.create();
    const options = { sources: senders.sources };
    host = await startApp({ database, options, host: { providers: [Journal] } });
  });

  afterAll(async () => {
    commandLine.remove();
    await host.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const env = { HOOKLINE_SECRET: senders.secret };

  it.each(senders.trials('').map(({ source }) => source))('take %s once', async (source) => {
    host.logger.clear();
    const { args, tamperings } = senders.trials(host.url).find((each) => each.source === source)!;

    const { code, out } = await commandLine.run([...args, '--id', 'evt_1', '--times', '2'], env);
    expect(out).toMatch(/^200 .*accepted.*\n200 .*duplicate/);
    expect(code).toBe(0);

    const refused = await Promise.all(
      tamperings.map((what) => runHere([...args, '--tamper', what], env)),
    );
    for (const result of refused) {
      expect(result).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^401 /) });
    }
    const inbox = host.app.get(InboxService, { strict: false });
    expect((await inbox.list({ source })).items).toMatchObject([{ status: 'accepted' }]);
    const reasons = tamperings.map((what) =>
      what === 'timestamp' ? 'timestamp-too-old' : 'signature-mismatch',
    );
    expect(host.logger.of('warn', 'WebhookReceiver').toSorted()).toEqual(
      reasons
        .map((reason) => `Refused a request to source '${source}' with 401: ${reason}`)
        .toSorted(),
    );
  });
});
