import { z } from 'zod';
import { contentOf, DirectReceiver } from '../../test/support/direct.receiver.js';
import { signed } from '../../test/support/receiver.surroundings.js';

describe('A source with a schema', () => {
  const receiver = new DirectReceiver();

  const schema = z.object({ points: z.number(), user: z.object({ id: z.string() }) });
  const bad = '{"points":"many","user":{"id":5}}';

  it('answers 422 with the paths, and stores nothing', async () => {
    await receiver.start({ game: { scheme: signed, schema } });
    const answered = await receiver.post(bad);
    expect(answered?.status).toBe(422);
    expect(contentOf(answered)).toEqual({
      statusCode: 422,
      error: 'Unprocessable Entity',
      issues: [
        { path: 'points', message: expect.any(String) as string },
        { path: 'user.id', message: expect.any(String) as string },
      ],
    });
    expect(receiver.log.lines).toEqual([
      "warn: Refused a request to source 'game' with 422: its data does not fit the schema (2 issues)",
    ]);
    expect(await receiver.stored()).toEqual([]);
  });

  it('keeps the event as rejected where the source says so', async () => {
    await receiver.start({ game: { scheme: signed, schema, onInvalidPayload: 'store' } });
    const answered = await receiver.post(bad);
    expect(answered?.status).toBe(200);
    expect(contentOf(answered)).toEqual({ status: 'rejected' });
    expect(await receiver.stored()).toMatchObject([{ status: 'rejected', body: bad }]);
    expect(contentOf(await receiver.post(bad))).toMatchObject({ status: 'duplicate' });
  });

  it('accepts data that fits', async () => {
    await receiver.start({ game: { scheme: signed, schema } });
    expect(await receiver.statusOf('{"points":1,"user":{"id":"5"}}')).toBe(200);
  });

  it('REQ-5 does not tell a forger the issues', async () => {
    await receiver.start({ game: { scheme: signed, schema } });
    expect(await receiver.statusOf(bad, { headers: { 'x-test-signature': 'forged' } })).toBe(401);
  });

  it('answers with a bounded number of issues', async () => {
    await receiver.start({ game: { scheme: signed, schema: z.array(z.string()) } });
    const answered = await receiver.post(JSON.stringify(Array.from({ length: 500 }, () => 1)));
    expect((contentOf(answered) as { issues: unknown[] }).issues).toHaveLength(50);
  });
});
