import { DataSource } from 'typeorm';
import { contentOf, DirectReceiver } from '../../test/support/direct.receiver.js';
import { signed } from '../../test/support/receiver.surroundings.js';
import type {
  SignatureScheme,
  SignedRequest,
  Verification,
} from '../signatures/signature-scheme.js';
import { LogListener } from '../telemetry/log.listener.js';

describe('A WebhookReceiver whose host or database fails', () => {
  const receiver = new DirectReceiver();

  it('REQ-31 answers 503 where the commit fails, and takes the event the next time', async () => {
    await receiver.start({ game: signed });
    const dataSource = receiver.get(DataSource);
    await dataSource.query('ALTER TABLE webhook_event RENAME TO away');
    const answered = await receiver.post('{}', { headers: { 'x-id': 'e-1' } });
    expect(answered?.status).toBe(503);
    expect(answered?.headers).toMatchObject({ 'retry-after': '10' });
    expect(contentOf(answered)).toEqual({ statusCode: 503, error: 'Service Unavailable' });
    expect(receiver.log.lines[0]).toContain("source 'game' with 503: the event was not stored:");

    await dataSource.query('ALTER TABLE away RENAME TO webhook_event');
    expect(contentOf(await receiver.post('{}', { headers: { 'x-id': 'e-1' } }))).toEqual({
      status: 'ignored',
      id: 'e-1',
    });
  });

  it('still answers when the application has stopped', async () => {
    await receiver.start({ game: signed });
    await receiver.stop();
    expect(await receiver.statusOf('{}')).toBe(503);
    expect(await receiver.statusOf('{}', { headers: { 'x-test-signature': 'forged' } })).toBe(401);
  });

  it.each<[string, Partial<SignatureScheme>]>([
    [
      'verify() throws',
      {
        verify: () => {
          throw new Error('bug');
        },
      },
    ],
    ['verify() rejects', { verify: () => Promise.reject(new Error('bug')) }],
  ])('answers 500 without a trace where %s', async (_name, bug) => {
    await receiver.start({ game: { ...signed, ...bug } });
    const answered = await receiver.post('{}');
    expect(answered?.status).toBe(500);
    expect(contentOf(answered)).toEqual({ statusCode: 500, error: 'Internal Server Error' });
    expect(receiver.log.lines).toEqual([
      "error: Failed on a request to source 'game', answered 500: Error: bug",
    ]);
    expect(await receiver.stored()).toEqual([]);
  });

  it('F-13 counts the failures that strangers may cause, instead of logging each', async () => {
    const verify = (): never => {
      throw new Error('bug');
    };
    await receiver.start({ game: { ...signed, verify } });
    for (let request = 0; request < 30; request++) expect(await receiver.statusOf('{}')).toBe(500);
    expect(receiver.log.lines).toHaveLength(21);
    expect(receiver.log.lines.filter((line) => line.startsWith('error: '))).toHaveLength(20);
    receiver.get(LogListener).onApplicationShutdown();
    expect(receiver.log.lines.at(-1)).toBe(
      "warn: Refused 10 more requests to source 'game': 10 with 500 (Error: bug)",
    );
  });

  it('keeps what JSON.parse quotes of a body out of the log', async () => {
    const id = ({ body }: SignedRequest): string => JSON.parse(`${String(body)}x`) as string;
    await receiver.start({ game: { scheme: signed, id } });
    expect(await receiver.statusOf('{"card":4242}')).toBe(500);
    expect(receiver.log.lines).toEqual([
      "error: Failed on a request to source 'game', answered 500: a SyntaxError was thrown",
    ]);
  });

  it('F-11 answers 503 where too many bodies wait for a key, and accepts again when the key arrives', async () => {
    let go = (): void => undefined;
    const key = new Promise<void>((resolve) => (go = resolve));
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const verify = async (): Promise<Verification> => {
      begin();
      await key;
      return { ok: true, keyIndex: 0 };
    };
    const bodyLimitBytes = 20_000;
    await receiver.start(
      {
        game: { scheme: { name: 'slow', verify }, bodyLimitBytes },
        other: { scheme: signed, bodyLimitBytes },
      },
      [],
      { maxUnfinishedBytes: 30_000 },
    );
    const first = receiver.post(JSON.stringify('x'.repeat(18_000)));
    await begun;
    expect(await receiver.statusOf(JSON.stringify('y'.repeat(18_000)))).toBe(503);
    expect(await receiver.statusOf('{}', { source: 'other' })).toBe(200);
    go();
    expect((await first)?.status).toBe(200);
    expect(await receiver.statusOf(JSON.stringify('y'.repeat(18_000)))).toBe(200);
  });

  it.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('bug');
      },
    ],
    ['rejects', () => Promise.reject(new Error('bug'))],
  ])('answers 500 where a schema %s, and names its source', async (_name, validate) => {
    const schema = { '~standard': { version: 1, vendor: 'test', validate } } as const;
    await receiver.start({ game: { scheme: signed, schema, onInvalidPayload: 'store' } });
    expect(await receiver.statusOf('{}')).toBe(500);
    expect(receiver.log.lines).toEqual([
      "error: Failed on a request to source 'game', answered 500: " +
        "SchemaFailedError: The schema of source 'game' threw: Error: bug",
    ]);
    expect(await receiver.stored()).toEqual([]);
  });

  it.each(['id', 'type', 'occurredAt', 'tenant'])(
    'answers 500 where the function for %s rejects',
    async (fact) => {
      await receiver.start({
        game: { scheme: signed, [fact]: () => Promise.reject(new Error('bug')) },
      });
      expect(await receiver.statusOf('{}')).toBe(500);
      expect(receiver.log.lines).toHaveLength(1);
    },
  );
});
