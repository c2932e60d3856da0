import { ConfigurationError } from '../../errors/configuration.error.js';
import type { SqlDatabase } from '../sql-database.js';

/** The first versions that skip locked rows. */
const MIN_VERSIONS = { MySQL: [8, 0, 1], MariaDB: [10, 6, 0] } as const;

interface Session {
  readonly version: string;
  readonly charset: string;
  readonly mode: string;
}

/**
 * Makes sure that a MySQL or MariaDB server, and the sessions that the host has configured, store values
 * unchanged. It sets nothing: the sessions are the host's.
 *
 * @throws {ConfigurationError} for a server that is too old, and for settings that would lose text
 * @internal
 */
export async function assertMysqlServer(database: SqlDatabase): Promise<void> {
  const session = await database.onWriter(async (manager) => {
    const [row] = (await manager.query(
      'SELECT VERSION() AS version, @@character_set_client AS charset, @@sql_mode AS mode',
    )) as Session[];
    return row;
  });
  if (session !== undefined) assertSession(session, database.dataSource.options.type);
}

function assertSession({ version, charset, mode }: Session, type: string): void {
  const product = version.includes('MariaDB') ? 'MariaDB' : 'MySQL';
  const least = MIN_VERSIONS[product];
  if (
    isOlder(
      version.split('.').map((part) => Number.parseInt(part, 10)),
      least,
    )
  ) {
    throw because(
      `The server is ${product} ${version}, which cannot skip locked rows.`,
      `Use ${product} ${least.join('.')} or newer.`,
    );
  }
  if (type !== product.toLowerCase()) {
    throw because(
      `The data source's type is '${type}', and its server is ${product}: TypeORM would see its tables as changed at each start.`,
      `Set \`type: '${product.toLowerCase()}'\` in TypeOrmModule.forRoot.`,
    );
  }
  if (charset !== 'utf8mb4') {
    throw because(
      `The connections have the character set '${charset}', which cannot hold every text.`,
      "Leave `charset` out in TypeOrmModule.forRoot, or set it to 'utf8mb4'.",
    );
  }
  const modes = mode.split(',');
  if (!modes.includes('STRICT_TRANS_TABLES') && !modes.includes('STRICT_ALL_TABLES')) {
    throw because(
      'The connections are not in strict mode: what does not fit a column would be cut without an error.',
      'Add STRICT_TRANS_TABLES to `sql_mode`; the server has it by default.',
    );
  }
  if (modes.includes('NO_BACKSLASH_ESCAPES')) {
    throw because(
      'The connections take backslashes literally, which the driver does not know when it quotes values.',
      'Remove NO_BACKSLASH_ESCAPES from `sql_mode`.',
    );
  }
}

function because(problem: string, cure: string): ConfigurationError {
  return ConfigurationError.because('dataSource', problem, cure);
}

function isOlder(version: readonly number[], least: readonly number[]): boolean {
  for (const [index, part] of least.entries()) {
    const given = version[index] ?? 0;
    if (given !== part) return given < part;
  }
  return false;
}
