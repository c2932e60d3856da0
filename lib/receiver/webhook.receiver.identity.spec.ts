import { createHash } from 'node:crypto';
import { contentOf, DirectReceiver, saying } from '../../test/support/direct.receiver.js';
import { signed } from '../../test/support/receiver.surroundings.js';
import type { SignedRequest } from '../signatures/signature-scheme.js';

describe('The identity of a received event', () => {
  const receiver = new DirectReceiver();

  it('is a digest of source and bytes where the sender gives no id', async () => {
    await receiver.start({ game: signed, other: signed });
    const digest = createHash('sha256').update('game\0{"a":1}').digest('hex');
    expect(contentOf(await receiver.post('{"a":1}'))).toEqual({
      status: 'ignored',
      id: `sha256:${digest}`,
    });
    expect(contentOf(await receiver.post('{"a":1}'))).toMatchObject({ status: 'duplicate' });
    expect(contentOf(await receiver.post('{"a":1}', { source: 'other' }))).toMatchObject({
      status: 'ignored',
    });
  });

  it('REQ-26 is not changed by an Idempotency-Key', async () => {
    await receiver.start({ game: signed });
    await receiver.post('{}', { headers: { 'x-id': 'e-1', 'idempotency-key': 'a' } });
    const again = await receiver.post('{}', { headers: { 'x-id': 'e-1', 'idempotency-key': 'b' } });
    expect(contentOf(again)).toEqual({ status: 'duplicate', id: 'e-1' });
  });

  it('is what the options say, before what the scheme says', async () => {
    await receiver.start({
      game: {
        scheme: saying({ eventId: 'scheme', eventType: 'scheme', dataPath: 'data' }),
        id: (_request, payload) => (payload as { data: { id: number } }).data.id,
        type: ({ headers }) => headers['x-topic'] as string,
        occurredAt: () => new Date(1_000),
        tenant: ({ url }) => Promise.resolve(new URL(url, 'http://host').searchParams.get('t')),
      },
    });
    await receiver.post('{"data":{"id":7}}', {
      url: '/webhooks/game?t=acme',
      headers: { 'x-topic': 'order.paid' },
    });
    expect(await receiver.stored()).toMatchObject([
      { id: '7', type: 'order.paid', tenant: 'acme', occurredAt: 1_000, dataPath: 'data' },
    ]);
  });

  it('is what the scheme says where the options say nothing', async () => {
    await receiver.start({
      game: {
        scheme: saying({ eventId: 'scheme', eventType: 'a.b', occurredAt: new Date(2_000) }),
        id: () => undefined,
        type: () => null,
        occurredAt: () => undefined,
      },
    });
    await receiver.post('{}');
    expect(await receiver.stored()).toMatchObject([
      { id: 'scheme', type: 'a.b', occurredAt: 2_000 },
    ]);
  });

  it('ignores an invalid date', async () => {
    await receiver.start({ game: saying({ eventId: 'a', occurredAt: new Date(NaN) }) });
    const before = Date.now();
    await receiver.post('{}');
    expect((await receiver.stored())[0]?.occurredAt).toBeGreaterThanOrEqual(before);
  });

  it('REQ-27 takes an id of 255 characters, and refuses a longer one before it is stored', async () => {
    await receiver.start({ game: signed });
    expect(await receiver.statusOf('{}', { headers: { 'x-id': 'a'.repeat(255) } })).toBe(200);
    expect(await receiver.statusOf('{}', { headers: { 'x-id': 'a'.repeat(256) } })).toBe(400);
    expect(await receiver.stored()).toHaveLength(1);
    expect(receiver.log.lines.at(-1)).toBe(
      "warn: Refused a request to source 'game' with 400: " +
        "the event's id is not text of up to 255 characters",
    );
  });

  it('REQ-27 keeps the ids of tenants apart', async () => {
    const tenant = ({ headers }: SignedRequest) => headers['x-tenant'] as string;
    await receiver.start({ game: { scheme: saying({ eventId: 'same' }), tenant } });
    for (const name of ['a', 'b', 'A']) {
      expect(contentOf(await receiver.post('{}', { headers: { 'x-tenant': name } }))).toMatchObject(
        {
          status: 'ignored',
        },
      );
    }
    expect(contentOf(await receiver.post('{}', { headers: { 'x-tenant': 'a' } }))).toMatchObject({
      status: 'duplicate',
    });
  });

  it.each([
    ['id', ''],
    ['id', 'a\nb'],
    ['id', 'a\0b'],
    ['id', 'a\u0085b'],
    ['id', '\ud800'],
    ['id', 1.5],
    ['id', {}],
    ['type', 'a'.repeat(256)],
    ['type', 'a\u007f'],
    ['type', 5],
    ['tenant', 'a'.repeat(65)],
    ['tenant', '\udfff'],
  ])('REQ-27 REQ-40 refuses the %s %j', async (fact, value) => {
    const options = { [fact]: () => value };
    await receiver.start({ game: { scheme: saying({}), ...options } });
    expect(await receiver.statusOf('{}')).toBe(400);
    expect(await receiver.stored()).toEqual([]);
    expect(receiver.log.lines).toHaveLength(1);
    expect(receiver.log.lines[0]).toContain(`the event's ${fact} is not text`);
  });
});
