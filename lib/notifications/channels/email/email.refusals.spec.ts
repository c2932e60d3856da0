import { EmailHost, emailMessage, reply } from '../../../../test/support/email.host.js';
import { Discard } from '../../../retry/discard.js';

describe('A refused e-mail', () => {
  const host = new EmailHost();

  const failure = (sending: Promise<unknown>): Promise<unknown> =>
    sending.then(
      () => undefined,
      (error: unknown) => error,
    );

  it.each([550, 553, 554])('discards what the server refuses by %d', async (code) => {
    const channel = await host.start();
    host.refuseRecipient = () => reply(code, 'no such user');
    expect(await channel.send(emailMessage())).toEqual(new Discard(`SMTP ${code} no such user`));
    host.refuseRecipient = () => undefined;
    host.refuseMessage = () => reply(code, 'looks like spam');
    expect(await channel.send(emailMessage())).toEqual(new Discard(`SMTP ${code} looks like spam`));
  });

  it.each([421, 450, 451, 452])('retries what the server refuses by %d', async (code) => {
    const channel = await host.start();
    host.refuseRecipient = () => reply(code, 'try later');
    expect(String(await failure(channel.send(emailMessage())))).toContain(`${code} try later`);
    host.refuseRecipient = () => undefined;
    host.refuseMessage = () => reply(code, 'try later');
    expect(String(await failure(channel.send(emailMessage())))).toContain(`${code} try later`);
    expect(host.mails).toEqual([]);
  });

  it('retries when one of the refusals of all recipients is temporary', async () => {
    const channel = await host.start();
    host.refuseRecipient = (address) =>
      address.startsWith('jane') ? reply(450, 'greylisted') : reply(550, 'no such user');
    const sending = channel.send(emailMessage({ to: ['jane@example.com', 'joe@example.com'] }));
    expect(await failure(sending)).toMatchObject({ code: 'EENVELOPE' });
  });

  it('counts an e-mail as sent that some of its recipients got', async () => {
    const channel = await host.start();
    host.refuseRecipient = (address) =>
      address.startsWith('joe') ? reply(550, 'no such user') : undefined;
    expect(
      await channel.send(emailMessage({ to: ['jane@example.com', 'joe@example.com'] })),
    ).toEqual({
      receipt: '250 queued as 42; refused for 1 of 2 recipients: 550 no such user',
    });
    expect(host.mails).toMatchObject([{ recipients: ['jane@example.com'] }]);
  });

  it('retries after a failed login, which is not the fault of the e-mail', async () => {
    const channel = await host.start({ transport: `smtp://user:s3cret@127.0.0.1:${host.port}` });
    const error = await failure(channel.send(emailMessage()));
    expect(error).toMatchObject({ code: 'EAUTH' });
    expect(String(error)).not.toContain('s3cret');
  });

  it('retries when no server answers', async () => {
    const channel = await host.start();
    await host.stopServer();
    expect(await failure(channel.send(emailMessage()))).toMatchObject({ code: 'ESOCKET' });
  });

  it('retries when the template is missing or broken: the next deployment may bring it', async () => {
    const channel = await host.start();
    const mail = emailMessage({ template: 'reached', context: {} });
    expect(await failure(channel.send(mail))).toMatchObject({ code: 'ENOENT' });
    host.addTemplate('reached', '{{#if}}');
    expect(await failure(channel.send(mail))).toHaveProperty('message');
    expect(host.mails).toEqual([]);
  });

  it('F-26 retries what is refused because of a quota, and discards what is refused because of a mailbox', async () => {
    const channel = await host.start();
    host.refuseRecipient = () => reply(550, '5.4.5 Daily sending quota exceeded');
    await expect(channel.send(emailMessage())).rejects.toThrow(/quota/);
    host.refuseRecipient = () => reply(550, '5.1.1 no such user');
    expect(await channel.send(emailMessage())).toBeInstanceOf(Discard);
    host.refuseRecipient = () => undefined;
    host.refuseMessage = () => reply(554, '5.7.0 The limit on outgoing messages was exceeded');
    await expect(channel.send(emailMessage())).rejects.toThrow(/limit/);
    host.refuseMessage = () => undefined;
    host.refuseSender = () => reply(550, '5.7.1 Sender address not verified');
    await expect(channel.send(emailMessage())).rejects.toThrow(/not verified/);
  });
});
