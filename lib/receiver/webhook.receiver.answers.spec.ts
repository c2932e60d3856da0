import { DirectReceiver } from '../../test/support/direct.receiver.js';
import { signed } from '../../test/support/receiver.surroundings.js';
import type { SignatureScheme, Verification } from '../signatures/signature-scheme.js';

describe('Answers that a scheme gives instead of the usual ones', () => {
  const receiver = new DirectReceiver();

  const accepted = { status: 204, headers: { 'x-seen': 'yes' }, body: '' };
  const refused = { status: 498, headers: {}, body: '' };
  const particular: SignatureScheme = { ...signed, answers: { accepted, refused } };

  it('are sent for every committed and for every refused request', async () => {
    await receiver.start({ game: particular });
    const first = await receiver.post('{"a":1}', { headers: { 'x-id': '1' } });
    expect(first).toMatchObject({ status: 204, headers: { 'x-seen': 'yes' } });
    expect(await receiver.post('{"a":1}', { headers: { 'x-id': '1' } })).toEqual(first);
    expect(await receiver.stored()).toHaveLength(1);
    const wrong = await receiver.post('{}', { headers: { 'x-test-signature': 'forged' } });
    expect(wrong).toMatchObject({ status: 498, headers: { 'content-length': '0' } });
    expect(await receiver.post('{}', { headers: { 'x-test-signature': '' } })).toEqual(wrong);
    expect(receiver.log.lines.filter((line) => line.startsWith('warn: Refused'))).toEqual([
      "warn: Refused a request to source 'game' with 498: signature-mismatch",
      "warn: Refused a request to source 'game' with 498: signature-mismatch",
    ]);
  });

  it('are sent for batches too', async () => {
    const events = [{ eventId: '1', eventType: 'a', dataPath: '0' }];
    const verify = (): Verification => ({ ok: true, keyIndex: 0, events });
    await receiver.start({ game: { name: 'batch', verify, answers: { accepted } } });
    expect(await receiver.statusOf('[{}]')).toBe(204);
    expect(await receiver.stored()).toHaveLength(1);
  });

  it('REQ-21 are not sent for a key that is unavailable, nor for a body that is not JSON', async () => {
    const verify = (): Verification => ({ ok: false, reason: 'key-unavailable' });
    await receiver.start({ game: particular, sealed: { ...particular, verify } });
    expect(await receiver.statusOf('{}', { source: 'sealed' })).toBe(503);
    expect(await receiver.statusOf('{broken')).toBe(400);
  });

  it.each<[string, SignatureScheme['answers']]>([
    ['accepted', { accepted: refused }],
    ['refused', { refused: accepted }],
    ['refused', { refused: { ...refused, headers: { a: 'b\r\nc' } } }],
    ['refused', { refused: { ...refused, status: 400.5 } }],
  ])('are checked when the application starts: %s', async (name, answers) => {
    await expect(receiver.start({ game: { ...signed, answers: answers! } })).rejects.toThrow(
      `sources.game.scheme.answers.${name}`,
    );
  });
});
