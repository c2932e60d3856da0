import { FORM_TYPE } from '../../../../test/signatures/content-types.js';
import {
  at,
  mac,
  post,
  postJson,
  refused,
  S,
} from '../../../../test/signatures/contract/hand-made.js';
import {
  describeOwnAlgorithm,
  MESSAGE_ID,
} from '../../../../test/signatures/contract/own-algorithm.contract.js';
import { mailgun } from './mailgun.js';

const scheme = mailgun({ secret: 'key' });
const token = 'a'.repeat(50);

const signatureOf = (given: string): string => mac('hex', [`${S}${given}`], { key: 'key' });

const payload = { 'event-data': { event: 'opened', id: 'x', timestamp: S - 29.5 } };

describeOwnAlgorithm('mailgun', {
  scheme,
  other: mailgun({ secret: 'other' }),
  genuine: postJson({
    ...payload,
    signature: { timestamp: String(S), token: MESSAGE_ID, signature: signatureOf(MESSAGE_ID) },
  }),
  body: JSON.stringify(payload),
  facts: { eventId: MESSAGE_ID, eventType: 'opened', dataPath: 'event-data' },
});

describe('mailgun', () => {
  it('takes the signature of the parent account, and the token for the id', async () => {
    const given = postJson({
      signature: {
        timestamp: String(S),
        token,
        signature: '0'.repeat(64),
        'parent-signature': signatureOf(token),
      },
      'event-data': { id: 'e1', event: 'failed' },
    });
    expect(await scheme.verify(given, at())).toMatchObject({ eventId: token });
    const byEvent = mailgun({ secret: 'key', deduplicateBy: 'event-id' });
    expect(await byEvent.verify(given, at())).toMatchObject({ eventId: 'e1' });
    expect(await mailgun({ secret: 'other' }).verify(given, at())).toEqual(
      refused('signature-mismatch'),
    );
    expect(await scheme.verify(given, at(36_001))).toEqual(refused('timestamp-too-old'));
  });
});

describe('a form of mailgun', () => {
  const form = (over = {}): string =>
    new URLSearchParams({
      timestamp: String(S),
      token,
      signature: signatureOf(token),
      ...over,
    }).toString();
  const junk = `body=${'+%41'.repeat(10_000)}`;
  const verdict = (body: string): unknown => scheme.verify(post(body, FORM_TYPE), at());

  it('F-10 is read no further than four fields until they are right', async () => {
    expect(await verdict(`${junk}&${form()}`)).toMatchObject({ ok: true, eventId: token });
    const parse = jest.spyOn(JSON, 'parse');
    expect(await verdict(`${junk}&${form({ signature: '0'.repeat(64) })}`)).toEqual(
      refused('signature-mismatch'),
    );
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  it('F-10 is refused without the four fields, with one twice, and beyond its limits', async () => {
    expect(await verdict(junk)).toEqual(refused('missing-signature'));
    expect(await verdict(`${form()}&token=${token}`)).toEqual(refused('malformed-signature'));
    expect(await verdict(form({ token: 't'.repeat(20_000) }))).toEqual(
      refused('malformed-signature'),
    );
    expect(await verdict(`${'a&'.repeat(1_001)}${form()}`)).toEqual(refused('missing-signature'));
  });
});
