import { QueryFailedError } from 'typeorm';
import { isMysqlUnprepared } from './mysql/mysql-error.js';
import { isMysqlFault } from './mysql/mysql-fault.js';
import { isPostgresUnprepared } from './postgres/postgres-error.js';
import { isPostgresFault } from './postgres/postgres-fault.js';

function error(message: string, properties: object): Error {
  return Object.assign(new Error(message), properties);
}

const server = (code: string, severity = 'ERROR'): Error => error('said', { code, severity });

describe('F-6 a connection is at fault', () => {
  it.each([
    ['connection failure', server('08006')],
    ['protocol violation, as poolers report it', server('08P01', 'FATAL')],
    ['ended by an administrator', server('57P01', 'FATAL')],
    ['crash of another session', server('57P02', 'FATAL')],
    ['server in shutdown', server('57P03', 'FATAL')],
    ['primary that became a standby', server('25006')],
    ['session that was idle in its transaction', server('25P03', 'FATAL')],
    ['reset', error('read ECONNRESET', { code: 'ECONNRESET' })],
    ['broken pipe', error('write EPIPE', { code: 'EPIPE' })],
    ['end', error('Connection terminated unexpectedly', {})],
    ['time limit of the host', error('Query read timeout', {})],
    [
      'client that cannot be used any more',
      error('Client has encountered a connection error and is not queryable', {}),
    ],
  ])('on PostgreSQL: %s', (_, thrown) => {
    expect(isPostgresFault(thrown)).toBe(true);
    expect(isPostgresFault(new QueryFailedError('SELECT 1', [], thrown))).toBe(true);
  });

  it.each([
    ['duplicate', server('23505')],
    ['syntax', server('42601')],
    ['statement time-out of the host', server('57014')],
    ['deadlock', server('40P01')],
    ['full disk', server('53100')],
    ['unprepared', server('26000')],
    ['handler', new Error('boom')],
    ['nothing', undefined],
  ])('not on PostgreSQL: %s', (_, thrown) => expect(isPostgresFault(thrown)).toBe(false));

  it.each([
    ['lost', error('lost', { code: 'PROTOCOL_CONNECTION_LOST', fatal: true })],
    [
      'time limit of the host',
      error('Query inactivity timeout', { code: 'PROTOCOL_SEQUENCE_TIMEOUT' }),
    ],
    ['server in shutdown', error('said', { errno: 1053, sqlState: '08S01' })],
    ['read-only server', error('said', { errno: 1290, sqlState: 'HY000' })],
    ['read-only transactions', error('said', { errno: 1792, sqlState: '25006' })],
    ['read-only mode', error('said', { errno: 1836, sqlState: 'HY000' })],
    ['killed', error('said', { errno: 1927, sqlState: '70100' })],
    ['reset', error('read ECONNRESET', { code: 'ECONNRESET' })],
  ])('on MySQL: %s', (_, thrown) => {
    expect(isMysqlFault(thrown)).toBe(true);
    expect(isMysqlFault(new QueryFailedError('SELECT 1', [], thrown))).toBe(true);
  });

  it.each([
    ['duplicate', error('said', { code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000' })],
    ['lock wait', error('said', { code: 'ER_LOCK_WAIT_TIMEOUT', errno: 1205, sqlState: 'HY000' })],
    ['unprepared', error('said', { errno: 1243, sqlState: 'HY000' })],
    ['handler', new Error('boom')],
  ])('not on MySQL: %s', (_, thrown) => expect(isMysqlFault(thrown)).toBe(false));
});

it.each([server('26000'), server('42P05')])(
  'F-7 recognizes that a pooler has mixed up prepared statements',
  (thrown) => expect(isPostgresUnprepared(thrown)).toBe(true),
);

it('F-7 recognizes that a proxy has mixed up prepared statements', () => {
  expect(isMysqlUnprepared(error('said', { errno: 1243 }))).toBe(true);
  expect(isMysqlUnprepared(error('said', { errno: 1062 }))).toBe(false);
});
