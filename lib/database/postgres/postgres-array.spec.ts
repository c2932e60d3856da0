import pg from 'pg';
import { isAvailable, POSTGRES } from '../../../test/support/services.js';
import { PostgresArray, type PostgresArrayType } from './postgres-array.js';

const describeOnPostgres = isAvailable(POSTGRES) ? describe : describe.skip;

describe(PostgresArray.name, () => {
  it('takes only UUIDs for an array of them, and does not show what it got', () => {
    for (const given of [
      '',
      'secret',
      '0'.repeat(32),
      `${'0'.repeat(8)}-0000-0000-0000-00000000000g`,
      `${'0'.repeat(8)}-0000-0000-0000-00000000000é`,
      `${'0'.repeat(8)}-0000-0000-0000-00000000000€`,
      `${'0'.repeat(8)}-0000-0000-0000-0000000000000`,
      `${'0'.repeat(8)}_0000-0000-0000-000000000000`,
      `${'0'.repeat(9)}0000-0000-0000-000000000000`,
    ]) {
      const array = new PostgresArray('uuid', [given]);
      expect(() => array.toBuffer()).toThrow(new TypeError('A key is not a UUID.'));
    }
  });
});

describeOnPostgres(`${PostgresArray.name} on PostgreSQL`, () => {
  const client = new pg.Client({ connectionString: POSTGRES.url });

  beforeAll(() => client.connect());
  afterAll(() => client.end());

  async function read(type: PostgresArrayType, parameter: unknown): Promise<unknown[]> {
    const { rows } = await client.query<{ value: unknown }>(
      `SELECT value FROM unnest($1::${type}[]) WITH ORDINALITY AS given(value, n) ORDER BY n`,
      [parameter],
    );
    return rows.map(({ value }) => (type === 'bigint' && value !== null ? Number(value) : value));
  }

  const cases: readonly (readonly [PostgresArrayType, readonly (string | number | null)[]])[] = [
    [
      'text',
      ['', 'plain', '{"a":"\\\\ \\"quoted\\", and a comma"}', 'é 漢 😀', 'NULL', ' {} ', null],
    ],
    ['text', []],
    ['text', ['same', 'same', null, 'same', 'same', 'other', 'same', null, null, 'é', 'é', 'é']],
    [
      'uuid',
      ['0193f6c5-7a10-7000-8000-0123456789ab', 'ffffffff-ffff-ffff-ffff-ffffffffffff', null],
    ],
    ['integer', [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), null]],
    [
      'bigint',
      [0, 1, -1, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
    ],
    ['bigint', [null, null]],
    ...[2, 3, 4, 5, 8, 9, 31].map(
      (times) =>
        ['text', ['before', ...Array.from({ length: times }, () => 'repeated'), 'after']] as const,
    ),
    ['bigint', [1, 7, 7, 7, 7, 7, null, null, null, 7, 7, -7]],
    ['integer', [0, 0, 0, 0, 0, 0, 1]],
  ];

  it.each(cases)('arrives unchanged: %s %j', async (type, values) => {
    const array = new PostgresArray(type, values);
    expect(await read(type, array.toBuffer())).toEqual(values);
    // As text, for a client that knows no binary parameters.
    expect(await read(type, array.values)).toEqual(values);
  });

  // Larger ones than the buffer that is kept; the array after them must not be written over theirs.
  it.each([
    ['just below what is measured', ['x'.repeat(4_096), '漢'.repeat(4_096)]],
    ['just above it', ['x'.repeat(4_097), '漢'.repeat(4_097), '😀'.repeat(4_097)]],
    ['as large as the buffer', ['x'.repeat(256 * 1024 - 24)]],
    ['larger than the buffer', ['é'.repeat(256 * 1024), 'small', null]],
    ['large together', Array.from({ length: 20 }, (_, n) => `${n}${'x'.repeat(30_000)}`)],
    ['repeated', Array.from({ length: 50 }, () => '漢'.repeat(10_000))],
    [
      'repeated after others',
      ['small', null, ...Array.from({ length: 7 }, () => 'x'.repeat(99_999))],
    ],
  ])('sends large texts: %s', async (_, values) => {
    const large = new PostgresArray('text', values).toBuffer();
    const small = new PostgresArray('text', ['after', '漢']).toBuffer();
    expect(await read('text', large)).toEqual(values);
    expect(await read('text', small)).toEqual(['after', '漢']);
  });

  it('REQ-40 makes PostgreSQL refuse a text with a NUL as a value', async () => {
    const array = new PostgresArray('text', ['a\0b']);
    await expect(read('text', array.toBuffer())).rejects.toMatchObject({ code: '22021' });
  });
});
