import { Discard } from '../../../retry/discard.js';
import { permanentRefusal, receiptOf } from './smtp-answer.js';

describe(permanentRefusal.name, () => {
  it.each([
    ['EENVELOPE', 550, '550 no such user'],
    ['EENVELOPE', 553, '553 no such mailbox'],
    ['EMESSAGE', 554, '554 looks like spam'],
  ])('discards what was refused by %s %d', (code, responseCode, response) => {
    expect(permanentRefusal({ code, responseCode, response })).toEqual(
      new Discard(`SMTP ${response}`),
    );
  });

  it.each([
    ['a temporary refusal', { code: 'EENVELOPE', responseCode: 451 }],
    ['a temporary failure', { code: 'EMESSAGE', responseCode: 421 }],
    [
      'a temporary refusal of one recipient',
      {
        code: 'EENVELOPE',
        responseCode: 550,
        rejectedErrors: [
          { code: 'EENVELOPE', responseCode: 450 },
          { code: 'EENVELOPE', responseCode: 550 },
        ],
      },
    ],
    [
      'F-26 a quota that is used up',
      {
        code: 'EENVELOPE',
        command: 'RCPT TO',
        responseCode: 550,
        response: '550 5.4.5 Quota exceeded',
      },
    ],
    [
      'F-26 a sender that is refused',
      { code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 550, response: '550 not verified' },
    ],
    [
      'F-26 a quota for one of two recipients',
      {
        code: 'EENVELOPE',
        responseCode: 550,
        response: '550 5.1.1 no such user',
        rejectedErrors: [
          { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550, response: '550 5.4.5 Quota' },
          { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550, response: '550 5.1.1 no' },
        ],
      },
    ],
    ['a failed login', { code: 'EAUTH', responseCode: 535 }],
    ['a login that is missing', { code: 'EENVELOPE', responseCode: 530 }],
    ['a session out of order', { code: 'EENVELOPE', responseCode: 503 }],
    ['a server that refuses the connection', { code: 'EPROTOCOL', responseCode: 554 }],
    ['a refused STARTTLS', { code: 'ETLS', responseCode: 502 }],
    ['no connection', { code: 'ESOCKET' }],
    ['another error', new Error('template not found')],
    ['no error at all', 'boom'],
    ['null', null],
  ])('leaves %s to be retried', (_, error) => {
    expect(permanentRefusal(error)).toBeUndefined();
  });
});

describe(receiptOf.name, () => {
  it('is what the server said', () => {
    expect(receiptOf({ response: '250 queued', accepted: ['a'], rejected: [] })).toEqual({
      receipt: '250 queued',
    });
  });

  it('tells of recipients who were refused', () => {
    const rejectedErrors = [{ response: '550 no such user' }];
    expect(
      receiptOf({ response: '250 queued', accepted: ['a', 'b'], rejected: ['c'], rejectedErrors }),
    ).toEqual({ receipt: '250 queued; refused for 1 of 3 recipients: 550 no such user' });
  });

  it('is empty for a transport that says nothing', () => {
    expect(receiptOf(undefined)).toEqual({});
    expect(receiptOf({ message: '{}' })).toEqual({});
  });
});
