import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';
import type { ZoneReport } from './support/zone-app.js';

const ZONES = ['UTC', 'Asia/Tokyo', 'America/New_York'];
const NOON = '2026-01-01T12:00:00.000Z';
/** What counts where the database has written whole seconds: the end of that second. */
const END_OF_NOON = '2026-01-01T12:00:00.999Z';

type Reports = Readonly<Record<string, ZoneReport>>;

/** What a process in another zone than the database, which is in UTC, makes of the case. */
async function play(database: TestDatabase, zone: string, options: object = {}): Promise<Reports> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', './test/support/ts-loader.mjs', './test/support/zone-app.ts'],
    {
      cwd: resolve(__dirname, '..'),
      env: {
        ...process.env,
        TZ: zone,
        DATABASE: JSON.stringify({ ...database.options, ...options }),
      },
    },
  );
  return JSON.parse(stdout) as Reports;
}

describeOnDatabases('A process and its database', (kind) => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await kind.create();
  });

  afterEach(() => database.drop());

  const known = {
    fired: 1,
    occurredAt: kind.name === 'PostgreSQL' ? NOON : END_OF_NOON,
    warnings: [],
  };
  /** Its events have occurred when the poller found them, and the host was told so once. */
  const unknown = (name: string, cure: RegExp): unknown => ({
    fired: 1,
    occurredAt: null,
    warnings: [
      expect.stringMatching(
        new RegExp(`'${name}' reads ${name}\\(updatedAt, id\\).*'updatedAt'.*${cure.source}`),
      ),
    ],
  });

  const expected = (zone: string): unknown => {
    if (kind.name === 'SQLite')
      return { by_default: known, not_selected: known, by_process: known };
    const cure = kind.name === 'PostgreSQL' ? /timestamptz.*`occurredAt`/ : /`timezone`/;
    const zoneLess = (name: string): unknown => (zone === 'UTC' ? known : unknown(name, cure));
    return {
      by_default: zoneLess('by_default'),
      not_selected: zoneLess('not_selected'),
      by_process: zoneLess('by_process'),
      ...(kind.name === 'PostgreSQL' ? { with_zone: known } : { stamped: zoneLess('stamped') }),
    };
  };

  it.each(ZONES)('F-20 in %s and in UTC fire a rule once for what was polled', async (zone) => {
    expect(await play(database, zone)).toEqual(expected(zone));
  });

  if (kind.name === 'PostgreSQL') {
    it('F-20 know the instant where both are in one zone, whichever it is', async () => {
      const { options } = (database.options as { extra: { options: string } }).extra;
      const extra = { options: `${options} -c timezone=Asia/Tokyo` };
      const reports = await play(database, 'Asia/Tokyo', { extra });
      const noonInTokyo = { ...known, occurredAt: '2026-01-01T03:00:00.000Z' };
      expect(Object.keys(reports)).toHaveLength(4);
      for (const report of Object.values(reports)) expect(report).toEqual(noonInTokyo);
    });
  }

  if (kind.name === 'MySQL') {
    it('F-20 know the instant where the driver is set to the zone of the database', async () => {
      expect(await play(database, 'Asia/Tokyo', { timezone: 'Z' })).toEqual(expected('UTC'));
    });
  }
});
