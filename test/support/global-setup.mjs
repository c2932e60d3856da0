import mysql from 'mysql2/promise';
import pg from 'pg';

/** The servers that tests use if the machine has them, with their default URLs. */
const SERVICES = [
  {
    name: 'PostgreSQL',
    variable: 'POSTGRES_URL',
    url: 'postgres://postgres@127.0.0.1:5432/test',
    probe: probePostgres,
  },
  {
    name: 'MySQL',
    variable: 'MYSQL_URL',
    url: 'mysql://root@127.0.0.1:3306/test',
    probe: probeMysql,
  },
];

/** Finds out, once for the whole run, which servers answer; under REQUIRE_SERVICES all must. */
export default async function setUp() {
  const available = [];
  const missing = [];
  for (const { name, variable, url, probe } of SERVICES) {
    process.env[variable] ??= url;
    const problem = await probe(process.env[variable]);
    if (problem === undefined) available.push(name);
    else
      missing.push(`${name} does not answer (${problem}): its tests are SKIPPED. Set ${variable}.`);
  }
  process.env.HOOKLINE_AVAILABLE_SERVICES = available.join(',');
  if (missing.length === 0) return;
  if (process.env.REQUIRE_SERVICES === '1') {
    throw new Error(`REQUIRE_SERVICES is set. ${missing.join(' ')}`);
  }
  process.stderr.write(`\n${'*'.repeat(78)}\n${missing.join('\n')}\n${'*'.repeat(78)}\n\n`);
}

async function probePostgres(connectionString) {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 3_000 });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return undefined;
  } catch (error) {
    return error.message || error.code || 'no connection';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function probeMysql(uri) {
  let connection;
  try {
    connection = await mysql.createConnection({ uri, connectTimeout: 3_000 });
    const [[{ version }]] = await connection.query('SELECT VERSION() AS version');
    process.env.HOOKLINE_MYSQL_TYPE = version.includes('MariaDB') ? 'mariadb' : 'mysql';
    return undefined;
  } catch (error) {
    return error.message || error.code || 'no connection';
  } finally {
    await connection?.end().catch(() => undefined);
  }
}
