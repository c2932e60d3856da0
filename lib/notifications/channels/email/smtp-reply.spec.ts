import { isAboutMessage } from './smtp-reply.js';

describe(isAboutMessage.name, () => {
  const at = (stage: string, text: string): boolean =>
    isAboutMessage({ code: Number(text.slice(0, 3)), text, isAboutSender: stage === 'MAIL' });

  it.each([
    ['DATA', '550-5.4.5 Daily user sending limit exceeded.\r\n550 5.4.5 see help'],
    ['RCPT', '550 5.4.5 Daily sending quota exceeded'],
    ['DATA', '554 5.7.0 The limit on the number of allowed outgoing messages was exceeded.'],
    ['RCPT', '554 5.7.1 Relay access denied'],
    ['MAIL', '550 5.7.1 Sender address not verified'],
    ['MAIL', '553 5.1.8 Domain of sender address does not exist'],
    ['RCPT', '550 5.1.7 Bad sender address'],
    ['MAIL', '550 5.1.0 Address rejected'],
    ['RCPT', '550 5.3.2 System not accepting network messages'],
    ['DATA', '554 5.5.1 Error: no valid recipients'],
    ['MAIL', '550 sender rejected'],
    ['RCPT', '553 sorry, relaying denied'],
    ['RCPT', '550 You have exceeded your hourly limit: sending limit reached'],
    ['RCPT', '550 blocked, see our blocklist'],
    ['RCPT', '550 user over quota for sending, try again tomorrow'],
    ['RCPT', '550 5.0.0 rejected by policy'],
    ['RCPT', '530 5.7.0 Must issue a STARTTLS command first'],
    ['RCPT', '503 5.5.1 bad sequence of commands'],
  ])('F-26 is not about the message at %s: %s', (stage, text) => {
    expect(at(stage, text)).toBe(false);
  });

  it.each([
    ['RCPT', '550 5.1.1 no such user'],
    ['RCPT', '550-5.1.1 The account does not exist.\r\n550 5.1.1 See the help'],
    ['RCPT', '550 no such user'],
    ['RCPT', '550 5.0.0 unknown user'],
    ['RCPT', '552 5.2.2 mailbox full'],
    ['RCPT', '550 5.2.1 The mailbox is disabled'],
    ['RCPT', '550 Mailbox quota exceeded'],
    ['RCPT', '554 Quota exceeded (mailbox for user is full)'],
    ['RCPT', '550 recipient over quota'],
    ['MAIL', '552 5.3.4 Message size exceeds fixed limit'],
    ['MAIL', '552 message size exceeds fixed maximum message size'],
    ['DATA', '554 5.6.0 Message contains bare line feeds'],
    ['DATA', '554 looks like spam'],
    ['RCPT', '550 5.5.3 Too many recipients'],
    ['RCPT', '550 2.1.5 the code of another class says nothing, no such user'],
  ])('F-26 is about the message at %s: %s', (stage, text) => {
    expect(at(stage, text)).toBe(true);
  });
});
